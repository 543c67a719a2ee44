# %% title [markdown]
# # 1 · Receptive fields
#
# **How can a network recognise a temple, when each of its neurons sees only a few pixels?**
#
# This lesson takes about 90 minutes. At its end you can say, for any neuron in any stack of layers, which pixels
# of the picture it sees. You will not have to believe it: you will poke the pixels and watch the neuron.
#
# **You build** seven small functions: from counting connections to an experiment that finds what a neuron sees.
#
# **You need** Python's loops and functions, and a little NumPy: arrays, their shape, slices.
#
# How it goes: read a little, guess, run the cell, write a function, check it. Where you are stuck,
# `course.hint("output_size")` gives a hint, and the next call gives the next one. An exercise that you leave open
# stops nothing: the lesson goes on with the course's function until yours is right.

# %% imports
import numpy as np

import course
from course.figures import planes, receptive, views
from course.images import china, grey

photo = china()
photo.shape

# %% photo-says [markdown]
# This is a real photograph, `height × width × channels`: each pixel holds three numbers, for red, green and blue.

# %% local-fields-intro [markdown]
# ## 1. A neuron looks at a small part
#
# Around 1959 David Hubel and Torsten Wiesel measured single neurons in the visual cortex of cats, and some years
# later of monkeys. Many of these neurons answered to light in one small part of what the animal saw, and to nothing
# else. That part is the neuron's **local receptive field**. The fields of different neurons overlap; together
# they cover everything that is seen. Some neurons answered only to lines of one direction. Others had larger fields
# and answered to patterns made of such lines: as if they listened to the first ones (Géron, chapter 14, "The
# Architecture of the Visual Cortex", figure 14-1).
#
# Here are six neurons that look at our photograph. All the rest is dark to them.

# %% local-fields tags=["figure"]
corners = [(110, 90), (130, 115), (20, 185), (250, 150), (180, 560), (60, 420)]
windows = [((top, top + 40), (left, left + 40)) for top, left in corners]
views.local_fields(photo, windows)

# %% local-fields-question [markdown]
# Look at neuron 6 alone. Is it a temple that stands there, or a wall, or the sky? It cannot know. Neurons 1 and 2 have
# fields that overlap: both see the same few pixels, a corner of the red wall and what hangs above it.
#
# Engineers took up the idea. Kunihiko Fukushima's **neocognitron** (1980) stacked layers of such neurons. Yann LeCun
# and others found how to learn their weights, and built **LeNet-5** (1998), which banks used to read handwritten
# numbers on cheques. Its two main parts, convolutional layers and pooling layers, are those of today's
# **convolutional neural networks**, or CNNs. You will run both ancestors in lesson 6.

# %% timeline tags=["figure"]
receptive.timeline()

# %% dense-question [markdown]
# ## 2. Why not connect everything?
#
# A neuron could look at all pixels. A layer of such neurons is called **fully connected**, or dense. What is
# wrong with it?
#
# Start tiny. A grey picture of 2 rows and 3 columns has 6 pixels. A layer of 4 neurons, each joined to each pixel,
# has 6 + 6 + 6 + 6 = 24 connections, each with a weight to learn.
#
# Now a picture of 100 × 100 grey pixels, which is small, and a first layer of 1,000 neurons, which is few. Guess:
# how many connections? Write your guess in place of `None`.

# %% guess-connections tags=["guess"]
guess = 1_000_000  # your guess: a whole number
course.predict("dense-connections", guess)

# %% exercise-dense-connections [markdown]
# ### Exercise · `dense_connections`
#
# Count the connections of a fully connected layer. A pixel of a picture with 3 channels holds 3 numbers, and
# each number has its own connection to each neuron. `dense_connections(2, 3, 1, 4)` is 24.


# %% dense-connections tags=["exercise"] exercise="dense_connections"
def dense_connections(height, width, channels, neurons):
    """Return how many connections join all pixels of a picture to all neurons (an int)."""
    # BEGIN SOLUTION
    return height * width * channels * neurons
    # END SOLUTION


