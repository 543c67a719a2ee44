"""Windows as columns: equal to PyTorch's unfold and fold, and each the other's adjoint."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from course.errors import ArgumentError
from course.ops import col2im, im2col

from .geometry import geometries
from .parity import assert_close


@settings(max_examples=80, deadline=None)
@given(g=geometries())
def test_torch_agrees(g):
    torch = pytest.importorskip("torch")
    how = {"kernel_size": g.kernel_size, "stride": g.stride, "padding": g.padding, "dilation": g.dilation}
    columns = im2col(g.x, **how)
    if not g.batch:  # torch's unfold takes no empty batch
        assert columns.shape[0] == 0
        return
    assert_close("columns", columns, torch.nn.functional.unfold(torch.tensor(g.x), **how).numpy())
    size = (g.height, g.width)
    expected = torch.nn.functional.fold(torch.tensor(columns), size, **how).numpy()
    assert_close("picture", col2im(columns, size, **how), expected)


@settings(max_examples=50, deadline=None)
@given(g=geometries())
def test_each_is_the_adjoint_of_the_other(g):
    how = (g.kernel_size, g.stride, g.padding, g.dilation)
    columns = im2col(g.x, *how)
    other = g.numbers().standard_normal(columns.shape)
    back = col2im(other, (g.height, g.width), *how)
    assert np.vdot(columns, other) == pytest.approx(np.vdot(g.x, back), abs=1e-9)


def test_the_result_is_a_copy_even_of_windows_of_one_pixel():
    x = np.ones((1, 2, 3, 4))
    columns = im2col(x, 1)
    assert not np.shares_memory(columns, x)
    assert columns.flags.writeable
    assert not np.shares_memory(col2im(columns, (3, 4), 1), columns)


def test_bad_arguments_are_told_in_one_sentence():
    with pytest.raises(ArgumentError, match=r"^im2col: kernel_size must fit into the padded input of 3 x 4"):
        im2col(np.ones((1, 1, 3, 4)), 5)
    with pytest.raises(ArgumentError, match=r"^im2col: x must have 4 axes"):
        im2col(np.ones((3, 4)), 2)
    with pytest.raises(ArgumentError, match=r"^col2im: columns must have shape \(1, 4, 6\); got .*\(1, 4, 5\)"):
        col2im(np.ones((1, 4, 5)), (3, 4), 2)
    with pytest.raises(ArgumentError, match=r"^col2im: columns must have shape \(1, 4, 6\); got .*\(1, 5, 6\)"):
        col2im(np.ones((1, 5, 6)), (3, 4), 2)
    with pytest.raises(ArgumentError, match=r"^col2im: columns must have shape \(1, 4, 6\); got .*\(1, 3, 6\)"):
        col2im(np.ones((1, 3, 6)), (3, 4), 2)
