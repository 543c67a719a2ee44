"""Digits of 32 × 32 pixels for LeNet-5: scikit-learn's, enlarged, and MNIST where the reader has it.

Sizes and place follow section III.A of the paper: the digit in a box of 20 × 20, its centre of mass in the middle of a
field of 28 × 28, which background extends to 32 × 32.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..arithmetic import whole_number
from ..data import Dataset, File, cache_folder, locate, named_folder, read_checked
from ..errors import DataError, argument_error
from ..images import digits

__all__ = ["MNIST_FILES", "Digits", "centred", "enlarge", "handwritten_digits", "mnist"]

FIELD, SIZE = 28, 32
TEST_EACH = 50  # pictures of each digit that are kept for the test
SPLIT_SEED = 1998
# Of the unpacked bytes, as several independent copies of the data set state them.
MNIST_FILES = {
    ("train", "images"): File(
        "train-images-idx3-ubyte.gz", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    ("train", "labels"): File(
        "train-labels-idx1-ubyte.gz", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    ("test", "images"): File(
        "t10k-images-idx3-ubyte.gz", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    ("test", "labels"): File(
        "t10k-labels-idx1-ubyte.gz", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}


class Digits(Dataset):
    """Pictures of digits, uint8 (N, 32, 32), with what they are: as `course.data.Dataset`."""

    def __repr__(self) -> str:
        height, width = self.images.shape[1:]
        return f"Digits, {self.split}: {len(self):,} pictures of {height} × {width} pixels, from {self.source}"


def enlarge(images: np.ndarray, size: int = 20) -> np.ndarray:
    """Return square pictures in another size, by bilinear interpolation between the centres of the pixels.

    Parameters
    ----------
    images : float array of shape (N, side, side)
        Outside of a picture its outermost pixels go on.
    size : int
        Of the new side, at least 1.

    Returns
    -------
    float64 ndarray of shape (N, size, size)

    Examples
    --------
    >>> enlarge(np.array([[[0.0, 1.0], [0.0, 1.0]]]), 4)[0, 0].tolist()
    [0.0, 0.25, 0.75, 1.0]
    """
    side, size = images.shape[-1], whole_number("enlarge", "size", size)
    places = np.clip((np.arange(size) + 0.5) * side / size - 0.5, 0, side - 1)
    weights = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(side)))  # of each old pixel in each new one
    return weights @ images @ weights.T


def centred(images: np.ndarray) -> np.ndarray:
    """Return pictures in the middle of 32 × 32 pixels: their centre of mass, to the nearest pixel.

    Parameters
    ----------
    images : float array of shape (N, side, side)
        Ink from 0 to 1; a side of at most 28. No ink leaves the inner 28 × 28.

    Returns
    -------
    uint8 ndarray of shape (N, 32, 32)
        From 0 (background) to 255.

    Raises
    ------
    ArgumentError
        The pictures are larger than 28 × 28.

    Examples
    --------
    >>> np.argwhere(centred(np.eye(3)[None] * np.array([1.0, 0, 0]))[0]).tolist()
    [[16, 16]]
    """
    images = np.asarray(images, float)
    side = images.shape[-1]
    if side > FIELD:
        raise argument_error("centred", "images", f"be at most {FIELD} pixels wide", images, "Make them smaller.")
    border = (SIZE - FIELD) // 2
    fields = np.zeros((len(images), SIZE, SIZE), np.uint8)
    for field, image in zip(fields, images, strict=True):
        corner = []
        for axis in (1, 0):
            ink = image.sum(axis=axis)
            middle = (ink @ np.arange(side)) / ink.sum() if ink.any() else (side - 1) / 2
            corner.append(int(np.clip(np.floor((SIZE - 1) / 2 - middle + 0.5), border, border + FIELD - side)))
        top, left = corner
        field[top : top + side, left : left + side] = np.rint(255 * image)
    return fields


def handwritten_digits(split: str = "train") -> Digits:
    """Return scikit-learn's 1,797 handwritten digits, 8 × 8, as LeNet-5 takes them: enlarged to 20 × 20 and centred.

    The split is fixed: 50 pictures of each digit, drawn once by a seed, are the test. The same 13 people wrote both
    parts, so the test is milder than one on other people's digits.

    Parameters
    ----------
    split : {"train", "test"}
        1,297 pictures to learn from, or 500.

    Raises
    ------
    ArgumentError
        `split` is neither "train" nor "test".

    Examples
    --------
    >>> handwritten_digits("test")
    Digits, test: 500 pictures of 32 × 32 pixels, from scikit-learn's 8 × 8 digits, enlarged
    """
    _check_split("handwritten_digits", split)
    images, labels = digits()
    draw = np.random.default_rng(SPLIT_SEED)
    kept = np.concatenate([draw.permutation(np.flatnonzero(labels == digit))[:TEST_EACH] for digit in range(10)])
    tested = np.isin(np.arange(len(labels)), kept)
    chosen = tested if split == "test" else ~tested
    return _digits(enlarge(images[chosen]), labels[chosen], split, "scikit-learn's 8 × 8 digits, enlarged")


def mnist(split: str = "train", folder: str | os.PathLike[str] | None = None) -> Digits:
    """Return MNIST, the paper's data, from the four idx files of a folder; nothing is asked of the network.

    Parameters
    ----------
    split : {"train", "test"}
        60,000 pictures to learn from, or 10,000.
    folder : path, optional
        With the four published files, packed or unpacked, whose names are those of Fashion-MNIST's. By default the
        environment variable COURSE_MNIST, or the folder ``mnist`` in the course's cache.

    Returns
    -------
    Digits
        28 × 28 pictures with two pixels of background around them.

    Raises
    ------
    ArgumentError
        `split` is neither "train" nor "test".
    DataError
        A file is missing, damaged, or of another data set.

    Examples
    --------
    >>> mnist("test", "nowhere")
    Traceback (most recent call last):
    ...
    course.errors.DataError: nowhere has no file t10k-images-idx3-ubyte.gz. Put MNIST's four files there, ...
    """
    _check_split("mnist", split)
    named = folder if folder is not None else os.environ.get("COURSE_MNIST") or None
    place = named_folder(named) if named is not None else cache_folder() / "mnist"
    contents = [_read(place, MNIST_FILES[split, part]) for part in ("images", "labels")]
    pixels = np.frombuffer(contents[0], np.uint8, offset=16).reshape(-1, FIELD, FIELD)
    border = (SIZE - FIELD) // 2
    images = np.pad(pixels, ((0, 0), (border, border), (border, border)))
    labels = np.frombuffer(contents[1], np.uint8, offset=8).copy()
    return Digits(images, labels, split, "MNIST", is_sample=False, class_names=tuple("0123456789"))


def _read(place: Path, file: File) -> bytes:
    path = locate(place, file)
    if path is None:
        raise DataError(
            f"{place} has no file {file.name}. Put MNIST's four files there, or name another folder: "
            'mnist("train", FOLDER).'
        )
    return read_checked(path, file)


def _digits(images: np.ndarray, labels: np.ndarray, split: str, source: str) -> Digits:
    names = tuple("0123456789")
    return Digits(centred(images), labels.astype(np.uint8), split, source, is_sample=False, class_names=names)


def _check_split(function: str, split: object) -> None:
    if split not in ("train", "test"):
        raise argument_error(function, "split", 'be "train" or "test"', split, 'Use split="train" to learn from.')
