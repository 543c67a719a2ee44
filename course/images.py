"""The real pictures of the lessons, as arrays: two photographs and handwritten digits, and how to cut and grey them."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import DataError, argument_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SATELLITE_BANDS",
    "SATELLITE_COVERS",
    "center_crop",
    "china",
    "crop",
    "digits",
    "flower",
    "grey",
    "satellite",
]


def china() -> NDArray[np.uint8]:
    """Return the photograph of a temple that the book shows, with many vertical and horizontal lines.

    Returns
    -------
    ndarray of shape (427, 640, 3), uint8
        Height, width and the channels red, green, blue, from 0 to 255.

    Raises
    ------
    DataError
        When scikit-learn, which carries the photograph, is not installed or lacks the file.

    References
    ----------
    ``china.jpg`` of scikit-learn (`sklearn.datasets.load_sample_image`), by danielbuechele
    (Flickr 6061409035), CC BY 2.0.

    Examples
    --------
    >>> china().shape
    (427, 640, 3)
    """
    return _photograph("china.jpg")


def flower() -> NDArray[np.uint8]:
    """Return the photograph of a dahlia that the book shows.

    Returns
    -------
    ndarray of shape (427, 640, 3), uint8
        Height, width and the channels red, green, blue, from 0 to 255.

    Raises
    ------
    DataError
        When scikit-learn, which carries the photograph, is not installed or lacks the file.

    References
    ----------
    ``flower.jpg`` of scikit-learn (`sklearn.datasets.load_sample_image`), by vultilion
    (Flickr 6056698931), CC BY 2.0.

    Examples
    --------
    >>> flower().dtype
    dtype('uint8')
    """
    return _photograph("flower.jpg")


def _photograph(name: str) -> NDArray[np.uint8]:
    """Read a picture out of scikit-learn's folder: importing scikit-learn for it takes twenty times as long."""
    import numpy as np
    from PIL import Image

    found = util.find_spec("sklearn")
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder, "datasets", "images", name)
        if path.is_file():
            with Image.open(path) as picture:
                return np.asarray(picture.convert("RGB"))
    raise DataError(
        f"The photograph {name} is not here, since scikit-learn, which carries it, is not whole or not installed. "
        "Run 'python3 -m pip install --force-reinstall scikit-learn'."
    )