# %% check-dense-connections tags=["check"] exercise="dense_connections"
dense_connections = course.check(dense_connections)

# %% reveal-connections
course.reveal("dense-connections", dense_connections(100, 100, 1, 1000), "connections")
print(f"our photograph, 1,000 neurons: {dense_connections(*photo.shape, 1000):,} connections")

# %% local-and-shared [markdown]
# Ten million, for one layer and a picture smaller than a stamp (Géron, chapter 14). There are two ways out.
#
# - **Local connections**: each neuron sees a window of 5 × 5 pixels. That is 25 connections for each neuron, however
#   large the picture is.
# - **Shared weights**: all neurons use the *same* 25 weights, each on its own window. What is useful at one place,
#   such as finding a line, is useful everywhere.

# %% count-three-ways
neurons, window = 1000, 5 * 5
sides = [10, 30, 100, 300, 1000]
counts = {
    "fully connected": [dense_connections(side, side, 1, neurons) for side in sides],
    "local, 5 × 5": [window * neurons for side in sides],
    "local and shared": [window for side in sides],
}
{name: f"{values[2]:,} for 100 × 100 pixels" for name, values in counts.items()}

# %% connections-chart tags=["figure"]
receptive.connections_chart(sides, counts)

# %% connections-read [markdown]
# Both scales go up in powers of ten. The full layer grows with every pixel. The others do not: their neurons see a
# window, and a window does not grow with the picture. A layer with local, shared weights is a **convolutional layer**.

# %% window-question [markdown]
# ## 3. Which pixels does a neuron see?
#
# Arrange the neurons of a layer in rows and columns, like pixels. Call the height and width of the window $f_h$
# and $f_w$. Then (Géron, figure 14-3):
#
# > The neuron in row $i$, column $j$ sees rows $i$ to $i + f_h - 1$ and columns $j$ to $j + f_w - 1$ of the layer
# > below.
#
# By hand: the window is 3 × 3. The neuron in row 2, column 3 sees rows 2, 3, 4 and columns 3, 4, 5. The last row is
# $2 + 3 - 1 = 4$, and not 5: rows 2 to 5 would be four rows.

# %% window-by-hand
i, j, f_h, f_w = 2, 3, 3, 3
print("rows   ", i, "to", i + f_h - 1)
print("columns", j, "to", j + f_w - 1)

# %% window-plain tags=["figure"]
planes.neurons_and_windows((5, 7), kernel_size=(3, 3), neurons=[(0, 0), (2, 3)])

# %% padding-idea [markdown]
# Rows and columns are counted from 0, rows first. The input below has 5 × 7 pixels, the layer above has 3 × 5
# neurons. A window that sticks out of the picture is not there, so the layer is smaller: by two rows and two columns.
#
# ### Zeros around the picture
#
# Often we want the layer to be as large as its input. So we put a frame of zeros around the picture: **zero
# padding**. With $p$ zeros at the top, the first window starts $p$ rows above the picture: at row $-p$. Every window
# moves up by $p$ rows. The neuron in row $i$ sees rows $i - p$ to $i - p + f_h - 1$.

# %% window-padded tags=["figure"]
planes.neurons_and_windows((5, 7), kernel_size=(3, 3), padding=(1, 1), neurons=[(0, 0), (3, 5)])

# %% stride-idea [markdown]
# Now the layer is 5 × 7 again. The neuron (0, 0) sees row −1: a row of zeros.
#
# ### Steps larger than one
#
# Neighbours see nearly the same pixels. To save work we can let the windows step over pixels. The step is called the
# **stride**, $s_h$ down and $s_w$ to the right. Without padding, the neuron in row $i$ sees rows
# $i \cdot s_h$ to $i \cdot s_h + f_h - 1$.
#
# By hand, with stride 2 and a window of 3: row 0 sees rows 0 to 2, row 1 sees rows 2 to 4, row 2 sees rows 4 to 6.

