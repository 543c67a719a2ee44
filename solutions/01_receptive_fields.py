# %% title [markdown]
# # 1 · Receptive fields
#
# **How can a network recognise a temple, when each of its neurons sees only a few pixels?**
#
# At the end of this lesson you can say, for any neuron in any stack of layers, which pixels of the picture it sees.
# You need not take it on trust: you will poke the pixels and watch the neuron. How it goes: read a little, guess, run
# the cell, write a function, check it. An exercise that you leave open stops nothing: the lesson goes on with the
# course's function until yours is right.
#
# - **Time:** 130 minutes
# - **You build:** eight small functions, from counting connections to an experiment that finds what a neuron sees.
# - **You need:** Python's loops and functions, and a little NumPy: arrays, their shape, slices.
# - **Stuck?** `course.hint("output_size")` gives a hint, and the next call gives the next one.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.

# %% imports
import numpy as np

import course
from course.figures import planes, receptive, views
from course.images import china, grey

photo = china()
photo.shape

# %% photo-says [markdown]
# `photo` is a real photograph. Its shape says height × width × channels: 427 rows and 640 columns of pixels, and each
# pixel holds three numbers, for red, green and blue. Each of the three colours is a **channel**. A grey picture has one
# channel: one number for each pixel.

# %% local-fields-intro [markdown]
# ## 1. A neuron looks at a small part
#
# Around 1959 David Hubel and Torsten Wiesel measured single neurons in the visual cortex of cats, and some years
# later of monkeys. Many of these neurons answered to light in one small part of what the animal saw, and to nothing
# else. That part is the neuron's **local receptive field**. The fields of different neurons overlap; together
# they cover everything that is seen. Some neurons answered only to lines of one direction. Others had larger fields
# and answered to patterns made of such lines: as if they listened to the first ones *(Géron, figure 14-1)*.
#
# Here are six neurons that look at our photograph. All the rest is dark to them.

# %% local-fields tags=["figure"]
corners = [(110, 90), (130, 115), (20, 185), (250, 150), (180, 560), (60, 420)]
windows = [((top, top + 39), (left, left + 39)) for top, left in corners]
views.local_fields(photo, windows)

# %% window-explorer-says [markdown]
# ### Touch it
#
# Here is one such neuron. Drag its window over the photograph, or step into the photograph with the Tab key and use the
# arrow keys (with Shift, five pixels at a time). The slider makes the window larger. All else is dark to the neuron.
#
# Try this:
#
# - With a window of 40 × 40, go over the photograph. How much of it does the neuron see?
# - How large must the window be before one neuron sees the whole temple? The explorer tells when you have found it.
# - Open a picture of your own. Which is the smallest window that tells what is on it?

# %% window-explorer tags=["explorer"]
from course.widgets.receptive import receptive_field_explorer, window_explorer

window_explorer()

# %% window-explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - A window of 40 × 40 covers 0.6% of the photograph: roof tiles, a piece of wall, or sky. At many of its places, such
#   as all those to the right of the temple, it shows sky, water or trees, and no sign of a temple.
# - The temple stands in rows 28 to 426 and columns 63 to 380, from the knob of its roof to where the photograph ends.
#   That is 399 rows, so the smallest window is 399 × 399, with its lower edge at the photograph's. It covers 58% of
#   the photograph, for one neuron.
# - Most windows that show a thing whole are large, and most small windows show what could be many things.
#
# </details>

# %% local-fields-question [markdown]
# Look at neuron 6 alone. Is it a temple that stands there, or a wall, or the sky? It cannot know. Neurons 1 and 2 have
# fields that overlap: both see the same few pixels, a corner of the red wall and what hangs above it.
#
# Engineers took up the idea. Kunihiko Fukushima's **neocognitron** (1980) stacked layers of such neurons. Yann LeCun
# and others found how such layers can learn from examples, and built **LeNet-5** (1998), which banks used to read
# handwritten numbers on cheques. Its two main kinds of layer, which you meet in sections 2 and 7, are those of today's
# **convolutional neural networks**, or CNNs.

# %% timeline tags=["figure"]
receptive.timeline()

# %% dense-question [markdown]
# ## 2. Why not connect everything?
#
# A neuron could look at all pixels. Neurons side by side that look at the same picture are a **layer**; where each is
# joined to each pixel, the layer is called **fully connected**, or dense. What is wrong with it?
#
# Start tiny. A grey picture of 2 rows and 3 columns has 6 pixels. A layer of 4 neurons, each joined to each pixel,
# has 6 + 6 + 6 + 6 = 24 connections. Each has a **weight**: a number that says how much this pixel counts for this
# neuron. The network has to learn all of them.
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
    """Return how many connections join all pixels of a picture to all neurons.

    height, width: pixels of the picture
    channels: numbers in each pixel
    neurons: neurons of the layer
    returns: the number of connections, an int
    """
    # BEGIN SOLUTION
    return height * width * channels * neurons
    # END SOLUTION


