"""Locking a process in: namespaces, a root that holds nothing but Python and NumPy, limits, no privileges.

Linux alone has all of it; elsewhere the limits are what there is. Only the standard library is used, and nothing of
the course: this module is loaded in the process that runs a learner's code.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import struct
import sys
from collections.abc import Iterable

__all__ = [
    "drop_everything",
    "enter_root",
    "limit",
    "other_user",
    "own_namespaces",
    "parent_death",
    "quiet_descriptors",
]

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE, DETACH = 1, 2, 4, 32, 4096, 16384, 1 << 18, 2
LOCKED = {0x1: 1, 0x2: 2, 0x4: 4, 0x8: 8, 0x400: 1024, 0x800: 2048, 0x1000: 1 << 21}  # statvfs flag: mount flag
SET_PDEATHSIG, SET_DUMPABLE, SET_SECCOMP, CAPBSET_DROP, SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
WORK = "/learner-at-work"  # where the learner's code may write: a name that no folder of a course has


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc(), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    kind_bytes = kind.encode() if kind else None
    _call("mount", source.encode(), target.encode(), kind_bytes, ctypes.c_ulong(flags), data.encode())


def parent_death() -> None:
    """Let the kernel kill this process as soon as its parent ends (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc().prctl(SET_PDEATHSIG, 9, 0, 0, 0)


def _unshare(flags: int, inside: int) -> None:
    """Leave for namespaces of our own; without root's rights, through a user namespace as the user `inside`."""
    if os.geteuid() == 0 and not flags & NEWUSER:
        with contextlib.suppress(OSError):  # root of a container may lack the right
            _call("unshare", flags)
            return
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", flags | NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {uid} 1"), ("gid_map", f"{inside} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def enter_root(standard: Iterable[str], covered: Iterable[str], libraries: Iterable[str]) -> None:
    """Go where there is nothing but these paths, read-only, in a child that is the first process there.

    The caller waits for that child and ends with it; this function returns in the child alone.

    Parameters
    ----------
    standard : iterable of str
        Folders of Python's own library.
    covered : iterable of str
        Folders in them that are shown empty, but for
    libraries : iterable of str
        more files and folders that stay visible, in them or elsewhere.
    """
    _unshare(NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS, inside=0)
    parent_death()  # a change of rights has undone the first one
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    parent_death()
    _mount("none", "/", None, REC | PRIVATE)
    first = [(os.path.realpath(path), os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in standard]
    then = [(os.path.realpath(path), os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in libraries]
    hidden = [os.path.realpath(path) for path in covered]
    root = "/tmp"
    _mount("none", root, "tmpfs", NOSUID | NODEV, "size=1m,mode=755")
    for path, descriptor in first:
        _show(root + path, descriptor)
    hidden = [root + path for path in hidden if os.path.isdir(root + path)]
    for target in hidden:
        _mount("none", target, "tmpfs", NOSUID | NODEV, "size=64k,mode=755")
    for path, descriptor in then:
        _show(root + path, descriptor)
    for target in hidden:
        _mount("none", target, None, REMOUNT | RDONLY | NOSUID | NODEV)
    for folder in (WORK, "/proc"):
        os.makedirs(root + folder, exist_ok=True)
    _mount("proc", f"{root}/proc", "proc", NOSUID | NODEV)
    os.chdir(root)
    _libc().syscall(PIVOT_ROOT[os.uname().machine], b".", b".")
    _call("umount2", b".", DETACH)
    os.chdir("/")
    _mount("none", "/", None, REMOUNT | RDONLY | NOSUID | NODEV | BIND)
    if os.path.exists("/etc"):
        raise OSError("the old root is still there")


def _show(target: str, descriptor: int) -> None:
    """Let an open file or folder appear at another place, read-only."""
    source = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(source, target, None, BIND)
    have = os.statvfs(target).f_flag
    kept = sum(flag for bit, flag in LOCKED.items() if have & bit)
    device = stat.S_ISCHR(os.stat(target).st_mode)
    _mount("none", target, None, BIND | REMOUNT | RDONLY | NOSUID | kept | (0 if device else NODEV))
    os.close(descriptor)


def own_namespaces(user: int, room: int) -> None:
    """Give this process namespaces of its own, with an empty folder of `room` bytes to write in, and no /proc.

    Its next child is the first process of a process namespace: when that one ends, all that it started ends.

    Parameters
    ----------
    user : int
        The user to become where we are root: one that owns nothing.
    room : int
        Bytes that may be written to the folder.
    """
    flags = NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS
    with open("/proc/self/uid_map") as file:
        was_root = os.geteuid() == 0 and file.read().split() == ["0", "0", "4294967295"]
    _unshare(flags if was_root else flags | NEWUSER, inside=1000)
    owner = f"uid={user},gid={user}" if was_root else "uid=1000,gid=1000"
    _mount("none", WORK, "tmpfs", NOSUID | NODEV, f"size={room},nr_inodes=1000,mode=700,{owner}")
    _mount("none", "/proc", "tmpfs", NOSUID | NODEV | RDONLY, "size=4k,mode=755")
    os.chdir(WORK)
    if was_root:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def other_user(folder: str, user: int) -> None:
    """Go to the folder, and become a user that owns nothing else, where we are root (without namespaces)."""
    os.chdir(folder)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(folder, user, user)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


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


def quiet_descriptors(kept: int) -> None:
    """Close every open file but one; input, output and errors lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, kept)
    os.closerange(kept + 1, 65536)


def drop_everything() -> None:
    """Give up every privilege for good, and the system calls that no exercise needs (Linux)."""
    if sys.platform != "linux":
        return
    libc = _libc()
    for capability in range(64):
        libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    libc.capset(header, ctypes.create_string_buffer(24))
    libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _refuse_calls(libc)


# System calls that reach beyond a process: ptrace, process_vm_readv and _writev, mounting, namespaces, kernel
# keys, bpf, perf events, io_uring, modules, kexec, handles of other processes, sockets (some kinds know no network
# namespace). And memory that no limit counts: memfd_create, memfd_secret, shmget, msgget.
REFUSED = {
    "x86_64": (
        0xC000003E,
        (101, 310, 311, 165, 166, 155, 161, 272, 308, 248, 249, 250, 321, 298, 425, 426, 427, 175, 313, 246, 320,
         312, 434, 438, 304, 323, 428, 429, 430, 431, 432, 442, 41, 319, 447, 29, 68),
    ),
    "aarch64": (
        0xC00000B7,
        (117, 270, 271, 40, 39, 41, 51, 97, 268, 217, 218, 219, 280, 241, 425, 426, 427, 105, 273, 104, 294,
         272, 434, 438, 265, 282, 428, 429, 430, 431, 432, 442, 198, 279, 447, 194, 186),
    ),
}  # fmt: skip
CLONE, CLONE3, MMAP = {"x86_64": 56, "aarch64": 220}, 435, {"x86_64": 9, "aarch64": 222}
NEW_NAMESPACES = NEWNS | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET | 0x2000000
SHARED_ANONYMOUS = 0x21  # memory of this kind stays when a process no longer maps it: no limit counts it then


def _refuse_calls(libc: ctypes.CDLL) -> None:
    """Install a filter under which these calls fail with "not permitted"; a call of another machine kills."""
    processor = os.uname().machine
    if processor not in REFUSED:
        return
    machine, numbers = REFUSED[processor]
    load, equal, above, any_of, keep, answer = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
    kill, refuse, unknown, allow = 0x80000000, 0x00050001, 0x00050000 + errno.ENOSYS, 0x7FFF0000
    call, architecture, first, fourth = 0, 4, 16, 40  # where they lie in what the filter is shown
    program = [(load, 0, 0, architecture), (equal, 1, 0, machine), (answer, 0, 0, kill), (load, 0, 0, call)]
    program += [(above, 0, 1, 0x40000000), (answer, 0, 0, refuse)]  # x32 calls on x86_64
    for number in numbers:
        program += [(equal, 0, 1, number), (answer, 0, 0, refuse)]
    program += [(equal, 0, 1, CLONE3), (answer, 0, 0, unknown)]  # its flags cannot be seen; everybody falls back
    program += [(equal, 0, 4, CLONE[processor]), (load, 0, 0, first)]
    program += [(any_of, 0, 1, NEW_NAMESPACES), (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    program += [(equal, 0, 4, MMAP[processor]), (load, 0, 0, fourth), (keep, 0, 0, SHARED_ANONYMOUS)]
    program += [(equal, 0, 1, SHARED_ANONYMOUS), (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    if libc.prctl(SET_SECCOMP, 2, header, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the filter of system calls could not be set")
