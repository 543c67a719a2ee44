# %% title [markdown]
# # 3 · Stacking feature maps
#
# **A photograph has three channels, and one filter finds one thing. How does a layer look through all channels at
# once, answer with a whole stack of maps, and stay affordable?**
#
# This lesson takes about 120 minutes. At its end the operation at the heart of every convolutional network holds no
# secrets for you: you will have written it as loops, as array arithmetic and as one matrix product, measured how fast
# each of them is, and counted what it costs.
#
# **You build** seven functions, among them `conv2d`, the real thing, and, if you like, its backward pass.
#
# **You need** lesson 2: a filter is a small array of weights, and it slides over a picture. Lesson 1 for strides and
# padding.
#
# Stuck? `course.hint("conv2d")` gives a hint, and the next call gives the next one.

# %% imports
import numpy as np

import course
from course.figures import costs, stacks
from course.images import SATELLITE_BANDS, SATELLITE_COVERS, china, crop, satellite

photo = china() / 255
temple = crop(photo, 20, 60, 240, 300)
temple.shape

# %% one-filter-is-not-enough [markdown]
# ## 1. Many filters, many maps
#
# In lesson 2 one filter slid over a grey picture and gave one map. A layer does three things more:
#
# - It has **many filters**. Each gives a map of its own, and the maps together are a stack with three axes.
# - Each filter looks at **all channels** of what lies below, at the same window in each.
# - What lies below may be a stack of maps itself. So layers can stand on layers.
#
# Here is the temple at a tenth of its size, a layer of four maps above it, and a layer of three maps above that
# (Géron, chapter 14, figure 14-6, drawn from numbers that are computed here). The filters of the first layer are made
# by hand, those of the second are random.

# %% two-layers-of-maps
from course.ops import conv2d as fast_conv2d
from course.widgets.stacks import hand_made_kernels

small = temple.reshape(24, 10, 30, 10, 3).mean(axis=(1, 3))  # means of blocks of 10 x 10 pixels
picture = np.moveaxis(small, 2, 0)  # channels first, for drawing
kernels, names = hand_made_kernels()
layer_1 = np.maximum(fast_conv2d(picture[np.newaxis], kernels), 0)
layer_2 = fast_conv2d(layer_1, np.random.default_rng(2).normal(size=(3, 4, 3, 3)))
picture.shape, layer_1[0].shape, layer_2[0].shape

# %% two-layers-drawn tags=["figure"]
labels = ["3 channels\nof the picture", "4 maps\nof the first layer", "3 maps\nof the second layer"]
stacks.layers_of_maps([picture, layer_1[0], layer_2[0]], labels, kernel_size=3, neuron=(12, 14))

# %% rules-of-a-stack [markdown]
# Follow the lines from right to left. The orange neuron of the second layer sees a 3 × 3 window in **every** map of
# the first layer. A neuron there sees a 3 × 3 window in every channel of the picture. The rules:
#
# - There is **one neuron for each pixel of each map**.
# - Within a map, all neurons **share** their weights and their bias: that is why it finds *one* thing, everywhere.
# - Neurons of different maps have **different** weights and biases.
# - Neurons at the same place in different maps **see the same inputs**. They differ in what they look for.
#
# How much is that? The book's example: a layer makes 200 maps of 150 × 100 pixels from a colour picture of the same
# size, with 5 × 5 windows (Géron, chapter 14, "Memory Requirements"). It has 200 · 150 · 100 = 3,000,000 neurons, and
# each sees 5 · 5 · 3 = 75 numbers. Guess: how many numbers, weights and biases, does this layer have to learn?

# %% guess-parameters tags=["guess"]
guess = 100_000  # your guess: a whole number
course.predict("parameters-200-maps", guess)

# %% parameters-later [markdown]
# You will write the function that counts them in section 5, and see.
#
# ## 2. Channels: grey, colour, and what satellites see
#
# A grey picture has 1 channel. A photograph has 3: red, green, blue. Nothing in the rules says that it must end
# there. Satellites take pictures in light that we cannot see, too.
#
# The next picture is **generated**, with reflectances of the usual size, so that we know what is on the ground. It
# has 5 channels, or bands.

# %% satellite-bands
scene, cover = satellite()
print("shape", scene.shape, "bands", SATELLITE_BANDS)

# %% satellite-drawn tags=["figure"]
colours = np.clip(scene[:, :, [2, 1, 0]] / 0.25, 0, 1)
stacks.gallery(
    [colours, *np.moveaxis(scene, 2, 0)],
    ["as the eye sees it", *SATELLITE_BANDS],
    "A landscape in colours, and its five bands in grey. In near infrared meadows and forest are bright, the river is "
    "black, and two rectangles that look like meadow in colours are dark.",
    columns=3,
)

# %% plants-question [markdown]
# Two rectangles on the ground look like a meadow, but are pitches of green plastic. Find them in the colours; then
# look at the near infrared. Plants reflect near infrared light and swallow red light; plastic does not reflect it.
#
# So a neuron with a window of 1 × 1 pixel can find plants, if it sees all bands: weight +1 for near infrared, −1 for
# red, 0 for the others. By hand, for a pixel of meadow: $0.45 - 0.05 = 0.40$. For a pixel of plastic:
# $0.07 - 0.05 = 0.02$. Its best rival with colours alone has +1 for green and −1 for red.

# %% plants-found
weights = {"green − red": [0, 1, -1, 0, 0], "near infrared − red": [0, 0, -1, 1, 0]}
plants = np.isin(cover, [list(SATELLITE_COVERS).index(name) for name in ("meadow", "forest")])
maps = {name: scene @ np.array(w) for name, w in weights.items()}
for name, values in maps.items():
    right = max(np.mean((values > limit) == plants) for limit in np.linspace(-0.1, 0.5, 121))
    print(f"{name:<20} {100 * right:.0f} % of the pixels right, with the best limit")

# %% plants-drawn tags=["figure"]
stacks.gallery(
    [plants.astype(float), *maps.values()],
    ["plants on the ground", *maps],
    "Left, where plants grow. Middle, green minus red: grainy, and the two plastic pitches are as bright as meadow. "
    "Right, near infrared minus red: close to the truth, and the pitches are dark.",
    columns=3,
)

# %% by-hand-question [markdown]
# The same pixels, the same arithmetic; one more channel, and the map is nearly the truth. A window of 1 × 1 sees
# nothing of the neighbourhood, but it reaches through all maps of the layer below.
#
# ## 3. Equation 14-1
#
# Now a window of 2 × 2, two channels and tiny numbers. The neuron multiplies each pixel that it sees by its weight,
# **in both channels**, adds all products, and then its bias, which is 10.