# %% check-dense-connections tags=["check"] exercise="dense_connections"
dense_connections = course.check(dense_connections)

# %% reveal-connections
course.reveal("dense-connections", dense_connections(100, 100, 1, 1000), "connections")
print(f"our photograph, 1,000 neurons: {dense_connections(*photo.shape, 1000):,} connections")

# %% local-and-shared [markdown]
# Ten million, for one layer and a picture of 100 × 100 pixels *(Géron)*. There are two ways out.
#
# - **Local connections**: each neuron sees a window of 5 × 5 pixels. That is 25 connections for each neuron, however
#   large the picture is.
# - **Shared weights**: all neurons use the *same* 25 weights, each on its own window. What is useful at one place,
#   such as finding a line, is often useful at the others, too. For the whole layer that is 25 weights.

# %% count-three-ways
sides = [10, 30, 100, 300, 1000]
counts = {
    "fully connected": [dense_connections(side, side, 1, 1000) for side in sides],
    "local, 5 × 5": [5 * 5 * 1000 for side in sides],
    "local and shared": [5 * 5 for side in sides],
}
for kind, numbers in counts.items():
    print(f"{kind}: {numbers[2]:,} for 100 × 100 pixels")

# %% connections-chart tags=["figure"]
receptive.connections_chart(sides, counts)

# %% connections-read [markdown]
# Both scales are logarithmic: the same step along an axis always multiplies by the same number. The fully connected
# layer grows with every pixel. The others do not: their neurons see a window, and a window does not grow with the
# picture. (The number of neurons is 1,000 everywhere in the chart. To look at every place of a larger picture, a layer
# needs more neurons and so more connections. If they share their weights, there are still 25 to learn.) A layer with
# local, shared weights is a **convolutional layer**.

# %% window-question [markdown]
# ## 3. Which pixels does a neuron see?
#
# Arrange the neurons of a layer in rows and columns, like pixels. Call the height and width of the window $f_h$
# and $f_w$. Then *(Géron, figure 14-3)*:
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
# Rows and columns are counted from 0, rows first. The lower plane is the input, with 5 × 7 pixels. The upper one is the
# layer, with 3 × 5 neurons. A window that would stick out of the picture is left out, so the layer is smaller than its
# input, by two rows and two columns.
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
# Put padding and stride together. `kernel_size` is the size of the window: *kernel* is the field's word for the weights
# of a window. `kernel_size`, `stride` and `padding` are pairs, (vertical, horizontal). Both ends are included, and rows
# are counted in the picture without its zeros: the row above the picture is −1.
# `receptive_window(0, 1, (3, 3), (2, 2), (1, 1))` is `((-1, 1), (1, 3))`.


# %% receptive-window tags=["exercise"] exercise="receptive_window"
def receptive_window(row, column, kernel_size, stride, padding):
    """Return which rows and columns of the picture the neuron (row, column) sees.

    row, column: the place of the neuron in its layer, counted from 0
    kernel_size: size of the window, (vertical, horizontal)
    stride: how far the window moves, (vertical, horizontal)
    padding: zeros on each side, (vertical, horizontal)
    returns: ((top, bottom), (left, right)), four ints, both ends included
    """
    # BEGIN SOLUTION
    top = row * stride[0] - padding[0]
    left = column * stride[1] - padding[1]
    return (top, top + kernel_size[0] - 1), (left, left + kernel_size[1] - 1)
    # END SOLUTION


# %% check-receptive-window tags=["check"] exercise="receptive_window"
receptive_window = course.check(receptive_window)

# %% figure-14-4-says [markdown]
# The next picture gets its windows from `receptive_window`. It is the book's figure 14-4: an input of 5 × 7 with zero
# padding, a 3 × 3 window, stride 2. The layer has 3 × 4 neurons.

# %% figure-14-4 tags=["figure"]
planes.neurons_and_windows((5, 7), (3, 3), (2, 2), (1, 1), neurons=[(0, 0), (0, 1), (2, 3)], window=receptive_window)

# %% size-question [markdown]
# ## 4. How many neurons fit?
#
# One row is enough to see it. Put a window of 3 on a row of 8 pixels, with stride 2. In the picture the pixels have
# their numbers, 0 to 7, and dotted boxes are added zeros.

# %% size-row tags=["figure"]
receptive.windows_in_a_row(8, 3, 2, {"no zeros": (0, 0), "one zero on each side": (1, 1)})