# %% exercise-receptive-window [markdown]
# ### Exercise · `receptive_window`
#
# Put padding and stride together. `kernel_size` is the size of the window: *kernel* is the field's word for its
# weights. `kernel_size`, `stride` and `padding` are pairs, (vertical, horizontal). Both ends are included, and rows are
# counted in the picture without its zeros: the row above the picture is −1.
# `receptive_window(0, 1, (3, 3), (2, 2), (1, 1))` is `((-1, 1), (1, 3))`.


# %% receptive-window tags=["exercise"] exercise="receptive_window"
def receptive_window(row, column, kernel_size, stride, padding):
    """Return what the neuron (row, column) sees: ((top, bottom), (left, right)), four ints.

    kernel_size, stride, padding : pairs of int, (vertical, horizontal)
    """
    # BEGIN SOLUTION
    top = row * stride[0] - padding[0]
    left = column * stride[1] - padding[1]
    return (top, top + kernel_size[0] - 1), (left, left + kernel_size[1] - 1)
    # END SOLUTION


# %% check-receptive-window tags=["check"] exercise="receptive_window"
receptive_window = course.check(receptive_window)

# %% figure-14-4-says [markdown]
# The next picture asks your function. It is the book's figure 14-4: an input of 5 × 7 with zero padding, a 3 × 3
# window, stride 2. The layer has 3 × 4 neurons.

# %% figure-14-4 tags=["figure"]
planes.neurons_and_windows((5, 7), (3, 3), (2, 2), (1, 1), neurons=[(0, 0), (0, 1), (2, 3)], window=receptive_window)

# %% size-question [markdown]
# ## 4. How many neurons fit?
#
# One row is enough to see it. Put a window of 3 on a row of 8 pixels, with stride 2.

# %% size-row tags=["figure"]
receptive.windows_in_a_row(8, 3, 2, {"no zeros": (0, 0), "one zero on each side": (1, 1)})

# %% size-by-hand [markdown]
# Left: the first window takes pixels 0 to 2. Five pixels are left over, which is room for two steps of 2. So there are
# 2 + 1 = 3 windows, and pixel 7 is never used. Right: with the two zeros there are 10 pixels.
#
# The crossed pixel is no mistake: a window that does not fit whole is left out.
#
# Now a real one. Our photograph has 427 rows. A layer with a 7 × 7 window, stride 2 and 3 zeros on each side: how many
# rows of neurons has it?

# %% guess-rows tags=["guess"]
guess = 213  # your guess: a whole number
course.predict("rows-of-neurons", guess)

# %% exercise-output-size [markdown]
# ### Exercise · `output_size`
#
# Count the windows along one axis, with `padding` zeros on *each* side. `output_size(8, 3, 2, 0)` is 3. The first
# layer of the network in lesson 5 has 64 filters of 7 × 7, stride 1, padding 3, over 28 × 28 pixels:
# `output_size(28, 7, 1, 3)` is 28.


# %% output-size tags=["exercise"] exercise="output_size"
def output_size(size, kernel_size, stride, padding):
    """Return how many windows of kernel_size fit along an axis of size pixels (an int)."""
    # BEGIN SOLUTION
    room = size + 2 * padding - kernel_size
    return room // stride + 1
    # END SOLUTION


# %% check-output-size tags=["check"] exercise="output_size"
output_size = course.check(output_size)

# %% reveal-rows
course.reveal("rows-of-neurons", output_size(427, 7, 2, 3), "rows")
print("the book's 5 × 7 input:", output_size(5, 3, 2, 1), "×", output_size(7, 3, 2, 1))

# %% layer-idea [markdown]
# With your two functions we can run a whole layer on the photograph. Each neuron takes the pixels of its window,
# multiplies each by a weight, and adds the products up. Here all nine weights are 1/9, so that a neuron gives the
# mean of what it sees.


# %% layer
def layer(picture, weight, stride):
    height, width = (output_size(size, 3, stride, 0) for size in picture.shape)
    result = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            (top, bottom), (left, right) = receptive_window(i, j, (3, 3), (stride, stride), (0, 0))
            result[i, j] = np.sum(weight * picture[top : bottom + 1, left : right + 1])
    return result


