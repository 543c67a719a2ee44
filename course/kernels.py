"""Named filters: small images that a neuron's weights can be, each with its effect and its source.

All are float64 arrays of shape (rows, columns), written for *correlation*: they lie on the picture
as they are printed here. Row 0 is the top row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .arithmetic import whole_number
from .errors import argument_error

__all__ = [
    "FILTERS",
    "Filter",
    "as_picture",
    "box_blur",
    "emboss",
    "gaussian_blur",
    "horizontal_line",
    "identity",
    "laplacian",
    "sharpen",
    "sobel_x",
    "sobel_y",
    "vertical_line",
]

Kernel = NDArray[np.float64]


def as_picture(feature_map: NDArray[np.float64], kernel: Kernel) -> tuple[NDArray[np.float64], float, float]:
    """Return a feature map to look at, and the values that are drawn black and white: one rule for all pictures.

    Where the weights sum to more than a half, the map has the brightness of a photograph: 0 is black and 1 is white,
    and a sum above 1 is divided out. Other filters answer to changes, with both signs: middle grey is 0, and black
    and white lie equally far from it, so that all but one in a hundred values fit between them.

    Examples
    --------
    >>> flat = np.full((2, 2), 0.5)
    >>> as_picture(7 * flat, vertical_line(7))[1:], as_picture(0 * flat, laplacian())[1:]
    ((0.0, 1.0), (-1.0, 1.0))
    """
    total = float(np.sum(kernel))
    if total > 0.5:
        return feature_map / max(total, 1.0), 0.0, 1.0
    reach = float(np.quantile(np.abs(feature_map), 0.99)) or 1.0
    return feature_map, -reach, reach


def _odd(function: str, size: int) -> int:
    size = whole_number(function, "size", size)
    if size % 2 == 0:
        raise argument_error(function, "size", "be odd, so that it has a middle", size, f"Use size={size + 1}.")
    return size


def vertical_line(size: int = 7) -> Kernel:
    """Return zeros with a central column of ones: it answers to vertical lines.

    Source: Géron, *Hands-On Machine Learning*, 2nd edition, figure 14-5, with size 7.

    Examples
    --------
    >>> vertical_line(3)
    array([[0., 1., 0.],
           [0., 1., 0.],
           [0., 1., 0.]])
    """
    size = _odd("vertical_line", size)
    kernel = np.zeros((size, size))
    kernel[:, size // 2] = 1
    return kernel


def horizontal_line(size: int = 7) -> Kernel:
    """Return zeros with a central row of ones: it answers to horizontal lines.

    Source: Géron, *Hands-On Machine Learning*, 2nd edition, figure 14-5, with size 7.

    Examples
    --------
    >>> horizontal_line(3)
    array([[0., 0., 0.],
           [1., 1., 1.],
           [0., 0., 0.]])
    """
    size = _odd("horizontal_line", size)
    kernel = np.zeros((size, size))
    kernel[size // 2, :] = 1
    return kernel


def identity(size: int = 3) -> Kernel:
    """Return zeros with a one in the middle: it leaves the picture as it is.

    Source: the unit impulse of signal processing; Gonzalez and Woods, *Digital Image Processing*, 3.4.

    Examples
    --------
    >>> identity(3)
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    size = _odd("identity", size)
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def box_blur(size: int = 3) -> Kernel:
    """Return the mean of a square: every pixel becomes the average of its neighbours.

    Source: the averaging filter of Gonzalez and Woods, *Digital Image Processing*, 3.5.

    Examples
    --------
    >>> float(box_blur(5).sum())
    1.0
    """
    size = whole_number("box_blur", "size", size)
    return np.full((size, size), 1 / size**2)