# %% size-by-hand [markdown]
# Left: the first window takes pixels 0 to 2. Five pixels are left over, which is room for two steps of 2. So there are
# 2 + 1 = 3 windows. Pixel 7 is never used, so it is crossed out: a window that does not fit completely is left out.
# Right: with the two zeros there are 10 pixels. After the first window 7 are left over, room for three steps of 2, so
# there are 4 windows. Now the last zero is crossed out.
#
# Now a real one. Our photograph has 427 rows. A layer has a 7 × 7 window, stride 2 and 3 zeros on each side. Guess: how
# many rows of neurons does the layer have?

# %% guess-rows tags=["guess"]
guess = 213  # your guess: a whole number
course.predict("rows-of-neurons", guess)

# %% exercise-output-size [markdown]
# ### Exercise · `output_size`
#
# Count the windows along one axis, with `padding` zeros on *each* side. `output_size(8, 3, 2, 0)` is 3. The first
# layer of the network in lesson 5 has windows of 7 × 7, stride 1 and padding 3, over pictures of 28 × 28 pixels:
# `output_size(28, 7, 1, 3)` is 28.


# %% output-size tags=["exercise"] exercise="output_size"
def output_size(size, kernel_size, stride, padding):
    """Return how many windows fit along one axis.

    size: pixels along this axis
    kernel_size: pixels of the window along this axis
    stride: how far the window moves (an int)
    padding: zeros on each side (an int, 0 for none)
    returns: the number of windows, an int
    """
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
# With these two functions we can run a whole layer on the photograph. Each neuron takes the pixels of its window,
# multiplies each by a weight, and adds up the products. The results, in rows and columns, are a picture again: the
# **map** of the layer. Here all nine weights are 1/9, so the result is the mean of what the neuron sees.


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
first_map = layer(roof, mean, stride=2)
second_map = layer(first_map, mean, stride=2)
third_map = layer(second_map, mean, stride=2)
coarser = {"input": roof, "layer 1": first_map, "layer 2": second_map, "layer 3": third_map}
views.side_by_side(coarser, "The top of the temple, and the maps of three layers above it, coarser from map to map.")

# %% layer-read [markdown]
# Each map has about half the rows and half the columns of the one before: that is what stride 2 does. Every neuron of
# the last map stands for a part of the temple. What weights can do besides blurring is the subject of lesson 2.

# %% same-question [markdown]
# ## 5. Keeping the size
#
# Which padding keeps height and width? With stride 1, a window of 3 needs 2 zeros along each axis, a window of 5
# needs 4: one less than the window. For odd windows that is the same number on both sides.
#
# And for even windows? A window of 4 needs 3 zeros. Where does the odd one go?

# %% same-even tags=["figure"]
paddings = {"1 and 1": (1, 1), "1 and 2": (1, 2), "2 and 2": (2, 2)}
receptive.windows_in_a_row(6, 4, 1, paddings, same=True)

# %% same-rule [markdown]
# With the same number on both sides there are 5 windows or 7, but never 6. So the padding is uneven, and somebody must
# decide where the odd zero goes. TensorFlow, a library for neural networks, puts it at the end, and so do we. (The
# library PyTorch does the same with `padding="same"`, but only for stride 1.) An even window also has no middle pixel:
# one more reason why most windows are odd.
#
# With a stride $s$ larger than 1 the layer cannot be as large as its input. Then "same" means: `size / s` windows,
# **rounded up**. By hand, with 13 pixels, a window of 6 and stride 5:
#
# - 13 / 5 = 2.6, rounded up: 3 windows;
# - from the start of the first to the end of the last they take 2 · 5 + 6 = 16 pixels;
# - so 16 − 13 = 3 zeros are needed: 1 before, 2 after.
#
# Where the windows need fewer pixels than there are, no zeros are added, and no pixels are cut off.

# %% exercise-same-padding [markdown]
# ### Exercise · `same_padding`
#
# Return the zeros before and after, so that `size / stride` windows fit, rounded up. The odd zero goes to the end.
# `same_padding(13, 6, 5)` is `(1, 2)`.


# %% same-padding tags=["exercise"] exercise="same_padding"
def same_padding(size, kernel_size, stride):
    """Return how many zeros to put before and after, so that size / stride windows fit, rounded up.

    size: pixels along this axis
    kernel_size: pixels of the window along this axis
    stride: how far the window moves (an int)
    returns: (before, after), two ints, never negative
    """
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
strided = {course.whose(same_padding, "same_padding"): same_padding(13, 6, 5), "no zeros": (0, 0)}
receptive.windows_in_a_row(13, 6, 5, strided, same=True)

# %% same-code-says [markdown]
# In code, `np.pad` takes such a pair for each axis, and puts the zeros there. Six pixels, a window of 4:

# %% same-code
padded = np.pad([1, 2, 3, 4, 5, 6], same_padding(6, 4, 1))
print("padded:", padded)
for first_pixel in range(len(padded) - 4 + 1):
    print("window", first_pixel, "sees", padded[first_pixel : first_pixel + 4])
roof_padded = np.pad(roof, [same_padding(size, 4, 1) for size in roof.shape])
print("the roof:", roof.shape, "padded for a 4 × 4 window:", roof_padded.shape)

# %% same-code-read [markdown]
# Six pixels, six windows: the first has one zero, the last has two. The roof gets three more rows and three more
# columns, a pair of numbers for each axis.
#
# ## 6. Windows with gaps
#
# To see further, a window needs more weights. Or it leaves gaps: its **dilation** $d$ says how many pixels lie from one
# of its weights to the next. Dilation 1 is the window that you know. With dilation 2 it takes every second pixel, with
# dilation 3 every third.
#
# By hand: 3 weights, dilation 2, from pixel 0 on. They take pixels 0, 2, 4. From the first to the last that is
# 2 + 2 + 1 = 5 pixels: two steps of 2, and one pixel for the last weight. So $k$ weights reach over
# $d \cdot (k - 1) + 1$ pixels.

# %% gaps-row tags=["figure"]
receptive.windows_with_gaps(9, 3, [1, 2, 3])

# %% gaps-question [markdown]
# The number of weights stays 3. The window reaches over 3, 5 and 7 pixels, so 7, 5 and 3 windows fit.
#
# Guess: how many windows with 3 weights and dilation 4 fit along 28 pixels, with stride 1 and no zeros?

# %% guess-gaps tags=["guess"]
guess = 22  # your guess: a whole number
course.predict("windows-with-gaps", guess)

# %% exercise-dilated-output-size [markdown]
# ### Exercise · `dilated_output_size`
#
# Count the windows with gaps along one axis. `kernel_size` is the number of weights in a window, and neighbours among
# them lie `dilation` pixels apart. `dilated_output_size(9, 3, 1, 0, 2)` is 5. You may call your `output_size`.


# %% dilated-output-size tags=["exercise"] exercise="dilated_output_size"
def dilated_output_size(size, kernel_size, stride, padding, dilation):
    """Return how many windows with gaps fit along one axis.

    size: pixels along this axis
    kernel_size: weights of the window along this axis
    stride: how far the window moves (an int)
    padding: zeros on each side (an int, 0 for none)
    dilation: pixels from one weight to the next (an int, 1 for no gaps)
    returns: the number of windows, an int
    """
    # BEGIN SOLUTION
    reach = dilation * (kernel_size - 1) + 1
    return output_size(size, reach, stride, padding)
    # END SOLUTION


# %% check-dilated-output-size tags=["check"] exercise="dilated_output_size"
dilated_output_size = course.check(dilated_output_size)

# %% reveal-gaps
course.reveal("windows-with-gaps", dilated_output_size(28, 3, 1, 0, 4), "windows")
print("without gaps:", dilated_output_size(28, 3, 1, 0, 1), "windows")

# %% gaps-read [markdown]
# Gaps let a neuron see further with the same number of weights, and without a larger stride: a window still starts at
# every pixel where one fits. Section 7 shows how fast the view grows in a stack, and section 8 what the gaps leave out.
# Lesson 2 lays such a window on the photograph.

# %% stack-question [markdown]
# ## 7. Layer upon layer
#
# Neuron 6 saw a patch of sky and could not know that a temple stands beside it. How does any neuron find out? Put a
# second layer on the first. Its neurons look at a window of *neurons*, and each of these has looked at a window of
# pixels *(Géron, figure 14-2)*.

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
# A **unit** is a neuron of any layer, and at the very bottom a pixel. Two numbers tell how much it sees, layer by
# layer:
#
# - the **size**: how many pixels one unit sees. It starts at 1: a pixel sees itself.
# - the **jump**: how many pixels further on the next unit looks. It starts at 1.
#
# A window of $k$ units holds $k - 1$ units besides the first. Each of them looks one jump further on than the one
# before it, so each adds one jump to the size. Then the layer's own stride makes the jump larger for the layers *above*
# it:
#
# $$\text{size} \leftarrow \text{size} + (k - 1) \cdot \text{jump} \qquad\text{and then}\qquad
# \text{jump} \leftarrow \text{jump} \cdot s$$
#
# (Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.) In the
# picture above: 1 + 2 · 1 = 3, jump 1; then 3 + 1 · 1 = 4, jump 2; then 4 + 2 · 2 = 8. A **pooling** layer, such as
# the one with window 2 and stride 2, keeps the largest number in its window. For the field only its window and stride
# count.
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
    """Return how many pixels, along one axis, a unit above all these layers sees.

    layers: a list of pairs (kernel_size, stride), the layer on the picture first
    returns: the number of pixels, an int
    """
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
# With gaps a field grows as fast, and the stride stays 1. For the field, $k$ weights with dilation $d$ count as a
# window of $d \cdot (k - 1) + 1$. Take three layers of 3 weights, with dilations 1, 2 and 4:

# %% gaps-field
reaches = [(dilation * (3 - 1) + 1, 1) for dilation in (1, 2, 4)]
print("dilations 1, 2, 4 count as windows of", [reach for reach, _ in reaches])
print("with these gaps:", receptive_field(reaches), "pixels; without:", receptive_field([(3, 1)] * 3), "pixels")

# %% fashion-intro [markdown]
# The network of lesson 5, which tells garments apart, has windows of 7 and 3, and pooling between them:

# %% fashion-field
fashion = [(7, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2)]
for depth in range(1, len(fashion) + 1):
    print(f"after layer {depth}: {receptive_field(fashion[:depth])} pixels")

# %% fashion-read [markdown]
# Its pictures are 28 pixels wide. The last layer sees 38: more than there is. The rest is zero padding.
#
# ### Where does a unit look?
#
# Size and jump say how much a unit sees, and how far on its neighbour looks. A third number says where. The **start**
# is the middle of what unit 0 sees, counted so that the centre of pixel 0 is 0. At the bottom it is 0.
#
# In a layer with a window of $k$ and $p$ zeros on each side, unit 0 sees the units $-p$ to $-p + k - 1$ of the layer
# below. Their middle is the place $(k - 1) / 2 - p$, and each place is worth one jump of pixels:
#
# $$\text{start} \leftarrow \text{start} + \left(\frac{k - 1}{2} - p\right) \cdot \text{jump}
# \qquad\text{before the jump grows}$$
#
# Each next unit looks one jump further on. So **unit $i$ is centred at start + $i$ · jump**.
#
# By hand, for the stack that you saw from the side, without padding:
#
# - window 3, jump 1: 0 + 1 · 1 = 1, the middle of pixels 0 to 2;
# - window 2, jump 1: 1 + 0.5 · 1 = 1.5, the middle of pixels 0 to 3; its stride makes the jump 2;
# - window 3, jump 2: 1.5 + 1 · 2 = 3.5, the middle of pixels 0 to 7. Unit 2 is centred at 3.5 + 2 · 2 = 7.5.
#
# With a window of 3 and padding 1, $(3 - 1) / 2 - 1 = 0$: the start stays where it was. Without the padding it moves.
# Guess: six layers, each with a 3 × 3 window, stride 2 and padding 0. At which pixel is unit 0 of the last one centred?

# %% guess-start tags=["guess"]
guess = 32  # your guess: a whole number
course.predict("start-without-padding", guess)

# %% start-table
from course.receptive import Layer, trace, unit_window

stack = [Layer(3, stride=2, padding=1, name=f"layer {number}") for number in range(1, 7)]
for step in trace(stack):
    print(f"{step.name}: size {step.size}, jump {step.jump}, start {step.start:g}")

# %% reveal-start
starts = [step.start for step in trace([Layer(3, stride=2, padding=0)] * 6)]
course.reveal("start-without-padding", int(starts[-1]))
print("start with padding 0, layer by layer:", [int(start) for start in starts])

# %% start-read [markdown]
# With padding 1, neuron 0 looks at pixel 0 all the way up, and the sizes are 1 less than powers of two: the last is
# 63 + 2 · 32 = 127. With padding 0 the start moves by one jump in each layer: 1, 3, 7, 15, 31, 63. Neuron 0 at the
# top sees pixels 0 to 126, and 63 is their middle.
#
# ### What can a neuron know?
#
# Take the stack with padding 1, and a place in the wall of the temple, beside one of its panes. Which neuron looks at
# this place? The start is 0, so neuron $i$ is centred at pixel $i$ · jump, and $i$ is the pixel divided by the jump,
# rounded. What does this neuron see, in each layer? `unit_window` does for a whole stack what `receptive_window` does
# for one layer.

# %% views-on-photo tags=["figure"]
place = (144, 204)
seen_by_layer = {}
for depth in (1, 3, 4, 5, 6):
    jump = trace(stack[:depth])[-1].jump
    row, column = (round(pixel / jump) for pixel in place)
    seen_by_layer[f"layer {depth}"] = unit_window(stack[:depth], row), unit_window(stack[:depth], column)
views.views_of_a_unit(photo, seen_by_layer)

# %% views-read [markdown]
# Cover all but the first view: you could say light or dark, perhaps where an edge runs. Layer 3 can tell a frame from a
# pane. Layer 4 sees a whole pane, layer 5 the wall under the eaves, layer 6 the storey with its roof. So a network
# must go from small to large: lower layers find **low-level features**, such as edges; the layers above combine them
# into larger and larger ones. Nobody has to tell the lower layers to do so: they cannot see more than that.