# %% layer-on-photo tags=["figure"]
roof = grey(photo)[20:180, 80:330]
mean = np.full((3, 3), 1 / 9)
maps = {"input": roof}
for number in (1, 2, 3):
    maps[f"layer {number}"] = layer(list(maps.values())[-1], mean, stride=2)
views.side_by_side(maps, "The top of the temple, and three layers above it: each half as high and wide, and coarser.")

# %% layer-read [markdown]
# Three layers, each with stride 2: every neuron of the last one stands for a part of the roof. What the weights can do
# beside blurring is the subject of lesson 2.

# %% same-question [markdown]
# ## 5. Keeping the size
#
# Which padding keeps height and width? With stride 1, a window of 3 needs 2 zeros along each axis, a window of 5
# needs 4: one less than the window. For odd windows that is the same number on both sides.
#
# And for even windows? A window of 4 needs 3 zeros. Where does the odd one go?

# %% same-even tags=["figure"]
settings = {"1 and 1": (1, 1), "1 and 2": (1, 2), "2 and 2": (2, 2)}
receptive.windows_in_a_row(6, 4, 1, settings, same=True)

# %% same-rule [markdown]
# No equal number on both sides will do: 5 windows or 7, but never 6. So the padding is uneven, and somebody must decide
# where the odd zero goes. TensorFlow puts it at the end, and so do we. (PyTorch's `padding="same"` does the same, and
# takes stride 1 alone.) An even window also has no middle pixel: one more reason why most windows are odd.
#
# With a stride $s$ the output cannot stay as large. Then "same" means: `size / s` windows, **rounded up**. By hand,
# with 13 pixels, a window of 6 and stride 5:
#
# - 13 / 5 = 2.6, rounded up: 3 windows;
# - from the start of the first to the end of the last they take 2 · 5 + 6 = 16 pixels;
# - so 16 − 13 = 3 zeros are needed: 1 before, 2 after.
#
# Where the windows need fewer pixels than there are, no zeros are added. Zeros are never taken away.

# %% exercise-same-padding [markdown]
# ### Exercise · `same_padding`
#
# Return the zeros before and after, so that `size / stride` windows fit, rounded up. An odd zero goes to the end.
# `same_padding(13, 6, 5)` is `(1, 2)`.


# %% same-padding tags=["exercise"] exercise="same_padding"
def same_padding(size, kernel_size, stride):
    """Return (before, after): how many zeros keep the size, two ints, never negative."""
    # BEGIN SOLUTION
    windows = (size + stride - 1) // stride
    needed = (windows - 1) * stride + kernel_size
    zeros = max(needed - size, 0)
    return zeros // 2, zeros - zeros // 2
    # END SOLUTION


# %% check-same-padding tags=["check"] exercise="same_padding"
same_padding = course.check(same_padding)

# %% same-table
for size, kernel_size, stride in [(28, 7, 1), (6, 4, 1), (13, 6, 5), (8, 1, 2)]:
    before, after = same_padding(size, kernel_size, stride)
    print(f"{size:2} pixels, window {kernel_size}, stride {stride}: {before} before, {after} after")

# %% same-strided tags=["figure"]
settings = {"your same_padding": same_padding(13, 6, 5), "no zeros": (0, 0)}
receptive.windows_in_a_row(13, 6, 5, settings, same=True)

# %% stack-question [markdown]
# ## 6. Layer upon layer
#
# Neuron 6 saw a patch of sky and could not know that a temple stands beside it. How does anyone in the network get to
# know? Put a second layer on the first. Its neurons look at a window of *neurons*, and each of these has looked at a
# window of pixels (Géron, figure 14-2).

# %% stack-planes tags=["figure"]
planes.stack_of_planes((7, 9), layers=[(3, 1), (3, 1)], neuron=(1, 2), window=receptive_window)

# %% stack-by-hand [markdown]
# Count along one axis. A neuron of layer 2 sees 3 neurons of layer 1. The first of them sees pixels 0, 1, 2, the second
# pixels 1, 2, 3, the third pixels 2, 3, 4. Together: pixels 0 to 4. The **receptive field** of the neuron is 5 pixels,
# and not 9, because the windows overlap.
#
# With strides the windows overlap less, so that the field grows faster. Seen from the side:

# %% stack-side tags=["figure"]
receptive.stack_from_the_side([(3, 1), (2, 2), (3, 1)], ["window 3", "window 2, stride 2", "window 3"])

# %% stack-rule [markdown]
# A **unit** is a neuron of any layer, and at the very bottom a pixel. Two numbers tell it all, layer by layer:
#
# - the **size**: how many pixels one unit sees. It starts at 1: a pixel sees itself.
# - the **jump**: how many pixels lie between what neighbours see. It starts at 1.
#
# A window of $k$ units takes in $k - 1$ more units than one unit does. Each of them lies one jump further on. Then the
# layer's own stride makes the jump larger for the layers *above* it:
#
# $$\text{size} \leftarrow \text{size} + (k - 1) \cdot \text{jump} \qquad\text{and then}\qquad
# \text{jump} \leftarrow \text{jump} \cdot s$$
#
# (Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.) In the
# picture above: size 3, jump 1; then 3 + 1 · 1 = 4, jump 2; then 4 + 2 · 2 = 8. A **pooling** layer, such as the one
# with window 2 and stride 2, keeps the largest number in its window. For the field only its window and stride count.
#
# Guess: six layers, each with a 3 × 3 window and stride 2. How many pixels, along one axis, does a unit at the top see?

# %% guess-deep tags=["guess"]
guess = 64  # your guess: a whole number
course.predict("six-layers", guess)

# %% exercise-receptive-field [markdown]
# ### Exercise · `receptive_field`
#
# `layers` is a list of pairs `(kernel_size, stride)`, the layer on the picture first. Return the size in pixels.
# `receptive_field([(3, 1), (2, 2), (3, 1)])` is 8, and `receptive_field([])` is 1.


# %% receptive-field tags=["exercise"] exercise="receptive_field"
def receptive_field(layers):
    """Return how many pixels, along one axis, a unit above all these layers sees (an int)."""
    # BEGIN SOLUTION
    size, jump = 1, 1
    for kernel_size, stride in layers:
        size += (kernel_size - 1) * jump
        jump *= stride
    return size
    # END SOLUTION


# %% check-receptive-field tags=["check"] exercise="receptive_field"
receptive_field = course.check(receptive_field)

# %% reveal-deep
course.reveal("six-layers", receptive_field([(3, 2)] * 6), "pixels")
print("without the strides:", receptive_field([(3, 1)] * 6), "pixels")

# %% growth tags=["figure"]
stacks = {"3 × 3, stride 1": [(3, 1)] * 6, "7 × 7, stride 1": [(7, 1)] * 6, "3 × 3, stride 2": [(3, 2)] * 6}
receptive.field_growth(stacks, receptive_field)

# %% growth-read [markdown]
# The scale on the left is logarithmic. With stride 1 the field grows by the same amount with each layer. With stride
# 2 it about doubles: after four layers the small windows have overtaken the large ones.
#
# The network of lesson 5, which tells garments apart, mixes windows of 7 and 3 with pooling:

# %% fashion-field
fashion = [(7, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2)]
for depth in range(1, len(fashion) + 1):
    print(f"after layer {depth}: {receptive_field(fashion[:depth])} pixels")

# %% fashion-read [markdown]
# Its pictures are 28 pixels wide. The last layer sees 38: more than there is.
#
# ### What can a neuron know?
#
# Take the place of one window of the temple. Six layers, each with a 3 × 3 window, stride 2 and padding 1. What does
# the neuron see that looks at this place, in each layer? `unit_window` works like your `receptive_window`, for a whole
# stack; it also follows the **start**: where the first neuron of a layer looks.

# %% start-table
from course.receptive import Layer, trace, unit_window

stack = [Layer(3, stride=2, padding=1, name=f"layer {number}") for number in range(1, 7)]
for step in trace(stack):
    print(f"{step.name}: size {step.size}, jump {step.jump}, start {step.start}")

