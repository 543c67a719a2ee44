# %% title [markdown]
# # 3 · Stacking feature maps
#
# **A photograph has three channels, and one filter finds one thing. How does a layer look through all channels at
# once, answer with a whole stack of maps, and stay affordable?**
#
# At the end of this lesson, the operation at the heart of every convolutional network will have no secrets from you.
# You will have written it as loops, as array arithmetic and as one matrix product, measured how fast each of them is,
# and counted what it costs.
#
# - **Time:** 160 minutes, and 40 more for the stretch exercise.
# - **You build:** the neuron of Equation 14-1, a whole layer, `conv2d`, the change between two orders of axes, the
#   matrix form, the two counts of a layer, and, if you like, the backward pass.
# - **You need:** lesson 1 (strides, padding, receptive fields) and lesson 2 (a filter is a small array of weights that
#   slides over a picture and gives a feature map).
# - **Stuck?** `course.hint("conv2d")` gives a hint, and the next call gives the next one.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.

# %% imports
import itertools
from functools import partial

import numpy as np

import course
from course.figures import costs, stacks
from course.images import SATELLITE_BANDS, SATELLITE_COVERS, china, crop, satellite
from course.widgets.stacks import hand_made_kernels, stack_explorer

photo = china() / 255
temple = crop(photo, 20, 60, 240, 300)
temple.shape

# %% one-filter-is-not-enough [markdown]
# ## 1. Many filters, many maps
#
# In lesson 2 one filter slid over a grey picture and gave one map. A layer adds three things:
#
# - It has **many filters**. Each gives a map of its own, and the maps together are a stack with three axes.
# - Each filter looks at **all channels** of what lies below, at the same window in each. A *channel* is one of the
#   pictures that lie on top of each other: in a photograph, the red, the green and the blue one.
# - What lies below may itself be a stack of maps. So layers can stand on layers.
#
# Here is the temple at a tenth of its size, a layer of four maps above it, and a layer of three maps above that
# (Géron, figure 14-6, drawn from numbers that are computed here). The filters of the first layer are made by hand,
# those of the second are random. In between, numbers below 0 become 0, as in most networks; this step is called
# **ReLU**.

# %% two-layers-of-maps
from course.ops import conv2d as fast_conv2d

small_temple = temple.reshape(24, 10, 30, 10, 3).mean(axis=(1, 3))  # means of blocks of 10 × 10 pixels
kernels, kernel_names = hand_made_kernels()
small_channels = np.moveaxis(small_temple, 2, 0)  # the channels first
layer_1 = np.maximum(fast_conv2d(small_channels[np.newaxis], kernels), 0)
layer_2 = fast_conv2d(layer_1, np.random.default_rng(2).normal(size=(3, 4, 3, 3)))
small_channels.shape, layer_1[0].shape, layer_2[0].shape

# %% two-layers-drawn tags=["figure"]
labels = ["3 channels\nof the picture", "4 maps\nof the first layer", "3 maps\nof the second layer"]
stacks.layers_of_maps([small_channels, layer_1[0], layer_2[0]], labels, kernel_size=3, neuron=(12, 14))

# %% rules-of-a-stack [markdown]
# Follow the lines from right to left. The orange neuron of the second layer sees a 3 × 3 window in **every** map of
# the first layer. A neuron there sees a 3 × 3 window in every channel of the picture. The rules:
#
# - There is **one neuron for each pixel of each map**.
# - Within a map, all neurons **share** their weights and their bias: that is why it finds *one* thing, everywhere.
# - Neurons of different maps have **different** weights and biases.
# - Neurons at the same place in different maps **see the same inputs**. They differ in what they look for.
#
# ### Explore one place
#
# Two kernels (another word for the weights of a filter) find edges, as in lesson 2, and look at all colours alike. The
# other two look for a colour: they take its mean in the window, less half the mean of each of the others. Point at a
# map, or at a channel: the explorer shows what the neuron there, a *unit*, sees in each channel, its weights, and
# their products. A click holds the place. Without a mouse: Tab to a map, then move with the arrow keys, and choose a
# map by its digit.
#
# **Try this**
#
# - Hold a place and change the map. What stays the same, what does not?
# - Solve the task above the picture. What does the window look like there?
# - Find the strongest answers of *vertical edges*, positive and negative. What do these neurons see?
# - Where is *red against the rest* strongest? Look at the three sums: which channel speaks against it most?
# - Press *Add up, term by term*. Then give a map the bias 0.3. What happens to the map?
# - Press *Draw one*, and draw anything. What do the two maps that look for a colour answer?

# %% stack-explorer tags=["explorer"]
stack_explorer()

# %% stack-explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - The numbers under *it sees* stay: neurons at one place see the same inputs. Weights, products and sums change.
# - Six places solve the task. In row 10, column 23, for instance, map 0 answers 0.41 and map 1 answers 0.43. At all
#   six, the window is darker at its left and at its top, and brighter at its right and at its bottom: there the sky
#   lies to the right of a roof and below it. Both neurons see the same 27 numbers; each finds its own edge in them.
# - The strongest answers of *vertical edges* are −0.62 in row 12, column 4, and 0.50 in row 16, column 24. The first
#   window is bright at its left and dark at its right, the second is dark at its left and bright at its right: the
#   left and the right outline of the temple against the sky.
# - *Red against the rest* is strongest, 0.27, in row 19, column 22, on the red wall. Red gives 0.70, green takes away
#   0.23 and blue 0.20: green speaks against it most.
# - The sum begins with the bias, and 27 products follow, 9 for each channel. A bias of 0.3 makes every answer of the
#   map larger by 0.3, and changes nothing in the other maps.
# - A drawing is grey: its three channels are the same. A mean, less half of it, less half of it, is 0, and so is every
#   answer of *red against the rest* and of *blue against the rest*.
#
# </details>

# %% book-layer-question [markdown]
# How much does a layer have to learn? The book's example: a layer makes 200 maps of 150 × 100 pixels from a colour
# picture of the same size, with 5 × 5 windows *(Géron, "Memory Requirements")*. It has 200 · 150 · 100 = 3,000,000
# neurons, and each sees 5 · 5 · 3 = 75 numbers. Guess: how many numbers, weights and biases, does this layer learn?

# %% guess-parameters tags=["guess"]
guess = 100_000  # your guess: a whole number
course.predict("parameters-200-maps", guess)

# %% parameters-later [markdown]
# You will write the function that counts them in section 5, and see.
#
# ## 2. Channels: grey, colour, and what satellites see
#
# A grey picture has 1 channel. A photograph has 3: red, green, blue. Nothing in the rules says that it must end
# there. Satellites also take pictures in light that we cannot see.
#
# The next picture is **generated**, so that we know what is on the ground. It has 5 channels, which are called bands.
# Each number is the share of sunlight that comes back; the numbers are made up, as large as those of real ground.

# %% satellite-bands
scene, cover = satellite()
plants = np.isin(cover, [list(SATELLITE_COVERS).index(name) for name in ("meadow", "forest")])
print("shape", scene.shape, "bands", SATELLITE_BANDS)
print(f"plants cover {plants.mean():.0%} of the ground")

