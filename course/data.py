"""Fashion-MNIST: where its files are looked for, how they are checked, and the small sample that is always there.

Loading never asks the network; `fetch` does, and so ``python3 -m course data fetch``.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import sys
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import DataError, argument_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "CLASS_NAMES",
    "FILES",
    "SYSTEM_FOLDER",
    "Dataset",
    "cache_folder",
    "check_sample",
    "fashion_mnist",
    "fashion_mnist_sample",
    "locate",
    "make_sample",
    "named_folder",
    "places",
    "read_checked",
]

CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
SYSTEM_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SAMPLE = Path(__file__).resolve().with_name("fashion_mnist_sample.npz")
SAMPLE_SHA256 = "b3a5ef00123a6fcb94b9de321db87656eb8fb8f8a3ae1a4a4b2175975aec0fce"
HINT = "Run 'python3 -m course data fetch'"


@dataclass(frozen=True)
class File:
    """One published file: its name, and the size and SHA-256 of its bytes once they are unpacked."""

    name: str
    size: int
    sha256: str


FILES = {
    ("train", "images"): File(
        "train-images-idx3-ubyte.gz", 47_040_016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
    ),
    ("train", "labels"): File(
        "train-labels-idx1-ubyte.gz", 60_008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
    ),
    ("test", "images"): File(
        "t10k-images-idx3-ubyte.gz", 7_840_016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
    ),
    ("test", "labels"): File(
        "t10k-labels-idx1-ubyte.gz", 10_008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
    ),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures with their classes.

    Attributes
    ----------
    images : ndarray of shape (N, 28, 28), uint8
        Grey values from 0 (background) to 255.
    labels : ndarray of shape (N,), uint8
        The class of each picture, an index into `class_names`.
    split : {"train", "test"}
        Which part of the collection this is.
    source : str
        Where the pictures came from, in words.
    is_sample : bool
        True when these are the few pictures that the course carries, not the whole collection.
    class_names : tuple of str
        The names of the ten classes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    split: str
    source: str
    is_sample: bool
    class_names: tuple[str, ...] = CLASS_NAMES

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:]
        return f"Fashion-MNIST, {self.split}: {len(self):,} pictures of {height} × {width} pixels, from {self.source}"

    def first(self, count: int) -> Dataset:
        """Return the first pictures alone, with their classes.

        Examples
        --------
        >>> len(fashion_mnist_sample("test").first(20))
        20
        """
        return replace(self, images=self.images[:count], labels=self.labels[:count])


def named_folder(name: str | os.PathLike[str]) -> Path:
    """Return the folder that somebody named, in which ``~`` stands for the home folder."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise DataError(f"There is no home folder for {name}: write the name of the folder out.") from None


