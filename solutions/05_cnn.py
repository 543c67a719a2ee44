# %% title [markdown]
# # 5 · The full CNN
#
# **Can a stack of the layers that you built tell a sneaker from a sandal, and can you say how it does it?**
#
# This lesson takes about 120 minutes. You put windows, filters, feature maps and pooling together to the network of
# the book, run it in your own NumPy code, train it, and then look inside: what did it learn, and where does it fail?
#
# **You build** the network, its forward pass, its training, and the measurements.
#
# **Stuck?** `course.hint("shape_trace")` gives a hint, and the next call gives the next one.
#
# **You need** lessons 1 to 4, and PyTorch, which you met in lesson 3. It computes what your functions compute, faster,
# and, which is new here, it finds the gradients by itself.
#
# Training needs minutes of computing, not hours: this notebook as a whole runs in less than five minutes on a laptop
# with two cores.

# %% imports
import os
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import course
from course import activations, answers, training, weights
from course.arithmetic import conv_cost
from course.cell.objects import Clock
from course.data import fashion_mnist, fashion_mnist_sample
from course.figures import learned, networks
from course.models import build_model, describe_layers, load_weights, weights_to_numpy

# %% one-core
torch.set_num_threads(1)  # the networks here are small: to share them between cores costs more than it saves

# %% data-intro [markdown]
# **Fashion-MNIST** (Xiao, Rasul, Vollgraf 2017) holds 60,000 pictures of garments to learn from and 10,000 to test
# with: grey, 28 × 28 pixels, ten classes. Where your computer has it, the lesson trains on all of it. Where it has
# not, the course brings a sample of 6,000 and 1,000 along; the accuracy is lower then, by a few per cent. The command
# `python3 -m course data fetch` gets the whole.

# %% data tags=["nbval-ignore-output"]
train_data, test_data = fashion_mnist("train"), fashion_mnist("test")
train_data, test_data

# %% sample
sample, test_sample = fashion_mnist_sample("train"), fashion_mnist_sample("test")
names = sample.class_names
firsts = [int(np.flatnonzero(test_sample.labels == k)[0]) for k in range(10)]
learned.garments(test_sample.images[firsts], names)

# %% sample-says [markdown]
# The small sample is the same on every computer. Parts of this lesson use it, so that you see what is printed here.

