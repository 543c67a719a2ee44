# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---
# %% title [markdown]
# # 6 · Landmarks
#
# **Can a network learn to see if nobody tells it what it sees?**
#
# Two systems stand at the beginning of everything in this course: the **neocognitron** of 1980 and **LeNet-5** of 1998.
# In this lesson you build both as they were published, run them, take them apart, and find out what survived.
#
# - **Time:** 130 minutes
# - **You build:** the two kinds of cells of the neocognitron and its rule of learning; LeNet-5, with its subsampling
#   and its table of connections.
# - **You need:** lesson 3 (feature maps), lesson 4 (pooling) and lesson 5 (training).
# - **Stuck?** `course.hint("s_cell")` gives a hint, and the next call gives the next one.

# %% imports
import numpy as np
import torch
from torch import nn

import course

# %% cells [markdown]
# ## 1. A cell that knows what it looks for
#

# %% exercise-s-cell [markdown]
# ### Exercise · `s_cell`
#


# %% s-cell tags=["exercise"] exercise="s_cell"
def s_cell(u, a, b, c, r):
    """Return the answer of one S-cell.

    u: what the cell sees, an array of shape (planes, height, width), from 0 up
    a: its excitatory weights, an array of the same shape
    b: its inhibitory weight (a number)
    c: the fixed weights of the inhibitory cell, an array of shape (height, width)
    r: how choosy the cell is (a number above 0)
    returns: the answer, a number from 0 up
    """
    # BEGIN SOLUTION
    excitation = np.sum(a * u)
    v = np.sqrt(np.sum(c * u**2))
    inhibition = 2 * r / (1 + r) * b * v
    return r * max((1 + excitation) / (1 + inhibition) - 1, 0)
    # END SOLUTION


# %% check-s-cell tags=["check"] exercise="s_cell"
s_cell = course.check(s_cell)

# %% exercise-c-cell [markdown]
# ### Exercise · `c_cell`
#


# %% c-cell tags=["exercise"] exercise="c_cell"
def c_cell(u, d, alpha):
    """Return the answers of the C-cells of all planes at one place.

    u: the S-cells that they see, an array of shape (planes, height, width), from 0 up
    d: their fixed weights, an array of shape (height, width)
    alpha: the excess at which an answer is one half (a number above 0)
    returns: an array of shape (planes,), from 0 to below 1
    """
    # BEGIN SOLUTION
    sums = np.sum(d * u, axis=(1, 2))
    excess = np.maximum((1 + sums) / (1 + sums.mean()) - 1, 0)
    return excess / (alpha + excess)
    # END SOLUTION


# %% check-c-cell tags=["check"] exercise="c_cell"
c_cell = course.check(c_cell)

# %% exercise-reinforce [markdown]
# ### Exercise · `reinforce`
#


# %% reinforce tags=["exercise"] exercise="reinforce"
def reinforce(a, b, u, c, q):
    """Return the weights of a plane after its representative has seen something.

    a: its excitatory weights so far, an array of shape (planes, height, width)
    b: its inhibitory weight so far (a number)
    u: what the representative saw, an array of the same shape as a, from 0 up
    c: the fixed weights of the inhibitory cell, an array of shape (height, width)
    q: how fast it learns (a number)
    returns: the new a, and the new b
    """
    # BEGIN SOLUTION
    v = np.sqrt(np.sum(c * u**2))
    return a + q * c * u, b + q / 2 * v
    # END SOLUTION


# %% check-reinforce tags=["check"] exercise="reinforce"
reinforce = course.check(reinforce)

# %% lenet [markdown]
# ## 5. LeNet-5
#

# %% exercise-subsample [markdown]
# ### Exercise · `subsample`
#


# %% subsample tags=["exercise"] exercise="subsample"
def subsample(x, coefficient, bias):
    """Return maps of half the size, as S2 and S4 of LeNet-5 make them.

    x: array of shape (N, C, H, W)
    coefficient, bias: what each map has learned, arrays of shape (C,)
    returns: float array of shape (N, C, H // 2, W // 2)
    """
    # BEGIN SOLUTION
    rows, columns = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    even = x[:, :, :rows, :columns]
    sums = even[:, :, ::2, ::2] + even[:, :, ::2, 1::2] + even[:, :, 1::2, ::2] + even[:, :, 1::2, 1::2]
    z = sums * coefficient[:, np.newaxis, np.newaxis] + bias[:, np.newaxis, np.newaxis]
    return 1.7159 * np.tanh(2 / 3 * z)
    # END SOLUTION


# %% check-subsample tags=["check"] exercise="subsample"
subsample = course.check(subsample)

# %% exercise-c3-connections [markdown]
# ### Exercise · `c3_connections`
#