def cache_folder() -> Path:
    """Return the folder where fetched data is kept; the environment variable COURSE_CACHE names another.

    Raises
    ------
    DataError
        When the system knows no home folder, and so no place for caches.
    """
    named = os.environ.get("COURSE_CACHE")
    if named:
        return named_folder(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    if base.startswith("~") and os.path.expanduser("~") in ("~", "/"):  # HOME is unknown, or empty
        raise DataError(
            "There is no home folder to keep data in (HOME names none): name a folder in COURSE_CACHE, or with --to."
        )
    return Path(base).expanduser() / "convolution-course"


def places() -> list[tuple[str, Path]]:
    """Return the folders where Fashion-MNIST is looked for, in order, each with its name in words."""
    found = [("the system's copy", SYSTEM_FOLDER)]
    with contextlib.suppress(DataError):  # without a home folder there is no cache
        found.insert(0, ("the course's cache", cache_folder() / "fashion-mnist"))
    return found


def locate(folder: Path, file: File) -> Path | None:
    """Return the path of a file in a folder, packed or unpacked, or None."""
    for name in (file.name, file.name.removesuffix(".gz")):
        if (folder / name).is_file():
            return folder / name
    return None


def read_checked(path: Path, file: File) -> bytes:
    """Return the unpacked bytes of a file, which must be those that its authors published.

    Raises
    ------
    DataError
        When the file cannot be read, is not whole, or holds other bytes.
    """
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataError(f"{path} is damaged or only half there: it cannot be unpacked. {_repair(path)}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror or error}). See that you may read it.") from None
    if len(content) != file.size:
        raise DataError(
            f"{path} is damaged or only half there: {len(content):,} bytes instead of {file.size:,}. {_repair(path)}"
        )
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DataError(f"{path} is damaged: its checksum is not that of {file.name}. {_repair(path)}")
    return content


def _repair(path: Path) -> str:
    if path.is_relative_to(SYSTEM_FOLDER):
        return "Install the package dataset-fashion-mnist again."
    if any(path.is_relative_to(place) for _, place in places()):
        return f"{HINT}, which replaces it."
    return "Delete it and copy it again."


def fashion_mnist(split: str = "train", folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Load Fashion-MNIST from the first place that has it, without asking the network.

    The places are: the folder that you name (or the environment variable COURSE_DATA), the course's cache,
    the system's copy, and the sample that the course carries.

    Parameters
    ----------
    split : {"train", "test"}
        Which part to load: 60,000 pictures to train with, or 10,000 to test with.
    folder : path, optional
        A folder with the four published files. When it is named, no other place is looked at.

    Returns
    -------
    Dataset
        Pictures, classes, and where they came from; check ``is_sample``.

    Raises
    ------
    ArgumentError
        When `split` is neither "train" nor "test".
    DataError
        When the folder that you named lacks a file, or a file is damaged.

    References
    ----------
    Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
    2017, arXiv:1708.07747. MIT licence.

    Examples
    --------
    >>> garments = fashion_mnist("test")
    >>> garments.images.shape[1:], garments.images.dtype
    ((28, 28), dtype('uint8'))
    """
    _check_split("fashion_mnist", split)
    named = folder if folder is not None else os.environ.get("COURSE_DATA") or None
    if named is not None:
        return _load(named_folder(named), split, "the folder that you named")
    for words, place in places():
        if all(locate(place, FILES[split, part]) for part in ("images", "labels")):
            return _load(place, split, words)
    return fashion_mnist_sample(split)


def fashion_mnist_sample(split: str = "train") -> Dataset:
    """Load the small balanced sample that the course carries: 600 or 100 pictures of each class.

    It is the same on every machine, so a lesson whose numbers must not depend on the machine uses it.

    Parameters
    ----------
    split : {"train", "test"}
        6,000 pictures to train with, or 1,000 to test with.

    Returns
    -------
    Dataset
        With ``is_sample`` true.

    Raises
    ------
    ArgumentError
        When `split` is neither "train" nor "test".
    DataError
        When the file in the course is damaged.

    Examples
    --------
    >>> fashion_mnist_sample("test")  # doctest: +ELLIPSIS
    Fashion-MNIST, test: 1,000 pictures of 28 × 28 pixels, from the small sample that the course carries...
    """
    import numpy as np

    _check_split("fashion_mnist_sample", split)
    check_sample()
    with np.load(SAMPLE, allow_pickle=False) as arrays:
        images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"]
    whole = 60_000 if split == "train" else 10_000
    source = f"the small sample that the course carries, not the whole {whole:,}"
    return Dataset(images, labels, split, source, is_sample=True)


def check_sample() -> None:
    """Raise a DataError unless the sample is here, byte for byte."""
    try:
        content = SAMPLE.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != SAMPLE_SHA256:
        raise DataError(
            f"{SAMPLE} is missing or damaged. Take it again from the course: 'git checkout -- course/{SAMPLE.name}'."
        )


def make_sample(path: Path, folder: Path) -> None:
    """Write the sample: of each class the first 600 pictures to train with and the first 100 to test with.

    Parameters
    ----------
    path : Path
        The ``.npz`` file to write; it is written whole or not at all.
    folder : Path
        A folder with the four published files.
    """
    import numpy as np

    arrays: dict[str, Any] = {}
    for split, count in (("train", 600), ("test", 100)):
        whole = _load(folder, split, "")
        first = [np.flatnonzero(whole.labels == label)[:count] for label in range(len(CLASS_NAMES))]
        chosen = np.sort(np.concatenate(first))
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = whole.images[chosen], whole.labels[chosen]
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        np.savez_compressed(file, **arrays)
    os.replace(part, path)


def _check_split(function: str, split: object) -> None:
    if split not in ("train", "test"):
        raise argument_error(function, "split", 'be "train" or "test"', split, 'Use split="train" to learn from.')


def _load(folder: Path, split: str, source: str) -> Dataset:
    import numpy as np

    contents = []
    for part in ("images", "labels"):
        file = FILES[split, part]
        path = locate(folder, file)
        if path is None:
            raise DataError(f"{folder} has no file {file.name}. {HINT[:-1]} --to {folder}', or name another folder.")
        contents.append(read_checked(path, file))
    pixels = np.frombuffer(contents[0], np.uint8, offset=16).reshape(-1, 28, 28).copy()
    labels = np.frombuffer(contents[1], np.uint8, offset=8).copy()
    return Dataset(pixels, labels, split, source, is_sample=False)