# %% by-hand-numbers
tiny = np.array([[[1, 2, 0], [3, 1, 1], [0, 2, 4]], [[5, 0, 1], [1, 1, 0], [2, 0, 3]]], dtype=float)
kernel = np.array([[[1, 0], [0, 2]], [[-1, 1], [0, 3]]], dtype=float)
stacks.numbered(
    [*tiny, *kernel],
    ["x, channel 0", "x, channel 1", "w, channel 0", "w, channel 1"],
    "Two channels of 3 by 3 numbers and two 2 by 2 weights, one for each channel, as the code above gives them.",
)

# %% guess-by-hand [markdown]
# Put the window in the upper left corner and add up by hand, on paper. What comes out, with the bias of 10?

# %% guess-sum tags=["guess"]
guess = 11.0  # your sum: a number
course.predict("two-channels-by-hand", guess)

# %% reveal-sum
products = tiny[:, 0:2, 0:2] * kernel
course.reveal("two-channels-by-hand", products.sum() + 10)

# %% by-hand-drawn tags=["figure"]
stacks.neuron_arithmetic(tiny, kernel, bias=10, row=0, column=0)

# %% equation [markdown]
# In general, with the symbols of the book (Géron, Equation 14-1):
#
# $$z_{i,j,k} = b_k + \sum_{u=0}^{f_h - 1} \; \sum_{v=0}^{f_w - 1} \; \sum_{k'=0}^{f_{n'} - 1}
# x_{i', j', k'} \cdot w_{u, v, k', k} \qquad \text{with} \quad i' = i \cdot s_h + u, \quad j' = j \cdot s_w + v$$
#
# | symbol | what it is |
# |---|---|
# | $z_{i,j,k}$ | the output of the neuron in row $i$, column $j$ of map $k$ |
# | $x_{i',j',k'}$ | the input in row $i'$, column $j'$ of channel (or map below) $k'$ |
# | $w_{u,v,k',k}$ | the weight that map $k$ has for row $u$, column $v$ of the window in channel $k'$ |
# | $b_k$ | the bias of map $k$: one number, a knob for the brightness of the whole map |
# | $f_h, f_w$ | height and width of the window |
# | $s_h, s_w$ | the strides, vertical and horizontal |
# | $f_{n'}$ | how many channels (or maps) the layer below has |
#
# Three sums are three loops. Note what is *not* summed: $k$, the map that the neuron belongs to.

# %% exercise-neuron [markdown]
# ### Exercise · `neuron_output_multi`
#
# Write Equation 14-1 for one neuron. The arrays have their axes in the order in which the equation writes its
# indices: the channels of `x` come **last**, and so do the maps of `weight`. There is no padding; the window always
# lies inside. For the picture above, `neuron_output_multi(x, w, np.array([10.0]), 0, 0, 0, (1, 1))` is the number that
# you found by hand.


# %% neuron-output-multi tags=["exercise"] exercise="neuron_output_multi"
def neuron_output_multi(x, weight, bias, row, column, k, stride):
    """Return the output of the neuron in row `row`, column `column` of map `k` (a float).

    x:      array of shape (height, width, in_channels)
    weight: array of shape (f_h, f_w, in_channels, out_channels)
    bias:   array of shape (out_channels,)
    stride: the pair (s_h, s_w)
    """
    # BEGIN SOLUTION
    s_h, s_w = stride
    f_h, f_w, f_n_below, _ = weight.shape
    z = float(bias[k])
    for u in range(f_h):
        for v in range(f_w):
            for k_below in range(f_n_below):
                z += x[row * s_h + u, column * s_w + v, k_below] * weight[u, v, k_below, k]
    return z
    # END SOLUTION


# %% check-neuron-output-multi tags=["check"] exercise="neuron_output_multi"
neuron_output_multi = course.check(neuron_output_multi)

# %% neuron-by-hand
x, w = np.moveaxis(tiny, 0, 2), kernel.transpose(1, 2, 0)[..., np.newaxis]  # the equation's order of axes
print(neuron_output_multi(x, w, np.array([10.0]), 0, 0, 0, (1, 1)))

# %% same-place [markdown]
# Now your neuron on the real temple. Its kernels must have the equation's order, $(u, v, k', k)$. Four neurons at the
# same place, one in each map: they see the same 27 numbers, and say different things about them.

# %% same-place-four-maps
w = kernels.transpose(2, 3, 1, 0)  # from (map, channel, row, column) to (row, column, channel, map)
b = np.zeros(4)
for k in range(4):
    print(f"{names[k]:<22} {neuron_output_multi(small, w, b, 12, 22, k, (1, 1)):+.2f}")

# %% all-neurons [markdown]
# A layer is this neuron at every place of every map: three more loops, over $i$, $j$ and $k$. With a stride of 2, the
# maps get half as high and half as wide.

# %% all-neurons-loops
s_h, s_w, f_h, f_w = 2, 2, 3, 3
out_h, out_w = (small.shape[0] - f_h) // s_h + 1, (small.shape[1] - f_w) // s_w + 1
z = np.zeros((out_h, out_w, 4))
for i, j, k in np.ndindex(z.shape):
    z[i, j, k] = neuron_output_multi(small, w, b, i, j, k, (s_h, s_w))
z.shape

# %% exercise-volume [markdown]
# ### Exercise · `conv_volume`
#
# All maps of one picture, now with padding. From here on we use **PyTorch's order of axes**: channels first,
# `(channels, height, width)`. Each map has one kernel, as deep as the picture: `weight[k]` has the shape
# `(channels, f_h, f_w)`, and meets a window of the same shape. In this order one multiplication and one `.sum()`
# give a whole neuron.
#
# `padding` adds that many zeros on each side; `stride` is one number for both directions. The result is always
# float, even for a picture of whole numbers.


# %% conv-volume tags=["exercise"] exercise="conv_volume"
def conv_volume(x, weight, bias, stride, padding):
    """Return all maps of one picture, an array of shape (maps, out_h, out_w).

    x:       array of shape (channels, height, width)
    weight:  array of shape (maps, channels, f_h, f_w)
    bias:    array of shape (maps,)
    stride:  how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    """
    # BEGIN SOLUTION
    maps, _, f_h, f_w = weight.shape
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    out_h = (padded.shape[1] - f_h) // stride + 1
    out_w = (padded.shape[2] - f_w) // stride + 1
    z = np.zeros((maps, out_h, out_w))
    for k in range(maps):
        for i in range(out_h):
            for j in range(out_w):
                top, left = i * stride, j * stride
                window = padded[:, top : top + f_h, left : left + f_w]
                z[k, i, j] = (window * weight[k]).sum() + bias[k]
    return z
    # END SOLUTION


# %% check-conv-volume tags=["check"] exercise="conv_volume"
conv_volume = course.check(conv_volume)

