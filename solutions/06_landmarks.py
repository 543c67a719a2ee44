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
from course.figures import lenet as pictured

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
# ## 7. LeNet-5: the layers of 1998
#
# The neocognitron finds its features without a teacher. Eighteen years later Yann LeCun, Léon Bottou, Yoshua Bengio and
# Patrick Haffner published a network of the same shape, small windows, many planes, coarser and coarser, with one
# difference: **a teacher**. Every weight is learned from the digits' names, by going back through all layers with one
# loss, as in lesson 5. They called it LeNet-5, and tell of a machine with such networks inside that reads millions of
# cheques a day.
#
# (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of
# the IEEE 86, 1998. "The paper" is from here on this one.)
#
# First, digits. The paper's are MNIST, 60,000 of them. Ours are scikit-learn's 1,797, written by 13 people on 8 × 8
# pixels, and enlarged to 20 × 20, which is the paper's size of a digit. 1,297 are for learning, 500 for the test.

# %% letters tags=["figure"]
from course.lenet import handwritten_digits

letters, letters_test = handwritten_digits("train"), handwritten_digits("test")
print(letters, letters_test, sep="\n")
pictured.digits(letters.images[:20], [f"is {name}" for name in letters.labels[:20]])

# %% letters-mnist [markdown]
# <details><summary>If you have MNIST on your computer</summary>
#
# Put its four files (`train-images-idx3-ubyte.gz` and so on) into one folder, and name the folder in the cell above:
# `letters, letters_test = mnist("train", "FOLDER"), mnist("test", "FOLDER")`, after `from course.lenet import mnist`.
# An epoch then takes 46 times as long, and the numbers that this lesson tells are no longer yours.
#
# </details>
#
# ### From 32 × 32 to ten numbers
#
# C is the paper's letter for a **convolution**, S for **sub-sampling**, F for a layer that is fully connected. Nothing
# is padded.

# %% lenet-picture tags=["figure"]
from course.lenet import layer_counts
from course.lenet import lenet5 as lenet_variant

published = lenet_variant()  # the course's LeNet-5, to look at until you have built yours
shapes_of_lenet = {layer.name: layer.shape for layer in layer_counts(published)}
pictured.layers({"picture": (1, 32, 32), **shapes_of_lenet}, "LeNet-5", letters.images[1])

# %% lenet-sizes [markdown]
# A 5 × 5 window takes 4 pixels off each side length: 32 becomes 28. Sub-sampling halves: 14. Then 10, 5, and the last
# 5 × 5 window leaves one place, 120 maps of 1 × 1.
#
# Why 32 × 32, when a digit has 20? The tip of a stroke, or a corner, says much about a digit. It should be able to
# stand in the **middle** of what a high unit sees, and not only at its edge. Where are the middles of what the units of
# C3 see? Lesson 1 has the answer: follow size, jump and start from layer to layer.

# %% lenet-room
from course.receptive import Layer, trace

of_c3 = trace([Layer(5, 1, 0), Layer(2, 2, 0), Layer(5, 1, 0)])[-1]  # C1, S2, C3
middles = of_c3.start + of_c3.jump * np.arange(10)
print(f"a unit of C3 sees {of_c3.size} × {of_c3.size} pixels; ten units side by side, {of_c3.jump} pixels apart")
print("their middles lie in the columns", *middles)

# %% c1-text [markdown]
# From column 6.5 to 24.5, each standing for two columns: together the inner 20 × 20 of the 32 × 32 pixels. It is the
# box of the digit, and that is the paper's reason for 32.
#
# ### C1, counted
#
# C1 has six maps. All units of a map share one 5 × 5 kernel and one bias. How many numbers does C1 learn?

# %% guess-c1 tags=["guess"]
guess = 150  # your guess: how many numbers C1 learns
course.predict("c1-parameters", guess)

# %% reveal-c1
course.reveal("c1-parameters", 6 * (5 * 5 + 1), "numbers")
print(f"connections of C1, each unit by itself: {28 * 28 * 6 * (5 * 5 + 1):,}")

# %% c1-read [markdown]
# 156 numbers do the work of 122,304 connections, since each of them is used at 28 × 28 places. This is the weight
# sharing of lesson 3; the neocognitron's planes share in the same way.
#
# ## 8. S2: a pool that learns
#
# After C1 stands a layer that lesson 4 nearly has. S2 **adds up** each 2 × 2 window. Then it multiplies the sum with a
# **coefficient** and adds a **bias**, one pair for each map, and both are learned. At last the result is **squashed**:
#
# $$z = w \cdot (x_1 + x_2 + x_3 + x_4) + b, \qquad f(z) = 1.7159 \tanh\left(\tfrac{2}{3} z\right)$$
#
# By hand, for the window 1, 0, −1, 2, the coefficient 0.5 and the bias 0.2: the sum is 2, so $z = 0.5 \cdot 2 + 0.2 =
# 1.2$.

