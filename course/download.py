"""Fetch the files of Fashion-MNIST: with progress, going on where a download stopped, checked before they count."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from .data import FILES, File, cache_folder, locate, read_checked
from .errors import DataError

__all__ = ["ADDRESSES", "fetch", "fetch_file"]

# Both are named by the authors of the collection; the checksums of `data.FILES` tell a wrong file from the right one.
ADDRESSES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)
TRIES = 3
TIMEOUT = 30.0

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
    folder = cache_folder() / "fashion-mnist" if folder is None else Path(folder).expanduser()
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


def fetch_file(file: File, folder: Path, addresses: Sequence[str], progress: Progress | None = None) -> Path:
    """Return the path of one whole and right file in a folder, downloading it unless it is there."""
    present = locate(folder, file)
    if present is not None:
        try:
            read_checked(present, file)
            return present
        except DataError:
            present.unlink()
    problems = []
    for address in addresses:
        try:
            return _from_address(file, folder, address.rstrip("/") + "/" + file.name, progress)
        except DataError as error:
            problems.append(str(error))
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
            whole = _append(url, part, file.name, progress)
        except urllib.error.HTTPError as error:
            raise DataError(f"the server answered {error.code} {error.reason}") from None
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            problem = f"no answer from the server: {reason}" if not part.exists() else f"the connection broke: {reason}"
            continue
        if not whole:
            problem = f"it stopped after {part.stat().st_size:,} bytes"
            continue
        try:
            read_checked(part, file)
        except DataError:
            part.unlink()  # never go on from wrong bytes
            problem = "what the server sent is damaged"
            continue
        path = folder / file.name
        os.replace(part, path)
        return path
    raise DataError(problem)


def _append(url: str, part: Path, name: str, progress: Progress | None) -> bool:
    """Download the rest of a file behind what is there; tell whether all that was announced has arrived."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # nothing is left to send: let the checksum decide
            return True
        raise
    with response:
        goes_on = have > 0 and response.status == 206
        have = have if goes_on else 0
        announced = int(response.headers.get("Content-Length") or 0)
        total = have + announced if announced else 0
        with open(part, "ab" if goes_on else "wb") as file:
            while block := response.read(1 << 18):
                file.write(block)
                have += len(block)
                if progress is not None:
                    progress(name, have, total)
    return not total or have == total
