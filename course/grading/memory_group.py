"""A control group of Linux: it counts all memory of learners' code, and what the kernel holds for it, too."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import uuid
from pathlib import Path

__all__ = ["MemoryGroup"]

NAME = re.compile(r"course-(\d+)-[0-9a-f]+")


class MemoryGroup:
    """A group of processes that together may hold so much memory.

    Parameters
    ----------
    folder : Path
        The group's own, made by `make`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, most: int) -> MemoryGroup | None:
        """Return a new group that may hold `most` bytes, or None where this process may make none.

        Version 2 is tried beside this process' own group, and below it; version 1 below it.
        """
        if sys.platform != "linux":
            return None
        cls.sweep()
        for parent, limit in _places():
            group = cls(parent / f"course-{os.getpid()}-{uuid.uuid4().hex[:8]}")
            try:
                group.folder.mkdir()
                (group.folder / limit).write_text(str(most))
                if not os.access(group.files[0], os.W_OK) or not os.access(group.files[1], os.R_OK):
                    raise PermissionError
            except OSError:
                group.remove()
                continue
            return group
        return None

    @classmethod
    def sweep(cls) -> None:
        """Take away the groups of graders that are no more: who is killed leaves its own."""
        for parent, _ in _places() if sys.platform == "linux" else ():
            for old in parent.glob("course-*"):
                match = NAME.fullmatch(old.name)
                if match and not Path(f"/proc/{match[1]}").exists():
                    cls(old).remove()

    @property
    def files(self) -> list[str]:
        """The file that takes a process into the group, and the one that says how many were killed in it."""
        events = self.folder / "memory.events"
        return [
            str(self.folder / "cgroup.procs"),
            str(events if events.exists() else self.folder / "memory.oom_control"),
        ]

    def remove(self) -> None:
        """Take the group away, once no process is in it."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def _places() -> list[tuple[Path, str]]:
    """Return the folders in which a group may be made, each with the name of the file for the limit."""
    places: list[tuple[Path, str]] = []
    try:
        own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
        mounts = [line.split(" - ", 1) for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError:
        return []
    for where, what in mounts:
        root, at = where.split()[3:5]
        kind, _, options = what.split(" ", 2)
        for _, controllers, path in own:
            two = kind == "cgroup2" and controllers == ""
            one = kind == "cgroup" and "memory" in controllers.split(",") and "memory" in options.split(",")
            if not (two or one) or not path.startswith(root.rstrip("/")):
                continue
            folder = Path(at) / path[len(root.rstrip("/")) :].lstrip("/")
            if one:
                places.append((folder, "memory.limit_in_bytes"))
            else:
                places += [(each, "memory.max") for each in (folder.parent, folder) if each.is_relative_to(at)]
    return places
