"""The system calls that a learner's code may make: what Python, NumPy and PyTorch need, and nothing else (Linux).

A list of what is allowed, not of what is refused, so that a call which a newer kernel brings is refused, too. What is
not here: other programs and processes, sockets, rights and owners of files, other processes' memory, limits and
signals, and all memory that no limit counts (semaphores, message queues, files without a name, pinned pipe pages).
The numbers are those of Linux' ``asm/unistd_64.h`` (x86_64) and ``asm-generic/unistd.h`` (aarch64).
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct

__all__ = ["PROCESSORS", "allow_only_these", "compiled"]

PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column of the table, number of the machine
LAST = 451  # the highest number that the lists above knew: what lies beyond is unknown, as on an older kernel
NONE = -1
CALLS = {
    # files, within what the sandbox shows of them
    "read": (0, 63), "readv": (19, 65), "pread64": (17, 67), "preadv": (295, 69), "write": (1, 64), "writev": (20, 66),
    "pwrite64": (18, 68), "pwritev": (296, 70), "open": (2, NONE), "openat": (257, 56), "close": (3, 57),
    "close_range": (436, 436), "lseek": (8, 62), "stat": (4, NONE), "fstat": (5, 80), "lstat": (6, NONE),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43), "fstatfs": (138, 44), "access": (21, NONE),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, NONE), "readlinkat": (267, 78),
    "getdents": (78, NONE), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "mkdir": (83, NONE), "mkdirat": (258, 34), "rmdir": (84, NONE), "unlink": (87, NONE), "unlinkat": (263, 35),
    "rename": (82, NONE), "renameat": (264, 38), "renameat2": (316, 276), "ftruncate": (77, 46), "fsync": (74, 82),
    "fdatasync": (75, 83), "dup": (32, 23), "dup2": (33, NONE), "dup3": (292, 24),
    "pipe": (22, NONE), "pipe2": (293, 59), "umask": (95, 166),
    # memory
    "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "brk": (12, 214), "madvise": (28, 233),
    "membarrier": (324, 283),
    # this process and its threads
    "exit": (60, 93), "exit_group": (231, 94), "futex": (202, 98), "set_robust_list": (273, 99),
    "get_robust_list": (274, 100), "rseq": (334, 293), "set_tid_address": (218, 96), "gettid": (186, 178),
    "getpid": (39, 172), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "getgroups": (115, 158), "getresuid": (118, 148), "getresgid": (120, 150),
    "getpgid": (121, 155), "getpgrp": (111, NONE), "getsid": (124, 156), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126), "getcpu": (309, 168),
    "wait4": (61, 260), "waitid": (247, 95), "getrlimit": (97, 163), "setrlimit": (160, 164), "getrusage": (98, 165),
    "times": (100, 153), "sysinfo": (99, 179), "uname": (63, 160), "arch_prctl": (158, NONE),
    # signals that it sends itself, clocks, waiting, chance
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133), "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "pause": (34, NONE), "alarm": (37, NONE), "setitimer": (38, 103),
    "getitimer": (36, 102), "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, NONE), "poll": (7, NONE), "ppoll": (271, 73),
    "select": (23, NONE), "pselect6": (270, 72), "getrandom": (318, 278),
}  # fmt: skip

CLONE_THREAD, NEW_NAMESPACES = 0x10000, 0x7E020000
SHARED = 0x1  # such memory stays when a process no longer maps it, and of files without a name nobody sees how much
SET_NAME, GET_NAME = 15, 16
TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX = 0x5401, 0x541B, 0x5421, 0x5450, 0x5451
DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030

LOAD, EQUAL, ABOVE, AND, ANSWER = 0x20, 0x15, 0x35, 0x54, 0x06  # instructions of the filter
ALLOW, KILL, REFUSE, UNKNOWN = 0x7FFF0000, 0x80000000, 0x00050000 + errno.EPERM, 0x00050000 + errno.ENOSYS
CALL, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where they lie in what the filter is shown
SET_SECCOMP, FILTER = 22, 2
OWN = struct.pack("=I", 0x7FFFFFFE)  # larger than any number of a process

Step = tuple[int, int, int, int]


def allow_only_these() -> None:
    """Refuse this process every other call, for good; a call in the way of another processor kills it.

    Raises
    ------
    OSError
        This processor has no list, or the kernel takes none.
    """
    own = struct.pack("=I", os.getpid())
    steps = compiled().replace(OWN, own)
    code = ctypes.create_string_buffer(steps, len(steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER, header, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the list of system calls could not be set")


@functools.cache
def compiled() -> bytes:
    """Return the filter as the kernel takes it, with a mark where the number of the process belongs."""
    processor = os.uname().machine
    if processor not in PROCESSORS:
        raise OSError(errno.ENOSYS, f"there is no list of system calls for {processor}")
    (own,) = struct.unpack("=I", OWN)
    return b"".join(struct.pack("=HBBI", *step) for step in _program(processor, own))


def _program(processor: str, own: int) -> list[Step]:
    column, machine = PROCESSORS[processor]
    guarded = {
        "clone": ((56, 220), _masked(0, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD)),  # threads, no processes
        "mmap": ((9, 222), _not_masked(3, SHARED)),
        "kill": ((62, 129), _one_of(0, own)),
        "tgkill": ((234, 131), _one_of(0, own)),
        "prlimit64": ((302, 261), _one_of(0, 0, own)),
        "prctl": ((157, 167), _one_of(0, SET_NAME, GET_NAME)),
        "ioctl": ((16, 29), _one_of(1, TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX)),
        "fcntl": ((72, 25), _one_of(1, DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC)),
        "clone3": ((435, 435), [(ANSWER, 0, 0, UNKNOWN)]),  # its flags cannot be seen; everybody falls back on clone
    }
    steps: list[Step] = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, machine), (ANSWER, 0, 0, KILL), (LOAD, 0, 0, CALL)]
    for numbers, then in guarded.values():
        steps += [(EQUAL, 0, len(then), numbers[column]), *then]
    for both in CALLS.values():
        if both[column] != NONE:
            steps += [(EQUAL, 0, 1, both[column]), (ANSWER, 0, 0, ALLOW)]
    return [*steps, (ABOVE, 0, 1, LAST + 1), (ANSWER, 0, 0, UNKNOWN), (ANSWER, 0, 0, REFUSE)]


def _one_of(argument: int, *values: int) -> list[Step]:
    checks = [step for value in values for step in [(EQUAL, 0, 1, value), (ANSWER, 0, 0, ALLOW)]]
    return [_load(argument), *checks, (ANSWER, 0, 0, REFUSE)]


def _masked(argument: int, mask: int, value: int) -> list[Step]:
    return [_load(argument), (AND, 0, 0, mask), (EQUAL, 0, 1, value), (ANSWER, 0, 0, ALLOW), (ANSWER, 0, 0, REFUSE)]


def _not_masked(argument: int, bits: int) -> list[Step]:
    return [_load(argument), (AND, 0, 0, bits), (EQUAL, 0, 1, bits), (ANSWER, 0, 0, REFUSE), (ANSWER, 0, 0, ALLOW)]


def _load(argument: int) -> Step:
    """Return the step that looks at an argument's lower half, which is all that these calls take."""
    return (LOAD, 0, 0, FIRST_ARGUMENT + 8 * argument)