# %% your-maps [markdown]
# Your function at work. The picture is the temple at half its size, with a padding of 1, so that the maps have the
# size of the picture. Two kernels find lines and look at all colours alike. The other two look for a colour: +1 for
# it, −½ for each of the others. In the maps, middle grey stands for 0. (You know the bright stripe at the left of
# *vertical lines*, and the dark one at its right: there, the windows see the zeros of the padding.)

# %% your-maps-computed
half = temple.reshape(120, 2, 150, 2, 3).mean(axis=(1, 3))
maps = conv_volume(half.transpose(2, 0, 1), kernels, np.zeros(4), stride=1, padding=1)
maps.shape

# %% your-maps-drawn tags=["figure"]
stacks.gallery(
    [half, *maps],
    ["the picture", *names],
    "The temple, and four maps of it. Vertical lines: window frames and columns stand out. Horizontal lines: the edges "
    "of the roofs. Red against the rest: walls and tiles are light. Blue against the rest: the sky is light.",
    columns=3,
    signed=True,
)

# %% explore-one-place [markdown]
# ### Explore one place
#
# Choose a map, and move its neuron with the sliders (arrow keys work, too). On the left, the three channels with the
# window; in the middle, the arithmetic; on the right, the whole map.
#
# - Keep the place and change the map. What stays the same, what does not?
# - Find a place where a *vertical lines* neuron gives a strong answer, positive or negative. What does it see?
# - Where is *red against the rest* strongest? Look at the three sums: which channel speaks against it?

# %% stack-explorer tags=["explorer"]
from course.widgets.stacks import stack_explorer

stack_explorer()

# %% exercise-conv2d [markdown]
# ### Exercise · `conv2d`
#
# The real thing: a **batch** of pictures, `(N, channels, height, width)`, in, and `(N, maps, out_h, out_w)` out, as
# PyTorch's `conv2d` does it. You may use your `conv_volume`. Or think of a faster way: with the loops over pictures,
# maps, rows and columns gone, two loops over the window are enough. Again the result is always float. The batch may be
# empty: then the output has the shape `(0, maps, out_h, out_w)`.


# %% conv2d tags=["exercise"] exercise="conv2d"
def conv2d(x, weight, bias, stride, padding):
    """Return the maps of a batch, an array of shape (N, maps, out_h, out_w).

    x:       array of shape (N, channels, height, width)
    weight:  array of shape (maps, channels, f_h, f_w)
    bias:    array of shape (maps,)
    stride:  how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    """
    # BEGIN SOLUTION
    out_h = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    out_w = (x.shape[3] + 2 * padding - weight.shape[3]) // stride + 1
    z = np.zeros((len(x), len(weight), out_h, out_w))
    for n in range(len(x)):
        z[n] = conv_volume(x[n], weight, bias, stride, padding)
    return z
    # END SOLUTION


# %% check-conv2d tags=["check"] exercise="conv2d"
conv2d = course.check(conv2d)

# %% garments-intro [markdown]
# A batch of real garments from Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): grey, so 1 channel, 28 × 28 pixels. For
# them the colour kernels make no sense; the two line kernels, summed over their channels, do.

# %% garments-maps
from course.data import fashion_mnist_sample

garments = fashion_mnist_sample("test")
batch = garments.images[[0, 2, 18], np.newaxis] / 255
line_kernels = kernels[:2].sum(axis=1, keepdims=True)
maps = conv2d(batch, line_kernels, np.zeros(2), stride=1, padding=1)
batch.shape, line_kernels.shape, maps.shape

# %% garments-drawn tags=["figure"]
told = [garments.class_names[label] for label in garments.labels[[0, 2, 18]]]
stacks.gallery(
    [*batch[:, 0], *maps[:, 0], *maps[:, 1]],
    [*told, *["vertical lines"] * 3, *["horizontal lines"] * 3],
    f"Three garments ({', '.join(told)}) in the first row; below, their maps of vertical and of horizontal lines.",
    columns=3,
    signed=True,
    width=6,
)

# %% layout-question [markdown]
# Photographs come in another order. Files and cameras keep the three colours of a pixel together:
# `(height, width, channels)`, and a batch of them is **NHWC**. PyTorch and our functions want **NCHW**. TensorFlow,
# which the book uses, and Equation 14-1 have the channels last. You will meet both orders, and mixing them up is one
# of the commonest errors of all.
#
# It is an error that hides: `reshape` gives an array of the right *shape*, with its numbers in the wrong places.

# %% reshape-is-wrong
photos = np.stack([half, crop(photo, 150, 340, 240, 300)[::2, ::2]])
torn = photos.reshape(2, 3, 120, 150)
print("NHWC", photos.shape, "-> NCHW?", torn.shape)

# %% reshape-drawn tags=["figure"]
stacks.gallery(
    [half, *torn[0]],
    ["the picture", *(f"'channel' {k} after reshape" for k in range(3))],
    "The temple, and three grey pictures that reshape makes of it: each shows a third of the temple's height, pulled "
    "long and full of stripes.",
)

# %% exercise-layout [markdown]
# ### Exercise · `nhwc_to_nchw`
#
# Bring a batch from NHWC to NCHW, without changing a value. The type of the numbers stays, too.


# %% nhwc-to-nchw tags=["exercise"] exercise="nhwc_to_nchw"
def nhwc_to_nchw(x):
    """Return the batch with its axes in the order (N, channels, height, width).

    x: array of shape (N, height, width, channels)
    """
    # BEGIN SOLUTION
    return x.transpose(0, 3, 1, 2)
    # END SOLUTION


# %% check-nhwc-to-nchw tags=["check"] exercise="nhwc_to_nchw"
nhwc_to_nchw = course.check(nhwc_to_nchw)

# %% two-orders-agree [markdown]
# A test of everything so far. Equation 14-1 with channels last, and your `conv2d` with channels first, must give the
# same maps of the small temple, in different orders of axes.

# %% two-orders-agree-run
same = conv2d(nhwc_to_nchw(small[np.newaxis]), kernels, b, stride=2, padding=0)
print("Equation 14-1:", z.shape, " conv2d:", same[0].shape)
print("equal:", np.allclose(nhwc_to_nchw(z[np.newaxis]), same))

# %% speed-question [markdown]
# ## 4. Three ways to write it, and how fast they are
#
# The loops of Equation 14-1 are clear, and slow: Python looks at every single product. There are two better ways. Both
# compute *exactly the same sums*, in another order.
#
# **Sums over the window.** Turn the loops inside out. Take one weight position, $(u, v)$. Over all neurons, it meets a
# shifted copy of the picture. So only the loops over $u$ and $v$ stay in Python; NumPy does the rest at once. For
# stride 1, without padding:


# %% by-shifts
def conv_by_shifts(x, weight, bias):
    """Convolve a batch: for each place in the window, one product of all kernels with a shifted batch."""
    maps, _, f_h, f_w = weight.shape
    out_h, out_w = x.shape[2] - f_h + 1, x.shape[3] - f_w + 1
    z = np.zeros((len(x), maps, out_h, out_w)) + bias[:, np.newaxis, np.newaxis]
    for u in range(f_h):
        for v in range(f_w):
            z += np.einsum("nchw,kc->nkhw", x[:, :, u : u + out_h, v : v + out_w], weight[:, :, u, v], optimize=True)
    return z


np.allclose(conv_by_shifts(batch, line_kernels, np.zeros(2)), conv2d(batch, line_kernels, np.zeros(2), 1, 0))

# %% columns-intro [markdown]
# **One matrix product.** Write each window, all its channels, as one long *column*. Write each kernel as one long
# *row*. Row times column is the sum of products that a neuron computes. So the matrix of kernels times the matrix of
# windows gives every neuron of every map at once, and matrix products are what computers do best. The way from picture
# to columns is called **im2col**.

# %% columns-tiny
counted = np.arange(1.0, 25.0).reshape(1, 2, 3, 4)
three = np.array([[1, 0, 0, -1, 0, 0, 0, 0], [0, 0, 0, 0, 1, -1, 1, -1], [1, 0, 0, 0, 0, 0, 0, 1]], dtype=float)
columns = np.stack([counted[0, :, i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(3)], axis=1)
columns.shape

# %% columns-drawn tags=["figure"]
stacks.columns_of_windows(counted[0], three.reshape(3, 2, 2, 2), columns, marked=2)

# %% exercise-im2col [markdown]
# ### Exercise · `im2col`
#
# Write every window of every picture as a column, as PyTorch's `unfold` does. A column holds all of channel 0 first,
# row by row, then all of channel 1, and so on. The windows come in reading order: along the first row of windows,
# then along the second. The result has the shape `(N, channels * f_h * f_w, number of windows)`.
#
# Here the kernel size is a pair, `(f_h, f_w)`; stride and padding are one number each.


# %% im2col tags=["exercise"] exercise="im2col"
def im2col(x, kernel_size, stride, padding):
    """Return the windows of a batch as columns.

    x:           array of shape (N, channels, height, width)
    kernel_size: the pair (f_h, f_w)
    stride:      how far the window moves, in both directions (an int)
    padding:     zeros on each side (an int, 0 for none)
    returns:     array of shape (N, channels * f_h * f_w, out_h * out_w)
    """
    # BEGIN SOLUTION
    f_h, f_w = kernel_size
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    batch, channels, height, width = padded.shape
    out_h, out_w = (height - f_h) // stride + 1, (width - f_w) // stride + 1
    columns = np.zeros((batch, channels * f_h * f_w, out_h * out_w))
    for i in range(out_h):
        for j in range(out_w):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + f_h, left : left + f_w]
            columns[:, :, i * out_w + j] = window.reshape(batch, channels * f_h * f_w)
    return columns
    # END SOLUTION


# %% check-im2col tags=["check"] exercise="im2col"
im2col = course.check(im2col)


# %% by-columns
def conv_by_columns(x, weight, bias):
    """Convolve a batch with one matrix product, for stride 1 and no padding."""
    maps, channels, f_h, f_w = weight.shape
    out_h, out_w = x.shape[2] - f_h + 1, x.shape[3] - f_w + 1
    rows = weight.reshape(maps, channels * f_h * f_w)
    z = rows @ im2col(x, (f_h, f_w), 1, 0) + bias[:, np.newaxis]
    return z.reshape(len(x), maps, out_h, out_w)


np.allclose(conv_by_columns(batch, line_kernels, np.zeros(2)), conv_by_shifts(batch, line_kernels, np.zeros(2)))

# %% race-intro [markdown]
# Now a race, on a piece of the photograph: 3 channels of 48 × 64 pixels, 8 kernels of 5 × 5. The runners:
#
# - *loops*: Equation 14-1 and nothing else, every product by itself (`course.ops.conv2d_loops`);
# - *your conv2d*, as you wrote it above;
# - *shifts*: the sums over the window;
# - *columns*: your `im2col` and one matrix product;
# - *course*: `course.ops.conv2d`, which makes its columns without loops, in strips that fit the processor's cache;
# - *torch*: PyTorch's `conv2d`, with one thread.
#
# Guess: how many times as fast as the loops will the matrix product, *columns*, be?

# %% guess-speed tags=["guess"]
guess = 50  # your guess: how many times as fast
course.predict("columns-against-loops", guess)

# %% race-prepare
import time

import torch

from course import ops

torch.set_num_threads(1)
race_x = crop(photo, 150, 120, 48, 64).transpose(2, 0, 1)[np.newaxis]
rng = np.random.default_rng(0)
race_w, race_b = rng.normal(size=(8, 3, 5, 5)), rng.normal(size=8)

# %% race-runners
tensors = [torch.from_numpy(np.ascontiguousarray(array)) for array in (race_x, race_w, race_b)]
runners = {
    "loops": lambda: ops.conv2d_loops(race_x, race_w, race_b),
    "your conv2d": lambda: conv2d(race_x, race_w, race_b, 1, 0),
    "shifts": lambda: conv_by_shifts(race_x, race_w, race_b),
    "columns": lambda: conv_by_columns(race_x, race_w, race_b),
    "course": lambda: ops.conv2d(race_x, race_w, race_b),
    "torch, 1 thread": lambda: torch.nn.functional.conv2d(*tensors).numpy(),
}