# %% satellite-drawn tags=["figure"]
seen_colours = np.clip(scene[:, :, [2, 1, 0]] / 0.25, 0, 1)
stacks.gallery(
    [seen_colours, *np.moveaxis(scene, 2, 0)],
    ["as the eye sees it", *SATELLITE_BANDS],
    "A landscape in colours, and its five bands in grey. Six rectangles look like a meadow in colours, and are dark in "
    "near infrared. Sand and roofs are bright in every band. The shadows of clouds darken all bands alike.",
    columns=3,
)

# %% plants-question [markdown]
# Where do plants grow? That is harder to tell than it looks:
#
# - Six fields are covered with **green plastic**. In the three colours, it is like a meadow. But plants reflect near
#   infrared light and swallow red light; this plastic swallows both.
# - **Sand and roofs** are bright in every band, near infrared included.
# - In the **shadow** of a cloud, only about a third of the light is left in every band.
#
# First, one band alone: we say "plant" where the band is above (or below) a limit, and take the best limit for each
# band. To compare with: whoever always says "plant" gets 51% right.


# %% best-limit
def best_limit(values):
    """Return the best limit for "plant where above it", and the share of pixels that it gets right."""
    order = np.argsort(values, axis=None)
    sorted_plants = plants.ravel()[order]
    right = np.cumsum(~sorted_plants) + sorted_plants.sum() - np.cumsum(sorted_plants)
    return values.ravel()[order[right.argmax()]], right.max() / plants.size


for band, values in zip(SATELLITE_BANDS, np.moveaxis(scene, 2, 0), strict=True):
    share = max(best_limit(values)[1], best_limit(-values)[1])  # above it, or below it
    print(f"{band:<19} {share:.1%} of the pixels right")

# %% colours-question [markdown]
# No band does it alone. Now a neuron with a window of 1 × 1 pixel over the three **colours**: three weights, for blue,
# green and red. We try all weights from −1 to 1 in steps of ¼, 729 neurons, each with its best limit. Guess: how many
# of the pixels, in per cent, does the best of them get right?

# %% guess-colours tags=["guess"]
guess = 95  # your guess: per cent
course.predict("best-colours", guess)

# %% reveal-colours
steps = np.linspace(-1, 1, 9)
tried = {}
for weights in course.track(itertools.product(steps, repeat=3), "trying weights", 729):
    tried[weights] = best_limit(scene[:, :, :3] @ weights)[1]
best_colours = max(tried, key=tried.get)
course.reveal("best-colours", round(100 * tried[best_colours], 1), "per cent")
print("weights for blue, green, red:", *best_colours)

# %% plants-neuron [markdown]
# 89.5% is all that the colours can give. The wrong pixels are those of the plastic: all of them, and no others. No
# weights can help, since in the three colours the plastic *is* a meadow.
#
# A neuron that sees all five bands can use what plants do: weight +1 for near infrared, −1 for red, 0 for the others.
# By hand, for a pixel of meadow: $0.45 - 0.05 = 0.40$. For plastic: $0.07 - 0.05 = 0.02$. For bright sand:
# $0.38 - 0.30 = 0.08$. For meadow in the shadow of a cloud: $0.35 \cdot 0.40 = 0.14$. A limit near 0.1 lies between.

# %% plants-found
plant_map = scene @ np.array([0, 0, -1, 1, 0])
limit, share = best_limit(plant_map)
print(f"near infrared − red: {share:.1%} of the pixels right, with the limit {limit:.3f}")

# %% plants-drawn tags=["figure"]
attempts = {
    "near infrared": scene[:, :, 3],
    "best colours": scene[:, :, :3] @ best_colours,
    "near infrared − red": plant_map,
}
called = {f"{name}: above its limit": values > best_limit(values)[0] for name, values in attempts.items()}
stacks.gallery(
    [plants.astype(float), *(where.astype(float) for where in called.values())],
    ["plants on the ground", *called],
    "White where plants grow, and white where each map is above its best limit. Near infrared: sand and roofs are "
    "taken for plants, plants in shadow are missed. Best colours: the six fields of plastic are taken for plants. Near "
    "infrared minus red: close to the truth.",
    columns=2,
    width=8,
)

# %% by-hand-question [markdown]
# The same arithmetic over other bands, and the map is nearly the truth. Neither band finds plants by itself; their
# **difference** does. A window of 1 × 1 sees nothing of the neighbourhood, but it reaches through all channels below.
#
# ## 3. Equation 14-1
#
# Now a window of 2 × 2, two channels and tiny numbers. The neuron multiplies each pixel that it sees by its weight,
# **in both channels**, adds all products, and then its bias, which is 10.

# %% by-hand-numbers tags=["figure"]
tiny = np.array([[[1, 2, 0], [3, 1, 1], [0, 2, 4]], [[5, 0, 1], [1, 1, 0], [2, 0, 3]]], dtype=float)
tiny_kernel = np.array([[[1, 0], [0, 2]], [[-1, 1], [0, 3]]], dtype=float)
stacks.numbered(
    [*tiny, *tiny_kernel],
    ["x, channel 0", "x, channel 1", "w, channel 0", "w, channel 1"],
    "Two channels of 3 by 3 numbers, and weights of 2 by 2 for each.",
)

# %% guess-by-hand [markdown]
# Put the window in the upper left corner and add up by hand, on paper. What comes out, with the bias of 10?

# %% guess-sum tags=["guess"]
guess = 11.0  # your sum: a number
course.predict("two-channels-by-hand", guess)

# %% reveal-sum
products = tiny[:, 0:2, 0:2] * tiny_kernel
course.reveal("two-channels-by-hand", products.sum() + 10)

# %% by-hand-drawn tags=["figure"]
stacks.neuron_arithmetic(tiny, tiny_kernel, bias=10, row=0, column=0)

# %% equation [markdown]
# In general, with the symbols of the book *(Géron, Equation 14-1)*:
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
# Three sums are three loops. Note what is *not* summed over: $k$, the map that the neuron belongs to.

# %% exercise-neuron-output-multi [markdown]
# ### Exercise · `neuron_output_multi`
#
# Write Equation 14-1 for one neuron. The arrays have their axes in the order in which the equation writes its
# indices: the channels of `x` come **last**, and so do the maps of `weight`. There is no padding; the window always
# lies inside. The cell below the check calls it for the numbers above, and has to give the sum that you found by hand.


