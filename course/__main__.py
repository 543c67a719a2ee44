"""Start the course with ``python3 -m course COMMAND``, on any Python and with nothing installed.

The syntax of this file is that of old Pythons, so that each of them can say that it is too old.
"""

import sys


def _start():
    if sys.version_info < (3, 10):  # noqa: UP036 (this file is for the Pythons that are too old)
        have = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            "course: the course needs Python 3.10 or newer, and this is Python " + have + ": install a newer "
            "one (from python.org, your system's packages or conda) and start the course with it.\n"
        )
        return 2
    from course.bootstrap import main

    return main()


if __name__ == "__main__":
    sys.exit(_start())
