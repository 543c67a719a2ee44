"""Namespaces of Linux: a root that holds nothing but Python and NumPy, and no network or other process in sight.

Only the standard library is used, and nothing of the course: this module is loaded in the process that runs a
learner's code.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable

from .confine import WORK, call, parent_death

__all__ = ["enter_root", "own_namespaces"]

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE, DETACH = 1, 2, 4, 32, 4096, 16384, 1 << 18, 2
LOCKED = {0x1: 1, 0x2: 2, 0x4: 4, 0x8: 8, 0x400: 1024, 0x800: 2048, 0x1000: 1 << 21}  # statvfs flag: mount flag
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    kind_bytes = kind.encode() if kind else None
    call("mount", source.encode(), target.encode(), kind_bytes, ctypes.c_ulong(flags), data.encode())


def _unshare(flags: int, inside: int) -> None:
    """Leave for namespaces of our own; without root's rights, through a user namespace as the user `inside`."""
    if os.geteuid() == 0 and not flags & NEWUSER:
        with contextlib.suppress(OSError):  # root of a container may lack the right
            call("unshare", flags)
            return
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", flags | NEWUSER)
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
    ctypes.CDLL(None, use_errno=True).syscall(PIVOT_ROOT[os.uname().machine], b".", b".")
    call("umount2", b".", DETACH)
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