# %% neuron-output-multi tags=["exercise"] exercise="neuron_output_multi"
def neuron_output_multi(x, weight, bias, row, column, k, stride):
    """Return the output of one neuron, Equation 14-1.

    x: array of shape (height, width, in_channels)
    weight: array of shape (f_h, f_w, in_channels, out_channels)
    bias: array of shape (out_channels,)
    row, column: the place of the neuron in its map
    k: the map that it belongs to
    stride: the pair (s_h, s_w)
    returns: one float
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
tiny_x = np.moveaxis(tiny, 0, 2)  # the equation's order of axes: (row, column, channel)
tiny_w = tiny_kernel.transpose(1, 2, 0)[..., np.newaxis]
print(neuron_output_multi(tiny_x, tiny_w, np.array([10.0]), 0, 0, 0, (1, 1)))

# %% same-place [markdown]
# Now the same function on the real temple. Its kernels must have the equation's order, $(u, v, k', k)$. Four neurons at
# the same place, one in each map: they see the same 27 numbers, and say different things about them.

# %% same-place-four-maps
kernels_last = kernels.transpose(2, 3, 1, 0)  # from (map, channel, row, column) to (row, column, channel, map)
no_bias = np.zeros(4)
for k in range(4):
    print(f"{kernel_names[k]:<22} {neuron_output_multi(small_temple, kernels_last, no_bias, 12, 22, k, (1, 1)):+.2f}")

# %% all-neurons [markdown]
# A layer is this neuron at every place of every map: three more loops, over $i$, $j$ and $k$. With a stride of 2, the
# maps are about half as high and half as wide as the picture.

# %% all-neurons-loops
out_h, out_w = (24 - 3) // 2 + 1, (30 - 3) // 2 + 1  # windows of 3 × 3, stride 2
equation_maps = np.zeros((out_h, out_w, 4))
for i, j, k in np.ndindex(equation_maps.shape):
    equation_maps[i, j, k] = neuron_output_multi(small_temple, kernels_last, no_bias, i, j, k, (2, 2))
equation_maps.shape

# %% exercise-conv-volume [markdown]
# ### Exercise · `conv_volume`
#
# All maps of one picture, now with padding. From here on we use the **order of axes of PyTorch**, the library of lesson
# 5: channels first, `(channels, height, width)`. Each map has one kernel, as deep as the picture: `weight[k]` has the
# shape `(channels, f_h, f_w)`, and meets a window of the same shape. In this order one multiplication and one `.sum()`
# give all products of a neuron, added up.
#
# `padding` adds that many zeros on each side; `stride` is one number for both directions. The result is always
# float, even for a picture of whole numbers.


# %% conv-volume tags=["exercise"] exercise="conv_volume"
def conv_volume(x, weight, bias, stride, padding):
    """Return all maps of one picture.

    x: array of shape (channels, height, width)
    weight: array of shape (maps, channels, f_h, f_w)
    bias: array of shape (maps,)
    stride: how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    returns: float array of shape (maps, out_h, out_w)
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
# The function at work. The picture is the temple at half its size, with a padding of 1, so that the maps have the size
# of the picture. (The bright stripe at the left of *vertical edges*, and the dark one at its right, are no edges of the
# temple: there, the windows see the zeros of the padding.)

# %% your-maps-computed
half_temple = temple.reshape(120, 2, 150, 2, 3).mean(axis=(1, 3))
temple_maps = conv_volume(half_temple.transpose(2, 0, 1), kernels, no_bias, stride=1, padding=1)
temple_maps.shape

# %% your-maps-drawn tags=["figure"]
stacks.gallery(
    [half_temple, *temple_maps],
    ["the picture", *kernel_names],
    "The temple, and four maps of it. Vertical edges: window frames and the outline stand out. Horizontal edges: those "
    "of the roofs. Red against the rest: walls and tiles are light. Blue against the rest: the sky is light.",
    columns=3,
    signed=True,
)

# %% exercise-conv2d [markdown]
# ### Exercise · `conv2d`
#
# The real thing: a **batch**, which is several pictures in one array. `(N, channels, height, width)` goes in and
# `(N, maps, out_h, out_w)` comes out, as in PyTorch's `conv2d`. Write all that it needs into this one function: you
# will take it along to lesson 5. (If it calls your `conv_volume`, take both.) One more loop around `conv_volume` is
# enough. If you want it faster, let NumPy work on all pictures and all maps at once. Again the result is always float.
# The batch may be empty: then the output has the shape `(0, maps, out_h, out_w)`.