# %% poke-question [markdown]
# ## 8. Theory against experiment
#
# So far we have calculated. Does a network agree? Here is a small one, with random weights: a convolutional layer, a
# **ReLU** (which turns every negative number into 0), a pooling, and one more convolutional layer. `correlate2d` does
# what `layer` did above, faster, and with stride 1. You will write it yourself in lesson 2.

# %% small-network
from course.ops import correlate2d, max_pool2d

weights_below, weights_above = np.random.default_rng(4).normal(size=(2, 3, 3))


def network(picture):
    values = np.maximum(correlate2d(picture, weights_below), 0)  # convolution, ReLU
    values = max_pool2d(values[None, None], 2)[0, 0]  # the largest of each 2 × 2
    return correlate2d(values, weights_above)


window_of_temple = grey(photo)[125:155, 180:216]
network(window_of_temple).shape

# %% poke-up [markdown]
# Poke one pixel of the photograph, and see which units move, layer by layer.

# %% poke-one-pixel tags=["figure"]
poked = window_of_temple.copy()
poked[15, 18] += 100
still, stirred = (correlate2d(picture, weights_below) for picture in (window_of_temple, poked))
moved = {
    "input": poked != window_of_temple,
    "convolution": stirred != still,
    "ReLU": np.maximum(stirred, 0) != np.maximum(still, 0),
    "the whole network": network(poked) != network(window_of_temple),
}
views.changed_units(moved)

# %% poke-read [markdown]
# One pixel moves 3 × 3 neurons of the convolution: those whose window holds it. Behind the ReLU, 3 of the 9 move: a
# unit that was negative before and after stays 0. It *sleeps*. This is a trap for our experiment: a unit that does not
# move in one try may still see the pixel. The layers above then spread the change to 15 units of the last map: those
# whose windows hold what has changed.
#
# Turn the question round: take one unit, and poke every pixel. Since units can sleep, three rules:
#
# 1. start from a picture of random numbers, so that no two values are equal by accident, as they are among zeros;
# 2. poke hard: by 100, where the pixels mostly lie between −3 and 3;
# 3. poke each pixel twice, once up and once down. It is seen if the unit moves in either try.

# %% exercise-probe-receptive-field [markdown]
# ### Exercise · `probe_receptive_field`
#
# `network` is a function that turns an array of shape `input_shape` into a smaller array, and `unit` is a (row, column)
# of that smaller array. Return an array of shape `input_shape` that is True where the pixel moves the unit. The random
# picture is there already. Example: a network that subtracts each pixel from its left neighbour,
# `lambda x: x[:, :-1] - x[:, 1:]`, over a picture of 2 × 4. Its unit (1, 2) is moved by the pixels (1, 2) and (1, 3),
# and by no other.


# %% probe-receptive-field tags=["exercise"] exercise="probe_receptive_field"
def probe_receptive_field(network, input_shape, unit):
    """Return which pixels move one unit of the output.

    network: a function from an array of shape input_shape to an array of two dimensions
    input_shape: (height, width) of the picture
    unit: (row, column) of the unit in the output
    returns: an array of shape input_shape, bool, True where the pixel moves the unit
    """
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
network_layers = [(3, 1), (2, 2), (3, 1)]  # convolution, pooling, convolution: ReLU sees what the layer below it sees
unit = (5, 6)
seen = probe_receptive_field(network, window_of_temple.shape, unit)
theory = receptive_field(network_layers)
print(f"theory: {theory} × {theory} = {theory * theory} pixels; experiment: {seen.sum()} pixels")

# %% experiment-picture tags=["figure"]
in_theory = unit_window(network_layers, unit[0]), unit_window(network_layers, unit[1])
views.seen_pixels(window_of_temple, seen, in_theory, "a window of the temple, and what theory says")

# %% experiment-read [markdown]
# The box is the theory, the blue pixels are the experiment. They agree to the pixel.
#
# An experiment also finds mistakes in a theory. Below is your network again, with a table of its layers. One number in
# the table is wrong.
#
# Try this:
#
# - Press "Measure it". The orange frame is what the table says about the unit, the blue pixels move it. The stronger
#   the blue, the further.
# - Which number is wrong? Change it until the two agree.
# - Choose another unit of layer 3 and measure again. Do they still agree?

# %% measure tags=["explorer"]
table = [(3, 1), {"kind": "pooling", "kernel_size": 2, "stride": 1}, (3, 1)]
receptive_field_explorer(table, network, window_of_temple)

