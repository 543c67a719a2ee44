"""Other machines, simulated: ``python -m tests.grading.machines KIND COMMAND ...`` runs a command with fewer rights.

Kinds: ``docker`` (root with Docker's default capabilities, and its refusal of new namespaces), ``root`` (without any
capability), ``ids`` (root of a user namespace with few ids, as in a rootless container), ``user`` (an ordinary one),
``locked`` (an ordinary one who may make no namespaces). Each needs root here.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from pathlib import Path

DOCKER = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)  # capabilities of Docker's default
KINDS = ("docker", "root", "ids", "user", "locked")
NUMBERS = {"x86_64": {"machine": 0xC000003E, "clone": 56, "refused": (272, 165, 166, 155, 308, 428, 429, 430, 442)},
           "aarch64": {"machine": 0xC00000B7, "clone": 220, "refused": (97, 40, 39, 41, 268, 428, 429, 430, 442)},
           }  # fmt: skip
CLONE3, NEW_NAMESPACES = 435, 0x7E020000
libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def without_namespaces():
    """Refuse unshare, setns, mounts and clones into namespaces, as Docker's seccomp profile does."""
    here = NUMBERS[platform.machine()]
    refuse, unknown, allow = 0x00050000 + errno.EPERM, 0x00050000 + errno.ENOSYS, 0x7FFF0000
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, here["machine"]), (0x06, 0, 0, 0x80000000), (0x20, 0, 0, 0)]
    for number in here["refused"]:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, refuse)]
    steps += [(0x15, 0, 1, CLONE3), (0x06, 0, 0, unknown)]
    steps += [(0x15, 0, 3, here["clone"]), (0x20, 0, 0, 16), (0x45, 0, 1, NEW_NAMESPACES), (0x06, 0, 0, refuse)]
    steps += [(0x06, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    if libc.prctl(22, 2, header, 0, 0) != 0:
        checked(libc.prctl(38, 1, 0, 0, 0))  # without the right to set a filter, no_new_privs gives it
        checked(libc.prctl(22, 2, header, 0, 0))


def keep_capabilities(kept):
    """Give up every other capability, for all programs to come, too."""
    for capability in range(64):
        if capability not in kept:
            libc.prctl(24, capability, 0, 0, 0)
    low = sum(1 << one for one in kept)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    checked(libc.capset(header, ctypes.create_string_buffer(struct.pack("=6I", low, low, low, 0, 0, 0))))


def as_user(user=12345):
    """Become an ordinary user, to whom this Python is shown where only root may read it."""
    home = next((one for one in reversed(Path(sys.base_prefix).resolve().parents) if not one.stat().st_mode & 1), None)
    if home is not None:
        top = home / Path(sys.base_prefix).resolve().relative_to(home).parts[0]
        checked(libc.unshare(0x20000))  # mounts of its own
        checked(libc.mount(b"none", b"/", None, ctypes.c_ulong(0x44000), None))
        checked(libc.mount(bytes(top), b"/mnt", None, ctypes.c_ulong(0x5000), None))
        checked(libc.mount(b"none", bytes(home), b"tmpfs", ctypes.c_ulong(0), b"mode=755"))
        top.mkdir()
        checked(libc.mount(b"/mnt", bytes(top), None, ctypes.c_ulong(0x5000), None))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def with_few_ids():
    """Become root of a user namespace that maps root and ten more."""
    ours, theirs = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.read(ours, 1)
        for name in ("gid_map", "uid_map"):
            with open(f"/proc/{parent}/{name}", "w") as file:
                file.write("0 0 1\n1 100000 10\n")
        os._exit(0)
    checked(libc.unshare(0x10000000))
    os.write(theirs, b"1")
    assert os.waitpid(child, 0)[1] == 0
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)


def simulate(kind):
    """Give up what a machine of this kind does not have."""
    if kind == "docker":
        without_namespaces()
        keep_capabilities(DOCKER)
    elif kind == "root":
        keep_capabilities(())
    elif kind == "ids":
        with_few_ids()
    elif kind in ("user", "locked"):
        as_user()
        if kind == "locked":
            without_namespaces()


if __name__ == "__main__":
    simulate(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
