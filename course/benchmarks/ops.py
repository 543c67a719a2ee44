"""The operations of the course against their own definition, SciPy and PyTorch: ratios from one run.

Everything is float32 and runs in one thread, in a child process whose settings say so before NumPy is
loaded. The rivals take turns, and the median of the turns counts. The definition, and SciPy on many maps,
are timed on a part of the output and scaled to the whole.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

__all__ = ["HELP", "measure", "run"]

HELP = "the NumPy operations against their definition, SciPy and PyTorch with one thread"

TURNS = 15
CONVOLUTIONS = (
    ((1, 3, 427, 640), (2, 3, 7, 7)),
    ((32, 64, 14, 14), (128, 64, 3, 3)),
    ((32, 128, 14, 14), (128, 128, 3, 3)),
    ((1, 1, 28, 28), (64, 1, 7, 7)),
)
POOLING = (32, 64, 28, 28)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
# Seconds of the processor, so that other programs on the machine do not count; Windows counts them too coarsely.
CLOCK = time.perf_counter if os.name == "nt" else time.process_time


class Rival(NamedTuple):
    """One way to do the job: a call, and how many such calls make the whole job."""

    call: Callable[[], Any]
    scale: float = 1.0


def run(arguments: object = None) -> int:
    """Measure in a child process with one thread, and print the table."""
    del arguments  # this benchmark has no options
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    return subprocess.run([sys.executable, "-m", __name__], env=environment, check=False).returncode


def measure(turns: int = TURNS) -> None:
    """Print one row for each job: the time of the course, and how many times as long its rivals take."""
    import numpy as np
    import scipy
    import torch

    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, PyTorch {torch.__version__}")
    print(f"float32, one thread, processor time, medians of {turns} alternated turns")
    print("of PyTorch: time of the course / time of PyTorch; below 1 the course is faster")
    print("SciPy, definition: their time / time of the course")
    print("memory: the most in use at once, input included / size of input and output\n")
    print(f"{'job':48}{'course':>10}{'of PyTorch':>12}{'SciPy':>9}{'definition':>12}{'memory':>8}")
    for x_shape, weight_shape in CONVOLUTIONS:
        _convolution(x_shape, weight_shape, turns)
    _pooling(POOLING, turns)


def _convolution(x_shape: tuple[int, ...], weight_shape: tuple[int, ...], turns: int) -> None:
    import numpy as np
    import scipy.signal
    import torch

    from course.ops import conv2d, conv2d_backward, conv2d_backward_loops, conv2d_loops

    rng = np.random.default_rng(0)
    x = rng.standard_normal(x_shape, dtype=np.float32)
    weight = rng.standard_normal(weight_shape, dtype=np.float32)
    bias = rng.standard_normal(weight_shape[:1], dtype=np.float32)
    grad = rng.standard_normal(conv2d(x, weight).shape, dtype=np.float32)
    t_x, t_weight, t_bias = tensors = [torch.tensor(array).requires_grad_() for array in (x, weight, bias)]
    torch_output = torch.nn.functional.conv2d(t_x, t_weight, t_bias)
    torch_grad = torch.tensor(grad)

    def torch_forward() -> Any:
        with torch.no_grad():
            return torch.nn.functional.conv2d(t_x, t_weight, t_bias)

    def torch_backward() -> Any:
        return torch.autograd.grad(torch_output, tensors, torch_grad, retain_graph=True)

    maps = min(4, len(weight))
    f_h, f_w = weight_shape[2:]
    corner, few = x[:1, :, : f_h + 5, : f_w + 5], weight[:maps]
    part_grad = np.ascontiguousarray(grad[:1, :maps, :6, :6])
    part = grad.size / part_grad.size

    def scipy_forward() -> None:
        for kernel in few:
            scipy.signal.correlate(x[0], kernel, mode="valid")

    name = f"conv2d {'x'.join(map(str, x_shape))} * {'x'.join(map(str, weight_shape))}"
    _row(
        f"{name} forward",
        {
            "course": Rival(partial(conv2d, x, weight, bias)),
            "torch": Rival(torch_forward),
            "scipy": Rival(scipy_forward, len(x) * len(weight) / maps),
        },
        Rival(partial(conv2d_loops, corner, few, bias[:maps]), part),
        turns,
        x.nbytes + weight.nbytes,
        grad.nbytes,
    )
    _row(
        f"{name} backward",
        {"course": Rival(partial(conv2d_backward, grad, x, weight)), "torch": Rival(torch_backward)},
        Rival(partial(conv2d_backward_loops, part_grad, corner, few), part),
        turns,
        x.nbytes + weight.nbytes + grad.nbytes,
        x.nbytes + weight.nbytes,
    )


def _pooling(shape: tuple[int, ...], turns: int) -> None:
    import numpy as np
    import torch

    from course import ops

    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape, dtype=np.float32)
    tensor = torch.tensor(x).requires_grad_()
    name = f"pool2d 2x2 {'x'.join(map(str, shape))}"
    for kind in ("max", "avg"):
        forward, backward = getattr(ops, f"{kind}_pool2d"), getattr(ops, f"{kind}_pool2d_backward")
        grad = rng.standard_normal(forward(x, 2).shape, dtype=np.float32)
        theirs = getattr(torch.nn.functional, f"{kind}_pool2d")
        sent_back = partial(torch.autograd.grad, theirs(tensor, 2), tensor, torch.tensor(grad), retain_graph=True)
        job = {"course": Rival(partial(forward, x, 2)), "torch": Rival(partial(theirs, tensor.detach(), 2))}
        _row(f"{kind}_{name} forward", job, None, turns, x.nbytes, grad.nbytes)
        job = {"course": Rival(partial(backward, grad, x, 2)), "torch": Rival(sent_back)}
        _row(f"{kind}_{name} backward", job, None, turns, x.nbytes + grad.nbytes, x.nbytes)


def _row(
    name: str, rivals: dict[str, Rival], definition: Rival | None, turns: int, bytes_in: int, bytes_out: int
) -> None:
    seconds = _medians(rivals, turns)
    slow = {} if definition is None else _medians({"definition": definition}, 1)
    ours = seconds["course"]
    print(
        f"{name:48}{1e3 * ours:>7.2f} ms{ours / seconds['torch']:>12.2f}"
        f"{_times(seconds.get('scipy'), ours):>9}{_times(slow.get('definition'), ours):>12}"
        f"{(bytes_in + _peak(rivals['course'].call)) / (bytes_in + bytes_out):>8.2f}",
        flush=True,
    )


def _medians(rivals: dict[str, Rival], turns: int) -> dict[str, float]:
    """Return the seconds that each rival takes for the whole job; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for turn in range(turns + 1):
        for name, rival in rivals.items():
            start = CLOCK()
            rival.call()
            seconds = CLOCK() - start
            if turn or turns == 1:  # the first turn warms up
                times[name].append(seconds * rival.scale)
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def _times(rival: float | None, ours: float) -> str:
    return "-" if rival is None else f"{rival / ours:,.0f}x" if rival > 10 * ours else f"{rival / ours:.1f}x"


def _peak(call: Callable[[], Any]) -> int:
    """Return the most bytes that NumPy holds at once during the call, beside the input."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    measure()