def gaussian_blur(size: int = 5, sigma: float = 1.0) -> Kernel:
    """Return a mean in which near neighbours count more: ``exp(-(dy**2 + dx**2) / (2 * sigma**2))``, sum 1.

    Parameters
    ----------
    size : int
        Odd; about ``6 * sigma`` leaves nothing worth having outside.
    sigma : float
        The standard deviation in pixels, above 0.

    Notes
    -----
    Source: Marr and Hildreth, *Theory of edge detection*, 1980.

    Examples
    --------
    >>> gaussian_blur(3, sigma=1.0).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    size = _odd("gaussian_blur", size)
    if isinstance(sigma, bool) or not isinstance(sigma, int | float | np.number) or not 0 < sigma < np.inf:
        raise argument_error("gaussian_blur", "sigma", "be a number above 0", sigma, "Use sigma=1.0 for a light blur.")
    distance = np.arange(size) - size // 2
    bell = np.exp(-(distance**2) / (2 * float(sigma) ** 2))
    kernel = np.outer(bell, bell)
    return kernel / kernel.sum()


def sobel_x() -> Kernel:
    """Return the slope from left to right: it answers to vertical edges, bright on the right.

    Source: I. Sobel and G. Feldman, *A 3x3 isotropic gradient operator for image processing*, 1968.

    Examples
    --------
    >>> sobel_x()
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    return np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])


def sobel_y() -> Kernel:
    """Return the slope from top to bottom: it answers to horizontal edges, bright below.

    Source: I. Sobel and G. Feldman, *A 3x3 isotropic gradient operator for image processing*, 1968.

    Examples
    --------
    >>> sobel_y()
    array([[-1., -2., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  2.,  1.]])
    """
    return np.outer([-1.0, 0.0, 1.0], [1.0, 2.0, 1.0])


def laplacian() -> Kernel:
    """Return the four neighbours less four times the middle: it answers to fine detail in any direction.

    Source: the discrete Laplace operator; Gonzalez and Woods, *Digital Image Processing*, 3.6.

    Examples
    --------
    >>> laplacian()
    array([[ 0.,  1.,  0.],
           [ 1., -4.,  1.],
           [ 0.,  1.,  0.]])
    """
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


def sharpen() -> Kernel:
    """Return the picture less its Laplacian: detail is exaggerated, flat areas stay.

    Source: sharpening with the Laplacian; Gonzalez and Woods, *Digital Image Processing*, 3.6.

    Examples
    --------
    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    return identity(3) - laplacian()


def emboss() -> Kernel:
    """Return the picture with a diagonal slope added: it seems lit from one corner, as a relief.

    Source: the emboss kernel of V. Powell, *Image kernels explained visually*, Setosa, 2015.

    Examples
    --------
    >>> emboss()
    array([[-2., -1.,  0.],
           [-1.,  1.,  1.],
           [ 0.,  1.,  2.]])
    """
    return np.array([[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])


@dataclass(frozen=True, eq=False)
class Filter:
    """One row of the table: a name, the weights, what they do to a picture, and who described them."""

    name: str
    array: Kernel
    effect: str
    source: str

    def __post_init__(self) -> None:
        self.array.setflags(write=False)


_GERON = "Géron, figure 14-5"
_GONZALEZ = "Gonzalez and Woods, ch. 3"
_SOBEL = "Sobel and Feldman, 1968"

_ROWS = (
    Filter("identity", identity(), "leaves the picture as it is", _GONZALEZ),
    Filter("vertical_line", vertical_line(), "enhances vertical lines and blurs the rest", _GERON),
    Filter("horizontal_line", horizontal_line(), "enhances horizontal lines and blurs the rest", _GERON),
    Filter("box_blur", box_blur(5), "blurs: the mean of a square", _GONZALEZ),
    Filter(
        "gaussian_blur",
        gaussian_blur(7, 1.5),
        "blurs softly: near neighbours count more",
        "Marr and Hildreth, 1980",
    ),
    Filter("sobel_x", sobel_x(), "answers to vertical edges, bright on the right", _SOBEL),
    Filter("sobel_y", sobel_y(), "answers to horizontal edges, bright below", _SOBEL),
    Filter("laplacian", laplacian(), "answers to fine detail in any direction", _GONZALEZ),
    Filter("sharpen", sharpen(), "exaggerates detail, keeps flat areas", _GONZALEZ),
    Filter(
        "emboss",
        emboss(),
        "makes a relief, lit from one corner",
        "Powell, Setosa, 2015",
    ),
)

FILTERS: Mapping[str, Filter] = MappingProxyType({row.name: row for row in _ROWS})