# %% s2-by-hand
sum_of_window = 1 + 0 - 1 + 2
before_squashing = 0.5 * sum_of_window + 0.2
print(f"z = {before_squashing:.1f}, squashed: {1.7159 * np.tanh(2 / 3 * before_squashing):.3f}")


# %% squash-picture tags=["figure"]
def squash(z):
    """Return 1.7159 tanh(2z / 3)."""
    return 1.7159 * np.tanh(2 / 3 * z)


pictured.squashing(squash)

# %% squash-read [markdown]
# What are 1.7159 and 2/3 good for? With them $f(1) = 1$ and $f(-1) = -1$. The codes that the network is to produce are
# made of 1 and −1, as you will see. With the plain tanh these are its limits, which it never reaches: the weights would
# have to grow without end. Here they lie where the curve is still steep enough for a gradient to come back.

# %% exercise-subsample [markdown]
# ### Exercise · `subsample`
#
# For whole batches (N, C, H, W): add up each 2 × 2 window, times the coefficient of the map, plus its bias, then
# squash. A last odd row or column is left out. The pair belongs to the map: map 0 of *every* picture has
# `coefficient[0]` and `bias[0]`. Whole numbers are as good as floats, and a batch of no pictures gives no maps. For the
# window above, `subsample(np.array([[[[1, 0], [-1, 2]]]]), np.array([0.5]), np.array([0.2]))` gives about
# `[[[[1.139]]]]`.


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


# %% s2-is-mean-text [markdown]
# Lesson 4's average pooling takes the mean: a quarter of the sum. So with the coefficient 1/4 and the bias 0, S2 is
# average pooling, squashed. Is it?

# %% s2-is-mean
from course import ops
from course.lenet import normalise

a_digit = normalise(letters.images[:1]).numpy().astype(float)
quarter, nothing = np.array([0.25]), np.array([0.0])
means_of_digit = ops.avg_pool2d(a_digit, (2, 2), 2)
print("the mean, squashed:", np.allclose(subsample(a_digit, quarter, nothing), squash(means_of_digit)))

# %% s2-pictures tags=["figure"]
settings_of_s2 = {
    "w = 0.25, b = 0": (0.25, 0),
    "w = 2, b = 0": (2, 0),
    "w = 2, b = −6": (2, -6),
    "w = −1, b = 0": (-1, 0),
}
maps_of_s2 = [subsample(a_digit, np.array([w]), np.array([b]))[0, 0] for w, b in settings_of_s2.values()]
pictured.maps(np.array(maps_of_s2), list(settings_of_s2))

# %% s2-read [markdown]
# Two numbers choose what kind of layer S2 is, as the paper says:
#
# - with a **small** coefficient it works in the straight part of the curve, and blurs;
# - with a **large** one it becomes a switch. With the bias at 0, a little ink anywhere in the window is enough: nearly
#   an *or*. With a bias far below 0 nearly the whole window must be inked: nearly an *and*;
# - with a coefficient **below 0** it looks for what is empty.
#
# The neocognitron's C-cell forgives in one fixed way. LeNet-5 learns, map by map, which way it needs.

# %% c3-text [markdown]
# ## 9. C3: who sees whom
#
# C3 has 16 maps, and below it stand the 6 maps of S2. In every convolution so far, each map has seen all maps below. In
# LeNet-5 it does not: a table says which map sees which. Here is the table, as the course has it:

# %% c3-picture tags=["figure"]
from course.lenet import c3_connections as published_table

pictured.connection_table(published_table())

# %% c3-why [markdown]
# Maps 0 to 5 see three neighbouring maps, 6 to 11 see four, in a circle: after map 5 comes map 0. Maps 12 to 14 see two
# pairs, with a gap between. Map 15 sees all.
#
# The paper gives two reasons. The first is **cost**: fewer connections. The second is **symmetry**: maps that see the
# same things, and are trained in the same way, may become alike. With different inputs they are forced to become
# different. Whether that matters you will measure.
#
# Each of the marks is one 5 × 5 kernel, and each map has one bias. How many numbers does C3 learn?

# %% guess-c3 tags=["guess"]
guess = 2000  # your guess: how many numbers C3 learns
course.predict("c3-parameters", guess)

# %% exercise-c3-connections [markdown]
# ### Exercise · `c3_connections`
#
# Write the table down, as an array of True and False with 16 rows: row j belongs to map j of C3, column i to map i of
# S2. (The picture above, like the paper, has these rows as its columns.) Do not type 96 values: `% 6` makes a circle of
# six.


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


