"""What enters the process that runs a learner's code, and nothing else: no answer, no seed, no known mistake.

`worker` runs the code, locked in by `confine`; `run` calls the learner's function; `objects`, `networks` and `traces`
make what it is called with and observe what it gave; `wire` carries plain data in and out. In a notebook, the checks
use `run` and the objects beside the reader's own code.
"""