# %% c3-connections tags=["exercise"] exercise="c3_connections"
def c3_connections():
    """Return which maps of S2 each map of C3 sees.

    returns: array of True and False, of shape (16, 6): row j belongs to map j of C3, column i to map i of S2
    """
    # BEGIN SOLUTION
    seen = [[(i + k) % 6 for k in range(3)] for i in range(6)]
    seen += [[(i + k) % 6 for k in range(4)] for i in range(6)]
    seen += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], range(6)]
    table = np.zeros((16, 6), dtype=bool)
    for j in range(16):
        table[j, list(seen[j])] = True
    return table
    # END SOLUTION


# %% check-c3-connections tags=["check"] exercise="c3_connections"
c3_connections = course.check(c3_connections)


# %% squash-module
class Squash(nn.Module):
    """1.7159 * tanh(2 / 3 * z), the curve of LeNet-5."""

    def forward(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)


# %% subsampling-module
class Subsampling(nn.Module):
    """Your `subsample` in PyTorch, with a coefficient and a bias to learn for each map."""

    def __init__(self, maps):
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((maps, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x):
        sums = 4 * nn.functional.avg_pool2d(x, 2)
        return 1.7159 * torch.tanh(2 / 3 * (self.coefficient * sums + self.bias))


# %% partly-connected-module
class PartlyConnected(nn.Module):
    """A 5 × 5 convolution in which map j sees the maps of row j of a table, and no others."""

    def __init__(self, table):
        super().__init__()
        self.seen = [[i for i in range(len(row)) if row[i]] for row in table]
        self.convolutions = nn.ModuleList(nn.Conv2d(len(maps), 1, 5) for maps in self.seen)

    def forward(self, x):
        outputs = [conv(x[:, maps]) for conv, maps in zip(self.convolutions, self.seen)]
        return torch.cat(outputs, dim=1)


# %% codes
drawn = """
..###.. ...#... ..###.. .#####. ....##. ####### ...##.. ####### ..###.. ..###..
.#...#. ..##... .#...#. ......# ...#.#. #...... ..#.... ......# .#...#. .#...#.
#.....# .#.#... #.....# ......# ...#.#. #...... .#..... ......# #.....# #.....#
#.....# ...#... ......# ......# ..#..#. #...... #...... .....#. #.....# #.....#
#.....# ...#... .....#. .....#. ..#..#. #...... #...... .....#. .#...#. #.....#
#.....# ...#... ....#.. ..###.. .#...#. #.###.. #.###.. ....#.. ..###.. .#....#
#.....# ...#... ...#... .....#. .#...#. ##...#. ##...#. ....#.. .#...#. ..####.
#.....# ...#... ..#.... ......# ####### ......# #.....# ...#... #.....# ......#
#.....# ...#... .#..... ......# .....#. ......# #.....# ...#... #.....# ......#
#.....# ...#... #...... ......# .....#. ......# #.....# ..#.... #.....# .....#.
.#...#. ...#... #...... #....#. .....#. #....#. .#...#. ..#.... .#...#. ....#..
..###.. .#####. ####### .####.. .....#. .####.. ..###.. ..#.... ..###.. .###...
"""
rows = [line.split() for line in drawn.split("\n") if line]  # each line: one row of all ten digits
codes = np.array([[[1 if dot == "#" else -1 for dot in row[k]] for row in rows] for k in range(10)])


# %% distances-module
class Distances(nn.Module):
    """The output of LeNet-5: squared distances from fixed codes, which are not learned."""

    def __init__(self, codes):
        super().__init__()
        self.register_buffer("codes", torch.as_tensor(codes, dtype=torch.float32).flatten(1))

    def forward(self, x):
        return ((x[:, np.newaxis, :] - self.codes) ** 2).sum(dim=2)


# %% exercise-lenet5 [markdown]
# ### Exercise · `lenet5`
#


# %% lenet5 tags=["exercise"] exercise="lenet5"
def lenet5():
    """Return LeNet-5 as it was published.

    returns: network of PyTorch, from pictures (N, 1, 32, 32) to distances (N, 10)
    """
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        Squash(),
        Subsampling(6),
        PartlyConnected(c3_connections()),
        Squash(),
        Subsampling(16),
        nn.Conv2d(16, 120, 5),
        Squash(),
        nn.Flatten(),
        nn.Linear(120, 84),
        Squash(),
        Distances(codes),
    )
    # END SOLUTION


# %% check-lenet5 tags=["check"] exercise="lenet5"
lenet5 = course.check(lenet5)

# %% survived [markdown]
# ## 7. What survived, and what was dropped
#

# %% summary [markdown]
# ## Summary: what you now know
#

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(6)

# %% guesses tags=["demo", "nbval-ignore-output"]
course.guesses(6)

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
