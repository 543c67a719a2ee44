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
# # 4 · Pooling and invariance
#
# **A camera shakes by one pixel. Should the answer of a network change?**
#
# A pooling layer makes pictures smaller. It has nothing to learn, and yet most networks for pictures have at least one.
# People say that it makes a network *invariant* to small shifts. In this lesson you build pooling, define what
# "invariant" means, and measure how much of it is true.
#
# - **Time:** 110 minutes, and 30 more for the stretch exercise.
# - **You build:** max pooling, average pooling, a shift, two measures, global average pooling, and the way back for
#   a gradient.
# - **You need:** lesson 1 (sizes of outputs, strides, padding) and lesson 3 (feature maps: N, C, H, W).
# - **Stuck?** `course.hint("max_pool2d")` gives a hint, and the next call gives the next one.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.

# %% imports
import numpy as np

import course
from course import data, images, moves
from course.arithmetic import conv_cost, output_size
from course.figures.invariance import bars, changed_cells, curves, one_pixel_shifts, three_pictures
from course.figures.pooling import gradient_routes, pictures, pooling_windows
from course.widgets.pooling import pooling_explorer

garments = data.fashion_mnist_sample("test")  # 1,000 pictures, the same on every machine
photo = np.round(255 * images.grey(images.center_crop(images.china(), 384, 512)))

# %% by-hand [markdown]
# ## 1. Pooling by hand
#
# A neuron of a convolutional layer looks at a small window, multiplies, and adds up. A **pooling neuron** looks at
# a small window too, but it has **no weights**. It passes on one number: the largest (max pooling) or the mean
# (average pooling). There is nothing to learn, and nothing to remember from one window to the next.
#
# Here is the window of the book's figure 14-8 *(Géron)*: the numbers 1, 5, 3 and 2. Which of them does
# max pooling pass on?

# %% one-window
window = np.array([[1, 5], [3, 2]])
print("passed on:", window.max())

# %% more-windows [markdown]
# Only the 5. The other three numbers are gone.
#
# The usual pooling layer has windows of 2 × 2, a stride of 2 and no padding. So the windows lie side by side, and each
# has to fit as a whole. Take 5 × 5 numbers. How large is the output?

# %% guess-size tags=["guess"]
guess = 2  # your guess: how many rows the output of a 5 × 5 picture has
course.predict("pooled-rows", guess)

# %% reveal-size
course.reveal("pooled-rows", output_size(5, kernel_size=2, stride=2), "rows")