# %% architecture-intro [markdown]
# ## 1. The typical shape of a CNN
#
# A typical CNN stacks what you know: a convolution or two, each followed by **ReLU** (numbers below 0 become 0); then
# a pooling layer; then convolutions again, and a pool, and so on. At the end, the maps are lined up as one row of
# numbers, and a few fully connected layers turn them into one number for each class (Géron, chapter 14, "CNN
# Architectures", figure 14-11).
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
    """Return the shape after each layer, as a list of tuples.

    layers: list of dictionaries, from the picture upwards
    input_shape: (channels, height, width)
    A shape is (channels, height, width), or (features,) from flatten on.
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
# ## 2. The book's network, in PyTorch
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
# **Dropout** sets half of the numbers, chosen anew for each picture, to 0 while training: no neuron can rely on one
# other neuron alone. The book ends with a softmax. In PyTorch it belongs to the loss, so the network ends with
# the ten numbers before it, the **logits**.

# %% exercise-build [markdown]
# ### Exercise · `build_fashion_cnn`
#
# Return this network, with nothing besides what the table and the text say. `nn.Sequential` takes the layers in
# order. You need `nn.Conv2d(in_channels, out_channels, kernel_size, padding="same")`, `nn.ReLU()`,
# `nn.MaxPool2d(2)`, `nn.Flatten()`, `nn.Linear(in_features, out_features)` and `nn.Dropout(0.5)`. A small one for a
# start:
# `nn.Sequential(nn.Conv2d(1, 4, 3, padding="same"), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 28 * 28, 10))`.


# %% build-fashion-cnn tags=["exercise"] exercise="build_fashion_cnn"
def build_fashion_cnn():
    """Return the book's network: from pictures (N, 1, 28, 28) to logits (N, 10)."""
    # BEGIN SOLUTION
    return nn.Sequential(
        *(nn.Conv2d(1, 64, 7, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 128, 3, padding="same"), nn.ReLU()),
        *(nn.Conv2d(128, 128, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(128, 256, 3, padding="same"), nn.ReLU()),
        *(nn.Conv2d(256, 256, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        *(nn.Linear(256 * 3 * 3, 128), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(64, 10),
    )
    # END SOLUTION


# %% check-build tags=["check"] exercise="build_fashion_cnn"
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

# %% exercise-count [markdown]
# ### Exercise · `count_parameters`
#
# Count all numbers that gradients change. `model.parameters()` gives the tensors that hold them, one after the other,
# each of them once. (The running means of a batch norm are not among them.)
# For a convolution with 64 filters of 7 × 7 weights, each with a bias, it is 64 · 49 + 64 = 3,200.


# %% count-parameters tags=["exercise"] exercise="count_parameters"
def count_parameters(model):
    """Return how many weights and biases a network has (an int)."""
    # BEGIN SOLUTION
    return sum(parameter.numel() for parameter in model.parameters())
    # END SOLUTION


# %% check-count tags=["check"] exercise="count_parameters"
count_parameters = course.check(count_parameters)

# %% reveal-parameters
course.reveal("parameters-of-the-book", count_parameters(book), "numbers to learn")

# %% cost-code
labels, learn, multiply = [], [], []
for layer, shape, before in zip(layers, shapes, [(1, 28, 28), *shapes]):
    if layer["kind"] == "conv":
        labels.append(f"conv {shape[0]} @ {layer['kernel_size'][0]} × {layer['kernel_size'][1]}")
        multiply.append(conv_cost(before[0], shape[0], layer["kernel_size"], shape[1:]))
    elif layer["kind"] == "dense":
        labels.append(f"dense {shape[0]}")
        multiply.append(before[0] * shape[0])
    if layer["kind"] in ("conv", "dense"):
        learn.append(layer["parameters"])
print(f"{sum(learn):,} numbers to learn, {sum(multiply) / 1e6:.1f} million multiplications for a picture")

# %% cost-chart tags=["figure"]
networks.cost_chart(labels, learn, multiply)

# %% cost-says [markdown]
# Two different stories. The *parameters* sit near the end: the last convolution, and the first dense layer. The
# *work* is shared by the four 3 × 3 convolutions, nearly half of it by each pair: from one pair to the next the places
# are four times fewer, 7 × 7 after 14 × 14, and the channels twice as many, both those that go in and those that come
# out. The first convolution has the largest maps and does 2.7 % of the work, since only 49 weights look at each place.
# The first dense layer has a fifth of the parameters and a third of a per cent of the work.
#
# How much of the picture does a unit after the last pool see? Lesson 1 has the answer.

# %% field-of-book
from course.receptive import Layer, trace

windowed = [layer for layer in layers if layer["kind"] in ("conv", "pool")]
steps = trace(Layer(layer["kernel_size"][0], layer["stride"][0], layer["padding"][0]) for layer in windowed)
print(*(f"{layer['kind']} sees {step.size}" for layer, step in zip(windowed, steps[1:])), sep=", ")

# %% field-says [markdown]
# 38 pixels: more than the 28 of the picture. A unit after the last pool can see all of it, if it stands in the
# middle. That is what one wants before the decision: the dense layers join what such units found.

# %% softmax-intro [markdown]
# ## 3. From ten numbers to probabilities
#
# The last layer gives one logit for each class: any number. The higher, the likelier. To get probabilities, three
# steps: raise e to each logit, which makes all of them positive; add up; divide by the sum. That is the **softmax**:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# By hand, for the logits 1, 0 and −1: $e^1 = 2.72$, $e^0 = 1$, $e^{-1} = 0.37$, and the sum is 4.09.

# %% softmax-by-hand
powers = np.exp([1.0, 0.0, -1.0])
print("powers", powers.round(2), "sum", powers.sum().round(2), "softmax", (powers / powers.sum()).round(2))

# %% softmax-trap [markdown]
# There is a trap. $e^{1000}$ is too large for a computer, and infinity divided by infinity is not a number. But a
# softmax does not change if you subtract the same number from all logits of a picture: above and below the line, the
# same factor appears. So subtract the largest. Then the largest power is $e^0 = 1$.

# %% exercise-softmax [markdown]
# ### Exercise · `softmax`
#
# One row is one picture: `softmax(np.array([[1.0, 0.0, -1.0]]))` is about `[[0.67, 0.24, 0.09]]`. It must stand logits
# of 1000 in one row and of −1000 in the next.


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
# ## 4. The whole forward pass, in your own NumPy
#
# The book's network has 1.4 million numbers, too many to train in a minute without a GPU. So there is a **small**
# network of the same shape: an eighth of the filters in each layer, and a *batch norm* after each convolution, which
# makes training faster. Its weights, trained on all 60,000 pictures, travel with the course.

# %% carried
small = build_model("small")
carried = load_weights(build_model("small"), weights.trained_weights())
small_layers = describe_layers(carried)
small_shapes = [tuple(shape) for shape in shape_trace(small_layers, (1, 28, 28))]
print(f"{count_parameters(carried):,} numbers to learn, {count_parameters(book) / count_parameters(carried):.0f} "
      "times fewer than the book's")  # fmt: skip
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
# Nothing warns you where the order is wrong but the sizes fit, as in a 3 × 3 kernel from 3 to 3 channels. The network
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
# One thing is left before you can run the small network with your functions. Its **batch norm** multiplies each map by
# a number and adds another (Ioffe and Szegedy 2015). While training, these follow from the batch; afterwards they are
# fixed. A convolution can multiply and add by itself: the numbers go into its weights and bias. `fold_batch_norm` does
# that. Five convolutions and three dense layers remain, each with weight and bias.

# %% folded
folded = weights.fold_batch_norm(weights.trained_weights())
for name in sorted(folded):
    print(f"{name:<14}{folded[name].shape}")

# %% tools-intro [markdown]
# Here are two tools in the short form that these networks need: convolution with stride 1, and 2 × 2 pooling. Yours
# from lessons 3 and 4 can do more. **Paste your own `conv2d` and `max_pool2d` over them**: then the whole network
# runs on your code.


# %% tools
def conv2d(x, weight, bias, stride=1, padding=0):
    """Return the feature maps of pictures (N, C, H, W); this short form knows stride 1 alone."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    return np.einsum("nchwuv,kcuv->nkhw", windows, weight, optimize=True) + bias[:, None, None]


def max_pool2d(x, kernel_size=2, stride=2, padding=0):
    """Return the largest number of each 2 × 2 window; this short form knows no other windows."""
    height, width = x.shape[2] // 2, x.shape[3] // 2
    corners = [x[:, :, row : 2 * height : 2, column : 2 * width : 2] for row in (0, 1) for column in (0, 1)]
    return np.max(corners, axis=0)


# %% exercise-forward [markdown]
# ### Exercise · `forward_numpy`
#
# From pictures to logits, in NumPy. The names are those of the list above: `weights["conv1.weight"]`, and so on. ReLU
# is `np.maximum(x, 0)`. A convolution that keeps the size has padding `f // 2`. A pool follows the convolutions 1, 3
# and 5. Flatten keeps the first axis, which counts pictures. A dense layer is `x @ weight.T + bias`. There is no
# dropout: it is for training alone.
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
            x = max_pool2d(x, 2, 2, 0)
    x = x.reshape(len(x), -1)
    for number in (1, 2):
        x = np.maximum(x @ weights[f"dense{number}.weight"].T + weights[f"dense{number}.bias"], 0)
    return x @ weights["dense3.weight"].T + weights["dense3.bias"]
    # END SOLUTION


# %% check-forward tags=["check"] exercise="forward_numpy"
forward_numpy = course.check(forward_numpy)

# %% compare-intro [markdown]
# The moment of truth: your NumPy against PyTorch, on 50 real pictures. float32 has about seven digits, and sums of
# hundreds of products lose one or two, so the two may differ a little. Guess: for how many of the 50 do they name the
# same class?

# %% guess-same tags=["guess"]
guess = 50  # your guess: a whole number from 0 to 50
course.predict("same-class", guess)


# %% compare-code
def compare(weights, model, images):
    """Return the logits of NumPy, those of PyTorch, and whether they agree within float32's precision."""
    x = images[:, None].astype(np.float32) / 255
    ours = forward_numpy(weights, x)
    with torch.no_grad():
        theirs = model.eval()(torch.from_numpy(x)).numpy()
    return ours, theirs, bool(np.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max()))


# %% compare-small
pictures = test_sample.images[:50]
ours, theirs, equal = compare(folded, carried, pictures)
course.reveal("same-class", int((ours.argmax(1) == theirs.argmax(1)).sum()), "pictures")
print("equal within float32's precision:", equal)

# %% compare-book
ours, theirs, equal = compare(weights_to_numpy(book), book, pictures[:4])
print("the book's network, not trained yet: equal within float32's precision:", equal)

# %% forward-picture tags=["figure"]
doubtful = 12
x = test_sample.images[[doubtful]][:, None].astype(np.float32) / 255
logits = forward_numpy(folded, x)
networks.logits_and_probabilities(logits[0], softmax(logits)[0], names, test_sample.images[doubtful])

# %% forward-says [markdown]
# There is no magic left. Windows, filters, sums over channels, maxima, three matrix products: you wrote each of them,
# and the picture goes from pixels to probabilities. This one is a sneaker, and the network leans towards a sandal.
# The two logits are close, and softmax makes much of little: e to the power of the difference. With `doubtful = 0`
# you see a picture that it is sure of, and right about.

# %% training-intro [markdown]
# ## 5. Learning
#
# Where do the weights come from? From examples. The **cross-entropy** measures how wrong an answer is: minus the
# logarithm of the probability that the network gave to the right class. Being sure and right costs nearly nothing;
# being sure and wrong costs much.

# %% cross-entropy
for probability in (0.99, 0.5, 0.1, 0.01):
    print(f"right class held {probability:.0%} likely: loss {-np.log(probability):.2f}")

# %% training-idea [markdown]
# An untrained network gives each of ten classes about 10%. Its loss is about $-\ln 0.1 = 2.3$. Remember that number:
# where a training starts far above it, or stays at it, something is wrong.
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
# batch. Step once, with the optimizer that is given: it brings its own rate, momentum and more along. Return the loss
# as a Python number (`loss.item()`): the tensor would keep the memory of the whole step alive.


# %% train-step tags=["exercise"] exercise="train_step"
def train_step(model, x, y, optimizer):
    """Teach the network one batch.

    model: network, in any mode; may hold old gradients
    x: float tensor (N, C, H, W);  y: int64 tensor (N,), the classes
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
# the descent of lesson 2, on a few pictures drawn by chance at a time. A learning rate of 0.05 (how far each step goes)
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
losses = [train_step(beginner, x, y, optimizer) for x, y in batches_of(sample, 150, 32)]
networks.loss_curve(losses)

# %% book-steps-intro [markdown]
# It starts near 2.3 and falls. The jumps are the batches: some are harder than others.
#
# Now the book's network, ten steps, whatever this computer is. One pass over all 60,000 pictures, an **epoch**, takes
# 1,875 such steps, and the book trains for ten epochs. How long would that be here?

# %% book-steps tags=["nbval-ignore-output", "train"]
optimizer = torch.optim.SGD(book.parameters(), lr=0.05, momentum=0.9)
started = time.perf_counter()
losses = [train_step(book, x, y, optimizer) for x, y in batches_of(sample, 10, 32)]
seconds = time.perf_counter() - started
print(f"10 steps took {seconds:.1f} s: ten epochs here would take {seconds * 1875 / 3600:.1f} hours")

# %% book-steps-says [markdown]
# A network of this size is work for a GPU. Still, its weights are no longer those of the start, so the test of
# section 4 may be made again, on weights that training has changed:

# %% compare-book-trained
ours, theirs, equal = compare(weights_to_numpy(book), book, pictures[:4])
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
    """Measure a network without teaching it.

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
x = torch.from_numpy(test_sample.images[:, None].astype(np.float32) / 255)
y = torch.from_numpy(test_sample.labels.astype(np.int64))
in_batches = list(zip(x.split(300), y.split(300)))
for words, model in (("untrained", small), ("carried weights", carried), ("150 steps", beginner)):
    loss, accuracy = evaluate(model, in_batches, "cpu")
    print(f"{words:<22} loss {loss:.2f}   {accuracy:.1%} of {len(y):,} right")

# %% machine-intro [markdown]
# ### A whole training run
#
# The course's `train` does your step again and again, with what makes it fast and safe. Read it:
# `course/training/loop.py`. In short:
#
# - **Device.** It takes a GPU where there is one (NVIDIA's CUDA, or Apple's MPS), else the processor, and says so. On
#   a GPU it computes in 16 bits where that is safe (*mixed precision*), and all pictures move there once.
# - **Learning rate.** It rises to its peak in the first quarter, and falls to 0 (*one cycle*, Smith and Topin 2018).
# - **Seeds.** Order of pictures and dropout follow from one number. The same seed and the same number of *epochs* give
#   the same run. With a budget of seconds, a busier computer does not get as far.
# - **Checkpoints.** After each epoch it writes down all it needs to go on. A run that was interrupted can be resumed.

# %% device tags=["nbval-ignore-output"]
device = training.choose_device()
print("Training would run on:", training.plan_for(device, training.Budget.parse("60s")))

# %% resume-intro [markdown]
# Is a resumed run really the same run? Try it on 500 pictures. One network learns for two epochs, then stops hard, as
# if the computer had crashed, and is resumed to the third. Another runs through. Compare every weight.

# %% resume-code
few = type(sample)(sample.images[:500], sample.labels[:500], "train", "the sample", True)
fewer = type(sample)(test_sample.images[:200], test_sample.labels[:200], "test", "the sample", True)


class PowerCutError(Exception):
    """Stands for a computer that stops."""


def crash_after_two_epochs(news):
    """Be told of progress, and crash."""
    if news.epoch_done and news.epoch == 2:
        raise PowerCutError


# %% resume tags=["train"]
options = {"budget": "3e", "device": "cpu", "seed": 1}
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "checkpoint.pt")
    try:
        training.train(build_model("small"), few, fewer, checkpoint=file, progress=crash_after_two_epochs, **options)
    except PowerCutError:
        print("crashed after two epochs")
    resumed = build_model("small")
    history = training.train(resumed, few, fewer, checkpoint=file, resume=True, **options)
through = build_model("small")
training.train(through, few, fewer, **options)
same = all(torch.equal(a, b) for a, b in zip(resumed.state_dict().values(), through.state_dict().values()))
print(f"resumed up to epoch {len(history.rows)}; every weight is the same as without the crash: {same}")

# %% train-intro [markdown]
# Now the small network, from random weights, on all pictures that are here. The budget is a time: 60 seconds with the
# whole collection, 20 with the sample. Write `"4m"` for four minutes; the environment variable
# `COURSE_TRAINING_BUDGET` changes it from outside. The curve grows while you watch. The square button of the toolbar
# ends the run without harm.
#
# Guess first: how many of 100 test pictures will it name rightly?

# %% guess-accuracy tags=["guess"]
guess = 85  # your guess: right answers in per cent
course.predict("accuracy-small", guess)

# %% train-small tags=["train", "nbval-ignore-output"]
budget = os.environ.get("COURSE_TRAINING_BUDGET") or ("20s" if train_data.is_sample else "60s")
trained = build_model("small", seed=0)
history = training.train(trained, train_data, test_data, budget=budget, progress=training.LiveCurve())
print("on", history.device)
history

# %% reveal-accuracy tags=["nbval-ignore-output"]
course.reveal("accuracy-small", round(100 * history.rows[-1]["test_accuracy"], 1), "per cent")

# %% train-says [markdown]
# The number above is what *this* computer reached in the budget; nothing is rounded up. Two things to look for in the
# curves. The training curve and the test curve part when the network begins to learn its pictures by heart. And the
# last part, with a small learning rate, brings the last per cent.
#
# A longer run, the book's network, or a GPU in another room: the terminal does the same, and writes weights, history
# and figure to a folder.
#
# ```
# python3 -m course train --model small --budget 4m
# python3 -m course train --model book --budget 10e --out runs/book
# python3 -m course train --model book --budget 10e --out runs/book --resume
# ```

# %% exercise-training-run [markdown]
# ### Exercise · `training_run`
#
# Your own run, graded by its answers. You get 2,000 pictures with their classes, 500 pictures without, and a clock
# that starts at 60 seconds; `clock.left()` says how many are left. Build a network, train it, and return your answers
# for the 500. **At least 75% must be right.** Nobody asks you how well it went: your answers are compared with
# classes that you never see. All pictures are of this collection, but each of them is moved a little, may be mirrored,
# and is mixed with another one of its class, so that no table of known pictures answers them.
#
# Use plain PyTorch and your `train_step`; the course's own networks, weights and `train` are not there while this is
# graded. Pictures are uint8 arrays (N, 28, 28). A small network, ten epochs of batches of 50 and
# `torch.optim.Adam(model.parameters(), lr=0.003)` are a good start. (Adam is a gradient descent that suits the length
# of the step to each weight by itself.) The checks run it twice: once with 60 pictures, to see that the form is right,
# once with all.


# %% training-run tags=["exercise"] exercise="training_run"
def training_run(train_images, train_labels, test_images, clock):
    """Learn from pictures and answer others.

    train_images: uint8 array (N, 28, 28);  train_labels: int64 array (N,)
    test_images: uint8 array (M, 28, 28)
    clock: clock.left() gives the seconds that are left
    returns: int array (M,), one class from 0 to 9 for each test picture
    """
    # BEGIN SOLUTION
    torch.manual_seed(0)
    x, tests = (torch.from_numpy(images[:, None]).float() / 255 for images in (train_images, test_images))
    y = torch.from_numpy(train_labels)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(16 * 7 * 7, 32), nn.ReLU(), nn.Linear(32, 10)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(10):
        for chosen in torch.randperm(len(x)).split(50):
            train_step(model, x[chosen], y[chosen], optimizer)
        if clock.left() < 20:
            break
    with torch.no_grad():
        return model.eval()(tests).argmax(dim=1).numpy()
    # END SOLUTION


# %% check-training-run tags=["check"] exercise="training_run"
training_run = course.check(training_run)

# %% own-run tags=["train", "nbval-ignore-output"]
clock = Clock(60)
answers = training_run(sample.images[:2000], sample.labels[:2000].astype(np.int64), test_sample.images[:500], clock)
right = np.mean(answers == test_sample.labels[:500])
print(f"{right:.1%} of 500 answers are right, with {clock.left():.0f} of 60 seconds left")

# %% inside-intro [markdown]
# ## 6. What did it learn?
#
# Look inside. The pictures below are of the carried weights, so that you see what this text talks about. Then write
# `network = trained` here, and look at your own.

# %% network
network = carried  # or: trained

# %% filters tags=["figure"]
learned.filters(activations.first_filters(network))

# %% filters-says [markdown]
# Nobody told the network to look for edges. Filter 1 found it worth while: below 0 on its left, above 0 beside that, as
# the filter for vertical lines that you made by hand in lesson 2. The others are less tidy. Eight filters of 49 weights
# are few, and what counts is what the next layers make of them together.

# %% maps-code
garment = test_sample.images[firsts[7]]
maps = activations.feature_maps(network, garment)
after = {"4 pool": "3 MaxPool2d", "7 ReLU": "6 ReLU", "11 pool": "10 MaxPool2d", "18 pool": "17 MaxPool2d"}
chosen = {words.split()[1] + f" (layer {key.split()[0]})": maps[key] for words, key in after.items()}
list(maps)

# %% maps tags=["figure", "nbval-ignore-output"]
learned.maps_through_layers(garment, chosen)

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

# %% seen-intro [markdown]
# ### Which pixels does a unit see?
#
# Lesson 1 said which pixels a unit *can* see. Which of them *move* it, in this picture, with these weights? The
# gradient of the unit by each pixel tells: 0 means that a small change there changes nothing. The dashed frame is the
# receptive field of lesson 1.

# %% seen-code
places = {"first pool": (3, (2, 7, 7)), "second pool": (10, (5, 3, 3)), "last ReLU": (16, (9, 3, 3))}
small_windows = [(k, layer) for k, layer in enumerate(small_layers) if layer["kind"] in ("conv", "pool")]
seen, fields = {}, {}
for words, (number, (feature, row, column)) in places.items():
    sides = [Layer(layer["kernel_size"][0], layer["stride"][0], layer["padding"][0])
             for k, layer in small_windows if k <= number]  # fmt: skip
    spans = [course.receptive.unit_window(sides, at) for at in (row, column)]
    title = f"{words}: map {feature}, row {row}, column {column}"
    fields[title] = tuple(int(np.clip(edge, 0, 27)) for start, end in spans for edge in (start, end))
    seen[title] = activations.pixels_seen(network, number, (feature, row, column), test_sample.images[:40])

# %% seen tags=["figure", "nbval-ignore-output"]
learned.pixels_behind_units(garment, seen, fields)

# %% seen-says [markdown]
# Nothing outside the frame moves the unit, at any weights: the theory holds on a trained network. Inside, the middle
# counts most, as lesson 1 measured: many paths lead there, and few lead to the edge. (The brightness is a mean over
# 40 pictures: behind a maximum, a unit listens to other pixels in other pictures.)

# %% shift-intro [markdown]
# ### How much does it bear to be moved?
#
# Lesson 4 measured how much a pool forgives a shift: some, not all. Here is the claim on a trained network. Move
# every test picture by 0, 1, 2, ... pixels, fill with black, and count right answers. The network never saw a moved
# garment. Guess: how many per cent are right after a shift of 4 pixels to the right?

# %% guess-shift tags=["guess"]
guess = 80  # your guess: per cent
course.predict("accuracy-shift-4", guess)

# %% shift-curve tags=["figure", "nbval-ignore-output"]
shifts = list(range(9))
moves = {"to the right": [(0, s) for s in shifts], "down": [(s, 0) for s in shifts], "both": [(s, s) for s in shifts]}
images, truth = test_sample.images, test_sample.labels
curves = {words: answers.accuracy_under_shift(network, images, truth, pairs) for words, pairs in moves.items()}
course.reveal("accuracy-shift-4", round(100 * curves["to the right"][4]), "per cent")
learned.shift_curve(shifts, curves)

# %% shift-map tags=["figure", "nbval-ignore-output"]
steps = [-4, -2, 0, 2, 4]
pairs = [(down, right) for down in steps for right in steps]
accuracy = answers.accuracy_under_shift(network, images[:500], truth[:500], pairs)
learned.shift_map(accuracy.reshape(5, 5), steps)

# %% shift-says [markdown]
# One pixel costs little, and four pixels to the right cost about half of all answers. "CNNs do not care where a thing
# stands" is not true as it is often said. The convolutions find a pattern anywhere; the pools forgive a pixel or so;
# but the dense layers on top have their own weights for each of the 3 × 3 places, and they learned them from garments
# that all stand in the middle. Whoever wants a network that bears shifts trains it on shifted pictures, or takes the
# mean over all places at the end, as lesson 4's global average pool does.
#
# Down costs less than right, and left less than right. Can you say why? Look at the ten garments at the top of this
# lesson: which of them reach from edge to edge, and in which direction do the shoes point?

# %% kernels-intro [markdown]
# ## 7. A common mistake: kernels too large
#
# Larger kernels see more. Why not 7 × 7 everywhere? Because a 7 × 7 kernel has 49 weights where a 3 × 3 kernel has 9,
# and costs as much more (Géron's tip: a stack of 3 × 3 layers usually does better than one with 5 × 5). Let three
# networks race, of the same small architecture, whose convolutions 2 to 5 have kernels of 3 × 3, 5 × 5 or 7 × 7.
#
# A fair race needs one budget. Here it is *work*: the number of multiplications. The one with small kernels gets nine
# epochs on the sample. How many epochs does 7 × 7 get for the same work? Guess, then see.

# %% guess-epochs tags=["guess"]
guess = 4  # your guess: epochs for 7 × 7 kernels, a whole number
course.predict("epochs-7x7", guess)


# %% with-kernels
def with_kernels(size, seed=0):
    """Return the small network with kernels of another size in the convolutions 2 to 5."""
    torch.manual_seed(seed)
    parts = []
    for k, (below, above) in enumerate([(1, 8), (8, 16), (16, 16), (16, 32), (32, 32)]):
        kernel = 7 if k == 0 else size
        parts += [nn.Conv2d(below, above, kernel, padding="same", bias=False), nn.BatchNorm2d(above), nn.ReLU()]
        parts += [nn.MaxPool2d(2)] if k in (0, 2, 4) else []
    dense = [nn.Linear(288, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 10)]
    return nn.Sequential(*parts, nn.Flatten(), *dense)


# %% work-code
def work(model):
    """Return how many multiplications one picture takes in the convolutions."""
    described, total, before = describe_layers(model), 0, (1, 28, 28)
    for layer, shape in zip(described, shape_trace(described, before)):
        if layer["kind"] == "conv":
            total += conv_cost(before[0], shape[0], layer["kernel_size"], shape[1:])
        before = shape
    return total


racers = {f"{size} × {size}": with_kernels(size) for size in (3, 5, 7)}
epochs = {name: max(1, round(9 * work(racers["3 × 3"]) / work(model))) for name, model in racers.items()}
course.reveal("epochs-7x7", epochs["7 × 7"], "epochs")

# %% race tags=["figure", "train", "nbval-ignore-output"]
runs, facts = {}, {}
options = {"device": "cpu", "batch_size": 64, "peak_rate": 0.05}
for name, model in racers.items():
    history = training.train(model, sample, test_sample, budget=f"{epochs[name]}e", **options)
    done = [work(model) * len(sample) * epoch / 1e9 for epoch in history.column("epoch")]
    runs[name] = {"work": done, "accuracy": history.column("test_accuracy")}
    facts[name] = f"{count_parameters(model):,} parameters, {work(model) / 1e6:.1f} million multiplications a picture"
networks.kernel_race(runs, facts)

# %% race-says [markdown]
# Read the ends of the curves, and the legend. For the same work, large kernels see each picture fewer times, and have
# more weights to learn from it. What they gain in sight, a stack of small ones gets anyway: two layers of 3 × 3 see 5
# × 5, with 18 weights for each pair of channels instead of 25, and a ReLU between them.
#
# The first layer is the exception: there is one channel below it, so that a large kernel costs little there. That is
# why the book's network begins with 7 × 7.

# %% explorer-intro [markdown]
# ## 8. Explore
#
# Walk one garment through the layers. Use the sliders, or click on one and use the arrow keys. Try garment 0 and
# garment 7 at the first ReLU and at the last pool: low maps show outlines of both, high maps differ from garment to
# garment. At `23 Linear` you see ten bright or dark squares: the logits. To look into your own network, write
# `network = trained` in section 6, and run this cell again.

# %% explorer tags=["explorer", "nbval-ignore-output"]
from course.widgets.network import network_explorer

shown = [*firsts, *worst.index[:4]]
titles = [names[test_sample.labels[k]] for k in shown]
network_explorer(test_sample.images[shown], titles, lambda image: activations.feature_maps(network, image))

# %% summary [markdown]
# ## Summary: what you now know
#
# - A typical CNN: convolutions with ReLU and pools, again and again, smaller and deeper; then dense layers, then
#   softmax.
# - The book's network has 1,413,834 numbers to learn. Most sit near its end; most work is done in its convolutions.
# - All of it fits into some twenty lines of NumPy that agree with PyTorch to float32's precision.
# - Training is one step, repeated: loss, clear, backward, step. Measuring needs `eval`, `no_grad`, and a count of
#   pictures.
# - The network learned edge filters by itself. It mixes up what looks alike, is sometimes sure and wrong, and bears a
#   shift of one pixel, not of four.
# - Large kernels cost more than they bring, except in the first layer.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress()

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
# **Next:** lesson 6, *Landmarks*. The two systems from which all this grew: the neocognitron of 1980 and LeNet-5 of
# 1998, built and run beside the network of this lesson.
