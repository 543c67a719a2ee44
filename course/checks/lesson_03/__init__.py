"""The checks of lesson 3: one neuron, a stack of maps, a batch, columns, counts, the backward pass."""

from __future__ import annotations

from .backward import CONV2D_BACKWARD
from .columns import IM2COL
from .counts import CONV_COST, CONV_PARAMETERS
from .layouts import NHWC_TO_NCHW
from .maps import CONV2D, CONV_VOLUME
from .neuron import NEURON_OUTPUT_MULTI

__all__ = ["EXERCISES"]

EXERCISES = (
    NEURON_OUTPUT_MULTI,
    CONV_VOLUME,
    CONV2D,
    NHWC_TO_NCHW,
    IM2COL,
    CONV_PARAMETERS,
    CONV_COST,
    CONV2D_BACKWARD,
)