# %% conv2d tags=["exercise"] exercise="conv2d"
def conv2d(x, weight, bias, stride, padding):
    """Return the maps of a batch.

    x: array of shape (N, channels, height, width)
    weight: array of shape (maps, channels, f_h, f_w)
    bias: array of shape (maps,)
    stride: how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    returns: float array of shape (N, maps, out_h, out_w)
    """
    # BEGIN SOLUTION
    f_h, f_w = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out_h = (padded.shape[2] - f_h) // stride + 1
    out_w = (padded.shape[3] - f_w) // stride + 1
    z = np.zeros((len(x), len(weight), out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + f_h, left : left + f_w]
            z[:, :, i, j] = np.tensordot(window, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return z
    # END SOLUTION


# %% check-conv2d tags=["check"] exercise="conv2d"
conv2d = course.check(conv2d)

# %% conv2d-explored-question [markdown]
# Here is the explorer again, and now it calls `conv2d`, too, whenever you change the layer. Where your function and
# Equation 14-1 differ, the maps get crosses.
#
# - Set the stride to 2. How many neurons does each map have? How far apart are the windows of two neighbours?
# - Set the padding to 1, and move a neuron of *vertical edges* to the left border. What does it see there?
# - Does your function agree with each stride and padding?

# %% conv2d-explorer tags=["explorer"]
stack_explorer(function=conv2d)

# %% conv2d-explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - With stride 2 a map has 11 × 14 = 154 neurons instead of 22 × 28 = 616, about a quarter. The windows of two
#   neighbours lie two pixels apart, and still share a column or a row of pixels.
# - With padding 1 (and stride 1 again) the window begins one pixel outside of the picture. Its first column is three
#   zeros in each channel, and the neurons at the left border of *vertical edges* answer strongly, up to 0.84: for them
#   the picture begins there, with an edge.
# - A right function agrees in all 2,464 neurons without padding, and in all 2,880 with padding 1.
#
# </details>

# %% garments-intro [markdown]
# A batch of real garments from Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): grey, so 1 channel, 28 × 28 pixels. For
# them the colour kernels make no sense; the two edge kernels, summed over their channels, do.

# %% garments-maps
from course.data import fashion_mnist_sample

train, test = fashion_mnist_sample("train"), fashion_mnist_sample("test")
garment_batch = test.images[[0, 2, 18], np.newaxis] / 255
edge_kernels = kernels[:2].sum(axis=1, keepdims=True)
garment_maps = conv2d(garment_batch, edge_kernels, np.zeros(2), stride=1, padding=1)
garment_batch.shape, edge_kernels.shape, garment_maps.shape

# %% garments-drawn tags=["figure"]
told = [test.class_names[label] for label in test.labels[[0, 2, 18]]]
stacks.gallery(
    [*garment_batch[:, 0], *garment_maps[:, 0], *garment_maps[:, 1]],
    [*told, *["vertical edges"] * 3, *["horizontal edges"] * 3],
    f"Three garments ({', '.join(told)}) in the first row; below, their maps of vertical and of horizontal edges.",
    columns=3,
    signed=[False] * 3 + [True] * 6,
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
two_photos = np.stack([half_temple, crop(photo, 150, 340, 240, 300)[::2, ::2]])
torn = two_photos.reshape(2, 3, 120, 150)
print("NHWC", two_photos.shape, "-> NCHW?", torn.shape)

# %% reshape-drawn tags=["figure"]
stacks.gallery(
    [half_temple, *torn[0]],
    ["the picture", *(f"'channel' {k} after reshape" for k in range(3))],
    "The temple, and three grey pictures that reshape makes of it. Each holds a third of the temple's height: each row "
    "is cut into three that lie below each other, with the three colours of a pixel side by side. Stripes all over.",
)

# %% exercise-nhwc-to-nchw [markdown]
# ### Exercise · `nhwc_to_nchw`
#
# Bring a batch from NHWC to NCHW, without changing a value. The type of the numbers stays, too.


# %% nhwc-to-nchw tags=["exercise"] exercise="nhwc_to_nchw"
def nhwc_to_nchw(x):
    """Return a batch with its axes in the order (N, channels, height, width).

    x: array of shape (N, height, width, channels)
    returns: array of shape (N, channels, height, width), of the dtype of x
    """
    # BEGIN SOLUTION
    return x.transpose(0, 3, 1, 2)
    # END SOLUTION


# %% check-nhwc-to-nchw tags=["check"] exercise="nhwc_to_nchw"
nhwc_to_nchw = course.check(nhwc_to_nchw)

# %% two-orders-agree [markdown]
# A test of everything so far. Equation 14-1 with channels last, and `conv2d` with channels first, must give the same
# maps of the small temple, in different orders of axes.

# %% two-orders-agree-run
same_maps = conv2d(nhwc_to_nchw(small_temple[np.newaxis]), kernels, no_bias, stride=2, padding=0)
print("Equation 14-1:", equation_maps.shape, " conv2d:", same_maps[0].shape)
print("equal:", np.allclose(nhwc_to_nchw(equation_maps[np.newaxis]), same_maps))

# %% speed-question [markdown]
# ## 4. Three ways to write it, and how fast they are
#
# The loops of Equation 14-1 are clear, and slow: Python looks at every single product. There are two better ways. Both
# compute *the same sums*, in another order.
#
# **Sums over the window.** Turn the loops inside out. Take one weight position, $(u, v)$. Over all neurons, it meets a
# shifted copy of the picture. So only the loops over $u$ and $v$ stay in Python; NumPy does the rest at once. Here it
# is for stride 1, without padding. (`np.einsum` multiplies, and adds up over each letter that is missing after the
# arrow: here over `c`, the channels.)


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


by_shifts = conv_by_shifts(garment_batch, edge_kernels, np.zeros(2))
np.allclose(by_shifts, conv2d(garment_batch, edge_kernels, np.zeros(2), 1, 0))

# %% columns-intro [markdown]
# **One matrix product.** Write each window, all its channels, as one long *column*. Write each kernel as one long
# *row*. Row times column is the sum of products that a neuron computes. So the matrix of kernels times the matrix of
# windows gives every neuron of every map at once, and matrix products are what computers do best. The way from picture
# to columns is called **im2col**: image to columns.

# %% columns-tiny
counted = np.arange(1.0, 25.0).reshape(1, 2, 3, 4)
three_rows = np.array([[1, 0, 0, -1, 0, 0, 0, 0], [0, 0, 0, 0, 1, -1, 1, -1], [1, 0, 0, 0, 0, 0, 0, 1]], dtype=float)
windows = [counted[0, :, i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(3)]
tiny_columns = np.stack(windows, axis=1)
tiny_columns.shape

# %% columns-drawn tags=["figure"]
stacks.columns_of_windows(counted[0], three_rows.reshape(3, 2, 2, 2), tiny_columns, marked=2)

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

    x: array of shape (N, channels, height, width)
    kernel_size: the pair (f_h, f_w)
    stride: how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    returns: float array of shape (N, channels * f_h * f_w, out_h * out_w)
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


np.allclose(conv_by_columns(garment_batch, edge_kernels, np.zeros(2)), by_shifts)

# %% race-intro [markdown]
# Now a race, on a piece of the photograph: 3 channels of 48 × 64 pixels, 8 kernels of 5 × 5. The runners:
#
# - *loops*: Equation 14-1 and nothing else, every product by itself (`course.ops.conv2d_loops`);
# - *conv2d*, as you wrote it above;
# - *shifts*: the sums over the window;
# - *columns*: `im2col` and one matrix product;
# - *course*: `course.ops.conv2d`, which makes its columns without loops, in strips that fit the processor's cache;
# - *torch*: PyTorch's `conv2d`, with one thread (NumPy may use more for its matrix products).
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
race_numbers = np.random.default_rng(0)
race_w, race_b = race_numbers.normal(size=(8, 3, 5, 5)), race_numbers.normal(size=8)

# %% race-runners
tensors = [torch.from_numpy(np.ascontiguousarray(array)) for array in (race_x, race_w, race_b)]
runners = {
    "loops": lambda: ops.conv2d_loops(race_x, race_w, race_b),
    course.whose(conv2d, "conv2d"): lambda: conv2d(race_x, race_w, race_b, 1, 0),
    "shifts": lambda: conv_by_shifts(race_x, race_w, race_b),
    "columns": lambda: conv_by_columns(race_x, race_w, race_b),
    "course": lambda: ops.conv2d(race_x, race_w, race_b),
    "torch, 1 thread": lambda: torch.nn.functional.conv2d(*tensors).numpy(),
}
race_loops = ops.conv2d_loops(race_x, race_w, race_b)
print("all the same:", all(np.allclose(run(), race_loops) for run in runners.values()))


# %% reveal-race tags=["nbval-ignore-output"]
def milliseconds(run, most=300):
    """Return the median time of several runs, as many as fit into `most` milliseconds, at least one."""
    times = []
    while not times or (sum(times) < most and len(times) < 50):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


race_times = {name: milliseconds(run) for name, run in course.track(runners.items(), "racing")}
course.reveal("columns-against-loops", round(race_times["loops"] / race_times["columns"]), "times as fast")

# %% race-drawn tags=["figure", "nbval-ignore-output"]
costs.bars(race_times, "milliseconds for one picture", "The same 8 maps, six ways", log=True, form="{:,.2f} ms")

# %% race-read [markdown]
# The chart is measured on your machine, now; run the cells again and the numbers move a little. Mind the scale: each
# step is ten times the one before. All six compute the same 1,584,000 products. What differs is *who* does them: a
# Python loop, one at a time, or compiled code that takes whole rows.
#
# Look at *columns*: its product is fast, but if its `im2col` visits the windows in a Python loop, that loop takes most
# of the time. NumPy can cut all windows without a loop: `np.lib.stride_tricks.sliding_window_view(padded, (f_h, f_w),
# axis=(2, 3))` has the shape `(N, channels, rows, columns, f_h, f_w)`, and the rest is a `transpose` and a `reshape`.
# If you like, write `im2col` that way, run its cell and the check again, then the race: the bar shrinks.
#
# The columns have a price. Each pixel stands in up to 25 windows, so it is written down up to 25 times:

# %% columns-memory
race_columns = im2col(race_x, (5, 5), 1, 0)
print(f"picture {race_x.size:,} numbers, columns {race_columns.size:,}: {race_columns.size / race_x.size:.0f} times")

# %% tolerance-intro [markdown]
# ### Equal, but not the same
#
# The race said "all the same", and it compared with `np.allclose`, not with `==`. Why? Add three numbers in two orders:

# %% tolerance-by-hand
print(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.1 + 0.2 + 0.3 == 0.3 + 0.2 + 0.1)

# %% tolerance-text [markdown]
# A computer keeps about 16 digits of a number (in `float64`; 7 in `float32`, which most networks use), and rounds after
# each addition. So the **order** of a sum shows in its last digits. Both sums are right; neither is exact. Now the 8
# kernels of the race on a quarter of its picture, by loops and by matrix products: the same products, in another order.

# %% tolerance-measured
for kind in (np.float64, np.float32):
    inputs = [array.astype(kind) for array in (race_x[:, :, :24, :32], race_w, race_b)]
    one, other = ops.conv2d_loops(*inputs), ops.conv2d(*inputs)
    print(f"{np.dtype(kind).name}: equal by ==: {np.mean(one == other):.0%} of the numbers,", end=" ")
    print(f"largest difference {np.abs(one - other).max():.0e} where numbers reach {np.abs(one).max():.0f}")
exact, forgotten = conv2d(race_x, race_w, race_b, 1, 0), conv2d(race_x, race_w, 0 * race_b, 1, 0)
print(f"and a mistake, the bias forgotten: largest difference {np.abs(exact - forgotten).max():.0e}")

# %% tolerance-read [markdown]
# With `==`, most right answers would be called wrong. Rounding is far smaller than a mistake, so there is room for a
# limit between the two: `course.check` accepts a number that is within 1e-4 of the expected one, relative to it (and,
# for numbers near 0, within 1e-5 of the largest number expected). That is looser than rounding, also in `float32`, and
# tighter than any mistake worth finding. Comparing floats with `==` is a mistake of its own.

# %% cost-intro [markdown]
# ## 5. What a layer costs
#
# Two counts describe a layer.
#
# **Parameters** are the numbers that it learns, and keeps. Each map has a kernel of $f_h \cdot f_w$ weights for *each*
# channel below, and one bias. By hand, for 2 maps of a colour picture with 3 × 3 windows: one kernel has
# $3 \cdot 3 \cdot 3 = 27$ weights, one bias makes 28, and two maps make 56. The size of the picture does not matter.

# %% exercise-conv-parameters [markdown]
# ### Exercise · `conv_parameters`
#
# Count the parameters of a layer. `conv_parameters(3, 2, (3, 3), True)` is 56.


# %% conv-parameters tags=["exercise"] exercise="conv_parameters"
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    """Return how many numbers a layer learns.

    in_channels: channels, or maps, of the layer below (an int)
    out_channels: maps of the layer (an int)
    kernel_size: the pair (f_h, f_w)
    bias: True or False, whether each map has a bias
    returns: an int
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
book_neurons = 200 * 150 * 100
to_learn = {
    "each sees all pixels": book_neurons * (150 * 100 * 3 + 1),
    "each sees 5 × 5, own weights": book_neurons * (5 * 5 * 3 + 1),
    "each sees 5 × 5, shared": conv_parameters(3, 200, (5, 5), True),
}
for name, count in to_learn.items():
    print(f"{name:<29} {count:>15,} numbers to learn")
print(f"one dense map of 150 × 100 alone, no biases: {150 * 100 * 150 * 100 * 3:,}")

# %% parameters-drawn tags=["figure"]
costs.bars(to_learn, "numbers to learn", "3,000,000 neurons above a colour picture of 150 × 100 pixels", log=True)

# %% work-intro [markdown]
# 15,200 numbers for three million neurons. The book compares with a dense layer of 150 × 100 neurons, one map's worth:
# 675 million weights *(Géron)*.
#
# **Work** is the other count, and here sharing saves nothing: every neuron still has to do its sum. One
# multiplication together with its addition is called a **multiply-accumulate**. By hand: 2 maps of 4 × 5 neurons, each
# sees 27 numbers: $2 \cdot 4 \cdot 5 \cdot 27 = 1{,}080$ multiply-accumulates. Biases have no multiplication and do not
# count.

# %% exercise-conv-cost [markdown]
# ### Exercise · `conv_cost`
#
# Count the multiply-accumulates of a layer for one picture. `conv_cost(3, 2, (3, 3), (4, 5))` is 1,080.


# %% conv-cost tags=["exercise"] exercise="conv_cost"
def conv_cost(in_channels, out_channels, kernel_size, output_size):
    """Return the multiply-accumulates of a layer for one picture.

    in_channels: channels, or maps, of the layer below (an int)
    out_channels: maps of the layer (an int)
    kernel_size: the pair (f_h, f_w)
    output_size: height and width of a map, the pair (out_h, out_w)
    returns: an int
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
bytes_of_maps = 4 * book_neurons  # float32: 4 bytes a number
print(f"{conv_cost(3, 200, (5, 5), (150, 100)):,} multiply-accumulates for one picture")
print(f"{bytes_of_maps / 1e6:.0f} MB to keep the maps of one picture")
print(f"{100 * bytes_of_maps / 1e9:.1f} GB to keep those of a batch of 100")
print(f"{conv_cost(3, 8, (5, 5), (44, 60)):,} multiply-accumulates in the race above")

# %% memory-read [markdown]
# So the layer learns little, works hard, and its *output* is large: the numbers are those of the book. While a network
# learns, the maps of all layers must be kept until its weights have been corrected. That is what fills the memory of a
# graphics card.
#
# ## 6. Learned once, found anywhere
#
# Does sharing help a network *learn*? A dense neuron sees all pixels: it can do whatever a neuron with a small window
# does, and more. We measure it with two networks, side by side, on real garments.
#
# - The **shared** one has a layer of 16 kernels of 7 × 7 that slide over the picture.
# - The **dense** one has 100 kernels of 28 × 28, as large as the picture: there is one place for each, so nothing is
#   shared.
#
# Of each map we keep the strongest place (in the dense layer there is only one); then ReLU, then ten outputs, one for
# each class of garments. The class with the largest output is the answer. Both learn by gradient descent, as the filter
# of lesson 2 did; what they make smaller, the *cross-entropy*, is large where the right class gets a small output
# (lesson 5 takes it apart). The code is `course/shiftnet.py`, in NumPy.

# %% placed-drawn tags=["figure"]
from course import shiftnet

shifts = [0, 2, 4, 6]
stacks.gallery(
    [shiftnet.place(test.images[2:3], shiftnet.MIDDLE, shiftnet.MIDDLE + shift)[0, 0] for shift in shifts],
    [f"{shift} pixels to the right" for shift in shifts],
    "A pair of trousers, small, in the middle of a black square, and moved to the right by 2, 4 and 6 pixels.",
    width=8,
)

# %% fair [markdown]
# **What is fair here?** Both see the same 2,000 pictures, in batches of 50, 8 times over, with the same rule and the
# same rate of learning, 0.1. (Of 0.01, 0.03, 0.1 and 0.2, for garments in the middle, 0.03 and 0.1 are the best for
# both networks, and hardly differ.) The dense network gets the advantage in size:

# %% network-sizes
for name, window, neurons in (("dense", 28, 100), ("shared", 7, 16)):
    size = conv_parameters(1, neurons, (window, window), True) + 10 * neurons + 10
    print(f"{name:<7}{size:>7,} numbers to learn")

# %% accuracy-definition [markdown]
# **What do we measure?** The *accuracy at shift d*: the share of 1,000 test garments, never trained on, each moved
# $d$ pixels to the right of the middle, that get the right one of ten classes. Guessing gives 10%. Chance plays a part:
# first weights and order of the pictures are random. So each training is done **three times**, from three seeds (a seed
# is the number that random numbers start from).
#
# First, all training garments stand in the middle. At shift 0 the dense network will do well. Guess: what is its
# accuracy, in per cent, when the garments stand 6 pixels further right?

# %% guess-shifted tags=["guess"]
guess = 60  # your guess: per cent
course.predict("dense-shifted", guess)


# %% learn
def learn(window, neurons, anywhere):
    """Return three networks, trained from three seeds."""
    trained = shiftnet.train(train.images[:2000], train.labels[:2000], window, neurons, range(3), anywhere)
    words = f"training on {'garments anywhere' if anywhere else 'garments in the middle'}"
    return list(course.track(trained, words, total=3))


dense_middle = learn(28, 100, anywhere=False)
shared_middle = learn(7, 16, anywhere=False)


# %% accuracy
def at_shifts(networks):
    """Return the accuracy of each network (a row) at each shift (a column), in per cent."""
    return np.array([[one.accuracy(test.images, test.labels, shift) for shift in shifts] for one in networks])


in_the_middle = {
    "dense, trained in the middle": at_shifts(dense_middle),
    "shared, trained in the middle": at_shifts(shared_middle),
}

# %% reveal-shifted tags=["nbval-ignore-output"]
dense_accuracy = in_the_middle["dense, trained in the middle"]
course.reveal("dense-shifted", round(dense_accuracy[:, shifts.index(6)].mean()), "per cent")
for name, runs in in_the_middle.items():
    for run in runs:
        print(f"{name:<30}", " ".join(f"{value:5.1f}" for value in run))

# %% anywhere-question [markdown]
# One line for each run, one column for each of the shifts 0, 2, 4 and 6. The dense network is the better one where it
# was trained, in all three runs, and lost a few pixels further on: what it learned about trousers, it learned about
# trousers *in the middle*. The shared network loses nothing. A garment on black, shifted, gives the same windows at
# other places (zeros around the canvas see to it that no window is cut off at its edge), so its strongest answers stay
# the same.
#
# Can the dense network catch up if it sees garments everywhere? Second training: each picture stands at a new random
# place each time.

# %% learn-anywhere tags=["nbval-ignore-output"]
anywhere = {
    "dense, trained anywhere": at_shifts(learn(28, 100, anywhere=True)),
    "shared, trained anywhere": at_shifts(learn(7, 16, anywhere=True)),
}
for name, runs in anywhere.items():
    print(f"{name:<25} from {runs.min():.0f}% to {runs.max():.0f}% over all runs and shifts")

# %% shift-curves tags=["figure", "nbval-ignore-output"]
costs.curves(
    shifts,
    {**in_the_middle, **anywhere},
    ("pixels to the right of the middle", "accuracy, per cent"),
    "What was learned in one place, found in another",
    level=(10, "guessing"),
)

# %% shift-read [markdown]
# Lines are means of three runs, bands reach from the lowest to the highest. What holds in every run:
#
# - *Dense, trained in the middle*: best at home, and about 15% at 6 pixels, not far from guessing.
# - *Shared, trained in the middle*: the same at every shift, with an eightieth of the numbers to learn.
# - *Dense, trained anywhere*: at every shift, every run stays well below every run of the shared network. So it does
#   not catch up here. It has to learn every garment again for every one of the 15 · 15 = 225 places, and sees each
#   garment in at most 8 of them. Ten times as many rounds help: its mean accuracy rises to more than 60% in each of
#   three runs. So examples are what it lacks, at least in part.
# - *Shared, trained anywhere*: flat again. Its runs differ among themselves by more than the two trainings do, so three
#   runs show no gain from seeing garments everywhere.
#
# So sharing helps a lot where garments move, and the dense network is ahead where they do not. The shared network
# gives something up: it keeps *how strongly* each kernel answered, not *where*. It also has far fewer numbers to learn
# with. One of the two, or both, cost it the first place in the middle; this experiment does not tell which. Deep
# networks keep *how strongly* and *where* for a while (lesson 5).
#
# **What did they learn?** Look at the weights of the six neurons that count most in the outputs, for the first seed,
# and at the mean of what excites each of them most.

# %% dense-learned tags=["figure"]
network = dense_middle[0]
six = network.most_important(6)
costs.weights_and_seen(
    {
        "dense: weights": network.weight[six, 0],
        "what the training changed in them": (network.weight - network.start)[six, 0],
        "mean of the 50 test garments that excite it most": np.stack([network.excited_by(test.images, k) for k in six]),
    }
)

# %% dense-untouched
changed = (network.weight != network.start).any(axis=(0, 1))
print(f"weights that no training has touched: {np.mean(~changed):.0%}, all outside the 14 × 14 pixels of the middle")
print("in the middle, all have moved:", bool(changed[7:21, 7:21].all()))

# %% kernels-learned tags=["figure"]
shared = shared_middle[0]
most = shared.most_important(6)
costs.weights_and_seen(
    {
        "shared: weights": shared.weight[most, 0],
        "mean of the 50 windows that excite it most": np.stack([shared.excited_by(test.images, k) for k in most]),
    }
)

# %% learned-read [markdown]
# The dense weights look like noise, and outside the middle they **are** noise: there, all training pictures were black,
# and a weight that meets only 0 is never corrected. Three quarters of the weights are still the random numbers of the
# start. That is why the network is lost when a garment moves there. What training changed in the middle shows traces of
# garments; the mean of what excites a neuron most shows which.
#
# In the shared layer, a kernel is small, and every one of its weights meets garments. From the weights alone it is hard
# to say what a kernel looks for. The windows that excite it most tell: pieces of an outline, with black on one side and
# garment on the other, in one direction or another. Another seed gives other kernels, so do not read more into a single
# one.

# %% small-kernels-intro [markdown]
# ## 7. Two 3 × 3 layers, or one 5 × 5?
#
# Lesson 1 showed it: a neuron above two 3 × 3 layers sees 5 × 5 pixels, as one above a 5 × 5 layer does.

# %% two-small-drawn tags=["figure"]
costs.two_small_one_large()

# %% two-small-probe [markdown]
# Test it with `conv2d`: a picture that is black except for one pixel, and kernels of ones. Each neuron that moves away
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
def two_against_one(below, channels, size):
    """Return parameters and multiply-accumulates: two 3 × 3 layers, then one 5 × 5 layer."""
    small, large = [(below, channels, (3, 3)), (channels, channels, (3, 3))], (below, channels, (5, 5))
    parameters = sum(conv_parameters(*layer, True) for layer in small), conv_parameters(*large, True)
    work = sum(conv_cost(*layer, size) for layer in small), conv_cost(*large, size)
    return parameters, work


for what, (two, one) in zip(("parameters", "multiply-accumulates"), two_against_one(64, 64, (28, 28)), strict=True):
    print(f"{what:<21} two 3 × 3: {two:>10,}   one 5 × 5: {one:>10,}   {1 - two / one:.0%} fewer")

# %% first-layer-question [markdown]
# 18 weights for each pair of maps instead of 25: 28% fewer, and 28% less work. A ReLU fits in between, too, so that two
# layers can say more than one. (The price: there are two stacks of maps to keep, not one.) This is why the book calls
# large kernels a common mistake *(Géron, "CNN Architectures")*.
#
# And the **first** layer, above a picture with 3 channels? Guess: which has more numbers to learn there, for 64 maps:
# `"two 3 × 3"` or `"one 5 × 5"`?

# %% guess-first-layer tags=["guess"]
guess = "one 5 × 5"  # "two 3 × 3" or "one 5 × 5"
course.predict("first-layer", guess)

# %% reveal-first-layer
(two, one), (two_work, one_work) = two_against_one(3, 64, (224, 224))
course.reveal("first-layer", "two 3 × 3" if two > one else "one 5 × 5")
print(f"two 3 × 3: {two:,} parameters, {two_work:,} multiply-accumulates")
print(f"one 5 × 5: {one:,} parameters, {one_work:,} multiply-accumulates")

# %% first-layer-read [markdown]
# In the first layer it is the other way round. The second of the two small layers has 64 maps below it, not 3, and that
# is where the cost goes. A large kernel over 3 channels is cheap. With **stride 2** it is cheaper still, and the maps
# above become smaller for all later layers. Compare a 7 × 7 layer with stride 2, and three 3 × 3 layers, the last of
# them with stride 2: a neuron of either sees 7 × 7 pixels, and both end in 64 maps of 112 × 112.

# %% large-first-layer
first_layers = {  # for each: channels below, height and width of the window, stride
    "7 × 7, stride 2": (3, 7, 2),
    "first 3 × 3": (3, 3, 1),
    "second 3 × 3": (64, 3, 1),
    "third 3 × 3, stride 2": (64, 3, 2),
}
one_large, *small_ones = (
    conv_cost(below, 64, (f, f), (224 // stride, 224 // stride)) for below, f, stride in first_layers.values()
)
print(f"7 × 7, stride 2:    {one_large:>13,} multiply-accumulates")
print(f"three 3 × 3 layers: {sum(small_ones):>13,}, {sum(small_ones) / one_large:.1f} times as many")

# %% large-first-layer-timed-intro [markdown]
# Counts are a promise. Does the clock agree? We time each of the four layers by itself, in PyTorch with one thread, on
# small pictures, at two sizes; each time is the median of up to 50 runs. Beside the times stand the rate, and one more
# count: how many multiply-accumulates there are for each number that the layer reads or writes.


# %% large-first-layer-timed tags=["nbval-ignore-output"]
def timed(height, width):
    """Print counts, times and rates of the four layers, and how many times as much the three small ones take."""
    done = []
    print(f"{'':<22}{'million':>9}{'ms':>8}{'billion a second':>18}{'for each number':>17}")
    for name, (below, f, stride) in first_layers.items():
        x, weight = torch.rand(1, below, height, width), torch.rand(64, below, f, f)
        ms = milliseconds(partial(torch.nn.functional.conv2d, x, weight, stride=stride, padding=f // 2))
        work = conv_cost(below, 64, (f, f), (height // stride, width // stride))
        moved = x.numel() + 64 * (height // stride) * (width // stride)
        print(f"{name:<22}{work / 1e6:>9.1f}{ms:>8.3f}{work / ms / 1e6:>18.0f}{work / moved:>17.0f}")
        done.append((work, ms))
    more_work, more_time = (sum(column[1:]) / column[0] for column in zip(*done, strict=True))
    print(f"{height} × {width}: {more_work:.1f} times the work, {more_time:.1f} times the time\n")


timed(40, 48)
timed(24, 32)

# %% large-first-layer-timed-read [markdown]
# On *who is cheaper*, clock and count agree, by far. On *how much*, they need not. The count says 20.3 at both sizes;
# the clock's factor depends on the size, and on your machine. The rates say why: they are not the same.
#
# A layer does not only multiply. It reads its input from memory and writes its maps there. For each number that comes
# or goes, the second small layer has 288 multiply-accumulates to do, the 7 × 7 layer 124, the first small one 26. The
# less there is to do with a number, the longer the processor waits for the next one. So a layer over 3 channels tends
# to be slow for its count and a layer over 64 maps fast, and the factor comes out below 20.3. On the smaller picture
# every call still has its fixed cost. It slows some layers more than others, and the factor is another one.
#
# <details><summary>Why such small pictures?</summary>
#
# Put 96 × 128 in the place of 40 × 48: the 64 maps of a layer then take 3.1 MB, and a program may have to ask the
# operating system for fresh memory at every call. That can take longer than the arithmetic. It differs from run to run,
# and the factor can jump to twice the count and more.
#
# </details>
#
# So a count tells what there is to do, the same on every machine. The clock also tells how well this machine does it.

# %% one-pixel-intro [markdown]
# ## 8. A window of one pixel: the 1 × 1 layer
#
# A 3 × 3 layer does two things at once: it looks around each pixel, and it mixes the maps below. A **1 × 1 layer** only
# mixes. The neuron that found plants in section 2 was a neuron of such a layer.
#
# By hand: three channels hold 2, 1 and 4 at some pixel. Map A has the weights (1, 0, −1), map B (½, ½, 0), no biases.
# A gives $2 - 4 = -2$, and B gives $1 + 0.5 = 1.5$. The same at every other pixel. So a 1 × 1 layer is one small
# matrix product at each pixel: a dense layer over the channels, shared by all pixels.

# %% one-pixel-layer
one_pixel, a_and_b = np.array([2.0, 1.0, 4.0]), np.array([[1, 0, -1], [0.5, 0.5, 0]])
print("by hand:", conv2d(one_pixel.reshape(1, 3, 1, 1), a_and_b.reshape(2, 3, 1, 1), np.zeros(2), 1, 0).ravel())
mixing = np.array([[0, 0, -1, 1, 0], [1 / 3, 1 / 3, 1 / 3, 0, 0]])  # near infrared − red; the mean of the colours
mixed = conv2d(nhwc_to_nchw(scene[np.newaxis]), mixing.reshape(2, 5, 1, 1), np.zeros(2), 1, 0)
print("5 bands become", mixed.shape[1], "maps:", mixed.shape)
print("a matrix product at each pixel:", np.allclose(mixed[0], np.moveaxis(scene @ mixing.T, 2, 0)))

# %% one-pixel-use [markdown]
# What is it for? It changes the **depth** of a stack, at little cost. A 3 × 3 layer with 256 maps below and 256 above
# has 3 · 3 · 256 weights for each map. Three layers do it another way (He, Zhang, Ren and Sun, "Deep Residual
# Learning", 2015; they call it a *bottleneck*): 1 × 1 **down** to 64 maps, 3 × 3 from 64 to 64, 1 × 1 **up** to 256. A
# neuron at the end sees 3 × 3 places of all 256 maps below, as before.
#
# Guess: the three layers together have fewer numbers to learn. How many times fewer?

# %% guess-bottleneck tags=["guess"]
guess = 3  # your guess: how many times fewer
course.predict("bottleneck", guess)

# %% reveal-bottleneck
bottleneck = {"1 × 1 down": (256, 64, (1, 1)), "3 × 3": (64, 64, (3, 3)), "1 × 1 up": (64, 256, (1, 1))}
for name, layer in bottleneck.items():
    print(f"{name:<26}{conv_parameters(*layer, True):>9,} parameters {conv_cost(*layer, (56, 56)):>14,} of work")
together = sum(conv_parameters(*layer, True) for layer in bottleneck.values())
wide = conv_parameters(256, 256, (3, 3), True)
together_work = sum(conv_cost(*layer, (56, 56)) for layer in bottleneck.values())
print(f"{'together':<26}{together:>9,} parameters {together_work:>14,} of work")
print(f"{'one 3 × 3, 256 to 256':<26}{wide:>9,} parameters {conv_cost(256, 256, (3, 3), (56, 56)):>14,} of work")
course.reveal("bottleneck", round(wide / together, 1), "times")

# %% one-pixel-read [markdown]
# 8.4 times fewer numbers, and 8.5 times less work (multiply-accumulates, for maps of 56 × 56). It has a price: all that
# the 256 maps say has to pass through 64. In return, two more layers bring two more ReLUs.
#
# A deeper middle saves much less. With 128 in place of 64, the three layers have 213,504 numbers, only 2.8 times fewer:
# a 3 × 3 layer has four times as many weights when the stacks below and above it are twice as deep.

# %% backward-intro [markdown]
# ## 9. Stretch: the backward pass
#
# To *learn* kernels, a network needs the gradient of its loss $L$ with respect to every weight; for short, the gradient
# by the weight. (The *loss* is the number that says how wrong the network is; the gradient says how it changes with
# each weight, as in lesson 2.) It also needs the gradient by every input, since the input of one layer is the output of
# the layer below. Suppose that we know how the loss changes with each output of the layer:
# $g = \partial L / \partial z$ (`grad_output`). What are the gradients by $w$, $x$ and $b$?
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

# %% exercise-conv2d-backward [markdown]
# ### Exercise · `conv2d_backward`
#
# Return the three gradients, `grad_x`, `grad_weight` and `grad_bias`, each in the shape of what it belongs to, and as
# floats, even for a picture of whole numbers. Work on a padded copy of `x` and a padded array of zeros for `grad_x`;
# cut the border off at the end.


# %% conv2d-backward tags=["exercise"] exercise="conv2d_backward"
def conv2d_backward(grad_output, x, weight, stride, padding):
    """Return the gradients of the loss by what conv2d was given.

    grad_output: array of shape (N, maps, out_h, out_w), the gradient by the output of conv2d
    x: array of shape (N, channels, height, width)
    weight: array of shape (maps, channels, f_h, f_w)
    stride: how far the window moves, in both directions (an int)
    padding: zeros on each side (an int, 0 for none)
    returns: grad_x, grad_weight, grad_bias, three float arrays of the shapes of x, weight and (maps,)
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
print("by hand:", *(gradient.ravel() for gradient in conv2d_backward(given, row, pair, 1, 0)))
square, black = np.ones((1, 1, 3, 3)), np.zeros((1, 1, 6, 7))
uses = conv2d_backward(np.ones((1, 1, 4, 5)), black, square, 1, 0)[0]
sparse_uses = conv2d_backward(np.ones((1, 1, 2, 3)), black, square, 2, 0)[0]
course.reveal("windows-over-a-pixel", uses[0, 0, 3, 3], "windows")

# %% uses-drawn tags=["figure"]
stacks.numbered(
    [uses[0, 0], sparse_uses[0, 0]],
    ["stride 1", "stride 2"],
    "How many 3 by 3 windows each pixel of a 6 by 7 picture lies in. Stride 1: 1 in the corners, 9 in the middle. "
    "Stride 2: 1, 2 or 4, and the last row lies in none.",
)

# %% finite-differences-intro [markdown]
# Pixels near the border are seen less often; with stride 2 the last row is not seen at all, and its gradient is 0.
#
# **Is it right?** Trust nobody, measure. The gradient says how the loss moves when one number moves a little. So
# move it, by $h$ to both sides, and look: $(L(w + h) - L(w - h)) \, / \, 2h$. These are **finite differences**. The
# loss here is a sum of all outputs, each multiplied by a random number $g$.

# %% finite-differences
drawn = np.random.default_rng(3)
trial_x, trial_w, trial_b = drawn.normal(size=(2, 3, 5, 6)), drawn.normal(size=(4, 3, 3, 2)), drawn.normal(size=4)
trial_g = drawn.normal(size=(2, 4, 3, 4))


def loss_at(weight):
    """Return one number that depends on every output."""
    return (conv2d(trial_x, weight, trial_b, 2, 1) * trial_g).sum()


h, step = 1e-5, np.zeros_like(trial_w)
step[1, 2, 0, 1] = h
measured = (loss_at(trial_w + step) - loss_at(trial_w - step)) / (2 * h)
computed = conv2d_backward(trial_g, trial_x, trial_w, 2, 1)[1][1, 2, 0, 1]
print(f"measured {measured:.6f}, backward pass {computed:.6f}")

# %% gradcheck-intro [markdown]
# One weight agrees. Now every number of every input, one after the other, and then PyTorch, which finds its
# gradients by itself.

# %% gradcheck-all
report = ops.gradcheck(
    lambda x, weight, bias: conv2d(x, weight, bias, 2, 1),
    lambda g, x, weight, bias: conv2d_backward(g, x, weight, 2, 1),
    *(trial_x, trial_w, trial_b),
)
print(f"{trial_x.size + trial_w.size + trial_b.size} numbers moved one by one. All agree: {report.passed}")

# %% torch-agrees
leaves = [torch.tensor(array, requires_grad=True) for array in (trial_x, trial_w, trial_b)]
torch.nn.functional.conv2d(*leaves, stride=2, padding=1).backward(torch.tensor(trial_g))
trial_gradients = conv2d_backward(trial_g, trial_x, trial_w, 2, 1)
for name, leaf, mine in zip(("x", "weight", "bias"), leaves, trial_gradients, strict=True):
    print(f"gradient by {name:<7} equal to torch's: {np.allclose(leaf.grad.numpy(), mine)}")

# %% summary [markdown]
# ## Summary: what you now know
#
# - A layer turns a stack of maps into a stack of maps. One neuron for each pixel of each map; within a map all share
#   weights and bias; each sees a window of **all** maps below.
# - Equation 14-1 is three sums in three loops. Channels are summed over, output maps are not.
# - Files have NHWC, PyTorch has NCHW. `transpose` moves axes, `reshape` tears pictures.
# - The same sums, as shifts or as one matrix product over columns, are many times as fast. In another order they are
#   rounded differently: compare floats with a tolerance.
# - With $f_n$ maps, a layer has $f_n (f_h f_w f_{n'} + 1)$ parameters, whatever the size of the picture; its work and
#   its memory grow with the size of its maps.
# - What shared weights learn in one place, they find anywhere. Dense weights do not.
# - Two 3 × 3 layers see what a 5 × 5 layer sees, for less, where there are many maps below. Over the 3 channels of a
#   picture, a large kernel with a stride is the cheaper one.
# - A 1 × 1 layer mixes channels, pixel by pixel, and changes the depth of a stack at little cost.
# - Backwards, each product sends one share to its weight and one to its input, and shares are added.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(3)

# %% guesses tags=["demo", "nbval-ignore-output"]
course.guesses(3)

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
# 2. A layer has 16 maps below, 32 maps above and 3 × 3 windows. How many parameters does it have? What changes for a
#    picture twice as wide?
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
# 4. What does a 1 × 1 layer see, and why does a network put one before and one after a 3 × 3 layer?
#
#    <details><summary>Answer</summary>
#
#    One pixel, in all maps below. The first makes the stack less deep, the second deep again, so that the costly 3 × 3
#    layer works on few maps.
#
#    </details>
# 5. A dense network has learned garments in the middle. Why does it fail 6 pixels further right, and would more
#    training pictures in the middle help?
#
#    <details><summary>Answer</summary>
#
#    The weights of the pixels further right never saw a garment: their gradient was 0, and they are still the random
#    numbers of the start. More pictures in the middle do not change that.
#
#    </details>
#
# **Next:** lesson 4, *Pooling and invariance*. There, keeping the strongest number becomes a layer of its own,
# and you measure how much of a shift it swallows.
