"""Landlock: files, connections and signals beyond a few named places are refused to a process, and it needs no rights.

Linux has it from 5.13 on, and Docker's default rights let it through. Only what opens, lists, makes or removes files is
refused; that a file is there, and how large it is, can still be asked. Source: Linux' ``Documentation/userspace-api/
landlock.rst``.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

__all__ = ["make_rules", "obey", "version"]

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
PATH_BENEATH, ASK_VERSION = 1, 1
READ_FILE, READ_FOLDER, WRITE_FILE, TRUNCATE = 1 << 2, 1 << 3, 1 << 1, 1 << 14
REMOVE_FOLDER, REMOVE_FILE, MAKE_FOLDER, MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
KNOWN = {1: 13, 2: 14, 3: 15, 5: 16}  # version: how many rights to files it and later ones know
CONNECTIONS, SIGNALS_AND_SOCKETS = 0b11, 0b11  # from versions 4 and 6 on
SET_NO_NEW_PRIVS = 38


def version() -> int:
    """Return which version of Landlock this kernel has, 0 for none."""
    return max(_syscall(CREATE_RULESET, None, 0, ASK_VERSION, check=False), 0)


def make_rules(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Return an open set of rules under which these files and folders, with all below them, may be used.

    Parameters
    ----------
    readable : iterable of str
        To read, and no more.
    writable : iterable of str
        To read and write, to make and remove plain files and folders.

    Raises
    ------
    OSError
        This kernel has no Landlock, or a path cannot be opened.
    """
    here = version()
    if not here:
        raise OSError("this kernel has no Landlock")
    rights = (1 << max(count for least, count in KNOWN.items() if here >= least)) - 1
    handled = struct.pack("=QQQ", rights, CONNECTIONS if here >= 4 else 0, SIGNALS_AND_SOCKETS if here >= 6 else 0)
    size = 8 if here < 4 else 16 if here < 6 else 24
    rules = _syscall(CREATE_RULESET, handled, size, 0)
    read = READ_FILE | READ_FOLDER
    write = read | WRITE_FILE | TRUNCATE | REMOVE_FOLDER | REMOVE_FILE | MAKE_FOLDER | MAKE_FILE
    for paths, allowed in ((readable, read), (writable, write)):
        for path in paths:
            _allow(rules, path, allowed & rights)
    return rules


def _allow(rules: int, path: str, allowed: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            allowed &= READ_FILE | WRITE_FILE | TRUNCATE
        _syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, descriptor), 0)
    finally:
        os.close(descriptor)


def obey(rules: int) -> None:
    """Hold this process and all that it starts to the rules, for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs could not be set")
    _syscall(RESTRICT_SELF, rules, 0)
    os.close(rules)


def _syscall(number: int, *arguments: object, check: bool = True) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0 and check:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
