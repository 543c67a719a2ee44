"""The exercises of lesson 5: the full CNN."""

from .building import BUILD_FASHION_CNN, COUNT_PARAMETERS
from .forward import FORWARD_NUMPY
from .measuring import EVALUATE
from .numbers import NUMPY_TO_TORCH, SOFTMAX
from .shapes import SHAPE_TRACE
from .steps import TRAIN_STEP
from .training import TRAINING_RUN

__all__ = ["EXERCISES"]

EXERCISES = (
    SHAPE_TRACE,
    BUILD_FASHION_CNN,
    COUNT_PARAMETERS,
    SOFTMAX,
    NUMPY_TO_TORCH,
    FORWARD_NUMPY,
    TRAIN_STEP,
    EVALUATE,
    TRAINING_RUN,
)
