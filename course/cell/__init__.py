"""What enters the process that runs a learner's code, and nothing else: no answer, no seed, no known mistake.

`worker` runs the code and `watch` stops it; `confine` locks it in by means of every system, `namespaces`, `landlock`
and `syscalls` by those of Linux. `run` calls the learner's function; `objects`, `networks`, `traces`, `connections`,
`squashing` and `landmarks` make what it is called with and observe what it gave; `wire` carries plain data in and out;
`standins` stand for what only shows something. `guest` is the main program in a WebAssembly guest, and `wide` gives it
whole numbers of 64 bits. In a notebook, the checks use `run` and the objects beside the reader's own code.
"""
