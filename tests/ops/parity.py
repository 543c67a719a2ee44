"""The one helper that holds an operation against PyTorch: values, shapes, types, gradients."""

from __future__ import annotations

import numpy as np
import pytest

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-10}


def assert_parity(ours, ours_backward, theirs, *arrays, seed=0):
    """Compare ``ours(*arrays)`` with ``theirs(*tensors)``, and their gradients by every array.

    ``ours_backward(grad_output, *arrays)`` returns the gradient by each array. The arrays are read-only,
    and compared afterwards: no operation may change what it is given. Sums are compared relative to the
    largest value of the expected result.
    """
    torch = pytest.importorskip("torch")
    for dtype in (np.float32, np.float64):
        inputs = [array.astype(dtype) for array in arrays]
        before = [array.copy() for array in inputs]
        for array in inputs:
            array.setflags(write=False)
        tensors = [torch.tensor(array).requires_grad_() for array in inputs]
        expected = theirs(*tensors)
        result = ours(*inputs)
        assert_close("output", result, expected.detach().numpy())
        grad = np.random.default_rng(seed).standard_normal(result.shape).astype(dtype)
        grad.setflags(write=False)
        gradients = ours_backward(grad, *inputs)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        assert len(gradients) == len(inputs)
        for name, gradient, wanted in zip(
            ("first", "second", "third"),
            gradients,
            torch.autograd.grad(expected, tensors, torch.tensor(grad)),
            strict=False,
        ):
            assert_close(f"gradient by the {name} input", gradient, wanted.numpy())
        for array, kept in zip(inputs, before, strict=True):
            np.testing.assert_array_equal(array, kept)


def assert_close(name, result, expected):
    """Compare shape, type and values; NaN equals NaN."""
    assert isinstance(result, np.ndarray), name
    assert result.shape == expected.shape, name
    assert result.dtype == expected.dtype, name
    size = max(1.0, float(np.nanmax(np.abs(expected), initial=0)))
    if not np.isfinite(size):
        size = 1.0
    np.testing.assert_allclose(
        result, expected, rtol=TOLERANCE[expected.dtype], atol=TOLERANCE[expected.dtype] * size, err_msg=name
    )