# %% measure-found [markdown]
# <details><summary>What you find</summary>
#
# - The table says that unit (10, 12) of layer 3 sees 6 × 6 pixels, rows 10 to 15 and columns 12 to 17. But 8 × 8
#   others move it: rows 20 to 27, columns 24 to 31.
# - The stride of layer 2 is wrong: the pooling goes on by 2. With stride 2 the size is 8, the jump is 2, and the map
#   has 12 × 15 units, as that of the network. Theory and experiment agree to the pixel.
# - They agree at every unit of layer 3. One unit would not be enough as a proof: with another mistake, theory might
#   be right for unit (0, 0) and for no other.
#
# </details>

# %% gaps-left-out [markdown]
# ### What gaps leave out
#
# And with gaps? A window with dilation 2 is a window of 5 × 5 whose weights in the gaps are 0. Put two such layers one
# above the other. By theory the unit sees 9 × 9 pixels: 5 + (5 − 1) · 1 = 9 along each axis. Ask the experiment:

# %% gaps-experiment tags=["figure"]
with_gaps = np.zeros((5, 5))
with_gaps[::2, ::2] = 1


def two_with_gaps(picture):
    return correlate2d(correlate2d(picture, with_gaps), with_gaps)


seen_through_gaps = probe_receptive_field(two_with_gaps, (9, 9), (0, 0))
views.seen_pixels(np.zeros((9, 9)), seen_through_gaps, ((0, 8), (0, 8)), "a black picture, and what theory says")

# %% gaps-experiment-read [markdown]
# Only 25 of the 81 pixels: every second row and column. The size says how far a field reaches. Whether it is full is
# another question. So people mix dilations, as in the stack with dilations 1, 2 and 4 above. One layer without gaps,
# below one with dilation 2, is enough to fill the field:


# %% gaps-mixed
def mixed(picture):
    return correlate2d(correlate2d(picture, mean), with_gaps)


seen_mixed = probe_receptive_field(mixed, (7, 7), (0, 0))
print(f"dilations 1 and 2: {seen_mixed.sum()} of {seen_mixed.size} pixels")

# %% share-question [markdown]
# ### Does every pixel count the same?
#
# All pixels of a full field move the unit. But how far? Take stacks of 1, 2, 4 and 8 layers with equal weights, poke
# each pixel, and note how far the unit moves. Guess first: what share of the pixels of the 8-layer field moves
# the unit at least half as far as the strongest pixel does?

# %% guess-share tags=["guess"]
guess = 50  # your guess: how many per cent
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
strong = strengths["8 × (3 × 3)"] >= strengths["8 × (3 × 3)"].max() / 2
course.reveal("share-of-strong-pixels", round(100 * strong.mean()), "per cent")
views.pixels_that_count(strengths)

# %% strength-read [markdown]
# From the middle of the field many paths lead up to the unit, from a corner only one. Here all paths count the same. So
# the deeper the stack, the smaller the share of the field that counts: 100%, 20%, 16% and 9%. The part that counts is
# called the *effective* receptive field (Luo, Li, Urtasun and Zemel 2016). The size that you calculate is the most that
# a unit can see, not what it looks at most.

# %% versus-question [markdown]
# ## 9. Two small windows or one large?
#
# Two layers of 3 × 3 see 5 × 5 pixels. One layer of 5 × 5 sees the same. Which of the two has fewer weights to learn,
# and how many fewer? With one number in each place, by hand: 2 · 3 · 3 = 18 weights against 5 · 5 = 25.
#
# Inside a network each place holds many numbers: many channels. A layer makes one map for each of its channels, and
# each map has weights of its own: one window of $k \cdot k$ weights for *each* channel of the layer below, as a colour
# picture needs one window for red, one for green and one for blue. With $c$ channels below and $c$ above, that is
# $c \cdot c$ windows, so $k \cdot k \cdot c \cdot c$ weights. (Lesson 3 builds such a layer.)
#
# Three layers of 3 × 3 see 7 × 7 pixels. Guess: how many per cent fewer weights do they have than one layer of 7 × 7?

# %% guess-single tags=["guess"]
guess = 28  # your guess: how many per cent
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
    """Return what a stack of small windows and the one large window need that see as much.

    kernel_size: size of the small windows, along both axes
    layers: layers of the stack
    channels: channels in and out of every layer
    returns: (size of the single window, weights of the stack, weights of the single layer), three ints
    """
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
for depth in (2, 3, 4):
    single, small, large = stack_versus_single(3, depth, 64)
    print(f"{depth} layers of 3 × 3: {small:,} weights. One of {single} × {single}: {large:,} weights.")
    print(f"   The stack has {1 - small / large:.0%} fewer.")

# %% versus-read [markdown]
# The stack needs fewer weights, and the more layers it has, the more it saves. The share does not depend on the number
# of channels: $c \cdot c$ stands on both sides. The stack can also have a ReLU between its layers, so that it can
# compute what no single layer can. Lesson 3 counts the multiplications as well, and shows where one large window is the
# better choice: at the very first layer.