# %% reveal-c3
marks = int(c3_connections().sum())
course.reveal("c3-parameters", marks * 25 + 16, "numbers")
print(f"{marks} kernels of 25 weights, and 16 biases; if all saw all: {16 * 6 * 25 + 16:,}")

# %% modules-text [markdown]
# ## 10. The parts in PyTorch
#
# PyTorch has no layer that adds up, multiplies and squashes, and none with a table. Four small modules fill the gap.
# Each has the formula of one section in its `forward`; gradients come by themselves.
#
# **Squash** is the curve. It follows every sum up to F6, and learns nothing.


# %% squash-module
class Squash(nn.Module):
    """1.7159 * tanh(2 / 3 * z), the curve of LeNet-5."""

    def forward(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)


# %% subsampling-text [markdown]
# **Subsampling** is your `subsample`. An `nn.Parameter` is an array that the optimizer may change: here a coefficient
# and a bias for each map.


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


# %% partly-text [markdown]
# **PartlyConnected** is C3: sixteen small convolutions side by side, each of which is given the maps of its row of the
# table. What they give is put together again as 16 maps.


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


# %% modules-agree
layer_s2, four_maps = Subsampling(6), torch.rand(2, 6, 28, 28)
by_module = layer_s2(four_maps).detach().numpy()
by_you = subsample(four_maps.numpy(), np.full(6, 0.25), np.zeros(6))
agree = np.allclose(by_module, by_you, atol=1e-6)
print(f"Subsampling gives what {course.whose(subsample, 'subsample')} gives:", agree)
layer_c3 = PartlyConnected(c3_connections())
c3_learns, c3_shape = sum(weight.numel() for weight in layer_c3.parameters()), layer_c3(torch.rand(1, 6, 14, 14)).shape
print(f"C3 learns {c3_learns:,} numbers; from (1, 6, 14, 14) it makes {tuple(c3_shape)}")

# %% codes-text [markdown]
# ## 11. The output: ten small pictures
#
# Lesson 5's network ends with ten numbers, and each class has one neuron of its own. LeNet-5 does something else. F6
# has 84 units, and 84 = 7 × 12. For each digit there is a **code**: a small picture of 7 × 12 pixels, 1 where it is
# black and −1 where it is white. F6 is to *draw* it. The output measures how far it is from each of the ten codes:
#
# $$y_i = \sum_{k=1}^{84} (x_k - w_{ik})^2$$
#
# The **smallest** distance is the answer. By hand, with codes of two numbers, (1, −1) and (−1, −1), and x = (0.5, −1):
# the first distance is $(0.5 - 1)^2 + 0 = 0.25$, the second $(0.5 + 1)^2 + 0 = 2.25$. The first code is nearer.
#
# (The paper shows its codes as a picture. These are drawn for this course.)

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


# %% codes-picture tags=["figure"]
pictured.bitmaps(codes, [str(k) for k in range(10)])

# %% codes-apart
flat_codes = codes.reshape(10, 84)
apart = ((flat_codes[:, np.newaxis] - flat_codes) ** 2).sum(axis=2)
for one, other in ((3, 5), (0, 8), (0, 1), (4, 6)):
    print(f"codes of {one} and {other}: {apart[one, other] // 4} pixels differ, squared distance {apart[one, other]}")

# %% codes-why [markdown]
# Why pictures? A pixel that differs adds $(1 - (-1))^2 = 4$ to the distance. So what looks alike has codes that are
# near to each other: 3 and 5, 0 and 8. For ten digits this matters little. The paper thinks of all printable
# characters, where nobody can tell the letter O from the digit 0 without the word around it. Both get nearly the same
# code, so that the network says "one of these two", and a later step, which knows the word, may choose.
#
# The paper has a second reason: where each class has a neuron of its own, all but one must be off nearly always. With
# many classes that is hard to learn for such units, and they are poor at saying **none of them** about a blot.

# %% distances-text [markdown]
# **Distances** is this output as a module. The codes are a *buffer*: they belong to the network, but nothing learns
# them.


# %% distances-module
class Distances(nn.Module):
    """The output of LeNet-5: squared distances from fixed codes, which are not learned."""

    def __init__(self, codes):
        super().__init__()
        self.register_buffer("codes", torch.as_tensor(codes, dtype=torch.float32).flatten(1))

    def forward(self, x):
        return ((x[:, np.newaxis, :] - self.codes) ** 2).sum(dim=2)


