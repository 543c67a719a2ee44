"""Random shapes for windows that slide: every number of an axis differs from that of the other axes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st


class Geometry(NamedTuple):
    batch: int
    channels: int
    maps: int
    height: int
    width: int
    kernel_size: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    seed: int

    def numbers(self):
        return np.random.default_rng(self.seed)

    @property
    def x(self):
        return self.numbers().standard_normal((self.batch, self.channels, self.height, self.width))

    @property
    def weight(self):
        return self.numbers().standard_normal((self.maps, self.channels, *self.kernel_size))

    @property
    def bias(self):
        return self.numbers().standard_normal(self.maps)


@st.composite
def geometries(draw, pooling=False, dilated=True):
    """Draw batch, channels and maps that all differ (the batch may be empty), and height != width."""
    batch, channels, maps = draw(st.permutations([1, 2, 3]))
    batch *= draw(st.sampled_from([1, 1, 1, 0]))
    axes = [[], [], [], [], []]
    for _ in range(2):
        kernel = draw(st.integers(1, 4))
        dilation = draw(st.integers(1, 2)) if dilated else 1
        span = (kernel - 1) * dilation + 1
        # PyTorch pads a pooling by half its window at most; with gaps, such a window may hold no pixel.
        padding = draw(st.integers(0, (kernel // 2 if dilation == 1 else 0) if pooling else 2))
        size = max(1, span - 2 * padding) + draw(st.integers(0, 4))
        for axis, value in zip(axes, (size, kernel, draw(st.integers(1, 3)), padding, dilation), strict=True):
            axis.append(value)
    (height, width), *pairs = axes
    if height == width:
        width += 1
    seed = draw(st.integers(0, 2**16))
    return Geometry(batch, channels, maps, height, width, *map(tuple, pairs), seed)