# %% start-read [markdown]
# Size 63 + 64 = 127: the printed sizes are 1 less than powers of two. The start is the middle of what neuron 0 sees:
# pixel 0 all the way up, thanks to the padding of 1. Set `padding=0` and run the cell again: where does neuron 0 look
# then? (Set it back afterwards.)

# %% views-on-photo tags=["figure"]
place = (144, 204)
seen = {}
for depth in (1, 3, 4, 5, 6):
    jump = trace(stack[:depth])[-1].jump
    row, column = (round(pixel / jump) for pixel in place)
    seen[f"layer {depth}"] = unit_window(stack[:depth], row), unit_window(stack[:depth], column)
views.views_of_a_unit(photo, seen)

# %% views-read [markdown]
# Cover all but the first view: you could say light or dark, perhaps where an edge runs. Layer 3 can tell a frame from a
# pane. Layer 4 sees a whole window, layer 5 the wall under the eaves, layer 6 the storey with its roof. So a network
# must go from small to large: lower layers find **low-level features**, such as edges; the layers above put them
# together to larger and larger ones. Nobody has to tell the lower layers to: they see no more than that.

# %% poke-question [markdown]
# ## 7. Theory against experiment
#
# So far, we calculated. Does a network obey? Here is a small one, with random weights: a convolution, a ReLU (which
# turns every negative number into 0), a pooling, and one more convolution. `correlate2d` does what `layer` did
# above, faster. You will write it yourself in lesson 2.

# %% small-network
from course.ops import correlate2d, max_pool2d

first, second = np.random.default_rng(4).normal(size=(2, 3, 3))


def network(picture):
    maps = np.maximum(correlate2d(picture, first), 0)  # convolution, ReLU
    maps = max_pool2d(maps[None, None], 2)[0, 0]  # the largest of each 2 × 2
    return correlate2d(maps, second)


window_of_temple = grey(photo)[125:155, 180:216]
network(window_of_temple).shape

# %% poke-up [markdown]
# Poke one pixel of the photograph, and see which units move, layer by layer.

# %% poke-one-pixel
poked = window_of_temple.copy()
poked[15, 18] += 100
before, after = (correlate2d(picture, first) for picture in (window_of_temple, poked))
moved = {
    "input": poked != window_of_temple,
    "convolution": after != before,
    "ReLU": np.maximum(after, 0) != np.maximum(before, 0),
    "the whole network": network(poked) != network(window_of_temple),
}
views.changed_units(moved)

# %% poke-read [markdown]
# One pixel moves 3 × 3 neurons of the convolution: those whose window holds it. Behind the ReLU, fewer move: a unit
# that was negative before and after stays 0. It *sleeps*. This is a trap for our experiment: a unit that does not
# move in one try may still see the pixel.
#
# Turn the question round: take one unit, and poke every pixel. Since units can sleep, three rules:
#
# 1. start from a picture of random numbers, not of zeros;
# 2. poke by far: 100, where the pixels mostly lie between −3 and 3;
# 3. poke each pixel twice, once up and once down. It is seen if the unit moves in either try.

# %% exercise-probe-receptive-field [markdown]
# ### Exercise · `probe_receptive_field`
#
# `network` is a function from an array of shape `input_shape` to a smaller array, and `unit` is (row, column) in the
# latter. Return an array of shape `input_shape` that is True where the pixel moves the unit. The random picture is
# there for you. Example: a network that subtracts each pixel from its left neighbour,
# `lambda x: x[:, :-1] - x[:, 1:]`, over a picture of 2 × 4. Its unit (1, 2) is moved by the pixels (1, 2) and (1, 3),
# and by no other.


# %% probe-receptive-field tags=["exercise"] exercise="probe_receptive_field"
def probe_receptive_field(network, input_shape, unit):
    """Return which pixels move one unit of the output: a bool array of shape input_shape."""
    picture = np.random.default_rng(0).normal(size=input_shape)
    # BEGIN SOLUTION
    before = network(picture)[unit]
    seen = np.zeros(input_shape, dtype=bool)
    for row in range(input_shape[0]):
        for column in range(input_shape[1]):
            for poke in (100, -100):
                poked = picture.copy()
                poked[row, column] += poke
                if network(poked)[unit] != before:
                    seen[row, column] = True
    return seen
    # END SOLUTION