# %% loss-text [markdown]
# ### The loss: pull one code near, push the others away
#
# The first idea for a loss: the distance from the right code, which should be small. It has a hole: nothing says that
# the distances from the *wrong* codes should be large. (If the codes could move, all would run to one point.) So the
# paper adds **competition** (its equation 9). With D for the right class:
#
# $$\text{loss} = y_D + \log\Big(e^{-j} + \sum_i e^{-y_i}\Big)$$
#
# The second part is large where some distance, right or wrong, is small. The number j > 0 stands for an eleventh class,
# **rubbish**: a wrong code that is much farther away than j is pushed no farther. By hand, with j = 5: the distance
# from the right code is 2, from the wrong one 1, 3 or 20.

# %% loss-by-hand
from course.lenet import map_loss

for wrong_one in (1.0, 3.0, 20.0):
    loss_by_hand = 2.0 + np.log(np.exp(-5.0) + np.exp(-2.0) + np.exp(-wrong_one))
    by_library = map_loss(torch.tensor([[2.0, wrong_one]]), torch.tensor([0]), penalty=5.0).item()
    print(f"right 2, wrong {wrong_one:4.0f}: loss {loss_by_hand:.3f}, by course.lenet {by_library:.3f}")

# %% loss-read [markdown]
# A wrong code that is nearer than the right one costs much; one at 20 costs next to nothing more. Does this look like
# something that you know? It is the cross-entropy of lesson 5, where the logits are −y, and rubbish is one more class.
# So the softmax was there in 1998 already, hidden in the loss.

# %% exercise-lenet5 [markdown]
# ### Exercise · `lenet5`
#
# Now put it together. In the order of the picture in section 7:
#
# - **C1**: 6 maps, 5 × 5. **S2**. **C3**: 16 maps, by your table. **S4**: like S2. **C5**: 120 maps, 5 × 5.
# - **F6**: 84 numbers, fully connected to C5's 120. **Output**: the distances from the codes.
# - Each of the six up to F6 squashes its sums. Nothing is padded, and nothing dropped.
#
# `nn.Sequential` takes the parts in order. You need `nn.Conv2d`, `Squash()`, `Subsampling(maps)` (it squashes by
# itself), `PartlyConnected(table)`, `nn.Flatten()`, `nn.Linear` and `Distances(codes)`.


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


# %% counts-text [markdown]
# ### Layer by layer, against the paper
#
# The paper prints, for each layer, how many numbers it learns and how many connections it has. Yours come from your
# network: the code asks it for its parameters, and which layer each belongs to. Connections need a rule. In a layer of
# kernels, each number is used once at each place. In S2 and S4 a unit has five connections: four inputs, one bias. A
# unit of the output has 84.

# %% counts-code
from course.lenet import parameters_by_layer

figures_of_paper = {"C1": (156, 122304), "S2": (12, 5880), "C3": (1516, 151600), "S4": (32, 2000)}
figures_of_paper |= {"C5": (48120, 48120), "F6": (10164, 10164)}
places_of = {"C1": 28 * 28, "C3": 10 * 10, "C5": 1, "F6": 1}
learned_of = parameters_by_layer(lenet5())
connections_of = {name: learned_of[name] * count for name, count in places_of.items()}
connections_of |= {"S2": 14 * 14 * 6 * 5, "S4": 5 * 5 * 16 * 5, "output": 10 * 84}

# %% counts-table
print(f"{'':<7}{'learns':>9}{'paper':>9}{'connections':>14}{'paper':>10}")
for name, number in learned_of.items():
    in_paper = [f"{value:,}" for value in figures_of_paper.get(name, ())] or ["0", "-"]
    print(f"{name:<7}{number:>9,}{in_paper[0]:>9}{connections_of[name]:>14,}{in_paper[1]:>10}")
print(f"{'sum':<7}{sum(learned_of.values()):>9,}{60000:>9,}{sum(connections_of.values()):>14,}{340908:>10,}")
from_modules = sum(layer.connections for layer in layer_counts(published))
print(f"connections, counted from the modules of the course's network: {from_modules:,}")

# %% counts-read [markdown]
# All equal. The paper gives no connections for the output, but its sum, 340,908, is right only with our 840. Where are
# the 60,000 numbers? Four fifths are in C5, the first layer that looks at everything, as in lesson 5's network. And
# where is the work? Four fifths of the connections are in C1 and C3.
#
# ## 12. It learns
#
# ### First weights
#
# With which weights does it begin? The paper draws each weight from −2.4 / F to 2.4 / F, where F is how many numbers
# the unit reads. Then the sums stay small, in the steep part of the curve. `initialise` does that to your network.

# %% first-weights
from course.lenet import initialise

torch.manual_seed(0)
lenet_untrained = initialise(lenet5())
for weight in lenet_untrained.parameters():
    if weight.shape[1:].numel() in (25, 120):  # of one unit of C1 and of F6
        reads, largest = weight[0].numel(), weight.abs().max().item()
        print(f"{len(weight)} units read {reads} numbers each: limit {2.4 / reads:.3f}, largest weight {largest:.3f}")

