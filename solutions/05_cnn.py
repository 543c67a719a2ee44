# %% title [markdown]
# # 5 · The full CNN
#
# **Can a stack of the layers that you built tell a sneaker from a sandal, and can you say how it does it?**
#
# You put windows, filters, feature maps and pooling together into the network of the book, run it in your own NumPy
# code, train it, break it on purpose and repair it. Then you look inside: what did it learn, and where does it fail?
#
# - **Time:** 190 minutes
# - **You build:** the network, its forward pass, its training, and the measurements.
# - **You need:** lessons 1 to 4, and PyTorch, which you met in lesson 3. It computes what your functions compute,
#   faster, and, which is new here, it finds the gradients by itself.
# - **Stuck?** `course.hint("shape_trace")` gives a hint, and the next call gives the next one.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.
#
# Training needs minutes of computing, not hours: this notebook as a whole runs in less than five minutes on a laptop
# with two cores.

# %% imports
import os
import tempfile
import textwrap
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import course
from course import activations, answers, models, training, variants, weights
from course.data import fashion_mnist, fashion_mnist_sample
from course.figures import learned, networks
from course.layers import layers_of
from course.models import build_model, describe_layers, load_weights, weights_to_numpy

# %% data-intro [markdown]
# **Fashion-MNIST** (Xiao, Rasul, Vollgraf 2017) holds 60,000 pictures of garments to learn from and 10,000 to test
# with: grey, 28 × 28 pixels, ten classes. If they are on your computer, the lesson trains on all 60,000. If not, it
# trains on a sample of 6,000, which comes with the course, as do 1,000 to test with; the accuracy is then lower by a
# few per cent. The command `python3 -m course data fetch` gets the whole collection.

# %% data tags=["nbval-ignore-output"]
train_data, test_data = fashion_mnist("train"), fashion_mnist("test")
train_data, test_data

# %% sample tags=["figure"]
sample, test_sample = fashion_mnist_sample("train"), fashion_mnist_sample("test")
names = sample.class_names
firsts = [int(np.flatnonzero(test_sample.labels == k)[0]) for k in range(10)]
learned.garments(test_sample.images[firsts], names)

# %% sample-says [markdown]
# The small sample is the same on every computer. Parts of this lesson use it, so that you see what is printed here.

# %% first-look-intro [markdown]
# ## 1. A network to touch
#
# Here is a network that has learned these ten classes: the small one of section 5, with weights that come with the
# course. Choose a garment and a layer. Point at a unit of a map, or go there with the arrow keys: you see its number,
# which pixels it sees, and the nine of 500 test pictures that excite it most. The picture can be dragged, too.
#
# - Go from layer to layer. At `2 ReLU`, can you still tell which garment it is? And at `17 MaxPool2d`? How many maps
#   are there at each pool, and how large are they?
# - Map 1 of `2 ReLU` is bright at one side of the garments. At which? Look at what its units see.
# - At `17 MaxPool2d`, tick "wherever in its map". Find a map whose nine pictures all show trousers, and one for bags.
# - At `23 Linear` ten numbers are left. What are they?
# - **The task in the explorer**: how far must you move the T-shirt until the network says something else? And the other
#   nine? Which gives way first, and which bears most?
# - Draw a garment of your own, or open a photograph of one. Does the network know it? (With a bright edge it
#   becomes a negative: the garments here are bright, on a dark ground.)

# %% first-look tags=["explorer", "nbval-ignore-output"]
from course.explained import explained
from course.widgets.network import network_explorer

carried = load_weights(build_model("small"), weights.trained_weights())
network_explorer(explained(carried, test_sample), shown=firsts)

# %% first-look-found [markdown]
# <details><summary>What you find</summary>
#
# The first maps are pictures of the garment: its outlines, its inside, the ground around it. After the last pool no map
# looks like one. The pools give 8 maps of 14 × 14, 16 of 7 × 7, and 32 of 3 × 3: smaller and deeper.
#
# Map 1 of `2 ReLU` is bright along left edges: its units see two dark columns, and a bright one to the right of them.
# It is brightest at narrow gaps, between two legs, or between a sleeve and the body: of the nine pictures, five show
# trousers and three pullovers. High up, maps stand for more than edges: at `17 MaxPool2d`, all nine of map 28 are
# trousers, of map 6 bags, of map 18 sneakers. Many other maps mix classes.
#
# The ten numbers at the end are one for each class, in the order of the bars; the largest one is the answer. For each
# of them, all nine pictures are of its class.
#
# The T-shirt must move by 3 pixels, to the right: then it is a bag. The shirt gives way first. The network is 55% sure
# of it, and one pixel up makes a T-shirt of it. The trousers and the bag bear most: they give way at 6 pixels, the
# trousers to the left, and the bag down. The others give way at 2 to 4 pixels. So much for "a network does not care
# where a thing stands": section 8 measures it.
#
# A drawing or a photograph is unlike anything that the network has learned from. It is often sure of its answer all the
# same, and often wrong.
#
# </details>
#
# This lesson builds such a network, layer by layer.

# %% architecture-intro [markdown]
# ## 2. The typical shape of a CNN
#
# A typical CNN stacks what you know: a convolution or two, each followed by **ReLU** (numbers below 0 become 0); then
# a pooling layer; then convolutions again, and a pool, and so on. At the end, the maps are lined up as one row of
# numbers, and a few fully connected layers turn them into one number for each class *(Géron, figure 14-11)*.
#
# What happens to the size on the way? Here is a small example by hand. A grey picture has shape (1, 28, 28): channels,
# height, width. All convolutions have "same" padding.
#
# | layer | shape after it | why |
# |---|---|---|
# | conv, 64 filters, 7 × 7 | (64, 28, 28) | one map for each filter; padding 3 keeps the size |
# | pool 2 × 2 | (64, 14, 14) | half of 28 |
#
# The pictures get smaller, and deeper. Guess how it goes on. The whole network has three such pools, each after one
# or two convolutions. How many pixels high is a map after the third pool?

# %% guess-height tags=["guess"]
guess = 4  # your guess: a whole number
course.predict("height-after-third-pool", guess)

# %% exercise-shape-trace [markdown]
# ### Exercise · `shape_trace`
#
# Follow a picture through any network. Each layer is a dictionary. A convolution is `{"kind": "conv", "out_channels":
# 64, "kernel_size": (7, 7), "stride": (1, 1), "padding": (3, 3)}`, where pairs are (vertical, horizontal). A pool has
# the kind `"pool"` and no `out_channels`. `{"kind": "flatten"}` lines up all numbers, and `{"kind": "dense",
# "out_features": 10}` is fully connected. All other kinds (`"relu"`, `"dropout"`, `"norm"`) keep the shape.
#
# For a picture (1, 28, 28), the convolution above and a 2 × 2 pool with stride 2, the answer is
# `[(64, 28, 28), (64, 14, 14)]`. Lesson 1 has the formula for one axis.


