"""Grading: what a submission holds, run in a sandbox, judged on this side of it.

A learner's code never shares a process with an answer. `submission` cuts from a notebook the code that each exercise
needs; `course.cell` runs it, locked in by one of the `levels` of the `sandbox`, and sends plain data back; `outcomes`
reads it without trust, and `run` judges it. One learner's work is looked at and graded at a `desk`, a process that may
be ended, while `classroom` keeps the class.
"""