# %% learn-text [markdown]
# ### Twelve epochs
#
# The network sees the 1,297 digits twelve times, 32 at a time, with the loss above and j = 5. The ink goes in as 1.175
# and the background as −0.1, as in the paper. Two things differ from the paper, and are said here: the optimizer is
# Adam, which, like the paper's own method, gives each number a rate of its own; and it is 12 times through 1,297
# digits, not 20 times through 60,000.
#
# Afterwards it reads the 500 test digits. How many does it get wrong?

# %% guess-wrong tags=["guess"]
guess = 25  # your guess: how many of the 500 test digits are read wrongly
course.predict("lenet-wrong", guess)

# %% train-lenet tags=["figure", "train", "nbval-ignore-output"]
from course.lenet import learn

torch.manual_seed(0)
lenet = initialise(lenet5())
live = pictured.LiveCurves("LeNet-5", 12)
lenet_epochs = learn(lenet, letters, letters_test, epochs=12, output="rbf", progress=live)
print(f"{lenet_epochs[-1].accuracy:.1%} of {len(letters_test)} right")

# %% reveal-wrong tags=["nbval-ignore-output"]
course.reveal("lenet-wrong", round(len(letters_test) * (1 - lenet_epochs[-1].accuracy)), "digits")

# %% modern-text [markdown]
# About one in a hundred is wrong. (The paper's network had 0.95% of MNIST's test digits wrong. That is another test:
# other writers than those whose digits it learned. Ours has the same 13 writers in both parts, and is milder.)
#
# ### And built as one would today?
#
# The same sizes, C1 to F6, with what is usual now: **ReLU** for the squashing, **max pooling** for S2 and S4, a
# **full** C3, ten logits with **softmax** and cross-entropy, and the first weights of **He** (as in lesson 5: normal,
# with a variance of 2 / F). The same pictures in the same order, the same epochs, the same optimizer.

# %% train-modern tags=["figure", "train", "nbval-ignore-output"]
from course.lenet import lenet5_modern

modern = lenet5_modern(seed=0)
live = pictured.LiveCurves("the modern form", 12)
modern_epochs = learn(modern, letters, letters_test, epochs=12, progress=live)
modern_learns = sum(weight.numel() for weight in modern.parameters())
print(f"{modern_epochs[-1].accuracy:.1%} right; it learns {modern_learns:,} numbers")

# %% both-curves tags=["figure", "nbval-ignore-output"]
pictured.learning_curves({"LeNet-5": lenet_epochs, "the modern form": modern_epochs})

# %% both-read [markdown]
# In this run, LeNet-5 says the same to every digit in its first epoch, 10% right, then finds its way at once. The
# modern form starts in the first epoch. At the end both are right about 99 times in 100, and in this run the difference
# is a few digits of 500.
#
# ### What they get wrong

# %% both-wrong tags=["nbval-ignore-output"]
from course.answers import predict_probabilities
from course.lenet import Classifier

says_of = {"LeNet-5": predict_probabilities(Classifier(lenet, "rbf"), letters_test.images)}
says_of["modern"] = predict_probabilities(Classifier(modern), letters_test.images)
wrong_of = {name: np.flatnonzero(sure.argmax(axis=1) != letters_test.labels) for name, sure in says_of.items()}
wrong_in_both = np.intersect1d(*wrong_of.values())
print(*(f"{name}: {len(wrong)} wrong" for name, wrong in wrong_of.items()), f"both: {len(wrong_in_both)}", sep="; ")

# %% both-mistakes tags=["figure", "nbval-ignore-output"]
mistaken, said_instead = [], []
for name, wrong in wrong_of.items():
    for k in wrong:
        sure = says_of[name][k]
        mistaken += [letters_test.images[k]]
        said_instead += [f"{name}: {sure.argmax()}\n{sure.max():.0%} sure\nis {letters_test.labels[k]}"]
pictured.digits(np.array(mistaken), said_instead, columns=6)

# %% both-confusion tags=["figure", "nbval-ignore-output"]
from course.figures.learned import confusion

table_of_answers = np.zeros((10, 10), dtype=int)
np.add.at(table_of_answers, (letters_test.labels, says_of["LeNet-5"].argmax(axis=1)), 1)
confusion(table_of_answers, [str(k) for k in range(10)])

