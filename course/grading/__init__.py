"""Grading: what a submission holds, run in a sandbox, judged on this side of it.

A learner's code never shares a process with an answer. `submission` cuts from a notebook the code that each exercise
needs; `course.cell` runs it, locked in, and sends plain data back; `run` judges that data.
"""
