"""The files of a folder or an archive, read without trust: nothing is unpacked to the disk, and no link is followed.

Members of an archive are read into memory, each up to a limit, and their names are only looked at. So a path that leads
elsewhere, a link or a bomb has nothing to act on. What cannot be read is a member that says why, and stops no other.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import stat
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import SubmissionError
from ..notebooks.reading import LARGEST

__all__ = ["Archive", "Member", "in_file", "in_folder", "shortened"]

MOST_ENTRIES = 50_000  # in an archive that a learner handed in: what is opened at all
MOST_FILES = 20_000  # in one folder that lies at the top; beyond it not all are listed
MOST_MORE = 200  # beyond it, in each folder: of notebooks and archives, and of other files
LONGEST_NAME = 500  # letters of a file's name; a disk holds 255
DEEPEST = 100  # folders in each other; of more only the outer and the inner ones
PASSED_OVER = {
    "__MACOSX", "__pycache__", ".DS_Store", ".cache", ".git", ".idea", ".ipynb_checkpoints", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".tox", ".venv", ".vscode", "desktop.ini", "node_modules", "site-packages",
    "Thumbs.db", "venv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """A member of an archive on the disk, by its entry in the table, so that another process can read it, too."""

    archive: Path
    entry: zipfile.ZipInfo
    mended: bool = False  # its table calls names UTF-8 that are not

    def read(self) -> bytes:
        """Return the content; a `SubmissionError` says why it cannot be had."""
        try:
            info = self.archive.stat()
            archive = _open_at(self.archive, self.mended, (os.getpid(), info.st_ino, info.st_mtime_ns))
        except OSError as error:
            raise SubmissionError(f"{self.archive.name} cannot be read any more ({error.strerror})") from error
        return _packed(archive, self.entry)


@dataclass(frozen=True, slots=True)
class Member:
    """One file or folder of what was given: its path as safe parts, its content or why it has none.

    Parameters
    ----------
    parts : tuple of str
    content : Path, Packed, callable or None
        Where the content is, or what returns it.
    refused : str
        Why it is left out without a look, or empty.
    is_folder : bool
    when : str
        When it was handed in, as far as the export tells: ``2026-01-31 12:00``, or empty.
    """

    parts: tuple[str, ...]
    content: Path | Packed | Callable[[], bytes] | None = None
    refused: str = ""
    is_folder: bool = False
    when: str = ""

    @property
    def path(self) -> str:
        """The path in one text."""
        return "/".join(self.parts)

    def read(self) -> bytes:
        """Return the content; a `SubmissionError` says why it cannot be had."""
        if isinstance(self.content, Packed):
            return self.content.read()
        if isinstance(self.content, Path):
            return _read_file(self.content)
        return b"" if self.content is None else self.content()

    def below(self, depth: int = 1) -> Member:
        """Return the member as it is seen from within the folder that it lies in."""
        return replace(self, parts=self.parts[depth:])


_PYTHON_HOME = re.compile(r"(?:^|[/\\\\])pyvenv\.cfg$")


class Archive:
    """A zip whose table is read once, and which stays open for its members; a `SubmissionError` says why it is none."""

    def __init__(self, source: Path | bytes):
        if isinstance(source, bytes) and source.count(b"PK\1\2") > MOST_ENTRIES:  # an entry of the table each
            raise SubmissionError(f"it holds more than {MOST_ENTRIES:,} files")
        self._path = None if isinstance(source, bytes) else source.absolute()
        self._mended = False
        try:
            try:
                self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
            except UnicodeDecodeError:  # it calls its names UTF-8, and they are not
                data = source if isinstance(source, bytes) else source.read_bytes()
                self._zip = zipfile.ZipFile(io.BytesIO(_without_claim(data)))
                self._mended = True
            self._entries = self._zip.infolist()
        except Exception as error:  # whatever a table can make of Python's reader
            reason = shortened(str(error) or type(error).__name__)
            raise SubmissionError(f"it is not a zip that can be read ({reason})") from error

    def members(self) -> Iterator[Member]:
        """Yield what is in the archive, without what belongs to no submission."""
        homes = {
            _parts_of(entry)[:-1] for entry in self._entries if _PYTHON_HOME.search(entry.filename)
        }  # of Pythons with their packages
        counts = _Counts()
        for entry in self._entries:
            parts = _parts_of(entry)
            at = _passed_over(parts, homes)
            if at is not None:
                if at:
                    yield Member(parts[:at], is_folder=True)  # whose folder it is has handed in something
            elif parts and (entry.is_dir() or counts.has_room(parts)):
                mode = entry.external_attr >> 16
                locked = "it is locked by a password" if entry.flag_bits & 1 else ""
                refused = "it is a link" if stat.S_ISLNK(mode) else locked
                yield Member(parts, self._content(entry), refused, entry.is_dir(), _when(entry.date_time))

    def _content(self, entry: zipfile.ZipInfo) -> Packed | Callable[[], bytes]:
        if self._path is None:
            return functools.partial(_packed, self._zip, entry)
        return Packed(self._path, entry, self._mended)


class _WithoutTable(zipfile.ZipFile):
    """A zip whose table is not read: its entries come from elsewhere."""

    def _RealGetContents(self) -> None:  # noqa: N802
        pass


@functools.lru_cache(maxsize=1)
def _open_at(path: Path, mended: bool, of: tuple[int, ...]) -> zipfile.ZipFile:
    """Return an archive that stays open, but neither for another process, whose place in it is its own, nor changed."""
    return _WithoutTable(io.BytesIO(_without_claim(path.read_bytes())) if mended else path)


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > LARGEST:
        raise SubmissionError(f"it is larger than {LARGEST // 2**20} MiB")
    try:
        with archive.open(entry) as file:
            return _bounded(file.read(LARGEST + 1))
    except SubmissionError:
        raise
    except Exception as error:  # whatever a damaged member can make of Python's reader, and of each method's own
        raise SubmissionError(f"it is damaged in the archive ({shortened(str(error))})") from error


class _Counts:
    """How many files there are in each folder, so that a heap of them is not looked at one by one."""

    def __init__(self) -> None:
        self._files: Counter[tuple[str, ...]] = Counter()

    def has_room(self, parts: tuple[str, ...]) -> bool:
        """Count a file, and tell whether it is listed."""
        self._files[parts[:1]] += 1
        if self._files[parts[:1]] <= MOST_FILES or len(parts) == 1:
            return True
        kind = (*parts[:-1], "work" if parts[-1].lower().endswith((".ipynb", ".zip")) else "other", "")
        self._files[kind] += 1
        return self._files[kind] <= MOST_MORE


def in_folder(root: Path) -> Iterator[Member]:
    """Yield what is in a folder, and a word for each folder in it that cannot be read."""
    waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    counts = _Counts()
    while waiting:
        folder, here = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            if not here:
                raise SubmissionError(f"{root} cannot be read ({reason}). Give a folder that you may read.") from error
            yield Member(here, refused=f"the folder cannot be read ({reason})", is_folder=True)
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        below = []
        for entry, name in zip(entries, _names([entry.name for entry in entries]), strict=True):
            if name in PASSED_OVER or name.startswith("._"):
                continue
            parts = (*here, name)
            if entry.is_dir(follow_symlinks=False):
                yield Member(parts, is_folder=True)
                below.append((Path(entry.path), parts))
                continue
            if not counts.has_room(parts):
                continue
            yield in_file(Path(entry.path), parts)
        waiting += reversed(below)


def in_file(path: Path, parts: tuple[str, ...]) -> Member:
    """Return one file of a folder; what is no plain file is refused."""
    try:
        info = path.lstat()
    except OSError as error:
        return Member(parts, refused=f"it cannot be read ({error.strerror or type(error).__name__})")
    is_link = stat.S_ISLNK(info.st_mode)
    refused = "" if stat.S_ISREG(info.st_mode) else "it is a link" if is_link else "it is not a file"
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(max(0, info.st_mtime)))
    return Member(parts, path, refused, when=when)


def shortened(text: str, most: int = 120) -> str:
    """Return a name that fits into a sentence."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 3 :]}"