# %% both-mistakes-read [markdown]
# The table is LeNet-5's: rows are what the digits are, columns what it says. Most digits that one of the two networks
# misreads in this run, the other one reads rightly: two networks that are equally good are not the same.
#
# How sure they are is a softmax of the logits, and for LeNet-5 of minus the distances. It is often 100% sure and wrong.
# There is a better question to ask it.
#
# ### What it is unsure of
#
# A softmax must share out its 100%. Ten distances need not: **all** may be large. Then F6 has drawn something that is
# no digit. Here is the test digit whose nearest code is nearest of all, and the one whose nearest code is farthest
# away.

# %% unsure tags=["figure", "nbval-ignore-output"]
from course.lenet import layer_outputs

given_by_lenet = layer_outputs(lenet, normalise(letters_test.images))
distance_of, f6_of = given_by_lenet["output"].numpy(), given_by_lenet["F6"].reshape(-1, 12, 7).numpy()
by_doubt = distance_of.min(axis=1).argsort()
clear, unclear = by_doubt[0], by_doubt[-1]
print("smallest distance of the surest digit, of one in the middle, of the least sure one:")
print(*distance_of.min(axis=1)[by_doubt[[0, 250, -1]]].round(1), sep=", ")
pictured.distances(letters_test.images[clear], f6_of[clear], distance_of[clear], f"is {letters_test.labels[clear]}")

# %% unsure-worst tags=["figure", "nbval-ignore-output"]
worst_title = f"is {letters_test.labels[unclear]}"
pictured.distances(letters_test.images[unclear], f6_of[unclear], distance_of[unclear], worst_title)

# %% unsure-reject tags=["nbval-ignore-output"]
right_of_lenet = distance_of.argmin(axis=1) == letters_test.labels
for limit in (100, 20, 10, 5):
    kept = distance_of.min(axis=1) < limit
    print(f"answers with a distance below {limit:3}: {kept.sum():3} of 500, wrong {np.sum(~right_of_lenet[kept])}")

# %% unsure-read [markdown]
# The sure digit is drawn cleanly, pixel by pixel. The unsure one is a grey blur between several codes. So the smallest
# distance says how far to trust an answer, and a limit for it says "none of them" to the doubtful ones: in this run
# most wrong answers go with a strict limit, and some right ones with them. For a cheque that is a good trade: a person
# reads the rest.

# %% survived [markdown]
# ## 13. What survived, and what was dropped
#
# Three networks, each built in this course: the neocognitron, LeNet-5, and lesson 5's network of the book. One table,
# counted by one set of rules from the networks themselves. Accuracies are measured here, and **not on the same
# pictures**: the neocognitron's on its five digits, shifted by 4 pixels; LeNet-5's on the 500 digits of section 12.

# %% measured-neocognitron
from course.neocognitron.measure import changed_digits, reading, recognised
from course.neocognitron.patterns import digits as five_digits
from course.neocognitron.training import organised

far_shift = {"shifted by 4": changed_digits()["shifted by 4"]}
shares_of_neo = recognised(reading(organised(seed=0), five_digits()), far_shift)
print(f"neocognitron, five digits shifted by 4 pixels: {shares_of_neo['shifted by 4']:.1%} right")

# %% landmarks-table tags=["nbval-ignore-output"]
from course.landmarks import as_text, landmarks

measured_here = {"neocognitron": shares_of_neo["shifted by 4"], "LeNet-5": lenet_epochs[-1].accuracy}
three_landmarks = landmarks(measured_here)  # TODO: the book's network, from the recorded run
print(as_text(three_landmarks))

# %% landmarks-chart tags=["figure"]
pictured.landmarks_chart(landmarks())

# %% landmarks-read [markdown]
# **What survived**: small windows, shared weights, many maps, layers that take turns between finding and forgiving, and
# a last layer that sees everything. All of this is in the neocognitron of 1980, and in every network of this course.
# LeNet-5 added the teacher: one loss, and gradients through all layers.
#
# **What was dropped**: learning without labels, layer by layer; pools that learn and squash; tables of connections;
# squashing by a tanh; codes as output. Did they go because they were bad?
#
# (Look at the chart once more. LeNet-5 has *fewer* connections than the neocognitron, and twice as many numbers to
# learn. Connections are what a computer has to do, and numbers are what the pictures have to teach.)
#
# ## 14. Take LeNet-5 apart
#
# An **ablation** changes one thing and leaves all others as they were. Six things to change in LeNet-5:
#
# | word | LeNet-5 has | changed to |
# |---|---|---|
# | `"loss"` | competition and rubbish | the distance from the right code alone |
# | `"output"` | codes | ten logits, softmax |
# | `"C3"` | a table | all maps see all |
# | `"pool"` | sub-sampling | average or maximum |
# | `"activation"` | 1.7159 tanh(2z / 3) | ReLU (F6, which has to draw −1, keeps the tanh) |
# | `"weights"` | first weights up to 2.4 / F | those of He |
#
# Which single change makes the largest difference, better or worse?