# %% check-probe-receptive-field tags=["check"] exercise="probe_receptive_field"
probe_receptive_field = course.check(probe_receptive_field)

# %% experiment
layers = [(3, 1), (2, 2), (3, 1)]  # convolution, pooling, convolution: ReLU sees what the layer below it sees
unit = (5, 6)
seen = probe_receptive_field(network, window_of_temple.shape, unit)
side = receptive_field(layers)
print(f"theory: {side} × {side} = {side * side} pixels; experiment: {seen.sum()} pixels")

# %% experiment-picture tags=["figure"]
in_theory = unit_window(layers, unit[0]), unit_window(layers, unit[1])
views.seen_pixels(window_of_temple, seen, in_theory, "a window of the temple, and what theory says")

# %% experiment-read [markdown]
# The box is the theory, the dark pixels are the experiment. They agree to the pixel.
#
# ### Does every pixel count the same?
#
# All pixels of the field move the unit. But how far? Take stacks of 1, 2, 4 and 8 layers with equal weights, poke
# each pixel, and write down how far the unit moves. Guess first: what share of the pixels of the 8-layer field moves
# the unit at least half as far as the strongest pixel does?

# %% guess-share tags=["guess"]
guess = 50  # your guess: a percentage
course.predict("share-of-strong-pixels", guess)

# %% strength
from course.ops.probe import poke_strength

strengths = {}
for depth in (1, 2, 4, 8):
    side = receptive_field([(3, 1)] * depth)

    def stack_of_means(picture, depth=depth):
        for _ in range(depth):
            picture = correlate2d(picture, mean)
        return picture

    strengths[f"{depth} × (3 × 3)"] = poke_strength(stack_of_means, (side, side), (0, 0))

# %% reveal-share tags=["figure"]
strong = strengths["8 × (3 × 3)"] > strengths["8 × (3 × 3)"].max() / 2
course.reveal("share-of-strong-pixels", round(100 * strong.mean()), "percent")
views.pixels_that_count(strengths)

# %% strength-read [markdown]
# From the middle of the field many paths lead up to the unit, from a corner only one. So the deeper the stack, the
# more the unit looks at the middle. The part that counts is called the *effective* receptive field (Luo, Li, Urtasun
# and Zemel 2016). The size that you calculate is the most that a unit can see, not what it looks at most.

# %% versus-question [markdown]
# ## 8. Two small windows or one large?
#
# Two layers of 3 × 3 see 5 × 5 pixels. One layer of 5 × 5 sees the same. Which one has fewer weights to learn, and
# how many fewer?
#
# With one channel, by hand: 2 · 3 · 3 = 18 weights against 5 · 5 = 25. Layers deep in a network have many channels:
# each of $c$ output channels has a window of weights for each of $c$ input channels, so that a layer has
# $k \cdot k \cdot c \cdot c$ weights.
#
# Three layers of 3 × 3 see 7 × 7 pixels. Guess: how many per cent fewer weights have they than one layer of 7 × 7?

# %% guess-single tags=["guess"]
guess = 28  # your guess: a percentage
course.predict("fewer-weights", guess)

# %% exercise-stack-versus-single [markdown]
# ### Exercise · `stack_versus_single`
#
# Compare a stack of `layers` layers, each with a window of `kernel_size` × `kernel_size` and stride 1, with the one
# layer that sees as much. All have `channels` channels in and out. Do not count biases. Return three ints: the size
# of the single window, the weights of the stack, the weights of the single layer. `stack_versus_single(3, 2, 1)` is
# `(5, 18, 25)`.


# %% stack-versus-single tags=["exercise"] exercise="stack_versus_single"
def stack_versus_single(kernel_size, layers, channels):
    """Return (size of the single kernel, weights of the stack, weights of the single)."""
    # BEGIN SOLUTION
    single = receptive_field([(kernel_size, 1)] * layers)
    weights_of_stack = layers * kernel_size**2 * channels**2
    return single, weights_of_stack, single**2 * channels**2
    # END SOLUTION