def _read_file(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SubmissionError(f"it cannot be read ({error.strerror or type(error).__name__})") from error
    return _bounded(data)


def _bounded(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise SubmissionError(f"it is larger than {LARGEST // 2**20} MiB")
    return data


def _names(raw: Iterable[str]) -> list[str]:
    """Return names as text that can be written anywhere, whatever bytes the file system had, each another one."""
    taken: dict[str, int] = {}  # and how often it was wanted
    for name in raw:
        data = os.fsencode(name)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        wanted = text = _printable(text)
        while text in taken:
            taken[wanted] += 1
            text = f"{wanted}_{taken[wanted]}"
        taken[text] = 1
    return list(taken)


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "_" for letter in text)


def _parts_of(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = entry.filename
    if not entry.flag_bits & 0x800:  # the archive does not say which encoding its names have: most often UTF-8
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = _printable(name.replace("\\", "/"))
    parts = [part for part in name.split("/") if part not in ("", "..", ".") and part[1:2] != ":"]
    half = DEEPEST // 2
    return tuple(_ends_of(part) for part in (parts if len(parts) <= DEEPEST else parts[:half] + parts[-half:]))


def _ends_of(name: str) -> str:
    """Return a name without the middle that only a name has which no disk could hold."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME // 2] + name[-LONGEST_NAME // 2 :]


def _passed_over(parts: tuple[str, ...], homes: set[tuple[str, ...]]) -> int | None:
    """Return how much of a path is kept where the rest of it belongs to no submission, or None."""
    for at, part in enumerate(parts):
        if part in PASSED_OVER or part.startswith("._"):
            return at
        if homes and parts[: at + 1] in homes:
            return at + 1
    return None


def _when(date: tuple[int, ...]) -> str:
    # A zip cannot tell times before 1980, and one without times says just that.
    return "" if date[0] <= 1980 else f"{date[0]:04}-{date[1]:02}-{date[2]:02} {date[3]:02}:{date[4]:02}"


def _without_claim(data: bytes) -> bytes:
    """Return a zip in which no entry says that its name is UTF-8."""
    whole = bytearray(data)
    for found in re.finditer(rb"PK\x01\x02|PK\x03\x04", data):
        at = found.start() + (9 if found[0] == b"PK\1\2" else 7)
        if at < len(whole):
            whole[at] &= ~0x08
    return bytes(whole)