# %% shape-trace tags=["exercise"] exercise="shape_trace"
def shape_trace(layers, input_shape):
    """Return the shape after each layer.

    layers: list of dictionaries, from the picture upwards
    input_shape: (channels, height, width)
    returns: list of tuples: (channels, height, width), or (features,) from flatten on
    """
    # BEGIN SOLUTION
    shape, shapes = tuple(input_shape), []
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            channels, *sizes = shape
            windows = zip(sizes, layer["kernel_size"], layer["stride"], layer["padding"])
            sizes = [(n + 2 * p - f) // s + 1 for n, f, s, p in windows]
            shape = (layer.get("out_channels", channels), *sizes)
        elif layer["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        elif layer["kind"] == "dense":
            shape = (layer["out_features"],)
        shapes.append(shape)
    return shapes
    # END SOLUTION


# %% check-shape-trace tags=["check"] exercise="shape_trace"
shape_trace = course.check(shape_trace)

# %% build-intro [markdown]
# ## 3. The book's network, in PyTorch
#
# The network of the book for these pictures has, after the first convolution and pool, two groups of two convolutions.
# The number of filters doubles after each pool: a map of a quarter of the places costs a quarter, so there may be
# twice as many without the cost getting out of hand.
#
# | layers | |
# |---|---|
# | conv 64 filters, 7 × 7; pool 2 | the first look: large windows, one grey channel |
# | conv 128, 3 × 3; conv 128, 3 × 3; pool 2 | |
# | conv 256, 3 × 3; conv 256, 3 × 3; pool 2 | |
# | flatten | lines the maps up |
# | dense 128, dropout 0.5 | |
# | dense 64, dropout 0.5 | |
# | dense 10 | one number for each class |
#
# ReLU follows each convolution, and each dense layer but the last. All convolutions are "same", and all pools 2 × 2.
# The book ends with a softmax. In PyTorch it belongs to the loss, so the network ends with the ten numbers before it,
# the **logits**.
#
# **Dropout** sets half of the numbers, chosen anew for each picture, to 0 while training: no neuron can rely on one
# other neuron alone. And the rest? A sum over half of the numbers would be half as large as the one that the next layer
# meets later, when nothing is dropped. So those that stay are doubled:

# %% dropout-shown
drop = nn.Dropout(0.5)
torch.manual_seed(1)
print("training:  ", drop(torch.ones(12)).int().tolist())
print("evaluating:", drop.eval()(torch.ones(12)).int().tolist())

# %% exercise-build-fashion-cnn [markdown]
# ### Exercise · `build_fashion_cnn`
#
# Return this network, with nothing besides what the table and the text say. `nn.Sequential` takes the layers in
# order. You need `nn.Conv2d(in_channels, out_channels, kernel_size, padding="same")`, `nn.ReLU()`,
# `nn.MaxPool2d(2)`, `nn.Flatten()`, `nn.Linear(in_features, out_features)` and `nn.Dropout(0.5)`. A small one for a
# start:
# `nn.Sequential(nn.Conv2d(1, 4, 3, padding="same"), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 28 * 28, 10))`.


# %% build-fashion-cnn tags=["exercise"] exercise="build_fashion_cnn"
def build_fashion_cnn():
    """Return the book's network.

    returns: network of PyTorch, from pictures (N, 1, 28, 28) to logits (N, 10)
    """
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(1, 64, 7, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(128, 128, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(128, 256, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256 * 3 * 3, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(64, 10),
    )
    # END SOLUTION


# %% check-build-fashion-cnn tags=["check"] exercise="build_fashion_cnn"
build_fashion_cnn = course.check(build_fashion_cnn)

# %% book-intro [markdown]
# Now `describe_layers` reads the network and lists its layers, and *your* `shape_trace` follows a picture through them.
# Nobody draws this figure: the code draws it from the network.

# %% book tags=["figure"]
torch.manual_seed(0)
book = build_fashion_cnn()
layers = describe_layers(book)
shapes = [tuple(shape) for shape in shape_trace(layers, (1, 28, 28))]
networks.architecture(layers, shapes, (1, 28, 28), "The book's network for Fashion-MNIST")

# %% reveal-height
pools = [shape for layer, shape in zip(layers, shapes) if layer["kind"] == "pool"]
course.reveal("height-after-third-pool", pools[-1][1], "pixels")

# %% height-says [markdown]
# The last pool makes 3 of 7: a window that does not fit whole is left out. So 256 × 3 × 3 = 2,304 numbers enter the
# dense layers, and not 256 × 4 × 4.
#
# How many numbers are there to learn in all? And which layer has most of them? Guess first: is it the first
# convolution, one of the others, or the first dense layer?

# %% guess-parameters tags=["guess"]
guess = 1_000_000  # your guess: how many numbers the book's network learns
course.predict("parameters-of-the-book", guess)

# %% exercise-count-parameters [markdown]
# ### Exercise · `count_parameters`
#
# Count all numbers that gradients change. `model.parameters()` gives the tensors that hold them, one after the other,
# each of them once. (The running means of a batch norm are not among them.)
# For a convolution with 64 filters of 7 × 7 weights, each with a bias, it is 64 · 49 + 64 = 3,200.


# %% count-parameters tags=["exercise"] exercise="count_parameters"
def count_parameters(model):
    """Return how many weights and biases a network has.

    model: network of PyTorch
    returns: their number, an int
    """
    # BEGIN SOLUTION
    return sum(parameter.numel() for parameter in model.parameters())
    # END SOLUTION


# %% check-count-parameters tags=["check"] exercise="count_parameters"
count_parameters = course.check(count_parameters)

# %% reveal-parameters
course.reveal("parameters-of-the-book", count_parameters(book), "numbers to learn")

# %% cost-code
layers_that_learn = [layer for layer in layers_of(book) if layer.kind in ("conv", "dense")]
labels = [layer.label for layer in layers_that_learn]
learn = [layer.parameters() for layer in layers_that_learn]
multiply = [layer.multiplications() for layer in layers_that_learn]
print(f"{sum(learn):,} numbers to learn, {sum(multiply) / 1e6:.1f} million multiplications for a picture")

# %% cost-chart tags=["figure"]
networks.cost_chart(labels, learn, multiply)

# %% cost-says [markdown]
# Two different stories. The *parameters* sit near the end: the last two convolutions and the first dense layer hold
# more than four fifths of them, the last convolution alone 42%. The *work* is shared by the four 3 × 3 convolutions,
# nearly half of it by each pair: from one pair to the next the places are four times fewer, 7 × 7 after 14 × 14, and
# the channels twice as many, both those that go in and those that come out. The first convolution has the largest maps
# and does 2.7% of the work, since only 49 weights look at each place. The first dense layer has a fifth of the
# parameters and a third of a per cent of the work.
#
# How much of the picture does a unit after the last pool see? Lesson 1 has the answer.

# %% field-of-book
from course.receptive import Layer, trace

windowed = [layer for layer in layers if layer["kind"] in ("conv", "pool")]
steps_up = trace(Layer(layer["kernel_size"][0], layer["stride"][0], layer["padding"][0]) for layer in windowed)
print(*(f"{layer['kind']} sees {step.size}" for layer, step in zip(windowed, steps_up[1:])), sep="\n")

# %% field-says [markdown]
# 38 pixels: more than the 28 of the picture. A unit after the last pool can see all of it, if it stands in the
# middle. That is what the decision needs: the dense layers join what such units found.

# %% softmax-intro [markdown]
# ## 4. From ten numbers to probabilities
#
# The last layer gives one logit for each class: any number. The higher the logit, the likelier the class. To get
# probabilities, three steps: raise e to each logit, which makes all of them positive; add up; divide by the sum. That
# is the **softmax**:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# By hand, for the logits 1, 0 and −1: $e^1 = 2.72$, $e^0 = 1$, $e^{-1} = 0.37$, and the sum is 4.09.

# %% softmax-by-hand
powers = np.exp([1.0, 0.0, -1.0])
print("powers", powers.round(2), "sum", powers.sum().round(2), "softmax", (powers / powers.sum()).round(2))

# %% softmax-trap [markdown]
# There is a trap. $e^{1000}$ is too large for a computer, and infinity divided by infinity is not a number. But a
# softmax does not change if you subtract the same number from all logits of a picture: above and below the
# fraction line, the same factor appears. So subtract the largest. Then the largest power is $e^0 = 1$.

# %% exercise-softmax [markdown]
# ### Exercise · `softmax`
#
# One row is one picture: `softmax(np.array([[1.0, 0.0, -1.0]]))` is about `[[0.67, 0.24, 0.09]]`. It must cope with
# logits of 1000 in one row and of −1000 in the next.


# %% softmax tags=["exercise"] exercise="softmax"
def softmax(logits):
    """Return the probabilities of the classes.

    logits: array of shape (N, classes), any numbers, whole ones too
    returns: float array of the same shape; each row adds up to 1
    """
    # BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    # END SOLUTION


# %% check-softmax tags=["check"] exercise="softmax"
softmax = course.check(softmax)

# %% forward-intro [markdown]
# ## 5. The whole forward pass, in your own NumPy
#
# The book's network has 1.4 million numbers, too many to train in a minute without a GPU. So there is a **small**
# network of the same shape: an eighth of the filters and neurons in each layer but the last, no dropout, and a *batch
# norm* after each convolution, which makes training faster. Its weights, trained on all 60,000 pictures, travel with
# the course.

# %% carried tags=["figure"]
small_layers = describe_layers(carried)
small_shapes = [tuple(shape) for shape in shape_trace(small_layers, (1, 28, 28))]
fewer_times = count_parameters(book) / count_parameters(carried)
print(f"{count_parameters(carried):,} numbers to learn, {fewer_times:.0f} times fewer than the book's")
networks.architecture(small_layers, small_shapes, (1, 28, 28), "The small network")

# %% order-intro [markdown]
# Weights come in different orders. Equation 14-1 of the book writes $w_{u,v,k',k}$: row and column of the kernel,
# channel of the layer below, filter. Keras stores its kernels in this order, "HWIO". PyTorch puts the filter first,
# "OIHW":
#
# | | kernels of a convolution | weights of a dense layer |
# |---|---|---|
# | the book, Keras | (f_h, f_w, in, out) | (in, out) |
# | PyTorch | (out, in, f_h, f_w) | (out, in) |
#
# Nothing warns you if the order is wrong but the sizes fit, as in a 3 × 3 kernel from 3 to 3 channels. The network
# gives numbers, and they are nonsense.

# %% exercise-numpy-to-torch [markdown]
# ### Exercise · `numpy_to_torch`
#
# Turn one array of the book's order into a float32 tensor of PyTorch's order. Arrays with four axes are kernels, with
# two dense weights, with one biases. An array of shape (7, 7, 1, 64) becomes a tensor of shape (64, 1, 7, 7).


# %% numpy-to-torch tags=["exercise"] exercise="numpy_to_torch"
def numpy_to_torch(array):
    """Return a float32 tensor in PyTorch's order.

    array: (f_h, f_w, in, out), (in, out) or (out,)
    returns: tensor (out, in, f_h, f_w), (out, in) or (out,)
    """
    # BEGIN SOLUTION
    if array.ndim == 4:
        array = array.transpose(3, 2, 0, 1)
    elif array.ndim == 2:
        array = array.T
    return torch.tensor(np.asarray(array, np.float32))
    # END SOLUTION


# %% check-numpy-to-torch tags=["check"] exercise="numpy_to_torch"
numpy_to_torch = course.check(numpy_to_torch)

# %% order-try
in_book_order = carried[0].weight.detach().numpy().transpose(2, 3, 1, 0)
back = numpy_to_torch(in_book_order)
print(in_book_order.shape, "becomes", tuple(back.shape), "- as it was:", torch.equal(back, carried[0].weight))

# %% fold-intro [markdown]
# One thing is left before you can run the small network with your functions: its **batch norm** (Ioffe and Szegedy
# 2015). It **measures** two numbers for each map, mean and variance, and **learns** two, a factor $\gamma$ and a shift
# $\beta$:
#
# $$y = \gamma \cdot \frac{x - \text{mean}}{\sqrt{\text{variance} + 0.00001}} + \beta$$
#
# So each map comes out with a mean and a spread that the network chooses by learning, whatever the layer below does.
# While training, mean and variance are those of the batch. The layer also keeps a running average of both, and that is
# what it uses afterwards. By hand, for map 0 of the first batch norm:

# %% norm-by-hand
norm = carried[1]
x_before = carried[0](torch.from_numpy(test_sample.images[:4, None].astype(np.float32) / 255)).detach()
mean, variance = norm.running_mean[0].item(), norm.running_var[0].item()
gamma, beta = norm.weight[0].item(), norm.bias[0].item()
by_hand = gamma * (x_before[:, 0] - mean) / (variance + 0.00001) ** 0.5 + beta
print(f"measured: mean {mean:.2f}, variance {variance:.2f}; learned: factor {gamma:.2f}, shift {beta:.2f}")
print("as PyTorch's layer:", torch.allclose(by_hand, norm.eval()(x_before)[:, 0], atol=1e-5))

# %% fold-says [markdown]
# Once training is over, all four numbers are fixed, and the layer multiplies each map by a number and adds another. A
# convolution can do that by itself: the numbers go into its weights and bias. `fold_batch_norm` puts them there. Five
# convolutions and three dense layers remain, each with weight and bias.

# %% folded
folded = weights.fold_batch_norm(weights.trained_weights())
for name in sorted(folded):
    print(f"{name:<14}{folded[name].shape}")

# %% tools-intro [markdown]
# Here are two tools in a short form: convolution with stride 1, and 2 × 2 pooling without padding. They take what yours
# from lessons 3 and 4 take. **Paste your own `conv2d` and `max_pool2d` over them**, with every function of yours that
# they call: then the whole network runs on your code.


# %% tools
def conv2d(x, weight, bias, stride, padding):
    """Return the maps of a batch (N, C, H, W); this short form knows stride 1 alone."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    return np.einsum("nchwuv,kcuv->nkhw", windows, weight, optimize=True) + bias[:, None, None]


def max_pool2d(x, kernel_size, stride, padding):
    """Return the largest number of each window; this short form knows 2 × 2 windows side by side alone."""
    height, width = x.shape[2] // 2, x.shape[3] // 2
    corners = [x[:, :, row : 2 * height : 2, column : 2 * width : 2] for row in (0, 1) for column in (0, 1)]
    return np.max(corners, axis=0)


# %% exercise-forward-numpy [markdown]
# ### Exercise · `forward_numpy`
#
# From pictures to logits, in NumPy, with `conv2d(x, weight, bias, 1, padding)` and `max_pool2d(x, (2, 2), 2, 0)`. The
# names are those of the list above: `weights["conv1.weight"]`, and so on. ReLU is `np.maximum(x, 0)`. A convolution
# that keeps the size has padding `f // 2`. A pool follows the convolutions 1, 3 and 5. Flatten keeps the first axis,
# which counts pictures. A dense layer is `x @ weight.T + bias`. There is no dropout: it is for training alone.
#
# The sizes of the kernels and the number of filters follow from the weights, so that one function runs both networks.


# %% forward-numpy tags=["exercise"] exercise="forward_numpy"
def forward_numpy(weights, x):
    """Return the logits of pictures.

    weights: dict of arrays: conv1.weight (out, in, f, f), conv1.bias (out,), ...,
        dense3.weight (10, in), dense3.bias (10,)
    x: float array (N, C, H, W), from 0 to 1
    returns: float array (N, 10)
    """
    # BEGIN SOLUTION
    for number in (1, 2, 3, 4, 5):
        weight, bias = weights[f"conv{number}.weight"], weights[f"conv{number}.bias"]
        x = np.maximum(conv2d(x, weight, bias, 1, weight.shape[2] // 2), 0)
        if number in (1, 3, 5):
            x = max_pool2d(x, (2, 2), 2, 0)
    x = x.reshape(len(x), -1)
    for number in (1, 2):
        x = np.maximum(x @ weights[f"dense{number}.weight"].T + weights[f"dense{number}.bias"], 0)
    return x @ weights["dense3.weight"].T + weights["dense3.bias"]
    # END SOLUTION


# %% check-forward-numpy tags=["check"] exercise="forward_numpy"
forward_numpy = course.check(forward_numpy)

# %% compare-intro [markdown]
# Your NumPy against PyTorch, on 50 real pictures. float32 has about seven digits, and sums of hundreds of products lose
# one or two, so the two may differ a little. Guess: for how many of the 50 do they name the same class?

# %% guess-same tags=["guess"]
guess = 50  # your guess: a whole number from 0 to 50
course.predict("same-class", guess)


# %% compare-code
def compare(weights, model, images):
    """Return the logits of NumPy, those of PyTorch, and whether they agree within float32's precision."""
    scaled = images[:, None].astype(np.float32) / 255
    ours = forward_numpy(weights, scaled)
    with torch.no_grad():
        theirs = model.eval()(torch.from_numpy(scaled)).numpy()
    return ours, theirs, bool(np.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max()))


# %% reveal-same
pictures = test_sample.images[:50]
ours, theirs, equal = compare(folded, carried, pictures)
course.reveal("same-class", int((ours.argmax(1) == theirs.argmax(1)).sum()), "pictures")
print("equal within float32's precision:", equal)

# %% compare-book
ours, theirs, equal = compare(weights_to_numpy(book), book, pictures[:1])
print("the book's network, not trained yet: equal within float32's precision:", equal)

# %% forward-picture tags=["figure"]
doubtful = 12
one_picture = test_sample.images[[doubtful]][:, None].astype(np.float32) / 255
logits = forward_numpy(folded, one_picture)
networks.logits_and_probabilities(logits[0], softmax(logits)[0], names, test_sample.images[doubtful])

# %% forward-says [markdown]
# You have now written every part of it. Windows, filters, sums over channels, maxima, three matrix products: the
# picture goes from pixels to probabilities. This one is a sneaker, and the network leans towards a sandal. The two
# logits are close, and softmax makes much of little: e to the power of the difference. With `doubtful = 0` you see a
# picture that it is sure of, and right about.

# %% training-intro [markdown]
# ## 6. Learning
#
# Where do the weights come from? From examples. The **cross-entropy** measures how wrong an answer is: minus the
# logarithm of the probability that the network gave to the right class. Being sure and right costs nearly nothing;
# being sure and wrong costs much.

# %% cross-entropy
for probability in (0.99, 0.5, 0.1, 0.01):
    print(f"probability of the right class {probability:.0%}: loss {-np.log(probability):.2f}")

# %% training-idea [markdown]
# An untrained network gives each of ten classes about 10%. Its loss is about $-\ln 0.1 = 2.30$. Remember that number:
# where a training stays at it, or climbs far above it, something is wrong. You will soon see what.
#
# Training repeats one step. Compute the loss of a batch of pictures; go back through all layers to find its gradient,
# as in the stretch exercises of lessons 3 and 4 (PyTorch does that by itself: `loss.backward()`); then move each
# weight a little against its gradient (`optimizer.step()`). Two traps. PyTorch **adds** each new gradient to the old
# one, until `optimizer.zero_grad()` clears it. And the network must know that this is training (`model.train()`),
# because dropout and batch norm act differently then.

# %% exercise-train-step [markdown]
# ### Exercise · `train_step`
#
# Write one step. `F.cross_entropy(logits, y)` takes logits, does the softmax in itself, and gives the mean over the
# batch. Step once, with the optimizer that is given: how far it steps is its own affair. Return the loss as a Python
# number (`loss.item()`): the tensor would keep the memory of the whole step alive.


# %% train-step tags=["exercise"] exercise="train_step"
def train_step(model, x, y, optimizer):
    """Return the loss of one batch, after one step of learning from it.

    model: network, in any mode; may hold old gradients
    x: float tensor (N, C, H, W)
    y: int64 tensor (N,), the classes
    optimizer: holds the network's weights; used as it is
    returns: the loss of this batch before the step, a float
    """
    # BEGIN SOLUTION
    model.train()
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


# %% check-train-step tags=["check"] exercise="train_step"
train_step = course.check(train_step)

# %% first-steps-intro [markdown]
# Try it on the small network: 150 steps, with 32 pictures each. The optimizer is `SGD`, *stochastic gradient descent*:
# the descent of lesson 2, on a few pictures drawn at random at a time. A learning rate of 0.05 (how far each step goes)
# and some momentum (the step keeps a part of its last direction) will do for a start.


# %% batches-of
def batches_of(data, count, size, seed=0):
    """Yield `count` batches of pictures, from 0 to 1, and classes, drawn at random."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        chosen = rng.integers(0, len(data), size)
        x = torch.from_numpy(data.images[chosen][:, None].astype(np.float32) / 255)
        yield x, torch.from_numpy(data.labels[chosen].astype(np.int64))


# %% first-steps tags=["figure", "nbval-ignore-output", "train"]
beginner = build_model("small", seed=3)
optimizer = torch.optim.SGD(beginner.parameters(), lr=0.05, momentum=0.9)
losses = [train_step(beginner, x, y, optimizer) for x, y in course.track(batches_of(sample, 150, 32), "learning", 150)]
networks.loss_curves({"the small network": losses}, most=3, level=(2.30, "guessing"))

# %% stuck-intro [markdown]
# It starts near 2.30 and falls. The jumps are the batches: some are harder than others.
#
# ### When it does not learn
#
# Sooner or later your loss will stay at 2.30, or fly away. Better to meet that here, on purpose, in a safe place. The
# same network, the same 150 batches, and one thing wrong in each run:
#
# - the **rate** is 5 in place of 0.05;
# - **`zero_grad` is forgotten**, so that each gradient is added to all old ones;
# - **dead ReLUs**: the biases of the first dense layer start at −10, so that its ReLU gives 0 for every picture.
#
# The loss alone may not tell them apart. The size of the last gradient in the first layer helps.


# %% stuck-code
def losses_of(model, rate=0.05, clear=True):
    """Return the losses of 150 steps, and the largest number in the first layer's last gradient."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    losses = []
    for x, y in course.track(batches_of(sample, 150, 32), "learning", 150):
        loss = F.cross_entropy(model(x), y)
        if clear:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, model[0].weight.grad.abs().max().item()


# %% biases-code
def with_biases(value):
    """Return the small network whose first dense layer starts with these biases."""
    model = build_model("small", seed=3)
    nn.init.constant_(model[19].bias, value)
    return model


# %% stuck tags=["figure", "nbval-ignore-output", "train"]
broken = {
    "as it should be": losses_of(build_model("small", seed=3)),
    "rate 5": losses_of(build_model("small", seed=3), rate=5),
    "zero_grad forgotten": losses_of(build_model("small", seed=3), clear=False),
    "dead ReLUs": losses_of(with_biases(-10)),
}
for fault, (losses, gradient) in broken.items():
    print(f"{fault:<20} first {losses[0]:.2f}, last 20 {np.mean(losses[-20:]):6.2f}, gradient {gradient:.2g}")
networks.loss_curves({fault: losses for fault, (losses, _) in broken.items()}, most=8, level=(2.30, "guessing"))

# %% stuck-says [markdown]
# How to tell them apart, and what to do:
#
# - **The loss leaps up in the first steps, then lies near 2.30 or above, and the gradient is 0.** The rate is too high:
#   some steps threw the weights so far that a ReLU layer gives 0 for every picture. Take a *new* network, since the old
#   one stays dead, and a tenth of the rate; if that dies too, a tenth of that.
# - **The loss climbs and climbs, perhaps after a small fall, and the gradient is not 0.** `zero_grad` is missing, and
#   what you see is the sum of all gradients so far: clear them before each step.
# - **2.30 from the first step on, and the gradient of the first layer is exactly 0.** Dead ReLUs: nothing gets through,
#   so nothing comes back. Take other first weights and biases.
# - **2.30, but the gradient is not 0.** You did not see this one here. The optimizer may hold the weights of another
#   network, the rate may be far too small, or the classes do not belong to the pictures. Look at the line that builds
#   the optimizer, and shuffle pictures and classes together.
#
# Above the dead ReLUs, the biases still learn how frequent each class is. Since all ten are equally frequent, that is
# worth nothing: 2.30.
#
# Repair each of the three. Two of the repairs lead back to the run that was as it should be:

# %% repaired tags=["nbval-ignore-output", "train"]
repaired = {
    "a tenth of the rate": losses_of(build_model("small", seed=3), rate=0.5),
    "a hundredth of the rate": losses_of(build_model("small", seed=3), rate=0.05),
    "gradients cleared": losses_of(build_model("small", seed=3), clear=True),
    "biases at 0": losses_of(with_biases(0)),
}
for repair, (losses, gradient) in repaired.items():
    print(f"{repair:<24} last 20 {np.mean(losses[-20:]):.2f}, gradient {gradient:.2g}")

# %% book-steps-intro [markdown]
# A tenth of the rate is still too much for this network; a hundredth is not.
#
# ### Where to begin
#
# Now the book's network. It is deep, and has no batch norm. Then the *first* weights matter. Those that PyTorch draws
# are small: each layer gives out less than it gets, and of the gradient that goes back, each layer passes on less than
# it gets, too. Kaiming He and others (2015) draw weights with the variance $2 / n$, where $n$ is how many numbers a
# neuron reads: behind a ReLU, the numbers then are about as large as before. `models.initialise` does that. Compare the
# same network, on the same pictures:

# %% where-to-begin tags=["nbval-ignore-output"]
torch.manual_seed(0)
x_book, y_book = next(batches_of(sample, 1, 32))
starts = {"PyTorch's weights": build_fashion_cnn(), "He's weights": models.initialise(build_fashion_cnn())}
for words, at_start in starts.items():
    first_logits = at_start(x_book)
    loss = F.cross_entropy(first_logits, y_book)
    loss.backward()
    gradient = next(at_start.parameters()).grad.abs().mean()
    print(f"{words:<18} logits spread by {first_logits.std():.3f}, loss {loss:.2f}, first gradient {gradient:.6f}")

# %% where-to-begin-says [markdown]
# From PyTorch's weights, hardly anything gets through, and the gradient of the first layer is next to nothing. He's let
# a signal through: the first answers are bold, and wrong, so that the first loss is high; but there is a gradient, and
# the network learns. After 60 steps with a rate of 0.01, from PyTorch's weights the loss is still 2.30, and from He's
# it has fallen below. `build_model("book")` begins with He's.
#
# How long would a training take? One pass over all 60,000 pictures, an **epoch**, takes 1,875 steps of 32 pictures, and
# the book trains for ten epochs. Ten steps, whatever this computer is:

# %% book-steps tags=["nbval-ignore-output", "train"]
stepped = models.initialise(build_fashion_cnn())
optimizer = torch.optim.SGD(stepped.parameters(), lr=0.01, momentum=0.9)
started = time.perf_counter()
for x, y in course.track(batches_of(sample, 10, 32), "learning", 10):
    train_step(stepped, x, y, optimizer)
seconds = time.perf_counter() - started
print(f"10 steps took {seconds:.1f} s: ten epochs here would take {seconds * 1875 / 3600:.1f} hours")

# %% book-steps-says [markdown]
# A network of this size is work for a GPU, or for a processor and much patience: section 7 shows a whole run of it.
# After these ten steps its weights are no longer those of the start, so the test of section 5 may be made again, on
# weights that training has changed:

# %% compare-book-trained
ours, theirs, equal = compare(weights_to_numpy(stepped), stepped, pictures[:1])
print("the book's network after some training: equal within float32's precision:", equal)

# %% evaluate-intro [markdown]
# How good is a network? Count right answers on pictures that it never learned from. Again there are traps:
#
# - Dropout must be off, and batch norm must use what it learned: `model.eval()`.
# - No gradient is wanted, so do not let PyTorch prepare one: `with torch.no_grad():`.
# - The last batch is often smaller. By hand: two batches, of 4 and of 1 pictures, with 4 and 0 right answers. 4 of 5
#   are right, 80%. The mean of the batches' accuracies is (100% + 0%) / 2 = 50%. Count pictures, not batches.

# %% exercise-evaluate [markdown]
# ### Exercise · `evaluate`
#
# Return mean loss (cross-entropy) and accuracy over all pictures. `device` says where the network is: move pictures
# and classes of each batch there, with `x.to(device)`. Turn nothing off for good: training must be able to go on.


# %% evaluate tags=["exercise"] exercise="evaluate"
def evaluate(model, batches, device):
    """Return mean loss and accuracy of a network, without teaching it.

    model: network, in any mode
    batches: list of (x, y), of any sizes
    device: where the network is, such as "cpu"
    returns: (mean loss, share of right answers from 0 to 1) over all pictures, two floats
    """
    # BEGIN SOLUTION
    loss = right = count = 0
    model.eval()
    with torch.no_grad():
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    return loss / count, right / count
    # END SOLUTION


# %% check-evaluate tags=["check"] exercise="evaluate"
evaluate = course.check(evaluate)

# %% measure-carried tags=["nbval-ignore-output"]
test_x = torch.from_numpy(test_sample.images[:, None].astype(np.float32) / 255)
test_y = torch.from_numpy(test_sample.labels.astype(np.int64))
in_batches = list(zip(test_x.split(300), test_y.split(300)))
measured = {"untrained": build_model("small"), "carried weights": carried, "150 steps": beginner}
for words, model in measured.items():
    loss, accuracy = evaluate(model, in_batches, "cpu")
    print(f"{words:<22} loss {loss:.2f}   {accuracy:.1%} of {len(test_y):,} right")

# %% overfit-intro [markdown]
# ### When it learns by heart
#
# Why measure on *other* pictures? Train on 300 pictures alone, again and again, and watch the loss on them, and on the
# test pictures. Beside it, two repairs: the same 300, but **varied** each time they are shown (mirrored half of the
# time, and moved by up to 2 pixels); and **five times as many** pictures, for as many steps.

# %% overfit tags=["nbval-ignore-output", "train"]
variation = {"flips": True, "shift": 2}
plans = {"300 pictures": (300, 40, {}), "300, varied": (300, 40, variation), "1,500 pictures": (1500, 8, {})}
by_heart = {}
for words, (count, epochs_planned, varied) in plans.items():
    options = {"batch_size": 30, "peak_rate": 0.03, "weight_decay": 0.0, "budget": f"{epochs_planned}e", **varied}
    run = training.train(build_model("small"), sample.first(count), test_sample, progress=training.LiveBar(), **options)
    by_heart[words] = {column: run.column(column) for column in ("step", "train_loss", "test_loss", "test_accuracy")}
    if run.stopped:
        break

# %% overfit-drawn tags=["figure", "nbval-ignore-output"]
for words, run in by_heart.items():
    train_loss, test_loss, accuracy = (run[column][-1] for column in ("train_loss", "test_loss", "test_accuracy"))
    print(f"{words:<15} training loss {train_loss:.2f}, test loss {test_loss:.2f}, {accuracy:.1%} right")
networks.training_and_test(by_heart)

# %% overfit-says [markdown]
# Left: the loss on the 300 pictures goes to 0, and the loss on others falls, then *rises*. The network has learned its
# pictures by heart, and is more and more sure where it is wrong. That is **overfitting**: the gap between the two
# curves. What helps, in the order in which to try it:
#
# - **more pictures**: the right panel, as many steps, and by far the lowest test loss; about five more answers of 100
#   are right;
# - **varied pictures**, if you cannot get more: in the middle panel the test loss hardly rises. From other first
#   weights, too, it stays far below that of the left panel, but about as many answers are right. It costs nothing, but
#   a variation must leave the class as it is (a mirrored shoe is a shoe; a mirrored 3 is no 3);
# - **stop early**: keep the network whose loss was lowest on pictures put aside for this (not on those that you test
#   with in the end: then they would have a say in what they judge);
# - **make it harder to learn by heart**: dropout, as in the book's network, or *weight decay*, which pulls all weights
#   towards 0.

# %% machine-intro [markdown]
# ### A whole training run
#
# The course's `train` does your step again and again, with what makes it fast and safe. Read it:
# `course/training/loop.py`. In short:
#
# - **Device.** It takes a GPU where there is one (NVIDIA's CUDA, or Apple's MPS), else the processor, and says so. On a
#   GPU it computes in 16 bits where that is safe (*mixed precision*), and all pictures move there once.
# - **Learning rate.** It rises to its peak in the first quarter, and falls to 0 (*one cycle*, Smith and Topin 2018).
# - **Seeds.** Order of pictures and dropout follow from one number. The same seed and the same number of *epochs* give
#   the same run. With a budget of seconds, a busier computer does not get as far.
# - **Checkpoints.** After each epoch, and every minute, it writes down all it needs to go on. A run that was
#   interrupted can be resumed.
# - **Interrupts.** The square button of the toolbar ends a run after the running step. The network keeps what it
#   learned.

# %% device tags=["nbval-ignore-output"]
device = training.choose_device()
print("Training would run on:", training.plan_for(device, training.Budget.parse("45s")))

# %% resume-intro [markdown]
# Is a resumed run really the same run? Try it on 500 pictures. One network learns, is interrupted at step 12, in the
# middle of its second epoch, and a *new* network takes up from the checkpoint and goes on to the third epoch. Another
# one runs through. Compare every weight.

# %% resume tags=["train"]
few, few_tests = sample.first(500), test_sample.first(200)
options = {"budget": "3e", "device": "cpu", "seed": 1, "batch_size": 64}


def interrupt(news):
    if news.step == 12:
        raise KeyboardInterrupt


with tempfile.TemporaryDirectory() as folder:
    kept = {"checkpoint": os.path.join(folder, "checkpoint.pt"), **options}
    stopped = training.train(build_model("small"), few, few_tests, progress=interrupt, **kept).stopped
    print(textwrap.fill(stopped, 80))
    resumed, through = build_model("small"), build_model("small")
    training.train(resumed, few, few_tests, resume=True, **kept)
training.train(through, few, few_tests, **options)
same = all(torch.equal(a, b) for a, b in zip(resumed.state_dict().values(), through.state_dict().values()))
print("every weight is the same as without the interrupt:", same)

# %% train-intro [markdown]
# Now the small network, from random weights, on all pictures that are here. The budget is a time: 45 seconds with the
# whole collection, 20 with the sample. Write `"4m"` for four minutes; the environment variable
# `COURSE_TRAINING_BUDGET` changes it from outside. The curve grows while you watch. `Snapshots` keeps twelve copies of
# the weights on their way, most of them from the beginning: section 10 looks at them.
#
# Guess first: how many of 100 test pictures will it name correctly?

# %% guess-accuracy tags=["guess"]
guess = 85  # your guess: right answers in per cent
course.predict("accuracy-small", guess)

# %% train-small tags=["figure", "train", "nbval-ignore-output"]
budget = os.environ.get("COURSE_TRAINING_BUDGET") or ("20s" if train_data.is_sample else "45s")
trained = build_model("small", seed=0)
snapshots = training.Snapshots(trained, then=training.LiveCurve())
recipe = models.recipe("small", budget)
history = training.train(trained, train_data, test_data, budget=budget, progress=snapshots, **recipe)
print(textwrap.fill(f"on {history.device}. {history.stopped}", 80))
history

# %% reveal-accuracy tags=["nbval-ignore-output"]
course.reveal("accuracy-small", round(100 * history.rows[-1]["test_accuracy"], 1), "per cent")

# %% train-says [markdown]
# The number above is what *this* computer reached in the budget; nothing is rounded up.
#
# Two things to look at in the curves. In the middle of the run, while the rate is high, the test curve jumps: each step
# goes far, and some lead to a worse place. In the last part the rate falls, the curve settles, and the last per cent is
# won. And at the end, does the training curve lie above the test curve? Then the network has begun to learn its
# pictures by heart. The more often it has seen each of them, the wider that gap: on the sample it is wider than on the
# whole collection.
#
# For a longer run, for the book's network, or for a GPU in another room: the terminal does the same, and writes
# weights, history and figure to a folder.
#
# ```
# python3 -m course train --model small --budget 4m
# python3 -m course train --model book --budget 10e --out runs/book
# python3 -m course train --model book --budget 10e --out runs/book --resume
# ```

# %% scenes-intro [markdown]
# ### A harder task
#
# So far, every garment stood in the middle, alone. The last exercise of this part is about pictures such as these: each
# garment is mixed with another one of its class, may be mirrored, stands up to 6 pixels from the middle, and two scraps
# of other pictures lie in the way.

# %% scenes tags=["figure"]
from course.scenes import scenes

chosen = np.arange(20)
in_the_way = scenes(sample.images, sample.labels, chosen, np.random.default_rng(0))
learned.garments(in_the_way, [names[label] for label in sample.labels[chosen]])

# %% exercise-training-run [markdown]
# ### Exercise · `training_run`
#
# Your own run, graded by its answers. You get 3,000 such pictures with their classes, 500 without, and a clock that
# starts at 60 seconds; `clock.left()` says how many are left. Build a network, train it, and return your answers for
# those without classes. **At least 75% must be right.** Nobody asks you how well it went: your answers are compared
# with classes that you never see.
#
# Comparing with the nearest known picture does not reach it, and neither does a dense network: they fall short of 70%,
# since a garment may stand anywhere. Which layers do not care where a thing stands? Three convolutions, each with a
# batch norm and a ReLU, with a pool after the first two, and then `nn.AdaptiveMaxPool2d(1)`, the strongest place of
# each map as in lesson 3: that is a good start. Some ten epochs in batches of 50 with
# `torch.optim.Adam(model.parameters(), lr=0.003)`, the last three of them with a tenth of the rate, take about ten
# seconds. (Adam is a gradient descent that suits the length of the step to each weight by itself.)
#
# Use plain PyTorch and your `train_step`; the course's own networks, weights and `train` are not there while this is
# graded. Pictures are uint8 arrays (N, 28, 28). The check runs it twice: once with 60 pictures, to see that the form is
# right, once with all.


# %% training-run tags=["exercise"] exercise="training_run"
def training_run(train_images, train_labels, test_images, clock):
    """Return the classes of the test pictures, after learning from the others.

    train_images: uint8 array (N, 28, 28)
    train_labels: int64 array (N,), their classes
    test_images: uint8 array (M, 28, 28)
    clock: clock.left() gives the seconds that are left
    returns: int array (M,), one class from 0 to 9 for each test picture
    """
    # BEGIN SOLUTION
    torch.manual_seed(0)
    x, tests = (torch.from_numpy(images[:, None]).float() / 255 for images in (train_images, test_images))
    y = torch.from_numpy(train_labels)
    parts = []
    for below, above in ((1, 16), (16, 32), (32, 64)):
        parts += [nn.Conv2d(below, above, 3, padding=1), nn.BatchNorm2d(above), nn.ReLU(), nn.MaxPool2d(2)]
    model = nn.Sequential(*parts[:-1], nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(10):
        if epoch == 7 or clock.left() < 20:
            optimizer.param_groups[0]["lr"] = 0.0003
        for chosen in torch.randperm(len(x)).split(50):
            train_step(model, x[chosen], y[chosen], optimizer)
        if clock.left() < 10:
            break
    with torch.no_grad():
        return model.eval()(tests).argmax(dim=1).numpy()
    # END SOLUTION


# %% check-training-run tags=["check"] exercise="training_run"
training_run = course.check(training_run)

# %% inside-intro [markdown]
# ## 7. What did it learn?
#
# Look inside. The pictures below are of the carried weights, so that you see what this text talks about. Then write
# `network = trained` here, run the cells below it again, and look at your own.

# %% network
network = carried  # or: trained

# %% filters tags=["figure"]
learned.filters(activations.first_filters(network))

# %% filters-says [markdown]
# Blue weights are below 0, orange ones above, and 0 is grey; each filter has a scale of its own, which its title tells.
# Nobody told the network to look for edges. Filter 1 did: blue on its left, orange beside it. Where the picture is dark
# at the left and bright at the right, its sum is large; where it is the same all over, the two sides cancel out. That
# is the Sobel filter of lesson 2, in its main idea. The others are less tidy. Eight filters of 49 weights are few, and
# what counts is what the next layers make of them together.

# %% maps-code
garment = test_sample.images[firsts[7]]
maps_of_garment = activations.feature_maps(network, garment)
chosen_maps = {name: maps_of_garment[name] for name in ("3 MaxPool2d", "6 ReLU", "10 MaxPool2d", "17 MaxPool2d")}
list(maps_of_garment)

# %% maps tags=["figure", "nbval-ignore-output"]
learned.maps_through_layers(garment, chosen_maps)

# %% maps-says [markdown]
# Dark is 0, bright the largest number of that map. Low down, each map still is a picture of the sneaker: its outline,
# its sole, its inside. Higher up, few pixels are left; each map lights up at other places, and no longer looks like
# a shoe. A pixel there says: my pattern stands hereabouts. That is the way from lines to parts to things of lesson 1.

# %% confusion-intro [markdown]
# Which classes does it mix up? Row: what the picture is. Column: what the network says.
# Guess: which class is taken for another most often?

# %% guess-confused tags=["guess"]
guess = "Shirt"  # your guess: one of the ten names
course.predict("most-confused", guess)

# %% confusion tags=["figure", "nbval-ignore-output"]
probabilities = answers.predict_probabilities(network, test_sample.images)
counts = answers.confusion_matrix(test_sample.labels, probabilities.argmax(1))
learned.confusion(counts, names)

# %% reveal-confused tags=["nbval-ignore-output"]
wrong = counts.sum(axis=1) - counts.diagonal()
course.reveal("most-confused", names[int(wrong.argmax())])
print(f"{wrong.max()} of {counts[wrong.argmax()].sum()} of them are taken for something else")

# %% confident-intro [markdown]
# Shirts, T-shirts, pullovers and coats: they all have sleeves and a body, and on 28 × 28 pixels a collar is three
# pixels. More worth looking at are the mistakes that the network was **sure** of. Would you have known?

# %% confident tags=["figure", "nbval-ignore-output"]
worst = answers.confident_mistakes(probabilities, test_sample.labels, count=12)
learned.mistakes(test_sample.images[worst.index], worst.predicted, worst.true, worst.confidence, names)

# %% confident-says [markdown]
# A high probability is not a promise. The network was trained to be sure, also where the picture does not tell, and
# some labels of the collection are doubtful themselves.

# %% book-run-intro [markdown]
# ### Does a larger network pay?
#
# These are the mistakes of a small network. The book's has 62 times as many numbers to learn. It was trained once in
# full, and the record of that run travels with the course: the command that repeats it, how long it took and on what,
# what was measured after each epoch, and the confusion matrix at the end.
#
# Section 6 told you how many pictures your small network gets right after its short run. Guess: of 1,000 test pictures,
# how many *more* does the book's network get right after its long one?

# %% guess-gain tags=["guess"]
guess = 50  # your guess: pictures of 1,000
course.predict("gain-of-the-book", guess)

# %% book-run
record = training.recorded_run()
print(record)

# %% reveal-gain tags=["nbval-ignore-output"]
compared = {
    "the small network, here": (carried, recipe["batch_size"], history),
    "the book's, recorded": (book, record.settings["batch_size"], record.history),
}
gained = round(1000 * (record.accuracy - history.rows[-1]["test_accuracy"]))
course.reveal("gain-of-the-book", gained, "pictures of 1,000")
for words, (model, batch_size, run) in compared.items():
    last, work = run.rows[-1], models.multiplications(model) / 1e6
    print(f"{words}: {count_parameters(model):,} numbers to learn, {work:.1f} million multiplications a picture;")
    print(f"  {batch_size * last['step']:,} pictures learned from, in {last['seconds'] / 60:.1f} minutes;")
    print(f"  right: {last['test_accuracy']:.1%} of {last['test_pictures']:,} test pictures")

# %% book-curves tags=["figure", "nbval-ignore-output"]
networks.test_curves({words: (batch_size, run) for words, (_, batch_size, run) in compared.items()})

# %% book-curves-says [markdown]
# Each marker is the end of an epoch: on the left over the pictures that the network had learned from by then, on the
# right over the time. Take care what you read from them, since more than one thing differs. The book's network is
# larger, has dropout and no batch norm, learned from more pictures, and took longer, on another computer. In both runs
# the rate falls to 0 at the end, which brings the last per cent. So the end of one run says little beside the middle of
# another.
#
# One question can be put better: what does the small network reach, if it is given time, too? That is what the carried
# weights are, after 24 epochs on the same 60,000 pictures:

# %% small-longer
_, about_carried = weights.read_weights(weights.TRAINED_FILE)
print("the small network:", *about_carried.split("; ")[1:3], sep="  ")
epochs_recorded = len(record.history.rows)
print(f"the book's:  {epochs_recorded} epochs on {record.pictures:,} pictures  test accuracy {record.accuracy:.2%}")

# %% small-longer-says [markdown]
# So do 62 times the numbers, and 54 times the work for each picture, pay? Between the two lies less than one answer
# in 100, in one run each, and batch norm, dropout and the number of epochs still have a part in it. The rest of the
# distance to your own short run is patience, not size (and pictures, if your computer has only the sample). With
# grey pictures of 28 × 28 pixels and ten classes, a small network goes nearly as far. A harder task may need a larger
# one.
#
# Which mistakes are gone? Here are both confusion matrices, of your run and of the record. Each row is in per cent of
# the pictures of its class, since yours may have been measured on fewer.

# %% book-confusion tags=["figure", "nbval-ignore-output"]
tables = {}
for words, (_, _, run) in compared.items():
    tables[f"{words}: {run.rows[-1]['test_accuracy']:.1%} right"] = np.array(run.confusion)
learned.confusions(tables, names)

# %% book-confused tags=["nbval-ignore-output"]
for words, table in tables.items():
    shares = table / table.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    print(words)
    for place in shares.argsort(axis=None)[:-5:-1]:
        is_class, said_class = divmod(int(place), 10)
        print(f"  {shares.flat[place]:5.1%} of {names[is_class]} taken for {names[said_class]}")

# %% book-confused-says [markdown]
# The same garments, less often: shirts are still what the book's network gets wrong most, and its four most frequent
# mistakes are all among T-shirt, pullover, dress, coat and shirt. It hardly ever misses trousers or bags. What tells a
# shirt from a T-shirt is a few pixels, if it is there at all, and more numbers to learn do not put it into the picture.
#
# The first line of the record, typed into a terminal, repeats the run. On a processor of another kind the sums are
# rounded differently, and the result differs by a little, as from another seed. Your own runs leave such a record, too:
# `training.recorded_run("runs/book")` reads it.

# %% seen-intro [markdown]
# ### Which pixels does a unit see?
#
# Lesson 1 said which pixels a unit *can* see. Which of them *move* it, with these weights? The gradient of the unit
# with respect to each pixel tells: 0 means that a small change there changes nothing. Behind a maximum or a ReLU, a
# unit listens to other pixels in other pictures, so this is the mean over 40 of them. The dashed frame is the receptive
# field of lesson 1.

# %% seen-code
units = {"first pool": (3, (2, 7, 7)), "second pool": (10, (5, 3, 3)), "last ReLU": (16, (9, 3, 3))}
seen, fields = {}, {}
for words, (number, place) in units.items():
    unit_title = f"{words}: map {place[0]}, row {place[1]}, column {place[2]}"
    seen[unit_title] = activations.pixels_seen(network, number, place, test_sample.images[:40])
    fields[unit_title] = activations.field_of(network, number, place[1:])

# %% seen tags=["figure", "nbval-ignore-output"]
learned.pixels_behind_units(garment, seen, fields)

# %% seen-says [markdown]
# Nothing outside the frame moves the unit, whatever the weights: the theory holds on a trained network. Inside, the
# middle counts more than the edge, as lesson 1 measured: many paths lead there, and few lead to the edge.
#
# ### The worst pixel
#
# Lesson 4 asked for the worst case. Here it is on a whole network. Take 30 pictures that it names correctly. In each,
# poke one pixel, all 784 in turn: a dark one becomes white, a bright one black. For how many of the 30 can *one* pixel
# change the answer?

# %% guess-pixel tags=["guess"]
guess = 5  # your guess: a whole number from 0 to 30
course.predict("one-pixel", guess)

# %% reveal-pixel tags=["nbval-ignore-output"]
before = answers.predict_probabilities(network, test_sample.images)
unmoved = before.argmax(1)
rightly = np.flatnonzero(unmoved == test_sample.labels)[:30]
after_poke = {}
for k in course.track(rightly, "poking"):
    after_poke[k] = answers.poked_probabilities(network, test_sample.images[k])
changed = [k for k, after in after_poke.items() if (after.argmax(axis=2) != test_sample.labels[k]).any()]
course.reveal("one-pixel", len(changed), "pictures")
for words, group in {"one pixel is enough": changed, "no pixel is": np.setdiff1d(rightly, changed)}.items():
    if len(group):
        sure_before = before[group].max(axis=1)
        print(f"{words}: the network was {sure_before.min():.1%} to {sure_before.max():.1%} sure before")

# %% worst-pixel tags=["figure", "nbval-ignore-output"]
sure = {k: after[:, :, test_sample.labels[k]] for k, after in after_poke.items()}  # of the right class
weakest = min(sure, key=lambda k: sure[k].min())
pixel = np.unravel_index(sure[weakest].argmin(), (28, 28))
poked = test_sample.images[weakest].copy()
poked[pixel] = 255 if poked[pixel] < 128 else 0
held = answers.predict_probabilities(network, np.stack([test_sample.images[weakest], poked]))
said = [f"{names[probability.argmax()]}, {probability.max():.0%} sure" for probability in held]
learned.one_pixel(test_sample.images[weakest], poked, pixel, said)

# %% worst-pixel-says [markdown]
# One pixel of 784 is enough for some: those of which the network was least sure before. For most of the 30 no single
# pixel does it. The picture is the one whose right class falls lowest.

# %% shift-intro [markdown]
# ## 8. How much does it bear to be moved?
#
# Lesson 4 measured how much a pool forgives a shift: some, not all. Here is the claim on a trained network. Move
# every test picture by 0, 1, 2, ... pixels, fill with black, and count right answers. The network never saw a moved
# garment. Guess: what is the accuracy after a shift of 4 pixels to the right, in per cent?

# %% guess-shift tags=["guess"]
guess = 80  # your guess: per cent
course.predict("accuracy-shift-4", guess)

# %% reveal-shift tags=["figure", "nbval-ignore-output"]
shifts = list(range(9))
moves = {"to the right": [(0, s) for s in shifts], "down": [(s, 0) for s in shifts], "both": [(s, s) for s in shifts]}
images, truth = test_sample.images, test_sample.labels
curves = {words: answers.accuracy_under_shift(network, images, truth, pairs) for words, pairs in moves.items()}
course.reveal("accuracy-shift-4", round(100 * curves["to the right"][4]), "per cent")
learned.shift_curve(shifts, curves)

# %% shift-map tags=["figure", "nbval-ignore-output"]
moved_by = [-4, -2, 0, 2, 4]
grid = [(down, right) for down in moved_by for right in moved_by]
accuracy_of_grid = answers.accuracy_under_shift(network, images[:500], truth[:500], grid)
learned.shift_map(accuracy_of_grid.reshape(5, 5), moved_by)

# %% shift-worst-intro [markdown]
# One pixel costs little *on average*. And the worst one-pixel shift of each picture? Eight directions: down, up, to the
# sides, and the diagonals between them.

# %% shift-worst tags=["nbval-ignore-output"]
directions = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1) if rows or columns]
after_shift = answers.answers_under_shift(network, images, directions)
stays_right = after_shift == truth
print(f"right without a shift {np.mean(unmoved == truth):.1%}, on average over the eight {np.mean(stays_right):.1%}")
print(f"right under all eight {np.mean(stays_right.all(axis=0)):.1%}")
print(f"answers that at least one of the eight changes {np.mean((after_shift != unmoved).any(axis=0)):.1%}")

# %% shift-says [markdown]
# Four pixels to the right cost about half of all answers, and even a shift by one pixel, chosen with malice, changes
# more than a fifth of them. "CNNs do not care where a thing stands" is often said, and it is not true. The convolutions
# find a pattern anywhere; the pools forgive a pixel or so; but the dense layers on top have their own weights for each
# of the 3 × 3 places, and they learned them from garments that all stand in the middle.
#
# Four pixels to the right cost more than four to the left. Is it because more of the garment leaves the picture on that
# side? Shoes reach from edge to edge, tops do not. By class, with the share of the garment's brightness that is lost:

# %% shift-by-class tags=["nbval-ignore-output"]
to_right, to_left = answers.answers_under_shift(network, images, [(0, 4), (0, -4)]) == truth
print(f"{'':<12} right after 4 to the right, to the left    lost at the right, at the left")
for k, kind in enumerate(names):
    these = truth == k
    ink = images[these].astype(float)
    lost_right, lost_left = ink[:, :, -4:].sum() / ink.sum(), ink[:, :, :4].sum() / ink.sum()
    accuracies = f"{to_right[these].mean():26.0%} {to_left[these].mean():12.0%}"
    print(f"{kind:<12} {accuracies} {lost_right:22.0%} {lost_left:11.0%}")

# %% shift-by-class-says [markdown]
# No. Shoes (sandal, sneaker, ankle boot) lose most, three times as much at the right as at the left, and taken together
# they bear both moves alike. Tops (T-shirt, pullover, coat, shirt) lose a hundredth or two on either side, and are the
# ones that fall: to the right far more than to the left. So it is not what leaves the picture. A top that is moved
# arrives at *places* for which the dense layers learned other things: of the T-shirts that are moved to the right, more
# are called bags than T-shirts, and more than half of the coats are called trousers. Which class breaks in which
# direction is in part chance: it differs between networks that were trained alike from other random weights. With
# `network = trained` you see yours.
#
# ### What helps, and what it costs
#
# Three repairs, each trained for the same 8 epochs on the sample, from the same seed:
#
# - **moved pictures**: the same network, but each training picture is moved by up to 4 pixels, anew each time;
# - **blur, then stride**: a pool takes the maximum at *every* place, blurs the map a little, and only then takes every
#   second place (Zhang 2019), so that it matters less which ones;
# - **global average**: the dense layers get the mean of each map, as in lesson 4, and no longer its nine places.
#
# Guess: which of them is best at 4 pixels: `"moved"`, `"blur"` or `"average"`?

# %% guess-repair tags=["guess"]
guess = "average"  # "moved", "blur" or "average"
course.predict("best-repair", guess)

# %% repairs tags=["train", "nbval-ignore-output"]
makers = {
    "as it was": (lambda: variants.with_kernels(3), {}),
    "moved": (lambda: variants.with_kernels(3), {"shift": 4}),
    "blur": (variants.blurred_pools, {}),
    "average": (variants.global_average, {}),
}
bears, seconds_of = {}, {}
for name, (make, varied) in makers.items():
    torch.manual_seed(0)
    model = make()
    run = training.train(model, sample, test_sample, budget="8e", progress=training.LiveBar(), **varied)
    if run.stopped:
        break
    bears[name] = answers.accuracy_under_shift(model, images, truth, moves["to the right"])
    seconds_of[name] = run.rows[-1]["seconds"]

# %% reveal-repair tags=["figure", "nbval-ignore-output"]
if len(bears) == len(makers):  # all were trained to the end
    course.reveal("best-repair", max(bears, key=lambda name: bears[name][4]))
for name, accuracies in bears.items():
    print(f"{name:<10} not moved {accuracies[0]:.1%}, by 4 pixels {accuracies[4]:.1%}, {seconds_of[name]:.0f} s")
learned.shift_curve(shifts, bears)

# %% repairs-says [markdown]
# - **Moved pictures** win by far: up to the 4 pixels of the training the curve is nearly flat. The price is paid where
#   nothing is moved: some points of accuracy, since the same network must learn more in the same 8 epochs.
# - **Blur** helps, most of all at shifts of three to five pixels, and costs time: each pool now works at every place.
# - **The global average** costs next to nothing, and what it brings is a matter of luck: with one seed nothing, with
#   another more than blur. The mean does not care where, but what it averages does: zero padding marks the border, and
#   the pools pick other places when the garment moves.
#
# With other seeds, too, moved pictures are first, and blur is better than no repair.
#
# So a structure alone does not give what the data does not ask for. That is why nearly everybody trains on moved,
# mirrored and cropped pictures.

# %% kernels-intro [markdown]
# ## 9. A common mistake: kernels too large
#
# Larger kernels see more. Why not 7 × 7 everywhere? A 7 × 7 kernel has 49 weights where a 3 × 3 kernel has 9, and costs
# as much more. Let three networks race, of the same small architecture, whose convolutions 2 to 5 have kernels of 3 ×
# 3, 5 × 5 or 7 × 7. What is a fair race? There are two honest answers, and we run both:
#
# - **the same pictures**: each learns for 4 epochs;
# - **the same work**: each may do as many multiplications as the first one does in its 4 epochs, rounded to whole
#   epochs.
#
# How many epochs does 7 × 7 get for the same work? Guess, then see.

# %% guess-epochs tags=["guess"]
guess = 4  # your guess: epochs for 7 × 7 kernels, a whole number
course.predict("epochs-7x7", guess)


# %% reveal-epochs
sizes = (3, 5, 7)
work_of = {f"{size} × {size}": models.multiplications(variants.with_kernels(size)) for size in sizes}
epochs = {name: max(1, round(4 * work_of["3 × 3"] / work)) for name, work in work_of.items()}
course.reveal("epochs-7x7", epochs["7 × 7"])
for name, work in work_of.items():
    print(f"{name}: {work / 1e6:.1f} million multiplications a picture; epochs for the same work: {epochs[name]}")

# %% race tags=["figure", "train", "nbval-ignore-output"]
budgets_of = {"the same pictures": dict.fromkeys(work_of, 4), "the same work": epochs}
races, facts = {}, {}
for race, epochs_of in budgets_of.items():
    racers = {}
    for size, name in zip(sizes, work_of):
        torch.manual_seed(0)
        racers[name] = variants.with_kernels(size)
        facts[name] = f"{count_parameters(racers[name]):,} numbers"
    budgets = {name: f"{count}e" for name, count in epochs_of.items()}
    runs = training.train_all(racers, sample, test_sample, budget=budgets, batch_size=64, progress=training.LiveBar())
    races[race] = {name: (work_of[name] * 64 / 1e9, run) for name, run in runs.items()}
    if any(run.stopped for run in runs.values()):
        break
networks.kernel_race(races, facts)

# %% race-says [markdown]
# Left, with the same pictures: the three end close together, within a few points, and another seed may reverse their
# order. But look at the scale below: 7 × 7 did nearly five times the work of 3 × 3 for it. Right, with the same work:
# the large kernels have seen each picture fewer times, and are behind, although the rounding gave them a little more
# work.
#
# ### Two small ones for one large one
#
# The book's claim is another one: replace one 5 × 5 layer by *two* 3 × 3 layers *(Géron, "CNN Architectures")*. Both
# see 5 × 5 pixels. In the small network, its two pairs of 3 × 3 layers are such stacks. Against them stands a network
# with one 5 × 5 layer for each pair. The same 4 epochs, three seeds each:

# %% two-for-one tags=["train", "nbval-ignore-output"]
kinds_of_stack = {"two 3 × 3": lambda: variants.with_kernels(3), "one 5 × 5": variants.one_large_kernel}
for words, make in kinds_of_stack.items():
    racers = {}
    for seed in range(3):
        torch.manual_seed(seed)
        racers[f"seed {seed}"] = make()
    runs = training.train_all(racers, sample, test_sample, budget="4e", progress=training.LiveBar())
    reached = ", ".join(f"{run.rows[-1]['test_accuracy']:.1%}" for run in runs.values())
    work = models.multiplications(make()) / 1e6
    print(f"{words}: {count_parameters(make()):,} numbers, {work:.2f} million multiplications; right: {reached}")
    if any(run.stopped for run in runs.values()):
        break

# %% two-for-one-says [markdown]
# On so few pictures and with so few maps the stack does not win: if one of the two is ahead, it is the single layer,
# and not by more than one seed differs from another. Nor is the stack cheaper here. The reason is in lesson 3: 18
# weights against 25 for each pair of maps holds where as many maps come in as go out. Here the maps double within each
# pair, so that the second 3 × 3 layer has twice as many maps below it as the first one, and eats up what the smaller
# kernels save. Where the layers keep the number of maps, as in the many layers of deep networks, the saving is real:
# lesson 3 counts 28%.
#
# The first layer is the exception: there is one channel below it, so that a large kernel costs little there. That is
# why the book's network begins with 7 × 7.

# %% explorer-intro [markdown]
# ## 10. Explore
#
# Now look into your own network, the one that you trained in section 6. The four garments at the end of the list are
# those that it gets wrong and is most sure of. With the slider "training" you go back to its earlier weights.
#
# - Play the training, with `2 ReLU` on the screen. Of 500 test pictures, how many are right before the first step? In
#   which part of the run does the network learn most? What happens to the first filters?
# - Look at the same maps before the first step: can you tell the garment? And does a map of `17 MaxPool2d` already
#   stand for one class, as some did in section 1?
# - Take a mistake, and go to `23 Linear`, the ten logits: how large is the right one there, beside the one that the
#   network answers with?
# - The task again: is your network fooled by the same shifts as the one in section 1?

# %% explorer tags=["explorer", "nbval-ignore-output"]
own_probabilities = answers.predict_probabilities(trained, test_sample.images)
own_mistakes = answers.confident_mistakes(own_probabilities, test_sample.labels, count=4)
own_network = explained(trained, test_sample, stages=snapshots.taken)
network_explorer(own_network, shown=[*firsts, *own_mistakes.index], title="Your network from the inside")

# %% explorer-found [markdown]
# <details><summary>What you find</summary>
#
# Before the first step about a tenth is right: that is guessing. Most of what the network learns, it learns in the
# first third of the budget. The filters are noise at first, and patterns of light and dark grow out of it.
#
# With random filters, too, you can tell the garment at `2 ReLU`: any filter leaves a picture of it. But hardly one of
# the 32 maps of `17 MaxPool2d` is excited most by nine pictures of one class, and after the training several are.
#
# In the mistakes the right logit is larger than most of the others, and smaller than that of the answer. How far it is
# behind says how sure the network is: if it lies 3.9 below, the network holds its answer about 49 times as likely,
# since $e^{3.9}$ is about 49.
#
# Other weights, other shifts. What holds for both: a few pixels are enough for most garments, although nobody would
# call a moved shirt anything else.
#
# </details>

# %% summary [markdown]
# ## Summary: what you now know
#
# - A typical CNN: convolutions with ReLU and pools, again and again, smaller and deeper; then dense layers, then
#   softmax.
# - The book's network has 1,413,834 numbers to learn. Most sit near its end; most work is done in its convolutions.
# - All of it fits into some twenty lines of NumPy that agree with PyTorch to float32's precision.
# - Training is one step, repeated: loss, clear, backward, step. Measuring needs `eval`, `no_grad`, and a count of
#   pictures.
# - A loss that stays at 2.30 has a cause, and the gradient of the first layer helps to find it: a rate that is too
#   high, gradients that were not cleared, dead ReLUs, weights that nobody steps.
# - A network that learns its pictures by heart shows it in the gap between its two losses. More pictures help most,
#   then varied ones.
# - The book's network, 62 times as large as the small one and trained in full, is ahead of it by fewer than two answers
#   of 100, and confuses the same garments.
# - The network learned edge filters by itself. It mixes up what looks alike, is sometimes sure and wrong, and on
#   average bears a shift by one pixel, not by four. Training on moved pictures repairs most of that, and costs some
#   accuracy.
# - Kernels of 7 × 7 cost nearly five times the work of 3 × 3 here, and bring little for it. In the first layer, with
#   one channel below it, they cost little.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(5)

# %% guesses tags=["demo", "nbval-ignore-output"]
course.guesses(5)

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
#
# 1. A picture of 28 × 28 pixels goes through three 2 × 2 pools. Why are 3 × 3 places left, and not 4 × 4?
#
#    <details><summary>Answer</summary>
#
#    28, 14, 7, and then 7 is odd: three windows fit whole, and the last row and column are left out.
#
#    </details>
# 2. A friend's network ends with a softmax and is trained with PyTorch's cross-entropy. It learns, but slowly. Why?
#
#    <details><summary>Answer</summary>
#
#    The softmax is done twice. The second one gets numbers between 0 and 1 alone, and cannot make the answers sure: the
#    loss stays high, and the gradients stay small.
#
#    </details>
# 3. What happens if `optimizer.zero_grad()` is forgotten?
#
#    <details><summary>Answer</summary>
#
#    PyTorch adds each new gradient to all old ones, so that the steps go in a direction that was right long ago, and
#    get larger and larger.
#
#    </details>
# 4. Why may a network in training mode give two different answers to the same picture?
#
#    <details><summary>Answer</summary>
#
#    Dropout drops other numbers each time; and batch norm uses the means of the batch that the picture is in.
#
#    </details>
# 5. Convolutions find a pattern anywhere. Why then does the accuracy fall when all pictures move by four pixels?
#
#    <details><summary>Answer</summary>
#
#    The dense layers have weights of their own for each place of the last maps, and learned them from garments in the
#    middle.
#
#    </details>
#
# **Next:** lesson 6, *Landmarks*. The two systems from which all this grew: the neocognitron of 1980, which learns
# without labels, and LeNet-5 of 1998. You build both, and measure what survived of them.
