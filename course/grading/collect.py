"""Finding the submissions in what a learning platform exports: a folder, or an archive that is opened without trust.

Nothing is ever unpacked to the disk: members of an archive, and of an archive that a learner put into it, are read into
memory, each up to a limit, and their names are only looked at. So a path that leads elsewhere, a link or a bomb has
nothing to act on.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ..errors import SubmissionError

__all__ = ["File", "Learner", "collect", "safe_name"]

MOST_FILES = 50_000
MOST_INNER = 200  # in an archive that a learner handed in
LARGEST = 64 * 2**20  # bytes of one notebook; as `course.notebooks.reading` has it
SKIPPED = ("__MACOSX", ".ipynb_checkpoints", ".git", ".DS_Store")
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{k}" for name in ("com", "lpt") for k in range(1, 10))}

CANVAS = re.compile(r"^(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$")
MOODLE = re.compile(r"^(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?$")
GRADESCOPE = re.compile(r"^submission_(?P<id>\d+)$")


@dataclass(frozen=True)
class File:
    """A file of a submission: its name, and how to get its bytes; a `SubmissionError` says why they cannot be had."""

    name: str
    read: Callable[[], bytes]
    order: tuple[int, str] = (0, "")


@dataclass
class Learner:
    """What one learner handed in.

    Parameters
    ----------
    name : str
        As the platform has it.
    key : str
        A name for files: unique, and safe on every system.
    platform : {"", "canvas", "moodle", "gradescope"}
    number : str
        The platform's own number for the learner or the submission.
    email : str
        Where the platform tells it.
    folder : str
        The folder's name in the export: Moodle wants it back.
    notebooks : list of File
        In the order in which they were handed in.
    others : list of str
        Names of files that are no notebooks.
    notes : list of str
        What could not be read, and why.
    """

    name: str
    key: str = ""
    platform: str = ""
    number: str = ""
    email: str = ""
    folder: str = ""
    notebooks: list[File] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Member:
    """One file of the export: its path as safe parts, its content or why it has none."""

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    refused: str = ""
    is_folder: bool = False


def collect(path: str | Path, single: bool = False) -> list[Learner]:
    """Return the learners of a folder, an archive or a single notebook, ordered by name.

    Parameters
    ----------
    path : str or Path
    single : bool
        All that is there is one learner's, as in the folder that an autograder is given.

    Raises
    ------
    SubmissionError
        There is nothing of the kind, or no submission in it.
    """
    path = Path(path)
    if path.is_dir():
        members = list(_in_folder(path))
    elif path.is_file() and path.suffix.lower() == ".ipynb":
        members = [_Member((path.name,), _reader(path))]
    elif path.is_file():
        members = list(_in_archive(path.name, lambda: path))
    else:
        raise SubmissionError(f"{path} is not here. Give a folder of notebooks, or the zip that the platform exports.")
    if single:
        members = [replace(one, parts=("submission", *one.parts)) for one in members]
    learners = _grouped(_unwrapped(members, keep_top=single))
    if not learners:
        raise SubmissionError(
            f"There is no submission in {path}. Give a folder or a zip that holds notebooks (.ipynb)."
        )
    return learners


def safe_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name for files made of a learner's name, which no other one has.

    Examples
    --------
    >>> safe_name("../Zoë O'Neil", {"zoë_o_neil"})
    'Zoë_O_Neil-2'
    """
    plain = unicodedata.normalize("NFC", name)
    plain = re.sub(r"[^\w.-]+", "_", plain).strip("._-")
    while len(plain.encode("utf-8")) > 120:
        plain = plain[:-1]
    if not plain or plain.split(".")[0].lower() in RESERVED:
        plain = f"learner_{plain}".rstrip("_")
    used = {one.casefold() for one in taken}
    found, number = plain, 1
    while found.casefold() in used:
        number += 1
        found = f"{plain}-{number}"
    return found


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(descriptor, "rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise SubmissionError(f"it cannot be read ({error.strerror or type(error).__name__})") from error
        return _bounded(data)

    return read


def _bounded(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise SubmissionError(f"it is larger than {LARGEST // 2**20} MiB")
    return data


def _in_folder(root: Path) -> Iterable[_Member]:
    count = 0
    for folder, folders, files in os.walk(root):  # does not follow links to folders
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        here = Path(folder).relative_to(root).parts
        yield from (_Member((*here, name), _nothing, is_folder=True) for name in folders)
        for name in sorted(files):
            count += 1
            if count > MOST_FILES:
                raise SubmissionError(
                    f"{root} holds more than {MOST_FILES:,} files. Give the folder of one class alone."
                )
            mode = (Path(folder) / name).lstat().st_mode
            refused = "" if stat.S_ISREG(mode) else "it is a link" if stat.S_ISLNK(mode) else "it is not a file"
            yield _Member(_shown((*here, name)), _reader(Path(folder) / name), refused)


def _nothing() -> bytes:
    return b""


def _shown(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return names as text that can be written anywhere, whatever bytes the file system had."""
    return tuple(os.fsencode(part).decode("utf-8", "replace") for part in parts)


def _in_archive(name: str, source: Callable[[], Path | io.BytesIO]) -> Iterable[_Member]:
    try:
        with zipfile.ZipFile(source()) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        says = f"{name} is not a zip that can be read ({error})"
        raise SubmissionError(f"{says}. Export the submissions again, or give them as a folder.") from error
    if len(entries) > MOST_FILES:
        raise SubmissionError(f"{name} holds more than {MOST_FILES:,} files, which no class does.")
    for entry in entries:
        parts = _parts_of(entry)
        if not parts:
            continue
        mode = entry.external_attr >> 16
        refused = "it is a link" if stat.S_ISLNK(mode) else "it is locked by a password" if entry.flag_bits & 1 else ""
        yield _Member(parts, _member_reader(source, entry), refused, entry.is_dir())


def _parts_of(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = entry.filename
    if not entry.flag_bits & 0x800:  # the archive does not say which encoding its names have: most often UTF-8
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = "".join(letter if letter.isprintable() else "_" for letter in name.replace("\\", "/"))
    return tuple(part for part in PurePosixPath(name).parts if part not in ("/", "..", ".") and part[1:2] != ":")


def _member_reader(source: Callable[[], Path | io.BytesIO], entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if entry.file_size > LARGEST:
            raise SubmissionError(f"it is larger than {LARGEST // 2**20} MiB")
        try:
            with zipfile.ZipFile(source()) as archive, archive.open(entry) as file:
                return _bounded(file.read(LARGEST + 1))
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise SubmissionError(f"it is damaged in the archive ({error})") from error

    return read


def _unwrapped(members: list[_Member], keep_top: bool = False) -> list[_Member]:
    """Drop hidden files, and a folder that holds everything else, unless it is a learner's own."""
    kept = [one for one in members if not any(part in SKIPPED or part.startswith("._") for part in one.parts)]
    while not keep_top:
        files = [one for one in kept if not one.is_folder]
        tops = {one.parts[0] for one in kept}
        telling = [one for one in files if _is_notebook(one.parts[-1])] or files  # lists of the platform lie higher
        deep = all(len(one.parts) > 2 for one in telling)
        flat_canvas = any(len(one.parts) == 2 and CANVAS.match(one.parts[1]) for one in files)
        if len(tops) != 1 or not files or not (deep or flat_canvas):
            return kept
        if MOODLE.match(next(iter(tops))) or GRADESCOPE.match(next(iter(tops))):
            return kept
        kept = [_Member(one.parts[1:], one.read, one.refused, one.is_folder) for one in kept if len(one.parts) > 1]
    return kept


def _grouped(members: list[_Member]) -> list[Learner]:
    people = _gradescope_people(members)
    learners: dict[str, Learner] = {}
    for member in members:
        if member.is_folder and len(member.parts) > 1:
            continue
        if len(member.parts) == 1 and not member.is_folder and not _is_notebook(member.parts[0]):
            match = CANVAS.match(member.parts[0])
            if match is None:
                continue  # a list or a note of the platform, beside the submissions
        handle, made, order = _learner_of(member, people)
        learner = learners.setdefault(handle, made)
        if "_assignsubmission_file" in made.folder:  # Moodle has another folder for text that was typed into the page
            learner.folder = made.folder
        name = "/".join(member.parts[1:]) or member.parts[0]
        if member.is_folder:
            continue
        if member.refused:
            learner.notes.append(f"{name} was left out: {member.refused}.")
        elif _is_notebook(name):
            learner.notebooks.append(File(name, member.read, order))
        elif name.lower().endswith(".zip"):
            _open_inner(learner, name, member, order)
        else:
            learner.others.append(name)
    found = sorted(learners.values(), key=lambda one: (one.name.casefold(), one.name, one.number))
    taken: set[str] = set()
    for learner in found:
        learner.notebooks.sort(key=lambda file: file.order)
        learner.key = safe_name(learner.name, taken)
        taken.add(learner.key)
    return found


def _open_inner(learner: Learner, name: str, member: _Member, order: tuple[int, str]) -> None:
    """Add the notebooks of an archive that a learner handed in; an archive inside that one stays closed."""
    try:
        inner = _unwrapped(list(_in_archive(name, lambda: io.BytesIO(member.read()))))
    except SubmissionError:
        learner.notes.append(f"{name} was left out: it is not a zip that can be read. Hand in the notebook itself.")
        return
    if len(inner) > MOST_INNER:
        learner.notes.append(
            f"{name} was left out: it holds more than {MOST_INNER} files. Hand in the notebook itself."
        )
        return
    for one in inner:
        path = f"{name}/{'/'.join(one.parts)}"
        if one.refused:
            learner.notes.append(f"{path} was left out: {one.refused}.")
        elif _is_notebook(path):
            learner.notebooks.append(File(path, one.read, order))
        elif not one.is_folder:
            learner.others.append(path)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _learner_of(member: _Member, people: dict[str, tuple[str, str]]) -> tuple[str, Learner, tuple[int, str]]:
    top, last = member.parts[0], member.parts[-1]
    if match := MOODLE.match(top):
        learner = Learner(match["name"], platform="moodle", number=match["id"], folder=top)
        return f"moodle {match['id']}", learner, (0, last)
    if match := GRADESCOPE.match(top):
        name, email = people.get(top, (top, ""))
        return top, Learner(name, platform="gradescope", number=match["id"], email=email, folder=top), (0, last)
    if len(member.parts) == 1 and not member.is_folder and (match := CANVAS.match(top)):
        learner = Learner(match["name"], platform="canvas", number=match["id"])
        return f"canvas {match['id']}", learner, (int(match["upload"]), match["file"])
    if len(member.parts) == 1 and not member.is_folder:
        return top, Learner(top.rsplit(".", 1)[0]), (0, last)
    return top, Learner(top, folder=top), (0, last)


def _gradescope_people(members: list[_Member]) -> dict[str, tuple[str, str]]:
    """Read who handed in which submission from Gradescope's list, as far as it can be read line by line."""
    people: dict[str, tuple[str, str]] = {}
    for member in members:
        if member.parts[-1] != "submission_metadata.yml":
            continue
        try:
            text = io.TextIOWrapper(io.BytesIO(member.read()), "utf-8", "replace").read()
        except SubmissionError:
            continue
        for block in re.split(r"(?m)^(?=submission_\d+:)", text):
            top = re.match(r"submission_\d+", block)
            names = re.findall(r":name: *['\"]?(.*?)['\"]?\s*$", block, re.MULTILINE)
            email = re.search(r":email: *['\"]?(\S+?)['\"]?\s*$", block, re.MULTILINE)
            if top and names:
                people[top[0]] = (", ".join(names), email[1] if email else "")
    return people
