"""Grading: what a submission holds, run in a sandbox, judged on this side of it.

A learner's code never shares a process with an answer. `submission` cuts from a notebook the code that each exercise
needs; `worker` runs it, locked in by `confine`, and sends plain data back (`wire`); `run` judges that data.
"""
