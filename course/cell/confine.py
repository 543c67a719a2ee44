"""Locking a process in by means of every system: limits, another user, no privileges, no files left open.

What Linux has beyond them is in `namespaces`, `landlock` and `syscalls`. Only the standard library is used, and
nothing of the course: this module is loaded in the process that runs a learner's code.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys
from collections.abc import Iterable

__all__ = [
    "adopt_orphans",
    "become",
    "call",
    "empty",
    "end_all",
    "give_up_rights",
    "go_first",
    "join",
    "limit",
    "parent_death",
    "quiet_descriptors",
    "threads_of",
    "usable_user",
    "used",
]

SET_PDEATHSIG, SET_KEEPCAPS, CAPBSET_DROP, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 1, 8, 24, 36, 38
READING = ((), (2,), (1,))  # capabilities that let a user read what others may not: none, DAC_READ_SEARCH, DAC_OVERRIDE
WORK = "/learner-at-work"  # where the learner's code may write: a name that no folder of a course has
MOST_FILES, DEEPEST = 1000, 10  # in the folder where it may write


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library that gives 0 where it did what it was asked for; `OSError` elsewhere."""
    if getattr(_libc(), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def parent_death() -> None:
    """Let the kernel kill this process as soon as its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc().prctl(SET_PDEATHSIG, 9, 0, 0, 0)


def join(processes: str, events: str) -> int | None:
    """Enter a control group of Linux with all that this process will start, and return the open file of its events.

    None where this process may not enter it: then there is no group.
    """
    try:
        with open(processes, "w") as file:
            file.write("0")  # this process
        return os.open(events, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def go_first() -> None:
    """Let the kernel end this process and those that it starts before others, where memory is used up."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def adopt_orphans() -> None:
    """Become the parent of every process below whose own parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc().prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_all() -> None:
    """End every process below this one, as far as the kernel tells which they are, and wait for their end."""
    while below := _children():
        for process in below:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        for process in below:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, 0)


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(number) for number in file.read().split()]
    except OSError:
        return []


def usable_user(user: int, folder: str, readable: Iterable[str]) -> tuple[int, tuple[int, ...]] | None:
    """Return a user that root may become, and give it the folder: this one, or one of those that this machine maps.

    Parameters
    ----------
    user : int
        Owns nothing on this machine.
    folder : str
        All that it shall own.
    readable : iterable of str
        Files that must be readable still, such as Python's library.

    Returns
    -------
    (int, tuple of int) or None
        The user, and the capability that it must keep where others may not read these files. None where this process
        is not root, or must remain it.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    user = _mapped(user)
    for reading in READING:
        if user != 0 and _can_read(user, reading, readable):
            try:
                os.chown(folder, user, user)
            except OSError:  # root of a container may lack the right
                return None
            return user, reading
    return None


def _can_read(user: int, reading: tuple[int, ...], files: Iterable[str]) -> bool:
    """Tell, by trying it in a child, whether a user may be become and may read files."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            become(user, reading)
            for path in files:
                os.close(os.open(path, os.O_RDONLY))
            os._exit(0)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _mapped(user: int) -> int:
    """Return this user, or another one where a user namespace has few; 0 where there is only root."""
    ranges: list[list[list[int]]] = []
    for name in ("uid_map", "gid_map"):
        try:
            with open(f"/proc/self/{name}") as file:
                ranges.append([[int(part) for part in line.split()] for line in file])
        except (OSError, ValueError):
            return user
    if all(any(first <= user < first + count for first, _, count in one) for one in ranges):
        return user
    first, _, count = max(ranges[0], key=lambda one: one[2])
    return first + count - 1 - user % min(count, 1000) if count > 1 else 0


def become(user: int, reading: tuple[int, ...] = ()) -> None:
    """Become another user for good, who keeps these capabilities of root."""
    with contextlib.suppress(OSError):  # a user namespace may deny it, where there are no other groups to lose
        os.setgroups([])
    if reading:
        call("prctl", SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if reading:
        _keep(*reading)


def threads_of(user: int) -> int:
    """Return how many threads a user has at this moment, as far as can be seen."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def limit(seconds: float, memory: int, room: int, processes: int | None) -> None:
    """Set what the kernel refuses to exceed: processor time, memory, size and number of files, processes."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        "CPU": int(seconds) + 1,
        "FSIZE": room,
        "NOFILE": 64,
        "CORE": 0,
        "STACK": 64 * 2**20,
        "AS": memory,
        "NPROC": processes,
    }
    for name, value in wanted.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None or value is None:
            continue
        with contextlib.suppress(OSError, ValueError):
            _, most = resource.getrlimit(number)
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(number, (value, value))


def quiet_descriptors(*kept: int) -> None:
    """Close every open file but these; input, output and errors lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    first = 3
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, 65536)


def give_up_rights(reading: tuple[int, ...] = ()) -> None:
    """Give up every privilege for good but these capabilities (Linux)."""
    if sys.platform != "linux":
        return
    for capability in range(64):
        _libc().prctl(CAPBSET_DROP, capability, 0, 0, 0)
    _keep(*reading)
    call("prctl", SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _keep(*capabilities: int) -> None:
    """Give up every capability but these."""
    kept = sum(1 << one for one in capabilities)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    call("capset", header, ctypes.create_string_buffer(struct.pack("=6I", kept, kept, 0, 0, 0, 0)))


def used(folder: str, most: int) -> int:
    """Return the bytes of all files in a folder, and more than `most` where it is too full or too deep to tell."""
    total, count, waiting = 0, 0, [(folder, 0)]
    while waiting:
        path, depth = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    count += 1
                    total += entry.stat(follow_symlinks=False).st_size
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    if count > MOST_FILES or depth > DEEPEST or total > most:
                        return most + 1
        except FileNotFoundError:  # it was taken away meanwhile
            continue
        except OSError:
            return most + 1
    return total


def empty(folder: str) -> None:
    """Take away all that is in a folder, however deep it lies; nobody may be at work in it any more."""
    here, below = os.getcwd(), []
    os.chdir(folder)
    try:
        while True:
            name = _first_folder()
            if name is not None:
                os.chmod(name, 0o700)
                os.chdir(name)
                below.append(name)
            elif below:
                os.chdir("..")
                os.rmdir(below.pop())
            else:
                return
    finally:
        os.chdir(here)


def _first_folder() -> str | None:
    """Take away the files of this folder until one is a folder, and return its name."""
    with os.scandir(".") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                return entry.name
            os.unlink(entry.name)
    return None
