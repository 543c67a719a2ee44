"""The checks of lesson 2, filters: borders of zeros, one neuron, sliding, pictures of bytes, flipping."""

from __future__ import annotations

from .borders import UNPAD, ZERO_PAD
from .byte_pictures import APPLY_FILTER_UINT8
from .kernels import LINE_FILTERS, TRUE_CONVOLUTION2D
from .neuron import NEURON_OUTPUT
from .sliding import CORRELATE2D

__all__ = ["EXERCISES"]

EXERCISES = (ZERO_PAD, UNPAD, NEURON_OUTPUT, CORRELATE2D, LINE_FILTERS, APPLY_FILTER_UINT8, TRUE_CONVOLUTION2D)