# %% explorer-says [markdown]
# ## 10. Explore
#
# Here is a stack of layers over the photograph. Its numbers stand in the table: type them, or change them with the
# arrow keys; add layers, move and remove them. Point at a unit of any map, with the mouse or with the Tab key and the
# arrow keys, and frames show what it sees in every layer below, down to the photograph. Each unit has the mean colour
# of what it sees. A press on a unit holds it while you go to the table.
#
# Try this:
#
# - Set all strides to 1, and add layers until a unit sees 11 × 11 pixels. Then set all strides to 2. What happens to
#   the sizes?
# - Go back to 4 layers with kernel 3, stride 2 and padding 1, and point at unit (0, 12) of layer 4. How much of what it
#   sees is zeros?
# - Set all four strides to 4, and look at unit (1, 1) of layer 4. What does it miss?
# - Do the task: the whole temple for one unit, with four layers of 5 × 5. Is a field that is large enough enough?

# %% explorer tags=["explorer"]
receptive_field_explorer()

# %% explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - With stride 1 the sizes are 3, 5, 7, 9, 11: two more with each layer, so it takes five layers. With stride 2 they
#   are 3, 7, 15, 31, 63: each is twice the one before, and 1 more.
# - Unit (0, 12) sees 31 × 31 pixels, rows −15 to 15. The 15 rows above the picture are zeros: 15 / 31 = 48%.
# - It sees 171 × 171 pixels, but only 81 × 81 of these move it, 22%. Each window has 3 units and the next begins 4
#   further on, so every fourth row and column is left out, in each layer.
# - With 5 × 5 windows and stride 5 the size is 625, more than enough. But with padding 1 the unit sees nothing below
#   row 343: a window that does not fit completely is left out, so each map misses the edge of the one below it. With
#   padding 2 in the lower three layers, and 1 in the last, the unit sees rows −187 to 437: the whole temple. Size alone
#   does not tell what a unit sees. The start matters, and which windows fit.
#
# </details>

# %% summary [markdown]
# ## Summary: what you now know
#
# - A fully connected layer needs a weight for every pixel and neuron: 10,000,000 for 100 × 100 pixels and 1,000
#   neurons. Local windows with shared weights need 25.
# - The neuron in row $i$ sees rows $i \cdot s_h - p_h$ to $i \cdot s_h - p_h + f_h - 1$; columns alike.
# - Along an axis of $n$ pixels, $\lfloor (n + 2p - f) / s \rfloor + 1$ windows fit.
# - "Same" padding gives $\lceil n / s \rceil$ windows. Where the number of zeros is odd, the end gets one more.
# - With dilation $d$, a window of $k$ weights reaches over $d \cdot (k - 1) + 1$ pixels, and counts as one of that
#   size.
# - Through a stack, each layer adds $(k - 1)$ jumps to the size; then its stride multiplies the jump. Pooling counts
#   too. Unit $i$ is centred at start + $i$ · jump.
# - An experiment agrees with this to the pixel, as long as the layers leave no gaps. With equal weights, the middle of
#   a field counts more than its border.
# - A stack of 3 × 3 windows sees as much as one large window, with fewer weights.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(1)

# %% guesses tags=["nbval-ignore-output"]
course.guesses(1)

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
#    `/` always gives a float. Where the stride does not divide the room, it is not even a whole number. `//` rounds it
#    down, and gives an int.
#
#    </details>
# 3. A window of 4 weights has dilation 3. Over how many pixels does it reach, and how many zeros keep the size, with
#    stride 1?
#
#    <details><summary>Answer</summary>
#
#    Over 3 · (4 − 1) + 1 = 10 pixels. They need 9 zeros, an odd number: 4 before and 5 after.
#
#    </details>
# 4. A 3 × 3 layer without padding is followed by a 2 × 2 pooling with stride 2. How many pixels does a unit of the
#    pooling see along one axis, and where is unit 3 centred?
#
#    <details><summary>Answer</summary>
#
#    Size 3, then 3 + 1 · 1 = 4 pixels. The start is 1, then 1 + 0.5 · 1 = 1.5, and the jump 2: unit 3 is centred at
#    1.5 + 3 · 2 = 7.5.
#
#    </details>
# 5. You poke a pixel upwards and the unit does not move. Can you conclude that it does not see the pixel?
#
#    <details><summary>Answer</summary>
#
#    No. It may sleep behind a ReLU, or another pixel may be the maximum. Poke hard, up and down.
#
#    </details>
#
# **Next:** lesson 2, *Filters*. You know where a neuron looks. There you give it weights, and see what it finds.