# %% guess-matters tags=["guess"]
guess = "pool"  # one of "loss", "output", "C3", "pool", "activation", "weights"
course.predict("matters-most", guess)

# %% ablation-text [markdown]
# Now run it: ten networks, six epochs each, one seed. That is half the training of section 12, so that it takes less
# than a minute. The course carries the same, done thoroughly: twelve epochs, three seeds (`python3 -m course bench
# lenet` repeats it in a few minutes).

# %% ablation tags=["train", "nbval-ignore-output"]
from course.lenet import VARIANTS, measured_ablation
from course.lenet import ablation as train_variants

reached_here = {}
for name, changes in course.track(VARIANTS.items(), "training"):
    outcome = train_variants(letters, letters_test, seeds=(0,), epochs=6, variants={name: changes})
    reached_here |= {outcome[0].name: outcome[0].mean}
print("\n".join(f"{name:<20} {share:6.1%}" for name, share in reached_here.items()))

# %% ablation-chart tags=["figure", "nbval-ignore-output"]
recorded = {one["name"]: one for one in measured_ablation()["rows"]}
pictured.ablation_chart({name: one["accuracies"] for name, one in recorded.items()}, reached_here)

# %% reveal-matters
word_of = {"simple loss": "loss", "softmax output": "output", "full C3": "C3", "average pool": "pool"}
word_of |= {"max pool": "pool", "ReLU": "activation", "weights of He": "weights"}
from_lenet = {name: recorded[name]["mean"] - recorded["LeNet-5"]["mean"] for name in word_of}
course.reveal("matters-most", word_of[max(from_lenet, key=lambda name: abs(from_lenet[name]))])
print(f"recorded, LeNet-5: {recorded['LeNet-5']['mean']:.2%}, spread between seeds {recorded['LeNet-5']['spread']:.2%}")
for name, difference in from_lenet.items():
    print(f"{name:<15} {100 * difference:+7.2f} points".replace("-", "−"))

# %% ablation-read [markdown]
# How to read it honestly:
#
# - **Four of the seven changes are worth less than half a point, up or down.** One test picture is 0.2 points, and two
#   seeds of LeNet-5 itself differ by 0.8. Nobody can say from this who is better. In the short run of one seed the
#   order is mostly another one.
# - **Softmax alone, or average pooling alone, costs about 4 pictures of 500.** The rings hardly overlap. It may be
#   real, on these digits.
# - **ReLU alone destroys the network**: 10%, with every seed. It says the same digit to everything.
# - **ReLU with the weights of He** is the best of all: 4 or 5 wrong, and 90% right after 2 epochs, not 4.
#
# So the great step since 1998 is the worst change of all, or the best. It hangs on the first weights.
#
# ### Why ReLU dies
#
# Feed all test digits to networks that have learned nothing yet. How different is what a layer says to different
# digits? Measured as the **spread**: the standard deviation over the 500 digits, averaged over the units of the layer.

# %% spread
kinds_of_start = {"tanh, first weights of 1998": {}, "ReLU, first weights of 1998": {"activation": "relu"}}
kinds_of_start["ReLU, first weights of He"] = {"activation": "relu", "weights": "he"}
test_pictures = normalise(letters_test.images)
print(f"{'':<30}" + "".join(f"{name:>10}" for name in ("C1", "C3", "C5", "F6")))
for name, switches in kinds_of_start.items():
    spoken = layer_outputs(lenet_variant(**switches, seed=0), test_pictures)
    spreads = [spoken[layer].std(dim=0).mean().item() for layer in ("C1", "C3", "C5", "F6")]
    print(f"{name:<30}" + "".join(f"{spread:10.2g}" for spread in spreads))

# %% spread-read [markdown]
# In each layer, a weight between −2.4 / F and 2.4 / F is small: the more a unit reads, the smaller. With ReLU, which
# also cuts half of the sums off, and with pools that do not amplify, hardly anything of the picture arrives at C5:
# digits differ there in the fifth decimal place. All digits look the same from there. The tanh network starts small,
# too, but its spread is dozens of times as large, and its units can move in both directions.
#
# What does the optimizer do, when the picture does not arrive? It moves the biases, until F6 says the same best
# compromise to all. ReLUs whose sums are pushed below 0 for every picture give 0 and have no gradient any more: they
# are **dead**, as in lesson 5.

# %% dead tags=["train", "nbval-ignore-output"]
for name, switches in course.track(list(kinds_of_start.items())[1:], "learning"):
    short_life = lenet_variant(**switches, seed=0)
    learn(short_life, letters, letters_test, epochs=2)
    said_by_c5 = layer_outputs(short_life, test_pictures)["C5"]
    silent, same = (said_by_c5 == 0).all(dim=0), said_by_c5.std(dim=0) < 1e-6
    print(f"{name}: of 120 units of C5, dead {int(silent.sum())}, the same for all digits {int(same.sum())}")

