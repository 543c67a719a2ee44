"""The checks of softmax, and of turning weights to PyTorch's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..compare import NOTHING
from ..objects import observe_tensor
from ..run import plain
from ..spec import Case, Exercise, Form, Mistake, Property

__all__ = ["NUMPY_TO_TORCH", "SOFTMAX"]

# --- softmax -----------------------------------------------------------------------------------------------


def _logits(rng: np.random.Generator, pictures: int, classes: int, size: float = 2.0) -> np.ndarray:
    return rng.normal(0, size, (pictures, classes))


def _plain_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case({"logits": np.array([[1.0, 0.0, -1.0]])}, "one picture"),
        Case({"logits": _logits(rng, 4, 3)}, "more pictures than classes"),
        Case({"logits": _logits(rng, 2, 10)}, "ten classes"),
        Case({"logits": _logits(rng, 3, 3)}, "as many pictures as classes"),
    ]


def _large(rng: np.random.Generator) -> list[Case]:
    far = np.array([[1000.0, 999.0, 0.0], [-1000.0, -1002.0, -1001.0]])
    return [
        Case({"logits": np.array([[800.0, 801.0]])}, "large logits"),
        Case({"logits": far + rng.normal(0, 0.5, (2, 3))}, "one row near 1000, one near -1000"),
    ]


def _whole(rng: np.random.Generator) -> list[Case]:
    return [Case({"logits": rng.integers(-3, 4, (3, 4))}, "whole numbers")]


def _sums(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    for case, value in zip(cases, values, strict=True):
        got = np.asarray(value, np.float64)
        if got.shape != case.arguments["logits"].shape:
            return f"the shape should be {case.arguments['logits'].shape}, yours is {got.shape}"
        if (got < 0).any() or (got > 1).any():
            return "a probability lies between 0 and 1, and one of yours does not"
        if not np.allclose(got.sum(axis=1), 1, atol=1e-4):
            return f"the numbers of a row should add up to 1; in yours, a row adds up to {got.sum(axis=1)[0]:.4g}"
    return None


def _random(rng: np.random.Generator) -> list[Case]:
    return [Case({"logits": _logits(rng, 3, 5)}), Case({"logits": _logits(rng, 2, 4, 5.0)})]


def _softmax(
    logits: np.ndarray, highest: Callable[[np.ndarray], Any] = lambda z: z.max(axis=1, keepdims=True), axis: Any = 1
) -> np.ndarray:
    logits = np.asarray(logits, np.float64)
    powers = np.exp(logits - highest(logits))
    return powers / powers.sum(axis=axis, keepdims=True)


def _reference(logits: np.ndarray) -> np.ndarray:
    return _softmax(logits)


def _row_by_row(logits: np.ndarray) -> list[list[float]]:
    """Return a right answer written with loops."""
    rows = []
    for row in logits:
        powers = [float(np.exp(value - max(row))) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def _without_axis(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


SOFTMAX = Exercise(
    name="softmax",
    reference=_reference,
    properties=[
        Property("plain", "Raise e to each logit, then divide each row by its sum.", _plain_cases, weight=2),
        Property("rows add up to 1", "Each row holds the probabilities of one picture.", _random, _sums),
        Property(
            "large logits", "e to the power of 1000 is too large for a computer: subtract each row's maximum.", _large
        ),
        Property("whole numbers", "Logits may be whole numbers; probabilities are not.", _whole),
    ],
    mistakes=[
        Mistake(
            "overflow",
            "e to the power of a large logit overflows, and yours become nan. Subtract the row's largest logit first: "
            "it changes no probability.",
            lambda z: _softmax(z, lambda z: 0),
        ),
        Mistake(
            "one maximum for all rows",
            "You subtract the largest logit of the whole batch. A row far below it becomes 0 / 0. Each row has its own "
            "maximum: axis=1, keepdims=True.",
            lambda z: _softmax(z, np.max),
        ),
        Mistake(
            "the wrong axis",
            "You divide by the sum over the pictures. The classes of one picture add up to 1: axis 1.",
            lambda z: _softmax(z, axis=0),
        ),
        Mistake(
            "the wrong axis, for the largest logit as well",
            "You work down the columns, over the pictures. The classes of one picture add up to 1: axis 1.",
            lambda z: _softmax(z, lambda z: z.max(axis=0), axis=0),
        ),
        Mistake(
            "one maximum and one sum for all",
            "You take the largest logit and the sum of the whole batch. Each row has its own: axis=1, keepdims=True.",
            lambda z: _softmax(z, np.max, axis=None),
        ),
        Mistake(
            "one sum for all",
            "You divide by the sum of the whole batch. Each row has its own sum.",
            lambda z: _softmax(z, axis=None),
        ),
        Mistake(
            "keepdims forgotten",
            "You divide by sums of shape (N,), which NumPy lays along the classes. keepdims=True keeps a column, (N, "
            "1).",
            _without_axis,
        ),
        Mistake(
            "no exponential",
            "You divide the logits by their sum. They may be below 0: raise e to them first.",
            lambda z: z / z.sum(axis=1, keepdims=True),
        ),
        Mistake(
            "not divided",
            "You divide each row by its largest power of e, or not at all: the largest is 1 then. Divide by the sum.",
            lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
        ),
        Mistake(
            "sigmoid",
            "You treat each class alone, by a sigmoid. Here one class of ten is right, so the ten share one 1.",
            lambda z: 1 / (1 + np.exp(-np.asarray(z, np.float64))),
        ),
        Mistake(
            "logarithms",
            "You return the logarithms of the probabilities.",
            lambda z: (
                np.asarray(z)
                - z.max(1, keepdims=True)
                - np.log(np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True))
            ),
        ),
        Mistake(
            "the surest class alone",
            "You give 1 to the largest logit and 0 to all others. Softmax is the soft form of that.",
            lambda z: (np.asarray(z) == z.max(axis=1, keepdims=True)).astype(np.float64),
        ),
    ],
    hints=[
        "Do one row by hand: e to each of its three numbers, their sum, and then three divisions.",
        "`logits.max(axis=1, keepdims=True)` is a column with the largest logit of each row. Subtract it before "
        "`np.exp`.",
        "The sum needs axis=1 and keepdims=True as well, so that each row is divided by its own.",
    ],
    right_forms=[Form("loops, lists", _row_by_row)],
    forbidden=("course.ops.softmax", "course.ops.layers.softmax"),
)

# --- numpy_to_torch ----------------------------------------------------------------------------------------


def _of(note: str, array: np.ndarray) -> Case:
    return Case({"array": array}, note)


def _kernels(rng: np.random.Generator) -> list[Case]:
    return [
        _of("2 x 3 kernels, 4 to 5 channels", rng.normal(size=(2, 3, 4, 5))),
        _of("3 x 3 kernels, 3 to 3 channels", rng.normal(size=(3, 3, 3, 3))),
        _of("7 x 7 kernels", rng.normal(size=(7, 7, 1, int(rng.integers(2, 5))))),
    ]


def _dense(rng: np.random.Generator) -> list[Case]:
    return [_of("4 to 3", rng.normal(size=(4, 3))), _of("5 to 5", rng.normal(size=(5, 5)))]


def _biases(rng: np.random.Generator) -> list[Case]:
    return [_of("a bias", rng.normal(size=6))]


def _holds(entry: str) -> Callable[[Sequence[Case], Sequence[Any]], str | None]:
    def holds(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
        for value in values:
            if not isinstance(value, dict):
                return NOTHING
            if entry == "kind" and value["kind"] != "Tensor":
                return f"the result is a {value['kind']}, not a tensor of torch"
            if entry == "dtype" and value["dtype"] not in ("float32", ""):
                return f"the numbers are {value['dtype']}; the weights of a network are float32"
        return None

    return holds


def _numbers(cases: Sequence[Case], values: Sequence[Any]) -> str | None:
    from ..compare import compare

    for case, value in zip(cases, values, strict=True):
        if not isinstance(value, dict):
            return NOTHING
        expected = plain(observe_tensor(_turn(case.arguments["array"]), []))
        difference = compare(expected["values"], value["values"])
        if difference is not None:
            return f"{difference.says} (an array of shape {case.arguments['array'].shape})"
    return None


def _turn(array: np.ndarray, kernel: tuple[int, ...] = (3, 2, 0, 1), dense: tuple[int, ...] = (1, 0)) -> Any:
    import torch

    array = np.asarray(array)
    if array.ndim == 4:
        array = array.transpose(kernel)
    elif array.ndim == 2:
        array = array.transpose(dense)
    return torch.tensor(array.astype(np.float32))


def _reference_turn(array: np.ndarray) -> Any:
    return _turn(array)


def _with_permute(array: np.ndarray) -> Any:
    import torch

    tensor = torch.from_numpy(array.copy()).float()
    return {4: lambda: tensor.permute(3, 2, 0, 1), 2: lambda: tensor.T, 1: lambda: tensor}[tensor.ndim]()


def _reshaped(array: np.ndarray) -> Any:
    import torch

    return torch.tensor(array.reshape(_turn(array).shape).astype(np.float32))


def _in_double(array: np.ndarray) -> Any:
    return _turn(array).double() * 0 + _turn(array).double()


def _still_numpy(array: np.ndarray) -> Any:
    return _turn(array).numpy()


NUMPY_TO_TORCH = Exercise(
    name="numpy_to_torch",
    reference=_reference_turn,
    packages=("torch",),
    observe="observe_tensor",
    properties=[
        Property("kernels", "Kernels (f_h, f_w, in, out) become (out, in, f_h, f_w).", _kernels, _numbers, 3),
        Property("dense layers", "Dense weights (in, out) become (out, in).", _dense, _numbers),
        Property("biases", "A bias stays as it is.", _biases, _numbers),
        Property("tensors", "The result is a tensor of torch.", _biases, _holds("kind")),
        Property("float32", "The numbers are float32.", _biases, _holds("dtype")),
    ],
    mistakes=[
        Mistake(
            "HWIO not turned to OIHW",
            "You leave the axes as they are. PyTorch wants the filters first, then the channels, height and width.",
            lambda array: _turn(array, (0, 1, 2, 3), (0, 1)),
        ),
        Mistake(
            "kernels turned, dense layers not",
            "Your kernels are right. Dense weights have an order too: PyTorch wants (out, in).",
            lambda array: _turn(array, dense=(0, 1)),
        ),
        Mistake(
            "all axes reversed",
            "You reverse all axes, as .T does. Then width comes before height, and each kernel is mirrored at its "
            "diagonal.",
            lambda array: _turn(array, (3, 2, 1, 0)),
        ),
        Mistake(
            "in before out",
            "You put the channels before the filters. The first axis counts filters: (out, in, f_h, f_w).",
            lambda array: _turn(array, (2, 3, 0, 1)),
        ),
        Mistake(
            "the order of pictures",
            "You turn the kernels as one turns pictures, NHWC to NCHW. A kernel's axes are others: (f_h, f_w, in, "
            "out).",
            lambda array: _turn(array, (0, 3, 1, 2)),
        ),
        Mistake(
            "reshape for transpose",
            "You use reshape. It keeps the numbers in their order in memory, and deals them out to other axes. "
            "transpose moves the axes.",
            _reshaped,
        ),
        Mistake(
            "float64",
            "Your tensor is float64, as NumPy's numbers are. The weights of the network are float32.",
            _in_double,
        ),
        Mistake(
            "still NumPy",
            "You return a NumPy array. torch.tensor(...) makes a tensor of it.",
            _still_numpy,
        ),
    ],
    hints=[
        "`array.ndim` tells kernels (4), dense weights (2) and biases (1) apart.",
        "`array.transpose(...)` takes the old numbers of the axes in their new order. Which old axis counts the "
        "filters?",
        "float32 comes from `.astype(np.float32)` before, or `.float()` after.",
    ],
    right_forms=[Form("with permute", _with_permute)],
)