# %% check-stack-versus-single tags=["check"] exercise="stack_versus_single"
stack_versus_single = course.check(stack_versus_single)

# %% reveal-single
_, small, large = stack_versus_single(3, 3, 64)
course.reveal("fewer-weights", round(100 * (1 - small / large)), "per cent")

# %% versus-table
for layers_in_stack in (2, 3, 4):
    single, small, large = stack_versus_single(3, layers_in_stack, 64)
    print(f"{layers_in_stack} layers of 3 × 3: {small:,} weights. One of {single} × {single}: {large:,} weights.")
    print(f"   The stack has {100 * (1 - small / large):.0f} % fewer.")

# %% versus-read [markdown]
# The stack wins, the more so the more layers it has. It also has a ReLU between its layers, so that it can compute
# what no single layer can. Lesson 3 counts the multiplications as well, and shows where one large window is the
# better choice: at the very first layer.

# %% explorer-says [markdown]
# ## 9. Explore
#
# Move the sliders, with the mouse or with the arrow keys. The boxes show what a neuron at the same place sees in each
# layer, from the first (smallest) to the last. On the right, the view of the last one, enlarged; black means zeros.
# (The *map* of a layer is its neurons, laid out in rows and columns.)
#
# Try this:
#
# - Set stride 1 and add layers: the boxes grow slowly. Then set stride 2. What happens to the sizes?
# - Move the neuron to 0 % down with padding 1 and stride 2. How much of what it sees is zeros?
# - Find the smallest number of layers whose neuron sees the whole temple, with windows of 3 × 3. You may
#   change the stride.

# %% explorer tags=["explorer"]
from course.widgets.receptive import receptive_field_explorer

receptive_field_explorer()

# %% summary [markdown]
# ## Summary: what you now know
#
# - A fully connected layer needs a weight for every pixel and neuron: 10,000,000 for 100 × 100 pixels and 1,000
#   neurons. Local windows with shared weights need 25.
# - The neuron in row $i$ sees rows $i \cdot s_h - p_h$ to $i \cdot s_h - p_h + f_h - 1$; columns alike.
# - Along an axis of $n$ pixels, $\lfloor (n + 2p - f) / s \rfloor + 1$ windows fit.
# - "Same" padding gives $\lceil n / s \rceil$ windows. Where the zeros are odd in number, one side gets one more.
# - Through a stack, each layer adds $(k - 1)$ jumps to the size; then its stride multiplies the jump. Pooling counts
#   too.
# - An experiment agrees with this to the pixel. The middle of a field counts more than its border.
# - Small windows in a stack see as much as a large one, with fewer weights.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress()

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
#
# 1. A layer has 3 × 3 windows, stride 2 and padding 1. Which rows does the neuron in row 4 see?
#
#    <details><summary>Answer</summary>
#
#    From 4 · 2 − 1 = 7 to 7 + 3 − 1 = 9.
#
#    </details>
# 2. A colleague writes `(size - kernel_size + 2 * padding) / stride + 1`. What will go wrong, and when?
#
#    <details><summary>Answer</summary>
#
#    `/` gives a float, always. Where the stride does not divide, it is not even a whole number: `//` rounds it down.
#
#    </details>
# 3. Why does a window of 4 have no "same" padding that is equal on both sides?
#
#    <details><summary>Answer</summary>
#
#    With stride 1 it needs 4 − 1 = 3 zeros, and 3 cannot be halved.
#
#    </details>
# 4. What does a 2 × 2 pooling with stride 2 do to the receptive field of the layers above it?
#
#    <details><summary>Answer</summary>
#
#    It adds one jump to the size, and doubles the jump: every layer above adds twice as many pixels.
#
#    </details>
# 5. You poke a pixel upwards and the unit does not move. May you say that it does not see the pixel?
#
#    <details><summary>Answer</summary>
#
#    No. It may sleep behind a ReLU, or another pixel may be the maximum. Poke by far, up and down.
#
#    </details>
#
# **Next:** lesson 2, *Filters*. You know where a neuron looks. There you give it weights, and see what it finds.