# %% dead-read [markdown]
# With the first weights of 1998, no unit of C5 can tell two digits apart any more: most are dead, and the others say
# the same number to all. With He's weights, whose variance 2 / F keeps the size of the sums from layer to layer (He and
# others derived it for ReLU, in 2015), about half are silent, and the others do the work.
#
# So what mattered most here? **Not one part, but that parts fit together.** 2.4 / F fits to the tanh, 2 / F to ReLU.
#
# ### Try this
#
# Set two switches yourself. Guess before you run: which two together beat LeNet-5?

# %% switches tags=["figure", "train", "nbval-ignore-output"]
from course.lenet import SWITCHES

for switch, values in SWITCHES.items():
    print(f"{switch}: {', '.join(values)}")
your_switches = {"pool": "max", "weights": "he"}  # change these two
your_variant = lenet_variant(**your_switches, seed=0)
your_epochs = learn(your_variant, letters, letters_test, epochs=6, progress=pictured.LiveCurves("your variant", 6))
print(f"{your_epochs[-1].accuracy:.1%} right after 6 epochs")

# %% switches-read [markdown]
# One run says little: try a second `seed` before you believe it.
#
# ### Vote
#
# A friend reads the recorded ablation: "With the table, C3 reaches 98.67%. Full, it reaches 98.80%. So the table of
# connections was a mistake." Which answer is yours?
#
# - **A**: He is right: full is better.
# - **B**: He is wrong: the table saves 900 numbers, and fewer numbers are better.
# - **C**: These measurements do not tell.
# - **D**: They tell that the table makes no difference.
#
# <details><summary>Answer</summary>
#
# **C.** The difference is 0.13 points, less than one picture of 500, and seeds of LeNet-5 differ by 0.8. B is about
# cost, which is another question (in 1998 it was a good reason). D says more than was measured: a small difference may
# be there, and to see it one would need far more test pictures and seeds.
#
# </details>

# %% summary [markdown]
# ## Summary: what you now know
#
# - The **neocognitron** takes turns between two kinds of cells. S-cells match: each answers where it sees what it has
#   learned. C-cells forgive: each answers if any of its S-cells does.
# - It learns without labels. Of the cells that see the same place, the strongest learns what is there: competition
#   gives different planes different features.
# - **LeNet-5** keeps the shape and adds a teacher: one loss, gradients through all layers, 60,000 numbers for 340,908
#   connections.
# - Its **S2** is average pooling with a coefficient, a bias and a squashing. Its **C3** follows a table: 60 kernels
#   where 96 would be possible. Its **output** measures distances from ten drawn codes, and the smallest wins.
# - Its loss pulls the right code near and pushes the others away. It is the cross-entropy of lesson 5, with an eleventh
#   class for rubbish.
# - Windows, shared weights, and layers that find and forgive in turn **survived**. Tables, codes and learned pools did
#   not, and on these digits most of them make no difference that can be measured.
# - Parts must fit together. ReLU with the first weights of 1998 learns nothing at all; with those of He it is the best.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(6)

# %% guesses tags=["demo", "nbval-ignore-output"]
course.guesses(6)

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
#
# 1. An S-cell and a C-cell see the same small window. A line in it moves by one pixel. Which of the two should notice,
#    and why?
#
#    <details><summary>Answer</summary>
#
#    The S-cell: it matches what it has learned, at this place. The C-cell sees many S-cells of one plane, and answers
#    if any of them does.
#
#    </details>
# 2. C1 of LeNet-5 learns 156 numbers and has 122,304 connections. How do the two belong together?
#
#    <details><summary>Answer</summary>
#
#    Each of the numbers is used once at each of the 28 × 28 places: 156 times 784. Weights are shared.
#
#    </details>
# 3. What does S2 do that average pooling does not?
#
#    <details><summary>Answer</summary>
#
#    It multiplies the sum with a coefficient and adds a bias, one learned pair for each map, and squashes the result.
#
#    </details>
# 4. What can ten distances say that ten probabilities cannot?
#
#    <details><summary>Answer</summary>
#
#    None of them: all ten may be large. Probabilities have to add up to 1.
#
#    </details>
# 5. Somebody replaces the tanh of an old network by ReLU, and it learns nothing. What would you look at first?
#
#    <details><summary>Answer</summary>
#
#    The first weights. If they are too small for ReLU, the picture does not arrive at the last layers: compare what
#    they say to different pictures.
#
#    </details>