# %% race-check
def milliseconds(run, repeats=5):
    """Return the shortest of several runs, in milliseconds: the one that was least disturbed."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


results = {name: run() for name, run in runners.items()}
print("all the same:", all(np.allclose(z, results["loops"]) for z in results.values()))

# %% race-run tags=["nbval-ignore-output"]
times = {name: milliseconds(run, repeats=1 if name == "loops" else 5) for name, run in runners.items()}
course.reveal("columns-against-loops", round(times["loops"] / times["columns"]), "times as fast")

# %% race-drawn tags=["figure", "nbval-ignore-output"]
costs.bars(times, "milliseconds for one picture", "The same 8 maps, six ways", log=True, form="{:,.2f} ms")

# %% race-read [markdown]
# The chart is measured on your machine, now; run the cells again and the numbers move a little. Mind the scale: each
# step is ten times the one before. All six compute the same 1,584,000 products. What differs is *who* does them: a
# Python loop, one at a time, or compiled code that takes whole rows.
#
# Look at *columns*: its product is fast, but if its `im2col` visits the windows in a Python loop, that loop takes most
# of the time. NumPy can cut all windows without a loop (`np.lib.stride_tricks.sliding_window_view`). Try it, and see
# the bar shrink.
#
# The columns have a price. Each pixel stands in up to 25 windows, so it is written down up to 25 times:

# %% columns-memory
columns = im2col(race_x, (5, 5), 1, 0)
print(f"picture {race_x.size:,} numbers, columns {columns.size:,}: {columns.size / race_x.size:.0f} times as many")

# %% cost-intro [markdown]
# ## 5. What a layer costs
#
# Two counts describe a layer.
#
# **Parameters** are the numbers that it learns, and keeps. Each map has a kernel of $f_h \cdot f_w$ weights for *each*
# channel below, and one bias. By hand, for 2 maps of a colour picture with 3 × 3 windows: one kernel has
# $3 \cdot 3 \cdot 3 = 27$ weights, one bias makes 28, and two maps make 56. The size of the picture does not matter.

# %% exercise-parameters [markdown]
# ### Exercise · `conv_parameters`
#
# Count the parameters of a layer. `conv_parameters(3, 2, (3, 3), True)` is 56.


# %% conv-parameters tags=["exercise"] exercise="conv_parameters"
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    """Return how many numbers a layer learns (an int).

    kernel_size: the pair (f_h, f_w)
    bias:        True or False
    """
    # BEGIN SOLUTION
    f_h, f_w = kernel_size
    for_each_map = f_h * f_w * in_channels + (1 if bias else 0)
    return out_channels * for_each_map
    # END SOLUTION


# %% check-conv-parameters tags=["check"] exercise="conv_parameters"
conv_parameters = course.check(conv_parameters)

# %% reveal-parameters
course.reveal("parameters-200-maps", conv_parameters(3, 200, (5, 5), True), "numbers")

# %% parameters-against-dense
neurons = 200 * 150 * 100
dense = neurons * (150 * 100 * 3 + 1)
local = neurons * (5 * 5 * 3 + 1)
shared = conv_parameters(3, 200, (5, 5), True)
print(f"as many neurons, each joined to every pixel: {dense:,} numbers to learn")
print(f"one dense map of 150 x 100 alone, no biases: {150 * 100 * 150 * 100 * 3:,}")

# %% parameters-drawn tags=["figure"]
costs.bars(
    {"each sees all pixels": dense, "each sees 5 × 5, own weights": local, "each sees 5 × 5, shared": shared},
    "numbers to learn",
    "3,000,000 neurons above a colour picture of 150 × 100 pixels",
    log=True,
)

# %% work-intro [markdown]
# 15,200 numbers for three million neurons. The book compares with a dense layer of 150 × 100 neurons, one map's worth:
# 675 million weights.
#
# **Work** is the other count, and here sharing saves nothing: every neuron still has to do its sum. One
# multiplication together with its addition is called a **multiply-accumulate**. By hand: 2 maps of 4 × 5 neurons, each
# sees 27 numbers: $2 \cdot 4 \cdot 5 \cdot 27 = 1{,}080$ multiply-accumulates. Biases have no multiplication and do not
# count.

# %% exercise-cost [markdown]
# ### Exercise · `conv_cost`
#
# Count the multiply-accumulates of a layer for one picture. `conv_cost(3, 2, (3, 3), (4, 5))` is 1,080.


# %% conv-cost tags=["exercise"] exercise="conv_cost"
def conv_cost(in_channels, out_channels, kernel_size, output_size):
    """Return the multiply-accumulates for one picture (an int).

    kernel_size, output_size: the pairs (height, width)
    """
    # BEGIN SOLUTION
    f_h, f_w = kernel_size
    out_h, out_w = output_size
    neurons = out_channels * out_h * out_w
    return neurons * f_h * f_w * in_channels
    # END SOLUTION


# %% check-conv-cost tags=["check"] exercise="conv_cost"
conv_cost = course.check(conv_cost)

# %% book-layer-cost
work = conv_cost(3, 200, (5, 5), (150, 100))
bytes_of_maps = 4 * neurons  # float32: 4 bytes a number
print(f"{work:,} multiply-accumulates for one picture")
print(f"{bytes_of_maps / 1e6:.0f} MB to keep the maps of one picture")
print(f"{100 * bytes_of_maps / 1e9:.1f} GB to keep those of a batch of 100")
print(f"{conv_cost(3, 8, (5, 5), (44, 60)):,} multiply-accumulates in the race above")

# %% memory-read [markdown]
# So the layer learns little, works hard, and its *output* is large: the numbers are those of the book. While a network
# learns, the maps of all layers must be kept for the backward pass. That is what fills the memory of a graphics card.
#
# ## 6. Learned once, found anywhere
#
# Does sharing help a network *learn*? A dense neuron sees all pixels: it can do everything that a shared one can, and
# more. We measure it. Two networks, side by side, on real garments.
#
# Both are the same code with another window, and both learn by gradient descent, as the filter of lesson 2 did. (Their
# loss is the *cross-entropy*: it is large where the right class gets a low probability. Lesson 5 takes it apart. You
# need not read the code of the training to follow.)
#
# A **shared** layer has 16 kernels of 7 × 7. A **dense** layer has 100
# kernels of 28 × 28, as large as the picture: there is one place for each window, so nothing is shared. Of each
# map we keep the strongest place (in the dense layer there is but one), then ReLU, then ten outputs. A softmax turns
# them into ten probabilities (lesson 5).

# %% place-garments
train, test = fashion_mnist_sample("train"), fashion_mnist_sample("test")


def place(images, rows, columns):
    """Return garments at half their size, each on a black canvas of 28 x 28 pixels at its row and column."""
    canvas = np.zeros((len(images), 1, 28, 28))
    halves = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    for n in range(len(images)):
        canvas[n, 0, rows[n] : rows[n] + 14, columns[n] : columns[n] + 14] = halves[n]
    return canvas


seven = np.full(5, 7)  # the middle
steps = [seven + shift for shift in range(0, 8, 2)]

# %% placed-drawn tags=["figure"]
stacks.gallery(
    [place(test.images[2:3], seven, columns)[0, 0] for columns in steps],
    [f"{shift} pixels to the right" for shift in range(0, 8, 2)],
    "A pair of trousers, small, in the middle of a black square, and moved to the right by 2, 4 and 6 pixels.",
    width=8,
)


# %% network
def new_network(window, neurons, rng):
    """Return first weights and biases, then those of the ten outputs; the weights are small and random."""
    first = rng.normal(0, np.sqrt(2) / window, (neurons, 1, window, window))
    last = rng.normal(0, np.sqrt(2 / neurons), (10, neurons))
    return [first, np.zeros(neurons), last, np.zeros(10)]


def forward(network, x, padding):
    """Return the strongest place of each map, how strong it is, and the probabilities of the ten classes."""
    weight, bias, last_weight, last_bias = network
    maps = fast_conv2d(x, weight, bias, 1, padding).reshape(len(x), len(weight), -1)
    strength = np.maximum(maps.max(axis=2), 0)
    return maps.argmax(axis=2), strength, ops.softmax(strength @ last_weight.T + last_bias)


# %% gradients
def gradients(network, x, labels, padding):
    """Return the gradient of the cross-entropy by each array of the network."""
    best, strength, probability = forward(network, x, padding)
    grad_out = (probability - np.eye(10)[labels]) / len(x)
    grad_strength = (grad_out @ network[2]) * (strength > 0)
    padded = np.pad(x[:, 0], ((0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, network[0].shape[2:], axis=(1, 2))
    rows, columns = np.divmod(best, windows.shape[2])
    seen = windows[np.arange(len(x))[:, np.newaxis], rows, columns]  # what the strongest neurons saw
    grad_weight = np.einsum("nk,nkuv->kuv", grad_strength, seen)[:, np.newaxis]
    return [grad_weight, grad_strength.sum(axis=0), grad_out.T @ strength, grad_out.sum(axis=0)]


# %% learn
def learn(window, neurons, padding, anywhere, pictures=2000, epochs=8, rate=0.1):
    """Train a network by gradient descent with momentum, 50 pictures at a time, and return it."""
    rng = np.random.default_rng(0)
    network = new_network(window, neurons, rng)
    speed = [np.zeros_like(array) for array in network]
    images, labels = train.images[:pictures], train.labels[:pictures]
    for _ in range(epochs):
        x = place(images, *(rng.integers(0, 15, (2, pictures)) if anywhere else np.full((2, pictures), 7)))
        for chosen in rng.permutation(pictures).reshape(-1, 50):
            for k, gradient in enumerate(gradients(network, x[chosen], labels[chosen], padding)):
                speed[k] = 0.9 * speed[k] - rate * gradient
                network[k] += speed[k]
    return network


# %% fair [markdown]
# **What is fair here?** Both see the same 2,000 pictures, in batches of 50, 8 times over, with the same rule and the
# same rate of learning (for both, 0.1 is the best of 0.01, 0.03 and 0.1 when garments stand in the middle). The dense
# network gets the advantage in size:

# %% network-sizes
for name, window, neurons in (("dense", 28, 100), ("shared", 7, 16)):
    size = conv_parameters(1, neurons, (window, window), True) + 10 * neurons + 10
    print(f"{name:<7}{size:>7,} numbers to learn")

# %% accuracy-definition [markdown]
# **What do we measure?** The *accuracy at shift d*: the share of 1,000 test garments, never trained on, each moved
# $d$ pixels to the right of the middle, that get the right one of ten classes. Guessing gives 10 %.
#
# First, all training garments stand in the middle. At shift 0 the dense network will do well. Guess: what is its
# accuracy, in per cent, when the garments stand 6 pixels further right?

# %% guess-shifted tags=["guess"]
guess = 60  # your guess: per cent
course.predict("dense-shifted", guess)


# %% accuracy
def accuracy(network, padding, shift):
    """Return the percentage of test garments that get the right class, all moved right by `shift` pixels."""
    count = len(test)
    x = place(test.images, np.full(count, 7), np.full(count, 7 + shift))
    return 100 * np.mean(forward(network, x, padding)[2].argmax(axis=1) == test.labels)


shifts = list(range(8))
dense = learn(28, 100, 0, anywhere=False)
shared = learn(7, 16, 3, anywhere=False)
middle = {
    "dense, trained in the middle": [accuracy(dense, 0, shift) for shift in shifts],
    "shared, trained in the middle": [accuracy(shared, 3, shift) for shift in shifts],
}

# %% reveal-shifted
course.reveal("dense-shifted", round(middle["dense, trained in the middle"][6]), "%")
for name, values in middle.items():
    print(f"{name:<30}", " ".join(f"{value:4.0f}" for value in values))

# %% anywhere-question [markdown]
# The dense network is the better one where it was trained, and lost a few pixels further on: what it learned about
# trousers, it learned about trousers *in the middle*. The shared network does not move at all. A garment on black,
# shifted, gives the same windows at other places, so its strongest answers stay the same.
#
# Can the dense network catch up if it sees garments everywhere? Second training: each picture stands at a new random
# place each time.

# %% learn-anywhere
dense_anywhere = learn(28, 100, 0, anywhere=True)
shared_anywhere = learn(7, 16, 3, anywhere=True)
everywhere = {
    "dense, trained anywhere": [accuracy(dense_anywhere, 0, shift) for shift in shifts],
    "shared, trained anywhere": [accuracy(shared_anywhere, 3, shift) for shift in shifts],
}

# %% shift-curves tags=["figure"]
costs.curves(
    shifts,
    {**middle, **everywhere},
    ("pixels to the right of the middle", "accuracy, per cent"),
    "What was learned in one place, found in another",
    level=(10, "guessing"),
)

# %% shift-read [markdown]
# Read the four curves:
#
# - *Dense, trained in the middle*: best at home, and near guessing at 6 or 7 pixels.
# - *Shared, trained in the middle*: the same at every shift, with less than a fiftieth of the numbers to learn.
# - *Dense, trained anywhere*: about the same everywhere, and low everywhere. It must learn every garment again for
#   every place.
# - *Shared, trained anywhere*: flat; it did not need the help.
#
# What the shared network gives up for it: it keeps *how strongly* each kernel answered, not *where*. It also has far
# fewer numbers to learn with. One of the two, or both, cost it the first place in the middle. Deep networks keep both
# for a while (lesson 4), and beat the two of them (lesson 5). Here is what the eight neurons of each that count most
# have learned to look for:

# %% kernels-learned tags=["figure"]
strongest = [np.argsort(-abs(network[2]).sum(axis=0))[:8] for network in (dense, shared)]
costs.kernels_learned(dense[0][strongest[0]], shared[0][strongest[1]])

# %% small-kernels-intro [markdown]
# ## 7. Two 3 × 3 layers, or one 5 × 5?
#
# Lesson 1 showed it: a neuron above two 3 × 3 layers sees 5 × 5 pixels, as one above a 5 × 5 layer does.

# %% two-small-drawn tags=["figure"]
costs.two_small_one_large()

# %% two-small-probe [markdown]
# Test it with your `conv2d`: a picture that is black but for one pixel, kernels of ones. Each neuron that moves away
# from 0 sees the pixel.

# %% two-small-probe-run
pixel = np.zeros((1, 1, 9, 9))
pixel[0, 0, 4, 4] = 1
ones = np.ones((1, 1, 3, 3))
twice = conv2d(conv2d(pixel, ones, np.zeros(1), 1, 1), ones, np.zeros(1), 1, 1)
once = conv2d(pixel, np.ones((1, 1, 5, 5)), np.zeros(1), 1, 2)
print("neurons that see the pixel:", np.count_nonzero(twice), "and", np.count_nonzero(once))
print("the same neurons:", bool(((twice != 0) == (once != 0)).all()))

# %% two-small-cost-question [markdown]
# So both see the same. What do they cost? Take 64 maps below and 64 maps above, and maps of 28 × 28 neurons.


# %% two-small-cost
def compare(in_channels, channels, size):
    """Return parameters and multiply-accumulates: two 3 x 3 layers, then one 5 x 5 layer."""
    steps = [(in_channels, channels, (3, 3)), (channels, channels, (3, 3))]
    large = (in_channels, channels, (5, 5))
    return (
        (sum(conv_parameters(*step, True) for step in steps), conv_parameters(*large, True)),
        (sum(conv_cost(*step, size) for step in steps), conv_cost(*large, size)),
    )


for what, (two, one) in zip(("parameters", "multiply-accumulates"), compare(64, 64, (28, 28)), strict=True):
    print(f"{what:<21} two 3 x 3: {two:>10,}   one 5 x 5: {one:>10,}   {100 * (1 - two / one):.0f} % fewer")

# %% first-layer-question [markdown]
# 18 weights for each pair of maps instead of 25, 28 % fewer, and as much less work. On top there is a ReLU in between,
# so that two layers can say more than one. This is why the book calls large kernels a common mistake (chapter 14,
# "CNN Architectures").
#
# And the **first** layer, above a picture with 3 channels? Guess: which has more numbers to learn there, for 64 maps:
# `"two 3 x 3"` or `"one 5 x 5"`?

# %% guess-first-layer tags=["guess"]
guess = "one 5 x 5"  # "two 3 x 3" or "one 5 x 5"
course.predict("first-layer", guess)

# %% reveal-first-layer
(two, one), (two_work, one_work) = compare(3, 64, (224, 224))
course.reveal("first-layer", "two 3 x 3" if two > one else "one 5 x 5")
print(f"two 3 x 3: {two:,} parameters, {two_work:,} multiply-accumulates")
print(f"one 5 x 5: {one:,} parameters, {one_work:,} multiply-accumulates")

# %% first-layer-read [markdown]
# In the first layer it is the other way round. The second of the two small layers has 64 maps below it, not 3, and that
# is where the cost goes. A large kernel over 3 channels is cheap. With **stride 2** it is cheaper still, and the maps
# above become smaller for all later layers. Compare a 7 × 7 layer with stride 2, and three 3 × 3 layers, the last of
# them with stride 2: a neuron of either sees 7 × 7 pixels, and both end in 64 maps of 112 × 112.

# %% large-first-layer
large = conv_cost(3, 64, (7, 7), (112, 112))
stack = (
    conv_cost(3, 64, (3, 3), (224, 224)) + conv_cost(64, 64, (3, 3), (224, 224)) + conv_cost(64, 64, (3, 3), (112, 112))
)
print(f"7 x 7, stride 2:       {large:>13,} multiply-accumulates")
print(f"three 3 x 3 layers:    {stack:>13,}, {stack / large:.0f} times as many")

# %% large-first-layer-timed-intro [markdown]
# Counts are a promise. Does the clock agree? The same two, with 16 maps, on a smaller piece of the photograph:

# %% large-first-layer-timed tags=["nbval-ignore-output"]
piece = crop(photo, 100, 100, 96, 128).transpose(2, 0, 1)[np.newaxis]
w7, w3, w33 = (rng.normal(size=shape) for shape in ((16, 3, 7, 7), (16, 3, 3, 3), (16, 16, 3, 3)))


def three_small():
    """Run three 3 x 3 layers, the last with stride 2."""
    first = fast_conv2d(piece, w3, None, 1, 1)
    return fast_conv2d(fast_conv2d(first, w33, None, 1, 1), w33, None, 2, 1)


long, short = milliseconds(three_small), milliseconds(lambda: fast_conv2d(piece, w7, None, 2, 3))
layers = [(3, (96, 128)), (16, (96, 128)), (16, (48, 64))]
counted = [conv_cost(channels, 16, (3, 3), size) for channels, size in layers]
print(f"counted: {sum(counted) / conv_cost(3, 16, (7, 7), (48, 64)):.1f} times the work")
print(f"measured: {short:.1f} ms against {long:.1f} ms, {long / short:.1f} times as long")

# %% backward-intro [markdown]
# ## 8. Stretch: the backward pass
#
# To *learn* kernels, a network needs the gradient of its loss $L$ by every weight. And by every input: the input
# of one layer is the output of the layer below. Suppose that we know $g = \partial L / \partial z$, how the loss
# changes with each output of the layer (`grad_output`). What are the gradients by $w$, $x$ and $b$?
#
# Look at Equation 14-1 again: it is a sum of products $x \cdot w$. Take one of them. If $w$ grows by a little, this
# product grows by $x$ times that little; if $x$ grows, by $w$ times that. So **each product sends back two shares**:
#
# - to its weight: $g_{i,j,k} \cdot x$, what the weight met;
# - to its input: $g_{i,j,k} \cdot w$, the weight that it met.
#
# A weight is used at every place, and a pixel lies in several windows. Their shares are **added**. In symbols:
#
# $$\frac{\partial L}{\partial w_{u,v,k',k}} = \sum_{i,j} g_{i,j,k} \cdot x_{i s_h + u, \, j s_w + v, \, k'} \qquad
# \frac{\partial L}{\partial x_{i',j',k'}} = \sum_{i,j,k} g_{i,j,k} \cdot w_{i' - i s_h, \, j' - j s_w, \, k', k} \qquad
# \frac{\partial L}{\partial b_k} = \sum_{i,j} g_{i,j,k}$$
#
# The middle sum goes over those neurons whose window holds the pixel. Over a batch, the gradients by $w$ and $b$ are
# added as well.
#
# By hand, in one row: $x = (1, 2, 3)$, $w = (10, 20)$, so $z = (50, 80)$. Let $g = (1, 4)$. Then
# $\partial L / \partial w = (1 \cdot 1 + 4 \cdot 2, \; 1 \cdot 2 + 4 \cdot 3) = (9, 14)$ and
# $\partial L / \partial x = (1 \cdot 10, \; 1 \cdot 20 + 4 \cdot 10, \; 4 \cdot 20) = (10, 60, 80)$: the middle pixel
# lies in both windows.
#
# How often is a pixel used? With weights and gradients of 1, the gradient by the input counts it. Guess: in how many
# 3 × 3 windows does a pixel in the middle of a 6 × 7 picture lie, with stride 1?

# %% guess-windows tags=["guess"]
guess = 9  # your guess: a whole number
course.predict("windows-over-a-pixel", guess)

# %% exercise-backward [markdown]
# ### Exercise · `conv2d_backward`
#
# Return the three gradients, `grad_x`, `grad_weight` and `grad_bias`, each of the shape of what it belongs to, and
# float, even for a picture of whole numbers. Work on a padded copy of `x` and a padded array of zeros for `grad_x`; cut
# the border off at the end.


# %% conv2d-backward tags=["exercise"] exercise="conv2d_backward"
def conv2d_backward(grad_output, x, weight, stride, padding):
    """Return (grad_x, grad_weight, grad_bias): the gradients by what conv2d was given.

    grad_output: array of shape (N, maps, out_h, out_w), the gradient by the output of conv2d
    x:           array of shape (N, channels, height, width)
    weight:      array of shape (maps, channels, f_h, f_w)
    """
    # BEGIN SOLUTION
    f_h, f_w = weight.shape[2:]
    height, width = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_padded = np.zeros(padded.shape)
    grad_weight = np.zeros(weight.shape)
    for n, k, i, j in np.ndindex(grad_output.shape):
        rows = slice(i * stride, i * stride + f_h)
        columns = slice(j * stride, j * stride + f_w)
        g = grad_output[n, k, i, j]
        grad_weight[k] += g * padded[n, :, rows, columns]
        grad_padded[n, :, rows, columns] += g * weight[k]
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))
    # END SOLUTION


# %% check-conv2d-backward tags=["check"] exercise="conv2d_backward"
conv2d_backward = course.check(conv2d_backward)

# %% reveal-windows
row, pair, given = (np.array([[[values]]], dtype=float) for values in ([1, 2, 3], [10, 20], [1, 4]))
grad_x, grad_weight, grad_bias = conv2d_backward(given, row, pair, 1, 0)
print("by hand:", grad_x.ravel(), grad_weight.ravel(), grad_bias)
uses, _, _ = conv2d_backward(np.ones((1, 1, 4, 5)), np.zeros((1, 1, 6, 7)), np.ones((1, 1, 3, 3)), 1, 0)
sparse, _, _ = conv2d_backward(np.ones((1, 1, 2, 3)), np.zeros((1, 1, 6, 7)), np.ones((1, 1, 3, 3)), 2, 0)
course.reveal("windows-over-a-pixel", uses[0, 0, 3, 3], "windows")

# %% uses-drawn tags=["figure"]
stacks.numbered(
    [uses[0, 0], sparse[0, 0]],
    ["stride 1", "stride 2"],
    "How many 3 by 3 windows each pixel of a 6 by 7 picture lies in. Stride 1: 1 in the corners, 9 in the middle. "
    "Stride 2: 1, 2 or 4, and the last row lies in none.",
)

# %% finite-differences-intro [markdown]
# Pixels near the border are seen less often; with stride 2 the last row is not seen at all, and its gradient is 0.
#
# **Is it right?** Trust nobody, measure. The gradient says how the loss moves when one number moves a little. So
# move it, by $h$ to both sides, and look: $(L(w + h) - L(w - h)) \, / \, 2h$. These are **finite differences**. The
# loss here is a sum of all outputs, each with a random weight $g$.

# %% finite-differences
rng = np.random.default_rng(3)
x, weight, bias = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
g = rng.normal(size=conv2d(x, weight, bias, 2, 1).shape)


def loss(weight):
    """Return one number that depends on every output."""
    return (conv2d(x, weight, bias, 2, 1) * g).sum()


h, step = 1e-5, np.zeros_like(weight)
step[1, 2, 0, 1] = h
measured = (loss(weight + step) - loss(weight - step)) / (2 * h)
computed = conv2d_backward(g, x, weight, 2, 1)[1][1, 2, 0, 1]
print(f"measured {measured:.6f}, backward pass {computed:.6f}")

# %% gradcheck-intro [markdown]
# One weight agrees. Now every number of every input, one after the other, and then PyTorch, which finds its
# gradients by itself.

# %% gradcheck-all
report = ops.gradcheck(
    lambda x, weight, bias: conv2d(x, weight, bias, 2, 1),
    lambda g, x, weight, bias: conv2d_backward(g, x, weight, 2, 1),
    *(x, weight, bias),
)
print(f"{x.size + weight.size + bias.size} numbers moved one by one. All agree: {report.passed}")

# %% torch-agrees
leaves = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
torch.nn.functional.conv2d(*leaves, stride=2, padding=1).backward(torch.tensor(g))
for name, leaf, mine in zip(("x", "weight", "bias"), leaves, conv2d_backward(g, x, weight, 2, 1), strict=True):
    print(f"gradient by {name:<7} equal to torch's: {np.allclose(leaf.grad.numpy(), mine)}")

# %% summary [markdown]
# ## Summary: what you now know
#
# - A layer turns a stack of maps into a stack of maps. One neuron for each pixel of each map; within a map all share
#   weights and bias; each sees a window of **all** maps below.
# - Equation 14-1 is three sums in three loops. Channels are summed over, output maps are not.
# - Files have NHWC, PyTorch has NCHW. `transpose` moves axes, `reshape` tears pictures.
# - The same sums, as shifts or as one matrix product over columns, are many times as fast.
# - A layer has $f_n (f_h f_w f_{n'} + 1)$ parameters, whatever the size of the picture; its work and its memory grow
#   with the size of its maps.
# - What shared weights learn in one place, they find anywhere. A dense layer does not.
# - Two 3 × 3 layers see what a 5 × 5 layer sees, for less, where the maps below are many. Over the 3 channels of a
#   picture, a large kernel with a stride is the cheaper one.
# - Backwards, each product sends one share to its weight and one to its input, and shares are added.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress()

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
#
# 1. Two neurons stand at the same place in two maps of one layer. What do they share, and what not?
#
#    <details><summary>Answer</summary>
#
#    They see the same inputs, a window through all maps below. Their weights and their biases differ.
#
#    </details>
# 2. A layer has 16 maps below, 32 maps above and 3 × 3 windows. How many parameters has it? What changes for a picture
#    twice as wide?
#
#    <details><summary>Answer</summary>
#
#    32 · (3 · 3 · 16 + 1) = 4,640. For a wider picture they stay the same; work and memory double.
#
#    </details>
# 3. Why is `x.reshape(n, c, h, w)` wrong for a batch of shape `(n, h, w, c)`, although no error is raised?
#
#    <details><summary>Answer</summary>
#
#    It keeps the numbers in their old order and cuts them into other pieces: the colours of one pixel become
#    neighbours in one channel. `transpose(0, 3, 1, 2)` moves the axes with their numbers.
#
#    </details>
# 4. Matrix products are fast. What is the price of `im2col`?
#
#    <details><summary>Answer</summary>
#
#    Memory: with stride 1 nearly every pixel is written down $f_h \cdot f_w$ times.
#
#    </details>
# 5. A dense network has learned garments in the middle. Why does it fail 6 pixels further right, and would more
#    training pictures in the middle help?
#
#    <details><summary>Answer</summary>
#
#    The weights of the pixels further right never saw that part of a garment. More pictures in the middle do not
#    change that.
#
#    </details>
#
# **Next:** lesson 4, *Pooling and invariance*. There the strongest place of a map becomes a layer of its own, and
# you measure how much of a shift it swallows.
