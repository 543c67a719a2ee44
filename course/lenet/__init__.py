"""LeNet-5 of 1998: its parts, the network and its modern form, its counts, digits for it, and how it learns.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324. Where the paper leaves something open, the docstrings say how the course reads it. Its own
are the drawings of the ten digits (`digit_bitmaps`), the constant of the loss (`PENALTY`) and the optimizer (`learn`).
"""

from __future__ import annotations

from ..codes import digit_bitmaps
from .counts import LayerCount, layer_counts, layer_outputs, parameters_by_layer
from .digits import Digits, handwritten_digits, mnist
from .losses import PENALTY, map_loss, mse_loss
from .network import SWITCHES, Classifier, initialise, lenet5, lenet5_modern, normalise
from .parts import RBF, PartialConv2d, ScaledTanh, Subsample, c3_connections, scaled_tanh
from .study import VARIANTS, AblationRow, Epoch, ablation, accuracy, learn, measured_ablation

__all__ = [
    "PENALTY",
    "RBF",
    "SWITCHES",
    "VARIANTS",
    "AblationRow",
    "Classifier",
    "Digits",
    "Epoch",
    "LayerCount",
    "PartialConv2d",
    "ScaledTanh",
    "Subsample",
    "ablation",
    "accuracy",
    "c3_connections",
    "digit_bitmaps",
    "handwritten_digits",
    "initialise",
    "layer_counts",
    "layer_outputs",
    "learn",
    "lenet5",
    "lenet5_modern",
    "map_loss",
    "measured_ablation",
    "mnist",
    "mse_loss",
    "normalise",
    "parameters_by_layer",
    "scaled_tanh",
]