def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return scikit-learn's handwritten digits and what they are.

    Returns
    -------
    images : ndarray of shape (1797, 8, 8), float64
        Ink from 0 (none) to 1 (full).
    labels : ndarray of shape (1797,), int64
        The digit that each picture shows, 0 to 9.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", 1998, in `sklearn.datasets.load_digits`.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4])
    """
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    return bunch.images / 16.0, bunch.target


def grey(image: Any) -> NDArray[np.float64]:
    """Return the brightness of a colour picture.

    Parameters
    ----------
    image : array_like of shape (height, width, 3)
        Red, green and blue: either whole numbers from 0 to 255 (uint8) or floats from 0 to 1.

    Returns
    -------
    ndarray of shape (height, width), float64
        From 0 (black) to 1 (white): ``0.299 red + 0.587 green + 0.114 blue``.

    Raises
    ------
    ArgumentError
        When the picture has not three channels in the last place, or neither of the two value ranges.

    References
    ----------
    The weights are those of Recommendation ITU-R BT.601.

    Examples
    --------
    >>> import numpy as np
    >>> grey(np.array([[[255, 255, 255], [0, 255, 0]]], dtype=np.uint8))
    array([[1.   , 0.587]])
    """
    import numpy as np

    array = np.asarray(image)
    if array.ndim != 3 or array.shape[2] != 3:
        raise argument_error(
            "grey", "image", "have the shape (height, width, 3)", image, "Give one colour picture, channels last."
        )
    if array.dtype == np.uint8:
        array = array / 255.0
    elif not np.issubdtype(array.dtype, np.floating) or not bool(np.all((array >= 0) & (array <= 1))):
        raise argument_error(
            "grey", "image", "hold uint8 from 0 to 255 or floats from 0 to 1", f"{array.dtype} values",
            "Divide the values by their largest possible value first.",
        )  # fmt: skip
    return np.clip(array @ np.array([0.299, 0.587, 0.114]), 0.0, 1.0).astype(np.float64)


def crop(image: Any, row: int, column: int, height: int, width: int) -> NDArray[Any]:
    """Return a copy of a rectangle of a picture.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, channels)
        The picture.
    row, column : int
        The upper left pixel of the rectangle.
    height, width : int
        Its size in pixels; it must lie within the picture.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, channels)
        The pixels, in an array of their own.

    Raises
    ------
    ArgumentError
        When the picture has another number of dimensions, or the rectangle is empty or leaves it.

    Examples
    --------
    >>> import numpy as np
    >>> crop(np.arange(12).reshape(3, 4), row=1, column=2, height=2, width=2).tolist()
    [[6, 7], [10, 11]]
    """
    import numpy as np

    array = np.asarray(image)
    if array.ndim not in (2, 3):
        raise argument_error("crop", "image", "have 2 or 3 dimensions", image, "Give one picture, not a batch of them.")
    sides = (("row", row, "height", height), ("column", column, "width", width))
    for axis, (first, start, second, size) in enumerate(sides):
        whole = array.shape[axis]
        if size < 1:
            raise argument_error("crop", second, "be at least 1", size, "Ask for at least one pixel.")
        if start < 0 or start + size > whole:
            raise argument_error(
                "crop", first, f"be between 0 and {whole - size}", start,
                f"The picture has {whole} pixels that way, so {second} = {size} must start within them.",
            )  # fmt: skip
    return array[row : row + height, column : column + width].copy()


def center_crop(image: Any, height: int, width: int) -> NDArray[Any]:
    """Return a copy of the middle of a picture.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, channels)
        The picture.
    height, width : int
        The size of the middle, at most that of the picture. Where it cannot lie evenly, it lies one pixel
        nearer to the upper left.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, channels)
        The pixels, in an array of their own.

    Raises
    ------
    ArgumentError
        When the picture is smaller than that.

    Examples
    --------
    >>> import numpy as np
    >>> center_crop(np.arange(20).reshape(4, 5), 2, 3).tolist()
    [[6, 7, 8], [11, 12, 13]]
    """
    import numpy as np

    array = np.asarray(image)
    if array.ndim not in (2, 3):
        raise argument_error("center_crop", "image", "have 2 or 3 dimensions", image, "Give one picture, not a batch.")
    for size, axis, name in ((height, 0, "height"), (width, 1, "width")):
        if not 1 <= size <= array.shape[axis]:
            raise argument_error(
                "center_crop", name, f"be between 1 and {array.shape[axis]}", size, "Ask for a part of the picture."
            )
    row, column = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    return crop(array, row, column, height, width)


SATELLITE_BANDS = ("blue", "green", "red", "near infrared", "shortwave infrared")

# What each kind of ground reflects in the five bands, in full light. Sizes and order are those of textbooks (Lillesand,
# Kiefer, Chipman, "Remote Sensing and Image Interpretation", chapter 1); the numbers are made up for the lesson. In the
# three colours, green plastic is what a meadow is; in near infrared, sand and roofs are as bright as plants in shadow.
SATELLITE_COVERS = {
    "bare soil": (0.07, 0.11, 0.16, 0.23, 0.30),
    "dry sand": (0.14, 0.22, 0.30, 0.38, 0.45),
    "meadow": (0.04, 0.10, 0.05, 0.45, 0.22),
    "forest": (0.03, 0.06, 0.03, 0.38, 0.14),
    "river": (0.06, 0.05, 0.03, 0.02, 0.01),
    "roofs": (0.20, 0.22, 0.26, 0.30, 0.34),
    "green plastic": (0.04, 0.10, 0.05, 0.07, 0.06),
}
SATELLITE_SHADOW = 0.35  # what the shadow of a cloud leaves of the light


def satellite(seed: int = 3) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return a generated picture as a satellite with five bands would take it, and what is on the ground.

    Parameters
    ----------
    seed : int
        Draws another landscape.

    Returns
    -------
    bands : ndarray of shape (96, 128, 5), float64
        The share of full sunlight that comes back, from 0 to 1, in the bands of `SATELLITE_BANDS`. The shadows of
        clouds make all bands darker alike.
    cover : ndarray of shape (96, 128), int64
        For each pixel the number of its kind of ground, in the order of `SATELLITE_COVERS`.

    Examples
    --------
    >>> bands, cover = satellite()
    >>> bands.shape, cover.shape
    ((96, 128, 5), (96, 128))
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    height, width = 96, 128
    names = list(SATELLITE_COVERS)
    rows, columns = np.mgrid[:height, :width]
    cover = np.full((height, width), names.index("bare soil"), dtype=np.int64)
    cover[_hills(rng, height, width) < -0.9] = names.index("dry sand")
    cover[_hills(rng, height, width) > -0.2] = names.index("meadow")
    cover[_hills(rng, height, width) > 0.5] = names.index("forest")
    cover[abs(rows - 58 - 12 * np.sin(columns / 17)) < 4] = names.index("river")
    town = (rows > 6) & (rows < 38) & (columns > 72) & (columns < 118)
    cover[town & (rows % 8 < 5) & (columns % 11 < 7)] = names.index("roofs")
    for top, left in ((8, 8), (8, 28), (22, 8), (22, 28), (76, 84), (76, 104)):
        cover[top : top + 12, left : left + 18] = names.index("green plastic")
    light = np.where(_hills(rng, height, width) > 0.6, SATELLITE_SHADOW, 1.0) * rng.normal(1, 0.08, (height, width))
    reflected = np.array(list(SATELLITE_COVERS.values()))[cover] * light[:, :, np.newaxis]
    return np.clip(reflected * rng.normal(1, 0.03, reflected.shape), 0, 1), cover


def _hills(rng: Any, height: int, width: int) -> Any:
    """Return smooth random heights: a few waves of random direction, with mean 0 and standard deviation 1."""
    import numpy as np

    rows, columns = np.mgrid[:height, :width]
    waves = sum(
        np.cos(rows * rng.normal(0, 0.09) + columns * rng.normal(0, 0.09) + rng.uniform(0, 2 * np.pi))
        for _ in range(12)
    )
    return (waves - np.mean(waves)) / np.std(waves)
