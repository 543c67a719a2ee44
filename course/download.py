"""Fetch the files of Fashion-MNIST: with progress, going on where a download stopped, checked before they count."""

from __future__ import annotations

import contextlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from .data import FILES, File, cache_folder, locate, named_folder, read_checked
from .errors import DataError

__all__ = ["ADDRESSES", "fetch", "fetch_file"]

# Both are named by the authors of the collection; the checksums of `data.FILES` tell a wrong file from the right one.
ADDRESSES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)
TRIES = 3
TIMEOUT = 30.0
SLACK = 2**16  # bytes that a packed file may have more than the same file unpacked

Progress = Callable[[str, int, int], None]


def fetch(
    folder: str | os.PathLike[str] | None = None,
    addresses: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Download what is missing or damaged in a folder, and return the folder.

    Parameters
    ----------
    folder : path, optional
        Where the four files go; the course's cache by default.
    addresses : sequence of str, optional
        Where to look, in order. The environment variable COURSE_DATA_URL names one too (a class's own server).
    progress : function(name, bytes so far, bytes in all), optional
        Called as the bytes arrive; the last number is 0 where the server does not say it.

    Raises
    ------
    DataError
        When no address gives a whole and right file. What has arrived of it stays in a ``.part`` file, from
        which the next call goes on.
    """
    folder = cache_folder() / "fashion-mnist" if folder is None else named_folder(folder)
    if addresses is None:
        own = os.environ.get("COURSE_DATA_URL")
        addresses = (own,) if own else ADDRESSES
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be made ({error.strerror}). Name another with --to.") from None
    for file in FILES.values():
        fetch_file(file, folder, addresses, progress)
    return folder


class _NoAnswerError(Exception):
    """A server did not answer, or broke off; the message says how, in a few words."""


def fetch_file(file: File, folder: Path, addresses: Sequence[str], progress: Progress | None = None) -> Path:
    """Return the path of one whole and right file in a folder, downloading it unless it is there."""
    try:
        present = locate(folder, file)
        if present is not None:
            with contextlib.suppress(DataError):
                read_checked(present, file)
                return present
            present.unlink()
        problems = []
        for address in addresses:
            try:
                return _from_address(file, folder, address.rstrip("/") + "/" + file.name, progress)
            except _NoAnswerError as error:
                problems.append(str(error))
    except OSError as error:  # of the disk: what happens on the way from a server is a _NoAnswerError
        raise DataError(
            f"{folder / file.name} cannot be written ({error.strerror or error}). Make room, or name another folder "
            "with --to."
        ) from None
    raise DataError(
        f"{file.name} could not be fetched ({'; '.join(problems)}). Connect and run the same command again: it goes on "
        "where it stopped; or copy the file from a machine that has it and name its folder."
    )


def _from_address(file: File, folder: Path, url: str, progress: Progress | None) -> Path:
    part = folder / (file.name + ".part")
    problem = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(0.2 * attempt)
        try:
            _append(url, part, file, progress)
        except _NoAnswerError as error:
            problem = str(error)
            continue
        try:
            read_checked(part, file)
        except DataError:
            page = part.read_bytes()[:500].lstrip().startswith(b"<")
            part.unlink()  # never go on from wrong bytes
            problem = "it sent a web page in place of the file" if page else "what the server sent is damaged"
            continue
        path = folder / file.name
        os.replace(part, path)
        return path
    raise _NoAnswerError(problem)


def _append(url: str, part: Path, file: File, progress: Progress | None) -> None:
    """Download the rest of a file behind what is there, until all that was announced has arrived."""
    have = part.stat().st_size if part.exists() else 0
    response = _ask(url, have)
    if response is None:  # nothing is left to send: let the checksum decide
        return
    with response:
        goes_on = have > 0 and response.status == 206
        have = have if goes_on else 0
        announced = response.headers.get("Content-Length") or ""
        total = have + int(announced) if announced.isdecimal() else 0
        with open(part, "ab" if goes_on else "wb") as target:
            while block := _next_block(response):
                target.write(block)
                have += len(block)
                if progress is not None:
                    progress(file.name, have, total)
                if have > file.size + SLACK:
                    break  # it may never end; the checksum will tell
    if have < total:
        raise _NoAnswerError(f"it stopped after {have:,} bytes")


def _ask(url: str, have: int) -> http.client.HTTPResponse | None:
    """Return the answer of a server that was asked for all but the first bytes; None where it has no more."""
    try:
        request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
        return urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:
            return None
        raise _NoAnswerError(f"the server answered {error.code} {_line(error.reason)}") from None
    except (OSError, http.client.HTTPException) as error:
        raise _NoAnswerError(f"no answer from the server: {_line(getattr(error, 'reason', error))}") from None
    except ValueError as error:  # UnicodeError is one
        raise _NoAnswerError(f"this is no address of a server: {_line(error)}") from None


def _next_block(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(1 << 18)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _NoAnswerError(f"the connection broke: {_line(error)}") from None


def _line(words: object) -> str:
    """Return what a server or the system said as one short line that can be printed."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(words) or type(words).__name__)
    text = " ".join(text.split())
    return text if len(text) <= 150 else text[:147] + "..."