# %% by-hand-picture tags=["figure"]
numbers = np.array([[1, 5, 0, 2, 4], [3, 2, 1, 7, 1], [6, 0, 2, 2, 3], [1, 4, 3, 0, 2], [0, 2, 1, 8, 5]])
pooled = np.zeros((2, 2))
for i in range(2):
    for j in range(2):
        pooled[i, j] = numbers[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
pooling_windows(numbers, pooled, kernel_size=(2, 2), stride=2)

# %% early-explorer-text [markdown]
# Two windows fit into five rows: the size is 5 / 2 = 2.5, **rounded down**. Look at the hatched cells: the 8 is the
# largest number of all, and it lies in no window. Rounding down has a price.
#
# Try it on pictures. The windows lie side by side (their stride is their size); on the right is what they pass on.
# Point at a cell, with the mouse or with the arrow keys, to see its window. You can open a picture of your own, or draw
# one.
#
# - With the *stripes* and the maximum, make the windows larger. When do the stripes disappear? And with the mean?
# - Look at the *dots*, with windows of 3. What does the maximum make of a dot, and what does the mean?
# - Take a garment and windows of 3. How many of its 28 rows lie in no window?

# %% early-explorer tags=["explorer"]
pooling_explorer(moves=False)

# %% early-explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - The stripes are two pixels wide. From windows of 3 on, each window has a bright pixel, and the maximum is 255
#   everywhere: the stripes are gone. The mean still shows stripes at 3 (85 and 170); at 4 each window has as many
#   bright pixels as dark ones, and all means are 127.5.
# - The maximum turns a dot of one pixel into a whole bright cell, 255: the dot grows. With the mean it fades to
#   255 / 9 = 28.3.
# - Nine windows of 3 fit into 28 rows, and one row is left over.
#
# </details>

# %% exercise-max-pool2d [markdown]
# ### Exercise · `max_pool2d`
#
# Now for whole batches, of shape (N, C, H, W), with any window, stride and padding. Three things to keep in mind:
#
# - **Each channel is pooled on its own.** So the depth stays: 64 maps in, 64 maps out.
# - **The border must never win.** With padding, the pixels around the picture are minus infinity, not 0: if all
#   numbers in a window are negative, a 0 would be the largest.
# - **The output is made of floats**, even where `x` holds whole numbers, which have no minus infinity. A window with
#   NaN (not a number) gives NaN, and a batch of no pictures gives no maps.
#
# For example, `max_pool2d(np.array([[[[1, 5], [3, 2]]]]), (2, 2), 2, 0)` gives `[[[[5.]]]]`.


# %% max-pool2d tags=["exercise"] exercise="max_pool2d"
def max_pool2d(x, kernel_size, stride, padding):
    """Return the largest number of each window.

    x: array of shape (N, C, H, W)
    kernel_size: height and width of a window (a pair)
    stride: how far the window moves, in both directions (an int)
    padding: rows and columns of minus infinity on each side (an int, 0 for none)
    returns: float array of shape (N, C, out_h, out_w)
    """
    # BEGIN SOLUTION
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(np.asarray(x, dtype=float), around, constant_values=-np.inf)
    f_h, f_w = kernel_size
    batch, channels, height, width = padded.shape
    out_h, out_w = (height - f_h) // stride + 1, (width - f_w) // stride + 1
    out = np.zeros((batch, channels, out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            top, left = i * stride, j * stride
            out[:, :, i, j] = padded[:, :, top : top + f_h, left : left + f_w].max(axis=(2, 3))
    return out
    # END SOLUTION


# %% check-max-pool2d tags=["check"] exercise="max_pool2d"
max_pool2d = course.check(max_pool2d)

# %% depth [markdown]
# Two short names will be handy: `pool`, the usual pooling layer, which calls `max_pool2d`, and `as_batch`, which turns
# one picture into a batch of one picture with one channel.
#
# We pool the photograph of the temple. All three colours are pooled, each on its own.


# %% pool-photo
def pool(x):
    """Max pooling as it is used most: windows of 2 × 2, side by side."""
    return max_pool2d(x, (2, 2), 2, 0)


def as_batch(picture):
    """Return a picture (H, W) as a batch (1, 1, H, W)."""
    return np.asarray(picture, dtype=float)[np.newaxis, np.newaxis]


temple = images.china().transpose(2, 0, 1)[np.newaxis]  # (H, W, 3) becomes (1, 3, H, W)
print("before:", temple.shape, " after:", pool(temple).shape)

# %% pool-photo-picture tags=["figure"]
roof = as_batch(photo[60:188, 190:318])
pictures(
    [roof[0, 0], pool(roof)[0, 0], pool(pool(roof))[0, 0]],
    ["the roof", "pooled", "pooled twice"],
    to_scale=True,
)

# %% savings [markdown]
# The depth is 3 before and after. Height and width are halved, rounded down: of 427 rows, 213 are left.
#
# ### What it saves, counted
#
# The book gives three reasons for pooling *(Géron)*: less **computation**, less **memory**, fewer **parameters** (and
# so less overfitting: a network with fewer numbers is less able to learn its pictures by heart). Let us count all three
# for one place in a network: 64 maps of 28 × 28, then a convolutional layer with 128 filters of 3 × 3. In one network a
# pooling layer stands between them, in the other there is none. Then the same again with a dense layer of 128 units in
# the place of the convolutional one.

# %% guess-savings tags=["guess"]
guess = 4  # your guess: how many times fewer multiplications after 2 × 2 pooling
course.predict("pooling-saves", guess)

# %% reveal-savings
counts = {}
for side in (28, 14):
    counts["multiplications of the next layer", side] = conv_cost(64, 128, kernel_size=3, output_size=side)
    counts["bytes of its input, float32", side] = 64 * side * side * 4
    counts["weights of the next layer", side] = 64 * 128 * 3 * 3
    counts["weights of a dense layer, 128 units", side] = 64 * side * side * 128
print(f"{'':<36}{'28 × 28':>12}{'14 × 14':>12}")
for name, side in counts:
    if side == 28:
        print(f"{name:<36}{counts[name, 28]:>12,}{counts[name, 14]:>12,}")
print(f"{'comparisons of the pooling layer':<36}{'':>12}{3 * 64 * 14 * 14:>12,}")
multiplications = [counts["multiplications of the next layer", side] for side in (28, 14)]
course.reveal("pooling-saves", multiplications[0] // multiplications[1], "times")

# %% savings-read [markdown]
# Computation and memory shrink to a quarter. The weights of the next *convolutional* layer do not shrink at all: its
# filters keep their size. Parameters are saved where a **dense** layer looks at all that is left, at the end of the
# network. The pooling layer itself has none, and costs next to nothing: three comparisons for each output cell.

# %% exercise-avg-pool2d [markdown]
# ## 2. The mean instead of the maximum
#
# ### Exercise · `avg_pool2d`
#
# **Average pooling** passes on the mean. The window 1, 5, 3, 2 gives 2.75: 11 divided by 4. The windows
# are those of max pooling, without padding; so are the rules: whole numbers (also bytes, uint8) give floats, a window
# with NaN gives NaN, and a batch of no pictures gives no maps.


# %% avg-pool2d tags=["exercise"] exercise="avg_pool2d"
def avg_pool2d(x, kernel_size, stride):
    """Return the mean of each window.

    x: array of shape (N, C, H, W)
    kernel_size: height and width of a window (a pair)
    stride: how far the window moves, in both directions (an int)
    returns: float array of shape (N, C, out_h, out_w)
    """
    # BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    f_h, f_w = kernel_size
    out_h, out_w = (x.shape[2] - f_h) // stride + 1, (x.shape[3] - f_w) // stride + 1
    out = np.zeros((*x.shape[:2], out_h, out_w))
    for i, j in np.ndindex(out_h, out_w):
        window = x[:, :, i * stride : i * stride + f_h, j * stride : j * stride + f_w]
        out[:, :, i, j] = window.mean(axis=(2, 3))
    return out
    # END SOLUTION


# %% check-avg-pool2d tags=["check"] exercise="avg_pool2d"
avg_pool2d = course.check(avg_pool2d)

# %% fast-text [markdown]
# A function that visits every window in a Python loop is clear, and too slow for what comes: tens of thousands of
# drawings, hundreds of garments, a large photograph, each moved many times. For these measurements we take the course's
# own pooling, which goes over the places *in* a window instead. First see that it gives the same numbers.


# %% fast-pool
from course import ops


def fast_pool(x):
    """Return the same as `pool`, faster."""
    return ops.max_pool2d(x, (2, 2), 2, 0)


def fast_average(x):
    """Return the means of windows of 2 × 2, side by side."""
    return ops.avg_pool2d(x, (2, 2), 2)


print(f"{course.whose(max_pool2d, 'max_pool2d')} and fast_pool: equal", np.array_equal(pool(roof), fast_pool(roof)))
means = avg_pool2d(roof, (2, 2), 2)
print(f"{course.whose(avg_pool2d, 'avg_pool2d')} and fast_average: equal", np.allclose(means, fast_average(roof)))

# %% average-loss-text [markdown]
# The book says that the mean loses less information than the maximum, and that people take the maximum all the same,
# since it keeps the strongest features *(Géron)*. Let us measure the first half. We pool the photograph, then blow
# each cell up to 2 × 2 pixels again, and ask how far the result is from the photograph: the root of the mean squared
# difference, in grey levels from 0 to 255.

# %% average-loss
whole = as_batch(photo)
losses = {"max": fast_pool(whole), "mean": fast_average(whole), "first of the four": whole[:, :, ::2, ::2]}
for name, smaller in losses.items():
    error = smaller.repeat(2, axis=2).repeat(2, axis=3) - whole
    print(f"{name:<20} {np.sqrt(np.mean(error**2)):5.1f} grey levels")

# %% average-picture tags=["figure"]
pictures([roof[0, 0], pool(roof)[0, 0], means[0, 0]], ["the roof", "max: bright wins", "mean: smooth"])

# %% average-read [markdown]
# The mean is nearest. (It must be: no other single number is nearer to the four, in squared difference.) The maximum
# is even farther away than the first pixel of each window, since it makes everything brighter. For a photograph that
# is a loss. For a feature map it is the point: there, a large number says "here is what I look for", and it should
# not be diluted by its neighbours.

# %% shift-text [markdown]
# ## 3. Moving a picture
#
# To ask what a shift changes, we need to shift. Pixels that leave the picture are lost. On the other side, pixels
# become free, and something has to be written there: `fill`.
#
# NumPy has `np.roll`, which looks like what we want. Is it?

# %% roll
small = np.array([[1, 2, 3], [4, 5, 6]])
print(np.roll(small, shift=1, axis=1))

# %% exercise-shift [markdown]
# No: the 3 and the 6 left on the right and came back on the left. A shoe that leaves a photograph does not come back
# on the other side.
#
# ### Exercise · `shift`
#
# Positive numbers move **down** and to the **right**, negative ones up and to the left. The picture keeps its
# shape and its type. Rows and columns are the last two axes, so that a batch can be moved, too: `image[..., rows,
# columns]`.
#
# For example, `shift(np.array([[1, 2, 3], [4, 5, 6]]), 0, 1, fill=0)` gives `[[0, 1, 2], [0, 4, 5]]`.


# %% shift tags=["exercise"] exercise="shift"
def shift(image, rows, columns, fill=0):
    """Return the picture moved down by `rows` and to the right by `columns`.

    image: array of shape (..., H, W)
    rows, columns: how far it moves (ints: 0 or negative, too, as large as you like)
    fill: what moves in (a number)
    returns: array of the shape and dtype of image
    """
    # BEGIN SOLUTION
    image = np.asarray(image)
    height, width = image.shape[-2:]
    moved = np.full_like(image, fill)
    top, bottom = max(rows, 0), min(height + rows, height)  # the rows that something moves to
    left, right = max(columns, 0), min(width + columns, width)
    if top < bottom and left < right:
        moved[..., top:bottom, left:right] = image[..., top - rows : bottom - rows, left - columns : right - columns]
    return moved
    # END SOLUTION


# %% check-shift tags=["check"] exercise="shift"
shift = course.check(shift)

# %% shift-picture tags=["figure"]
trousers = garments.images[3]
pictures(
    [trousers, shift(trousers, 0, 14, 0), np.roll(trousers, 14, axis=1), shift(trousers, -6, 0, 120)],
    ["a garment", "14 to the right", "14, with np.roll", "6 up, fill 120"],
    height=2.2,
)

# %% exercise-invariance [markdown]
# ## 4. Invariance, defined and measured
#
# The book shows three pictures, A, B and C *(Géron, figure 14-9)*. B is A moved by one pixel to the right, C is A
# moved by two. All three go through 2 × 2 max pooling. The outputs of A and B are the same. The output of C is not: it
# is moved by one cell. But there is, the book says, still "75% invariance". In another printing the same sentence says
# "50%".
#
# Which of them is right? First we have to say what it means. The book does not, so here is our definition:
#
# > **Invariance** is the fraction of output cells that stay the same when the picture is moved.
#
# If `layer` is any function of a picture, and the picture moves by `shift`, that is the mean of
# `layer(moved picture) == layer(picture)` over all output cells.
#
# ### Exercise · `invariance`
#
# `layer` is a function: call it. `shift` is a pair (rows, columns), and zeros move in. Inside the function, the name
# `shift` means that pair; so your function of section 3 gets a second name, `move`. Compare with
# `np.isclose`, which forgives rounding.

# %% invariance tags=["exercise"] exercise="invariance"
move = shift


def invariance(layer, image, shift):
    """Return the fraction of the layer's output cells that stay when the picture is moved.

    layer: a function of a picture that returns an array
    image: array of shape (..., H, W)
    shift: how far the picture moves, the pair (rows, columns)
    returns: a float from 0 to 1
    """
    # BEGIN SOLUTION
    rows, columns = shift
    before = layer(image)
    after = layer(move(image, rows, columns, 0))
    return float(np.mean(np.isclose(before, after)))
    # END SOLUTION


# %% check-invariance tags=["check"] exercise="invariance"
invariance = course.check(invariance)

# %% three-pictures-text [markdown]
# ### The three pictures
#
# Here is a picture for which the book's first two facts hold: a letter L on 4 × 8 pixels, where 1 is dark. Its
# output has 2 × 4 cells.

# %% letter
letter = np.zeros((4, 8))
letter[:, 2] = 1
letter[3, 2:5] = 1
print(letter.astype(int))

# %% guess-letter tags=["guess"]
guess = 75  # your guess, in per cent: how many of the output cells stay when the letter moves by two pixels
course.predict("letter-two-pixels", guess)

# %% reveal-letter
course.reveal("letter-two-pixels", 100 * invariance(pool, as_batch(letter), (0, 2)), "per cent")

# %% letter-picture tags=["figure"]
moved = [shift(letter, 0, columns) for columns in (0, 1, 2)]
three_pictures(moved, [pool(as_batch(picture))[0, 0] for picture in moved])

# %% tee-text [markdown]
# 50%: four of the eight cells stay. So the other printing is right? Now a flat little T instead of the L:

# %% tee-picture tags=["figure"]
tee = np.zeros((4, 8))
tee[2, 2:5] = 1
tee[3, 3] = 1
moved = [shift(tee, 0, columns) for columns in (0, 1, 2)]
three_pictures(moved, [pool(as_batch(picture))[0, 0] for picture in moved])

# %% search-text [markdown]
# 75%. The layer is the same, and so is the shift. **The number depends on the picture.** Two pictures do not show how
# much, so let us look at *all* black-and-white pictures of 4 × 4 pixels. There are $2^{16}$ = 65,536 of them. We keep
# those for which the first fact of the book holds (one pixel to the right changes nothing in the output), and ask what
# two pixels do.

# %% search
drawings = moves.all_drawings(4, 4)
before, one, two = (fast_pool(shift(drawings, 0, columns)) for columns in (0, 1, 2))
unmoved = (one == before).all(axis=(1, 2, 3))
stay = (two == before).mean(axis=(1, 2, 3))[unmoved]
print(f"{len(before):,} pictures; one pixel changes nothing for {unmoved.sum():,} of them")
follow = (two == shift(before, 0, 1)).all(axis=(1, 2, 3))
print(f"two pixels move the output by one cell for {follow.sum():,} pictures")

# %% search-picture tags=["figure"]
percents, how_many = np.unique(np.round(100 * stay), return_counts=True)
bars([f"{percent:.0f}%" for percent in percents], how_many, "output cells that stay (shift: 2 pixels)", "pictures")

# %% both-right-text [markdown]
# Most of these pictures, 33,495 of 34,969, give 50%. And 366 give 75%. In fact, all that two pixels do is move the
# output by one cell, for every picture. So we can say exactly what changes. In a row of output cells, call dark
# cells side by side a **run**. When a run moves by one cell to the right, its left end turns white and the white
# cell after its right end turns dark. All others stay. As long as nothing leaves the picture:
#
# $$\text{invariance} = 1 - \frac{2 \times \text{number of runs}}{\text{number of cells}}$$
#
# The L has two runs, one in each row of cells: 1 − 4/8 = 50%. The T has one: 1 − 2/8 = 75%. Does the rule hold for
# every drawing that stays inside its 4 × 8 pixels, and whose output one pixel does not change? The two rows of cells
# never mix. So it is enough to look at all strips of 2 × 8 pixels.

# %% strips
strips = moves.all_drawings(2, 8)
inside = strips[..., 6:].sum(axis=(1, 2, 3)) == 0  # two pixels to the right, nothing is lost
fits = inside & (fast_pool(shift(strips, 0, 1)) == fast_pool(strips)).all(axis=(1, 2, 3))
cells = fast_pool(strips[fits])[:, 0, 0]
changes = (fast_pool(shift(strips[fits], 0, 2))[:, 0, 0] != cells).sum(axis=1)
runs = (np.diff(cells, prepend=0, axis=1) == 1).sum(axis=1)  # a run begins where 1 follows 0
print(f"{fits.sum()} strips; two changes for each run, in every one of them:", bool((changes == 2 * runs).all()))

# %% both-right-pairs [markdown]
# It does. A picture of 4 × 8 pixels is one strip above another, so its changes are those of both, of eight cells:

# %% both-right
stays_of_pairs = 1 - np.add.outer(changes, changes) / 8
for percent, count in zip(*np.unique(stays_of_pairs, return_counts=True), strict=True):
    print(f"{percent:5.0%} stay: {count:7,} drawings of 4 × 8 pixels")

# %% both-right-read [markdown]
# So both printings are right, each for its own pictures. **75%** is right for a drawing in one row of the output's
# cells (1,188 pictures of 4 × 8 pixels), **50%** for a drawing in both rows (352,836 of 352,854; the other 18 have two
# runs in one row). Three runs give 25%, four give 0%. A bare percentage says little. *Which layer, which picture, which
# shift, and what is counted?* Always ask.

# %% real-invariance-text [markdown]
# ### On real pictures
#
# Enough of drawings. Here is a garment, moved by one pixel to the right, and what happens to the 14 × 14 cells of its
# pooled output.

# %% real-invariance tags=["figure"]
here, there = as_batch(trousers), as_batch(shift(trousers, 0, 1))
changed_cells([trousers, there[0, 0]], [pool(here)[0, 0], pool(there)[0, 0]], ["a garment", "one pixel to the right"])

# %% guess-garments tags=["guess"]
guess = 90  # your guess, in per cent: how many cells stay when 200 garments move by one pixel
course.predict("garments-one-pixel", guess)


# %% reveal-garments
def no_pooling(x):
    """Return the picture as it is."""
    return x


sample = garments.images[:200, np.newaxis].astype(float)
course.reveal("garments-one-pixel", round(100 * invariance(fast_pool, sample, (0, 1)), 1), "per cent")
print(f"without any pooling: {invariance(no_pooling, sample, (0, 1)):.1%} of the pixels stay")
empty = np.mean(sample == 0), np.mean(fast_pool(sample) == 0)
print(f"empty background: {empty[0]:.0%} of the pixels, {empty[1]:.0%} of the pooled cells")

# %% invariance-curves-text [markdown]
# Pooling helps, but much of what stays is dark background, which stays without pooling too. That is why an honest
# measurement always has the line "no pooling" beside it. Let us draw both for shifts from 0 to 8 pixels, for the
# garments and for the photograph, which has no empty background.

# %% invariance-curves tags=["figure"]
layers = {"no pooling": no_pooling, "max 2 × 2": fast_pool, "mean 2 × 2": fast_average}
distances = range(9)
panels = {"200 garments": {}, "the photograph": {}}
for name, layer in course.track(layers.items(), "moving pictures"):
    for title, picture in zip(panels, (sample, whole), strict=True):
        panels[title][name] = [invariance(layer, picture, (0, distance)) for distance in distances]
curves(panels, [distances] * 2, ["shift to the right, in pixels"] * 2, "output cells that stay, in %")

# %% invariance-curves-read [markdown]
# Look at the curves.
#
# - **One pixel**: max pooling keeps more cells than no pooling. For the photograph it is 49% against 26%.
# - **Two pixels and more**: the advantage is gone, or almost. A 2 × 2 window forgives one pixel, and not always. For
#   the garments no pooling is even ahead: bright parts grow in a maximum, so there is less background left to stay.
# - **The mean** keeps the fewest cells: a pixel that changes in a window nearly always changes its mean. The book says
#   that max pooling has the stronger invariance *(Géron)*, and counted this way it does.
#
# Counted another way, the answer is different. How *much* do the cells change, on average?


# %% change
def change(layer, picture, rows, columns):
    """Return the mean size of the change, in grey levels, when the picture is shifted."""
    return np.abs(layer(shift(picture, rows, columns)) - layer(picture)).mean()


for name, layer in layers.items():
    on_garments, on_photo = change(layer, sample, 0, 1), change(layer, whole, 0, 1)
    print(f"{name:<12} garments {on_garments:5.1f}   photograph {on_photo:5.1f}   grey levels, one pixel")

# %% turn-text [markdown]
# By this measure the mean changes a little less than the maximum, and both change less than the picture itself. Two
# measures, two winners: a sentence like "max pooling is more invariant" is only half a sentence.
#
# ### Turning and scaling
#
# The book adds that pooling gives a small invariance to rotation and to scale, too *(Géron)*. `moves.turned` and
# `moves.scaled` turn and scale pictures about their middle; values between pixels are interpolated, and rounded to
# whole grey levels as in any picture.

# %% turn tags=["figure"]
pictures(
    [trousers, moves.turned(as_batch(trousers), 20)[0, 0], moves.scaled(as_batch(trousers), 0.7)[0, 0]],
    ["a garment", "turned by 20°", "scaled by 0.7"],
)

# %% turn-curves tags=["figure"]
angles, factors = [0, 0.25, 0.5, 1, 2, 5, 10], [0.9, 0.95, 0.99, 1, 1.01, 1.05, 1.1]
panels, amounts = {}, []
for title, picture in course.track({"garments": sample, "photograph": whole}.items(), "turning and scaling"):
    panels[f"{title}, turned"] = moves.kept(layers, picture, moves.turned, angles)
    panels[f"{title}, scaled"] = moves.kept(layers, picture, moves.scaled, factors)
    amounts += [angles, factors]
curves(panels, amounts, ["degrees", "factor"] * 2, "output cells that stay, in %", evenly=True)

# %% turn-read [markdown]
# (The values along the axis stand at equal distances, so that the smallest moves can be told apart.)
#
# A quarter of a degree costs the photograph seven of ten cells, pooled or not. There, max pooling is ahead of no
# pooling for the smallest moves: 30% against 26% at a quarter of a degree, 14% against 12% at two degrees, and no
# longer at ten. For the garments it is behind everywhere, for the reason that you know: less background. "A small
# amount", says the book. The measurement says how small.

# %% exercise-equivariance-gap [markdown]
# ## 5. Moving along: equivariance
#
# Look at C again: its output *changed*, but in an orderly way. It moved along with the picture. That is a different
# property, with a name of its own:
#
# - **invariant**: the picture moves, the output stays;
# - **equivariant**: the picture moves, the output moves along.
#
# A layer with stride 2 has one output cell for two pixels. So if the picture moves by 2 pixels, an equivariant
# layer's output moves by 2 / 2 = 1 cell. In general, it moves by shift / stride cells.
#
# ### Exercise · `equivariance_gap`
#
# Measure how far a layer is from that. Take the layer's output for the moved picture. Take its output for the
# picture, and move that by shift / stride cells. Average the **absolute differences** of the two. But be fair: when
# the output moves to the right, its first columns have no value (there is nothing that could move in). **Leave out
# the cells that have no value.** For an output that moves down by d rows, these are the first d rows; for a
# negative d, the last ones. The same goes for columns.
#
# `shift` will be a multiple of `stride`, and some cells will be left to compare.


# %% equivariance-gap tags=["exercise"] exercise="equivariance_gap"
def equivariance_gap(layer, image, shift, stride):
    """Return how far the layer's output is from moving along with the picture, as a mean absolute difference.

    layer: a function of a picture that returns an array of shape (..., out_h, out_w)
    image: array of shape (..., H, W)
    shift: how far the picture moves, the pair (rows, columns), multiples of stride
    stride: pixels from one output cell to the next (an int)
    returns: a float, 0 for a layer that moves along
    """
    # BEGIN SOLUTION
    rows, columns = shift
    before = np.asarray(layer(image), dtype=float)
    after = layer(move(image, rows, columns, 0))
    expected = move(before, rows // stride, columns // stride, np.nan)  # NaN marks cells without a value
    return float(np.nanmean(np.abs(after - expected)))
    # END SOLUTION


# %% check-equivariance-gap tags=["check"] exercise="equivariance_gap"
equivariance_gap = course.check(equivariance_gap)

# %% gap-garments
for columns in (0, 2, 4, 6, 8):
    gap = equivariance_gap(fast_pool, sample, (0, columns), 2)
    changed = change(fast_pool, sample, 0, columns)
    print(f"shift {columns}: change {changed:5.1f} grey levels, gap to equivariance {gap:.1f}")

# %% gap-curves-text [markdown]
# The gap is 0, exactly, for every shift that is a multiple of the stride. **Max pooling is not so much invariant as
# equivariant.** (Convolution is, too: its weights are the same everywhere.) For a shift by one pixel the output would
# have to move by half a cell. There is no such output: each cell can only stay, or change.
#
# What about turning and scaling? We compare "turn, then pool" with two claims: that the output moves along ("pool, then
# turn"), and that it stays.

# %% gap-curves tags=["figure"]
stays, along = "it stays (invariance)", "it moves along (equivariance)"
steps = [[0, 2, 4, 6, 8], [0, 2, 5, 10, 20, 30], [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3]]
panels = {"shifted": {
    stays: [change(fast_pool, sample, 0, distance) for distance in steps[0]],
    along: [equivariance_gap(fast_pool, sample, (0, distance), 2) for distance in steps[0]],
}}  # fmt: skip
for title, move_by, how_far in (("turned", moves.turned, steps[1]), ("scaled", moves.scaled, steps[2])):
    off_if_still, off_if_along = moves.change_and_gap(fast_pool, sample, move_by, how_far)
    panels[title] = {stays: off_if_still, along: off_if_along}
curves(panels, steps, ["pixels", "degrees", "factor"], "difference in grey levels", percent=False)

# %% gap-curves-read [markdown]
# The lower a curve, the truer its claim. For shifts by whole cells, "the output moves along" is exact. For turns
# from ten degrees on, and for scaling to 0.9 and less or to 1.2 and more, it is not exact, but it is off by about half
# as much as "the output stays", or less. For turns of 2 and 5 degrees it is no nearer to the truth: the little windows
# stand upright whatever the picture does, and turning a picture of 14 × 14 cells blurs it.

# %% several-text [markdown]
# ## 6. Several pooling layers
#
# A network often has several of them. One cell stands for 2 pixels along each side after one layer, for 4 after two
# layers, and for 8 after three. The book says that this gives invariance "at a larger scale" *(Géron)*. We measure
# `invariance` with one to three layers.


# %% several
def pooled_times(times):
    """Return a layer that pools several times."""

    def layer(x):
        for _ in range(times):
            x = fast_pool(x)
        return x

    return layer


print("                            cells that stay, shifted by")
print("pooled  a cell is     cells   1 pixel  2 pixels  4 pixels")
for times in range(4):
    layer = pooled_times(times)
    shares = [invariance(layer, whole, (0, distance)) for distance in (1, 2, 4)]
    size = " × ".join(str(n) for n in layer(whole).shape[2:])
    print(f"{times} times  {2**times} × {2**times} {size:>13} {shares[0]:8.0%} {shares[1]:9.0%} {shares[2]:9.0%}")

# %% several-curves tags=["figure"]
names = {0: "no pooling", 1: "once", 2: "twice", 3: "three times"}
panels = {"200 garments": {}, "the photograph": {}}
for times, name in course.track(names.items(), "pooling"):
    for title, picture in zip(panels, (sample, whole), strict=True):
        panels[title][name] = [invariance(pooled_times(times), picture, (0, distance)) for distance in distances]
curves(panels, [distances] * 2, ["shift to the right, in pixels"] * 2, "output cells that stay, in %")

# %% several-read [markdown]
# For the photograph, about half of the cells stay at a shift of one pixel after one layer (49%), of two after two
# (48%), and of three after three (52%). So the tolerance grows with the size of a cell, though less than the size
# itself, which doubles each time. It does not become perfect: even after three layers, one pixel changes 23% of the
# cells. And for the garments at large shifts, more pooling keeps *less*, since there is less and less background.

# %% worst-text [markdown]
# ### The worst pixel
#
# An average hides the worst case. For 1,000 garments and all eight shifts by one pixel (down, up, sideways,
# diagonally): which one keeps the fewest cells?

# %% guess-worst tags=["guess"]
guess = 40  # your guess, in per cent: how many cells stay in the worst of the 8,000 cases
course.predict("worst-one-pixel", guess)

# %% reveal-worst
everything = garments.images[:, np.newaxis].astype(float)
directions = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)]
unshifted = fast_pool(everything)
kept = np.array([(fast_pool(shift(everything, *step)) == unshifted).mean(axis=(1, 2, 3)) for step in directions])
worst_direction, worst_garment = np.unravel_index(kept.argmin(), kept.shape)
course.reveal("worst-one-pixel", round(100 * kept.min(), 1), "per cent")
class_name = garments.class_names[garments.labels[worst_garment]]
print(f"garment {worst_garment}, {class_name}, moved by {directions[worst_direction]}")

# %% worst-picture tags=["figure"]
one_pixel_shifts(kept[:, worst_garment].reshape(3, 3), garments.images[worst_garment], "cells that stay, one pixel")

# %% worst-changed tags=["figure"]
fine = garments.images[worst_garment]
nudged = shift(fine, *directions[worst_direction])
outputs = [pool(as_batch(picture))[0, 0] for picture in (fine, nudged)]
changed_cells([fine, nudged], outputs, ["a shirt", "moved by one pixel"])

# %% nothing-stays-text [markdown]
# A fine pattern changes almost everywhere. Can one pixel change **every** cell? Ask all 4 × 4 pictures again.

# %% nothing-stays tags=["figure"]
changed_all = (fast_pool(shift(drawings, 0, 1)) != fast_pool(drawings)).all(axis=(1, 2, 3))
print(f"{changed_all.sum()} of {len(drawings):,} pictures")
worst = drawings[np.flatnonzero(changed_all)[-1], 0]
pair = [worst, shift(worst, 0, 1)]
three_pictures(pair, [pool(as_batch(picture))[0, 0] for picture in pair])

# %% nothing-stays-read [markdown]
# It can. The dark pixels stand at the right edge of their windows, one step to the right takes each of them into the
# next window, and there is nothing else in either. The shift is one pixel, the invariance is 0%. (The output moved
# along, by a whole cell, though the picture moved by half of one.) So whoever needs a promise for the worst case
# does not get it from pooling.

# %% exercise-global-avg-pool [markdown]
# ## 7. Global average pooling
#
# What if the window is as large as the map? Then one number is left of each map: **global average pooling** (Lin,
# Chen and Yan, 2013). Many networks end with it. A map that says "here is a sleeve" becomes a number that says how
# much sleeve there is.
#
# ### Exercise · `global_avg_pool`
#
# Whole numbers give floats, a map with NaN gives NaN, and a batch of no pictures gives no means.


# %% global-avg-pool tags=["exercise"] exercise="global_avg_pool"
def global_avg_pool(x):
    """Return the mean of each map.

    x: array of shape (N, C, H, W)
    returns: float array of shape (N, C)
    """
    # BEGIN SOLUTION
    return np.asarray(x, dtype=float).mean(axis=(2, 3))
    # END SOLUTION


# %% check-global-avg-pool tags=["check"] exercise="global_avg_pool"
global_avg_pool = course.check(global_avg_pool)

# %% global-invariance-text [markdown]
# Where things lie makes no difference to a mean. So the invariance should be perfect, as long as nothing leaves the
# picture. Is it? We put 50 garments, each into the middle of a larger dark picture, and move them.

# %% global-invariance
for pixels in (0, 16):
    roomy = np.pad(sample[:50], ((0, 0), (0, 0), (pixels, pixels), (pixels, pixels)))
    found = [f"{invariance(global_avg_pool, roomy, (0, columns)):4.0%}" for columns in (1, 2, 4, 8, 16)]
    print(f"{pixels:2} dark pixels around: {'  '.join(found)}   (shifts of 1, 2, 4, 8, 16)")

# %% global-read [markdown]
# With room around the garment: 100%, for every shift. Without, garments lose a sleeve or a toe at the edge, and the
# mean changes. This is real invariance, and its price is total: the number says nothing at all about *where*.

# %% costs-text [markdown]
# ## 8. What pooling throws away
#
# A 2 × 2 pooling layer throws three of four numbers away. What can nobody tell any more afterwards? Here are four
# different pictures of 4 × 4 pixels.

# %% alike-picture tags=["figure"]
ring, dots = np.pad(np.zeros((2, 2)), 1, constant_values=1), np.zeros((4, 4))
dots[1::2, ::2] = 1
four = {"full": np.ones((4, 4)), "checks": np.indices((4, 4)).sum(axis=0) % 2, "ring": ring, "dots": dots}
pictures(list(four.values()), list(four), height=1.5, dark_ones=True)

# %% alike
for name, picture in four.items():
    print(f"{name:<7}", pool(as_batch(picture))[0, 0].astype(int).tolist())
alike = (fast_pool(drawings) == 1).all(axis=(1, 2, 3)).sum()
print(f"{alike:,} of {len(drawings):,} pictures give this output")

# %% where-text [markdown]
# For the pooled network, these four are the same picture, and 50,621 others too.
#
# And *where* is it? A single bright pixel in a 28 × 28 picture can be in 784 places. How many of them can be told
# apart after pooling?

# %% guess-places tags=["guess"]
guess = 49  # your guess: how many of 784 places can be told apart after three pooling layers
course.predict("places-after-three", guess)

# %% reveal-places
places = np.eye(784).reshape(784, 1, 28, 28)  # one bright pixel, in each place once
told_apart = {n: len(np.unique(pooled_times(n)(places).reshape(784, -1), axis=0)) for n in range(4)}
for times, count in told_apart.items():
    print(f"pooled {times} times, places told apart: {count:3}")
print("global average, places told apart:", len(np.unique(places.mean(axis=(2, 3)), axis=0)))
course.reveal("places-after-three", told_apart[3], "places")

# %% where-read [markdown]
# After three layers, 9 cells are left, and a tenth "place": nowhere. From 28 rows you come to 14, 7 and 3, so that
# the last four rows and columns lie in no window, and a pixel there is never seen.
#
# Global pooling leaves one place: everywhere.
#
# ### When should a prediction not be invariant?
#
# - **Where is it?** A network that outlines each object (semantic segmentation) has to move its answer along with the
#   picture. Equivariance is what it needs, and invariance would be a mistake *(Géron)*.
# - **The arrangement is the answer**: a chess position, a map, a page of text.
# - **6 and 9**: half a turn makes one of the other. A network that is fully invariant to rotation cannot tell them
#   apart. Here is a real digit, and two layers: one that does not feel half a turn, and one that does.

# %% six-nine tags=["figure"]
scans, values = images.digits()
six = as_batch(scans[values == 6][0])
nine = six[:, :, ::-1, ::-1]  # half a turn
averages = [f"{global_avg_pool(picture)[0, 0]:.4f}" for picture in (six, nine)]
print("global average of the 6 and of the turned 6:", *averages)
print(f"cells of 2 × 2 max pooling that agree: {np.mean(pool(six) == pool(nine)):.0%}")
pictures([six[0, 0], nine[0, 0]], ["a six", "half a turn"], height=1.8)

# %% explorer-text [markdown]
# So, should the answer of a network change when the camera shakes by one pixel? If it is to say *what* there is, no; if
# it is to say *where*, yes, by one pixel. Whether it does is found by measuring: the word "invariant" does not tell.
#
# ## 9. Try it: slide a picture under the grid
#
# The grid of windows stands still, the picture moves: drag it, or use the sliders. Crosses mark the cells that changed,
# the meter shows how many stay, and the chart keeps what you have seen, with "not pooled" beside it. The browser
# computes all of this, until you choose *your functions*. Then `max_pool2d` and `avg_pool2d` from above are asked, and
# cells for which the browser finds other numbers get dashed squares.
#
# - With the *letter*, go from 0 to 1 to 2 to the right. Do you find the numbers of section 4?
# - With the *stripes*, find a one-pixel shift that changes nothing, and one that changes many cells.
# - With the *sneaker*, play the shift to the right. Then go straight down: at which shift do fewer than half of the
#   cells stay?
# - With the *trouser* and three layers, how far to the right can you go, and all nine cells stay? How many of its
#   pixels stay then?
# - With a garment, read the words beside the chart: when is the gap to equivariance 0, and when is it not defined?
# - Turn the *shirt* by one degree. Does pooling help?
# - Let your own functions compute. Do they agree with the browser?

# %% explorer tags=["explorer"]
pooling_explorer(max_pool2d, avg_pool2d)

# %% explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - 100%, 100%, 50%.
# - One pixel up or down leaves all cells as they were: each window keeps one of its two equal rows. One pixel to the
#   left pushes a bright column into every window that was dark, and 50% of the cells stay. One pixel to the right does
#   the same, but for the first window, where darkness moves in: 67% stay.
# - To the right, up to 8 pixels, it is never fewer than 62% for the sneaker: it is long and flat, so most of the dark
#   background stays dark. Straight down, 55% stay at 2 pixels, and 49% at 3.
# - Up to 5 pixels, all nine cells stay, though only 48% of the pixels do. At 6 pixels two cells change.
# - The gap is 0 when both shifts are multiples of the window's size (with more layers: of the size of the windows that
#   a cell of the output stands for), so that the output can move along by whole cells. For other shifts it is not
#   defined: there is no half cell to move by.
# - No: turned clockwise by one degree, 31% of the cells stay after pooling, and 41% of the pixels without it.
# - They do, if they have passed their checks.
#
# </details>

# %% backward-text [markdown]
# ## 10. Stretch: the way back
#
# To train a network, we need the **gradient**: how much the loss changes with each number. It arrives at the output
# of the pooling layer, one number for each cell, and has to be sent on to the input.
#
# A maximum listens to one pixel alone. If the largest pixel of a window grows by a little, the output grows as much.
# If another pixel grows by a little, nothing happens. So the whole gradient of a cell goes **to the pixel that
# won**, and the others get 0. Here is the window of figure 14-8, with a gradient of 10.

# %% one-route
route = np.zeros((2, 2))
route.flat[np.array([[1.0, 5.0], [3.0, 2.0]]).argmax()] = 10.0
print(route)

# %% backward-questions [markdown]
# Two questions remain.
#
# - **Windows overlap**, and a pixel wins in several of them. Then all of their gradients reach it: they **add up**.
# - **A tie**: two pixels are the largest. Mathematically there is no single right answer there. PyTorch gives all of
#   the gradient to the **first** one, row by row, and so do we.
#
# Take 3 × 3 numbers with a 9 in the middle, the largest of all, and windows of 2 × 2 with stride 1. Four of them fit,
# and the 9 wins in all four. Their gradients are 1, 2, 3 and 4. How much does the 9 receive?

# %% guess-nine tags=["guess"]
guess = 10  # your guess: the gradient that the 9 receives
course.predict("gradient-of-the-nine", guess)

# %% exercise-max-pool2d-backward [markdown]
# ### Exercise · `max_pool2d_backward`
#
# The border of the padding never wins, and is cut off at the end. A window that holds NaN (not a number) has NaN as
# its output, so the gradient goes to the NaN. Of equal values, the first gets it. `np.argmax` does all of that by
# itself. `x` may hold whole numbers, or no picture at all: the gradients are floats all the same.


# %% max-pool2d-backward tags=["exercise"] exercise="max_pool2d_backward"
def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    """Return the gradient by x: each window's goes to its largest number, the first of equals.

    grad_output: array of shape (N, C, out_h, out_w), the gradient by the output of max_pool2d
    x: array of shape (N, C, H, W)
    kernel_size: height and width of a window (a pair)
    stride: how far the window moves, in both directions (an int)
    padding: rows and columns of minus infinity on each side (an int, 0 for none)
    returns: float array of shape (N, C, H, W)
    """
    # BEGIN SOLUTION
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(np.asarray(x, dtype=float), around, constant_values=-np.inf)
    grad = np.zeros_like(padded)
    f_h, f_w = kernel_size
    for n, c, i, j in np.ndindex(grad_output.shape):
        top, left = i * stride, j * stride
        window = padded[n, c, top : top + f_h, left : left + f_w]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        grad[n, c, top + u, left + v] += grad_output[n, c, i, j]
    height, width = grad.shape[2:]
    return grad[:, :, padding : height - padding, padding : width - padding]
    # END SOLUTION


# %% check-max-pool2d-backward tags=["check"] exercise="max_pool2d_backward"
max_pool2d_backward = course.check(max_pool2d_backward)

# %% reveal-nine tags=["figure"]
peak = np.array([[1, 2, 0], [3, 9, 4], [0, 5, 1]])
four_gradients = np.array([[1.0, 2.0], [3.0, 4.0]])
grad_peak = max_pool2d_backward(as_batch(four_gradients), as_batch(peak), (2, 2), 1, 0)[0, 0]
course.reveal("gradient-of-the-nine", grad_peak[1, 1])
gradient_routes(peak, four_gradients, grad_peak, kernel_size=(2, 2), stride=1)

# %% ties tags=["figure"]
ties = np.array([[4, 4, 1, 0], [4, 0, 1, 1], [2, 7, 0, 0], [7, 7, 0, 0]])
grad_ties = max_pool2d_backward(as_batch(four_gradients), as_batch(ties), (2, 2), 2, 0)[0, 0]
gradient_routes(ties, four_gradients, grad_ties, kernel_size=(2, 2), stride=2)

# %% ties-read [markdown]
# In the last picture, the first of the equal numbers receives everything. Ties are common: after ReLU, many windows are
# all zeros. In how many windows of our garments is there a tie?

# %% how-many-ties
windows = np.lib.stride_tricks.sliding_window_view(everything[:, 0], (2, 2), axis=(1, 2))[:, ::2, ::2]
largest = windows.max(axis=(3, 4), keepdims=True)
tied = (windows == largest).sum(axis=(3, 4)) > 1
dark = (largest == 0)[..., 0, 0]
print(f"{tied.mean():.0%} of all windows have a tie; of those that are not all dark, {tied[~dark].mean():.0%} do")

# %% summary [markdown]
# ## Summary: what you now know
#
# - A **pooling layer** has no weights. Of 1, 5, 3 and 2 max pooling passes on 5. Windows of 2 × 2 with stride 2
#   halve height and width, rounded down, and leave the depth as it is.
# - It saves three quarters of the next layer's **computation**, and of the **memory** of its input; it saves
#   **parameters** only where a dense layer follows.
# - **Invariance** is the fraction of output cells that stay. It is a property of a layer, a picture *and* a shift.
#   The book's 75% and 50% are both right, for different pictures.
# - Pooling is **equivariant** to shifts by whole cells, exactly: the output moves along. It is invariant to some
#   smaller shifts, for some cells; in the worst case one pixel changes them all.
# - On the photograph, more layers forgive larger shifts, and even three do not forgive all. **Global average pooling**
#   forgives every shift that keeps things inside the picture, and forgets where they are.
# - Going back, a gradient takes the way of the maximum, to the pixel that won; where windows overlap, gradients add up.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress(4)

# %% guesses tags=["demo", "nbval-ignore-output"]
course.guesses(4)

# %% recall [markdown]
# ## Recall
#
# Answer aloud before you unfold.
#
# 1. Why is the padding of max pooling minus infinity, and not 0?
#
#    <details><summary>Answer</summary>
#
#    Where all numbers of a window are negative, a 0 would win, and a number that is not in the picture would go on.
#
#    </details>
# 2. 64 maps of 28 × 28 go through 2 × 2 max pooling with stride 2. What comes out, and how many parameters does the
#    layer have?
#
#    <details><summary>Answer</summary>
#
#    64 maps of 14 × 14: the depth stays. It has no parameters.
#
#    </details>
# 3. A picture moves by 2 pixels to the right, and the output of a layer with stride 2 moves by one cell. Is the layer
#    invariant or equivariant to this shift?
#
#    <details><summary>Answer</summary>
#
#    Equivariant: the output moves along. Invariant would mean that it stays.
#
#    </details>
# 4. Somebody says: "This layer has 75% invariance." What do you ask?
#
#    <details><summary>Answer</summary>
#
#    For which pictures, and which shift? What is counted: cells that stay, or how much they change? And what is the
#    number without the layer?
#
#    </details>
# 5. A pixel is the largest of two windows that overlap. Which gradient does it receive?
#
#    <details><summary>Answer</summary>
#
#    The sum of the gradients of both windows.
#
#    </details>
#
# **Next:** lesson 5, *The full CNN*. Convolution, ReLU, pooling: you have built all the parts. There you put them
# together into a whole network that tells garments apart, and measure how its answers suffer from a shift.
