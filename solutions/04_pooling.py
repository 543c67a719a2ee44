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
# A pooling layer makes pictures smaller. It has nothing to learn, and yet most networks for pictures have one.
# People say that it makes a network *invariant* to small shifts. In this lesson you build pooling, define what
# "invariant" means, and measure how much of it is true.
#
# - **Time:** about 100 minutes, with 30 more for the stretch exercise.
# - **You build:** max pooling, average pooling, a shift, two measures, global average pooling, and the way back of a
#   gradient.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14, "Pooling Layers".
# - **You need:** lesson 1 (sizes of outputs, strides, padding) and lesson 3 (feature maps: N, C, H, W).
# - **Stuck?** `course.hint("max_pool2d")` gives a hint, and the next call gives the next one.

# %% imports
import numpy as np
from scipy import ndimage

import course
from course import data, images
from course.arithmetic import conv_cost, output_size
from course.figures.invariance import bars, changed_cells, curves, one_pixel_shifts, three_pictures
from course.figures.pooling import gradient_routes, pictures, pooling_windows

garments = data.fashion_mnist_sample("test")  # 1,000 pictures, the same on every machine
photo = np.round(255 * images.grey(images.center_crop(images.china(), 384, 512)))

# %% by-hand [markdown]
# ## 1. Pooling by hand
#
# A neuron of a convolutional layer looks at a small window, multiplies, and adds up. A **pooling neuron** looks at
# a small window too, but it has **no weights**. It passes on one number: the largest (max pooling) or the mean
# (average pooling). There is nothing to learn, and nothing to remember from one window to the next.
#
# Here is the window of the book's figure 14-8: the numbers 1, 5, 3 and 2. Which number goes on?

# %% one-window
window = np.array([[1, 5], [3, 2]])
print("goes on:", window.max())

# %% more-windows [markdown]
# Only 5 goes on. The other three numbers are gone.
#
# The usual pooling layer has windows of 2 x 2, a stride of 2 and no padding. So the windows lie side by side, and each
# has to fit as a whole. Take 5 x 5 numbers. How large is the output?

# %% guess-size tags=["guess"]
guess = 2  # your guess: how many rows has the output of a 5 x 5 picture?
course.predict("pooled-rows", guess)

# %% size
course.reveal("pooled-rows", output_size(5, kernel_size=2, stride=2), "rows")

# %% by-hand-picture
numbers = np.array([[1, 5, 0, 2, 4], [3, 2, 1, 7, 1], [6, 0, 2, 2, 3], [1, 4, 3, 0, 2], [0, 2, 1, 8, 5]])
pooled = np.zeros((2, 2))
for i in range(2):
    for j in range(2):
        window = numbers[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        pooled[i, j] = window.max()
pooling_windows(numbers, pooled, kernel_size=(2, 2), stride=2)

# %% exercise-max-pool-text [markdown]
# Two windows fit into five rows: the size is 5 / 2 = 2.5, **rounded down**. Look at the hatched cells: the 8 is the
# largest number of all, and it lies in no window. Rounding down has a price.
#
# ### Exercise · `max_pool2d`
#
# Now for whole batches, of shape (N, C, H, W), with any window, stride and padding. Three things to keep in mind:
#
# - **Each channel is pooled on its own.** So the depth stays: 64 maps in, 64 maps out.
# - **The border must never win.** With padding, the pixels around the picture are minus infinity, not 0: if all
#   numbers in a window are negative, a 0 would be the largest.
# - **The output is made of floats**, also where `x` holds whole numbers: they have no minus infinity. A window with
#   NaN (not a number) gives NaN, and a batch of no pictures gives no maps.
#
# For example, `max_pool2d([[[[1, 5], [3, 2]]]], (2, 2), 2, 0)` gives `[[[[5.]]]]`.


# %% max-pool tags=["exercise"] exercise="max_pool2d"
def max_pool2d(x, kernel_size, stride, padding):
    """Return the largest number of each window.

    x: numbers of shape (N, C, H, W). kernel_size: (height, width) of a window.
    stride, padding: one number each, for both axes.
    Returns floats of shape (N, C, out_h, out_w).
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


# %% check-max-pool tags=["check"] exercise="max_pool2d"
max_pool2d = course.check(max_pool2d)

# %% depth [markdown]
# From here on, your own function does the work. Two short names will be handy: `pool`, the usual pooling layer, and
# `maps`, which turns one picture into a batch of one picture with one channel.
#
# The book pools a photograph of a temple. All three colours are pooled, each on its own.


# %% pool-photo
def pool(x):
    """Max pooling as it is used most: windows of 2 x 2, side by side."""
    return max_pool2d(x, (2, 2), 2, 0)


def maps(picture):
    """Return a picture (H, W) as a batch (1, 1, H, W)."""
    return np.asarray(picture, dtype=float)[np.newaxis, np.newaxis]


colours = images.china().transpose(2, 0, 1)[np.newaxis]  # (H, W, 3) becomes (1, 3, H, W)
print("before:", colours.shape, " after:", pool(colours).shape)

# %% pool-photo-picture
roof = maps(photo[60:188, 190:318])
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
# The book gives three reasons for pooling: less **computation**, less **memory**, fewer **parameters** (and so less
# overfitting: a network with fewer numbers is less able to learn its pictures by heart). Let us count all three for one
# place in a network: 64 maps of 28 x 28, then a convolutional layer with 128 filters of 3 x 3. In one network a pooling
# layer stands between them, in the other none.

# %% guess-savings tags=["guess"]
guess = 4  # your guess: how many times fewer multiplications after 2 x 2 pooling?
course.predict("pooling-saves", guess)

# %% count-savings
print(f"{'':<36}{'28 x 28':>12}{'14 x 14':>12}")
table = {"multiplications of the next layer": [], "bytes of its input, float32": [], "weights of the next layer": []}
table["weights of a dense layer, 128 units"] = []
for side in (28, 14):
    computation, memory, filters, dense = table.values()
    computation.append(conv_cost(64, 128, kernel_size=3, output_size=side))
    memory.append(64 * side * side * 4)
    filters.append(64 * 128 * 3 * 3)
    dense.append(64 * side * side * 128)
for name, (without, with_pooling) in table.items():
    print(f"{name:<36}{without:>12,}{with_pooling:>12,}")

# %% reveal-savings
without, with_pooling = table["multiplications of the next layer"]
course.reveal("pooling-saves", without // with_pooling, "times")
print(f"the pooling layer itself: 0 parameters, {3 * 64 * 14 * 14:,} comparisons")

# %% savings-read [markdown]
# Computation and memory shrink to a quarter. The weights of the next *convolutional* layer do not shrink at all: its
# filters have the size that they have. Parameters are saved where a **dense** layer looks at all that is left, at
# the end of the network. The pooling layer itself has none, and costs next to nothing: three comparisons for each
# output cell.

# %% average-text [markdown]
# ## 2. The mean instead of the maximum
#
# ### Exercise · `avg_pool2d`
#
# **Average pooling** passes on the mean. The window 1, 5, 3, 2 gives 2.75: 11 divided by 4. The windows
# are those of max pooling, without padding; so are the rules: whole numbers (also bytes, uint8) give floats, a window
# with NaN gives NaN, and a batch of no pictures gives no maps.


# %% avg-pool tags=["exercise"] exercise="avg_pool2d"
def avg_pool2d(x, kernel_size, stride):
    """Return the mean of each window.

    x: numbers of shape (N, C, H, W).
    kernel_size: (height, width) of a window. stride: one number.
    Returns floats of shape (N, C, out_h, out_w).
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


# %% check-avg-pool tags=["check"] exercise="avg_pool2d"
avg_pool2d = course.check(avg_pool2d)

# %% average-loss-text [markdown]
# The book says that the mean loses less information than the maximum, and that people take the maximum all the same,
# since it keeps the strongest features. Let us measure the first half. We pool the photograph, then blow
# each cell up to 2 x 2 pixels again, and ask how far the result is from the photograph. (It is the root of the mean
# squared difference, in grey levels from 0 to 255.)


# %% average-loss
def average(x):
    return avg_pool2d(x, (2, 2), 2)


def blown_up(x):
    return x.repeat(2, axis=2).repeat(2, axis=3)


whole = maps(photo)
layers = {"max": pool, "mean": average, "first of the four": lambda x: x[:, :, ::2, ::2]}
for name, layer in layers.items():
    error = blown_up(layer(whole)) - whole
    print(f"{name:<20} {np.sqrt(np.mean(error**2)):5.1f} grey levels")

# %% average-picture
pictures([roof[0, 0], pool(roof)[0, 0], average(roof)[0, 0]], ["the roof", "max: bright wins", "mean: smooth"])

# %% average-read [markdown]
# The mean is nearest. (It must be: no other single number is nearer to the four, in squared difference.) The maximum
# is farther away than even the first pixel of each window, since it makes everything brighter. For a photograph that
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

# %% exercise-shift-text [markdown]
# No: the 3 and the 6 left on the right, and came back on the left. A shoe that leaves a photograph does not come
# back on the other side.
#
# ### Exercise · `shift`
#
# Positive numbers move **down** and to the **right**, negative ones up and to the left. The shape and the type of
# the picture stay. Rows and columns are the last two axes, so that a batch can be moved, too: `image[..., rows,
# columns]`.
#
# For example, `shift([[1, 2, 3], [4, 5, 6]], 0, 1, fill=0)` gives `[[0, 1, 2], [0, 4, 5]]`.


# %% shift tags=["exercise"] exercise="shift"
def shift(image, rows, columns, fill=0):
    """Return the picture moved down by `rows` and to the right by `columns`.

    image: array of shape (..., H, W).
    rows, columns: whole numbers, 0 or negative too, as large as you like.
    fill: what moves in. Returns an array of the same shape and type.
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

# %% shift-picture
trousers = garments.images[3]
pictures(
    [trousers, shift(trousers, 0, 14, 0), np.roll(trousers, 14, axis=1), shift(trousers, -6, 0, 120)],
    ["a garment", "14 to the right", "14, with np.roll", "6 up, fill 120"],
    height=2.2,
)

# %% invariance-text [markdown]
# ## 4. Invariance, defined and measured
#
# The book shows three pictures, A, B and C (figure 14-9). B is A moved by one pixel to the right, C is A moved by
# two. All three go through 2 x 2 max pooling. The outputs of A and B are the same. The output of C is not: it is
# moved by one cell. But there is, the book says, still "75% invariance". In another printing the same sentence says
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

    layer: a function of a picture. image: array of shape (..., H, W). shift: (rows, columns).
    Returns a number from 0 to 1.
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
# Here is a picture for which the book's first two facts hold: a letter L on 4 x 8 pixels, where 1 is dark. Its
# output has 2 x 4 cells.

# %% letter
letter = np.zeros((4, 8))
letter[:, 2] = 1
letter[3, 2:5] = 1
print(letter.astype(int))

# %% guess-letter tags=["guess"]
guess = 75  # your guess: how many percent of the output cells stay when the letter moves by two pixels?
course.predict("letter-two-pixels", guess)

# %% reveal-letter
course.reveal("letter-two-pixels", 100 * invariance(pool, maps(letter), (0, 2)), "percent")

# %% letter-picture
moved = [shift(letter, 0, columns) for columns in (0, 1, 2)]
three_pictures(moved, [pool(maps(picture))[0, 0] for picture in moved])

# %% tee-text [markdown]
# 50%: four of the eight cells stay. So the other printing is right? Now a flat little T instead of the L:

# %% tee-picture
tee = np.zeros((4, 8))
tee[2, 2:5] = 1
tee[3, 3] = 1
moved = [shift(tee, 0, columns) for columns in (0, 1, 2)]
three_pictures(moved, [pool(maps(picture))[0, 0] for picture in moved])

# %% search-text [markdown]
# 75%. The layer is the same, and so is the shift. **The number belongs to the picture.** Do not take our two
# pictures for it: let us look at *all* black-and-white pictures of 4 x 4 pixels. There are 2 to the power of 16 of
# them. We keep those that the first fact of the book holds for (one pixel to the right changes nothing), and ask
# what two pixels do.

# %% search
codes = np.arange(2**16)[:, np.newaxis]
all_pictures = ((codes >> np.arange(16)) & 1).reshape(-1, 1, 4, 4).astype(float)
before = pool(all_pictures)
one = pool(shift(all_pictures, 0, 1))
two = pool(shift(all_pictures, 0, 2))
unmoved = (one == before).all(axis=(1, 2, 3))
stay = (two == before).mean(axis=(1, 2, 3))[unmoved]
print(f"{len(before):,} pictures; one pixel changes nothing for {unmoved.sum():,} of them")
follow = (two == shift(before, 0, 1)).all(axis=(1, 2, 3))
print(f"two pixels move the output by one cell: for {follow.sum():,} of them")

# %% search-picture
percents, counts = np.unique(np.round(100 * stay), return_counts=True)
bars([f"{percent:.0f}%" for percent in percents], counts, "output cells that stay (shift: 2 pixels)", "pictures")

# %% both-right-text [markdown]
# Most of these pictures, 33,495 of 34,969, give 50%. And 366 give 75%. In fact, all that two pixels do is to move
# the output by one cell, for every picture. So we can say exactly what changes. In a row of output cells, call dark
# cells side by side a **run**. When a run moves by one cell to the right, its left end turns white and the white
# cell after its right end turns dark. All others stay. As long as nothing leaves the picture:
#
# $$\text{invariance} = 1 - \frac{2 \times \text{number of runs}}{\text{number of cells}}$$
#
# The L has two runs, one in each row of cells: 1 - 4/8 = 50%. The T has one: 1 - 2/8 = 75%. Does the rule hold for
# every drawing that stays inside its 4 x 8 pixels? The two rows of cells never mix. So it is enough to look at all
# strips of 2 x 8 pixels, and to combine each strip with each other one.

# %% both-right
strips = ((codes >> np.arange(16)) & 1).reshape(-1, 1, 2, 8).astype(float)
inside = strips[..., 6:].sum(axis=(1, 2, 3)) == 0  # two pixels to the right, nothing is lost
strips = strips[inside & (pool(shift(strips, 0, 1)) == pool(strips)).all(axis=(1, 2, 3))]
cells = pool(strips)[:, 0, 0]
changes = (pool(shift(strips, 0, 2))[:, 0, 0] != cells).sum(axis=1)
runs = (np.diff(cells, prepend=0, axis=1) == 1).sum(axis=1)
print("two changes for each run, in every strip:", bool((changes == 2 * runs).all()))
pairs = 1 - np.add.outer(changes, changes) / 8
for percent, count in zip(*np.unique(pairs, return_counts=True), strict=True):
    print(f"{percent:5.0%} for {count:7,} pictures of 4 x 8 pixels")

# %% both-right-read [markdown]
# So both printings are right, each for its own pictures. **75%** is right for a drawing in one row of the output's
# cells (1,188 pictures of 4 x 8 pixels), **50%** for a drawing in both rows (352,836 of 352,854; the other 18 have
# two runs in one row). A bare percentage says little. *Which layer, which picture, which shift, and what is
# counted?* Always ask.

# %% real-invariance-text [markdown]
# ### On real pictures
#
# Enough of drawings. Here is a garment, moved by one pixel to the right, and what happens to the 14 x 14 cells of its
# pooled output.

# %% real-invariance
before, after = maps(trousers), maps(shift(trousers, 0, 1))
changed_cells([trousers, after[0, 0]], [pool(before)[0, 0], pool(after)[0, 0]], ["a garment", "one pixel to the right"])

# %% guess-garments tags=["guess"]
guess = 90  # your guess: percent of cells that stay when 200 garments move by one pixel
course.predict("garments-one-pixel", guess)

# %% reveal-garments
some = garments.images[:200, np.newaxis].astype(float)
course.reveal("garments-one-pixel", round(100 * invariance(pool, some, (0, 1)), 1), "percent")


def no_pooling(x):
    return x


print(f"without any pooling: {invariance(no_pooling, some, (0, 1)):.1%} of the pixels stay")
print(f"empty background: {np.mean(some == 0):.0%} of the pixels, {np.mean(pool(some) == 0):.0%} of the pooled cells")

# %% invariance-curves-text [markdown]
# Pooling helps, but much of what stays is dark background, which stays without pooling too. That is why an honest
# measurement always has the line "no pooling" beside it. Let us draw both for shifts from 0 to 8 pixels, for the
# garments and for the photograph, which has no empty background.

# %% invariance-curves
layers = {"no pooling": no_pooling, "max 2 x 2": pool, "mean 2 x 2": average}
distances = range(9)


def stays(picture):
    return {name: [invariance(layer, picture, (0, d)) for d in distances] for name, layer in layers.items()}


panels = {"200 garments": stays(some), "the photograph": stays(whole)}
curves(panels, [distances] * 2, ["shift to the right, in pixels"] * 2, "output cells that stay, in %")

# %% invariance-curves-read [markdown]
# Look at the curves.
#
# - **One pixel**: max pooling keeps more cells than no pooling. For the photograph it is 49% against 26%.
# - **Two pixels and more**: the advantage is gone, or almost. A 2 x 2 window forgives one pixel, and not always. For
#   the garments no pooling is even ahead: bright parts grow in a maximum, so there is less background left to stay.
# - **The mean** keeps the fewest cells: each pixel that changes in a window changes its mean. The book says that max
#   pooling has the stronger invariance, and counted this way it has.
#
# Counted another way, the answer is different. How *much* do the cells change, on average?


# %% change
def change(layer, picture, move):
    """Return the mean size of the change, in grey levels, when the picture is moved by the function `move`."""
    return np.abs(layer(move(picture)) - layer(picture)).mean()


for name, layer in layers.items():
    garment_change = change(layer, some, lambda x: shift(x, 0, 1))
    photo_change = change(layer, whole, lambda x: shift(x, 0, 1))
    print(f"{name:<12} garments {garment_change:5.1f}   photograph {photo_change:5.1f}   grey levels, one pixel")

# %% turn-text [markdown]
# By this measure the mean changes a little less than the maximum, and both change less than the picture itself. Two
# measures, two winners: a sentence like "max pooling is more invariant" is only half a sentence.
#
# ### Turning and scaling
#
# The book adds that pooling gives a small invariance to rotation and to scale, too. SciPy turns and scales
# pictures for us; values between pixels are interpolated, and rounded to whole grey levels as in any picture.


# %% turn
def turned(x, degrees):
    """Return the pictures (N, C, H, W) turned about their middle."""
    return np.round(ndimage.rotate(x, degrees, axes=(2, 3), reshape=False, order=1))


def scaled(x, factor):
    """Return the pictures made larger by `factor` about their middle; the size of the array stays."""
    middle = (np.array(x.shape[2:]) - 1) / 2
    offset = [0, 0, *(middle - middle / factor)]
    return np.round(ndimage.affine_transform(x, [1, 1, 1 / factor, 1 / factor], offset=offset, order=1))


pictures(
    [trousers, turned(maps(trousers), 20)[0, 0], scaled(maps(trousers), 0.7)[0, 0]], ["a garment", "20°", "times 0.7"]
)


# %% turn-curves
def fraction(layer, picture, move):
    """Invariance to any move, not only to shifts."""
    return np.isclose(layer(move(picture)), layer(picture)).mean()


angles, factors = [0, 0.25, 0.5, 1, 2, 5, 10], [0.9, 0.95, 0.99, 1, 1.01, 1.05, 1.1]
panels, x = {}, []
for title, picture in (("garments", some), ("photograph", whole)):
    for verb, function, amounts in (("turned", turned, angles), ("scaled", scaled, factors)):
        panels[f"{title}, {verb}"] = {
            name: [fraction(layer, picture, lambda x, f=function, a=a: f(x, a)) for a in amounts]
            for name, layer in layers.items()
        }
        x.append(amounts)
curves(panels, x, ["degrees", "factor"] * 2, "output cells that stay, in %")

# %% turn-read [markdown]
# A quarter of a degree costs the photograph seven of ten cells, pooled or not. There, max pooling is ahead of no
# pooling for the smallest moves: 30% against 26% at a quarter of a degree, 14% against 12% at two degrees, and
# nothing at ten. For the garments it is behind everywhere, for the reason that you know: less background. "A small
# amount", says the book. The measurement says how small.

# %% equivariance-text [markdown]
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
# the cells that have no value.** For a move of d rows, these are the first d rows; for a negative d, the last ones.
# The same goes for columns.
#
# `shift` will be a multiple of `stride`, and some cells will be left to compare.


# %% equivariance-gap tags=["exercise"] exercise="equivariance_gap"
def equivariance_gap(layer, image, shift, stride):
    """Return how far layer(moved image) is from layer(image) moved along: the mean difference.

    layer: a function of a picture; its output has shape (..., out_h, out_w).
    image: array of shape (..., H, W). shift: (rows, columns), multiples of stride.
    stride: pixels from one output cell to the next.
    Returns a number, 0 for a layer that moves along.
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
    gap = equivariance_gap(pool, some, (0, columns), 2)
    stayed = change(pool, some, lambda x, columns=columns: shift(x, 0, columns))
    print(f"shift {columns}: change {stayed:5.1f} grey levels, gap to equivariance {gap:.1f}")

# %% gap-curves-text [markdown]
# The gap is 0, exactly, for every shift that is a multiple of the stride. **Max pooling is not so much invariant as
# equivariant.** (Convolution is, too: its weights are the same everywhere.) For a shift by one pixel the output would
# have to move by half a cell. There is no such output, and this is where pooling can only do one or the other.
#
# What about turning and scaling? We compare "turn, then pool" with "pool, then turn".


# %% gap-curves
def gap(layer, picture, move):
    """Return the mean difference between "move, then layer" and "layer, then move"."""
    return np.abs(layer(move(picture)) - move(layer(picture))).mean()


columns, angles, factors = [0, 2, 4, 6, 8], [0, 2, 5, 10, 20, 30], [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3]
names = {"it stays (invariance)": change, "it moves along (equivariance)": gap}
panels = {"shifted": {}, "turned": {}, "scaled": {}}
for name, measure in names.items():
    panels["turned"][name] = [measure(pool, some, lambda x, a=a: turned(x, a)) for a in angles]
    panels["scaled"][name] = [measure(pool, some, lambda x, f=f: scaled(x, f)) for f in factors]
stayed, along = names
panels["shifted"][stayed] = [change(pool, some, lambda x, c=c: shift(x, 0, c)) for c in columns]
panels["shifted"][along] = [equivariance_gap(pool, some, (0, c), 2) for c in columns]
curves(panels, [columns, angles, factors], ["pixels", "degrees", "factor"], "difference in grey levels", percent=False)

# %% gap-curves-read [markdown]
# The lower a curve, the truer its claim. For shifts by whole cells, "the output moves along" is exact. For turns
# from ten degrees on, and for scaling by a tenth or more, it is not exact, but much nearer to the truth than "the
# output stays". For the smallest turns it is no nearer: the little windows stand upright whatever the picture does,
# and turning a picture of 14 x 14 cells blurs it.

# %% several-text [markdown]
# ## 6. Several pooling layers
#
# A network has several of them. One cell after one layer stands for 2 pixels, after two layers for 4, after three
# for 8. The book says that this gives invariance "at a larger scale". We measure it: your `invariance`, one to three
# layers.


# %% several
def pooled_times(times):
    """Return a layer that pools several times."""

    def layer(x):
        for _ in range(times):
            x = pool(x)
        return x

    return layer


print("                            cells that stay, shifted by")
print("pooled  a cell is     cells   1 pixel  2 pixels  4 pixels")
for times in range(4):
    layer = pooled_times(times)
    one, two, four = (invariance(layer, whole, (0, d)) for d in (1, 2, 4))
    size = " x ".join(str(n) for n in layer(whole).shape[2:])
    print(f"{times} times  {2**times} x {2**times} {size:>13} {one:8.0%} {two:9.0%} {four:9.0%}")

# %% several-curves
names = {0: "no pooling", 1: "once", 2: "twice", 3: "three times"}
panels = {"200 garments": {}, "the photograph": {}}
for times, name in names.items():
    for title, picture in zip(panels, (some, whole), strict=True):
        panels[title][name] = [invariance(pooled_times(times), picture, (0, d)) for d in distances]
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
guess = 40  # your guess: percent of cells that stay, in the worst of the 8,000 cases
course.predict("worst-one-pixel", guess)

# %% worst
everything = garments.images[:, np.newaxis].astype(float)
before = pool(everything)
directions = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)]
kept = [(pool(shift(everything, *direction)) == before).mean(axis=(1, 2, 3)) for direction in directions]
kept = np.array(kept).T  # one row for each garment, one column for each direction
garment, direction = np.unravel_index(kept.argmin(), kept.shape)
course.reveal("worst-one-pixel", round(100 * kept.min(), 1), "percent")
print(f"garment {garment}, {garments.class_names[garments.labels[garment]]}, moved by {directions[direction]}")

# %% worst-picture
one_pixel_shifts(kept[garment].reshape(3, 3), garments.images[garment], "cells that stay, one pixel")

# %% worst-changed
picture = garments.images[garment]
moved = shift(picture, *directions[direction])
changed_cells([picture, moved], [pool(maps(picture))[0, 0], pool(maps(moved))[0, 0]], ["a shirt", "moved by one pixel"])

# %% nothing-stays-text [markdown]
# A fine pattern changes almost everywhere. Can one pixel change **every** cell? Ask all 4 x 4 pictures again.

# %% nothing-stays
one = pool(shift(all_pictures, 0, 1))
changed_all = (one != pool(all_pictures)).all(axis=(1, 2, 3))
worst = all_pictures[np.flatnonzero(changed_all)[-1], 0]
print(f"{changed_all.sum()} of {len(all_pictures):,} pictures")
three_pictures([worst, shift(worst, 0, 1)], [pool(maps(worst))[0, 0], pool(maps(shift(worst, 0, 1)))[0, 0]])

# %% nothing-stays-read [markdown]
# It can. The dark pixels stand at the right edge of their windows, one step to the right takes each of them into the
# next window, and there is nothing else in either. The shift is one pixel, the invariance is 0%. (The output moved
# along, by a whole cell, though the picture moved by half of one.) So whoever needs a promise for the worst case
# does not get it from pooling.

# %% global-text [markdown]
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

    x: numbers of shape (N, C, H, W). Returns floats of shape (N, C).
    """
    # BEGIN SOLUTION
    return np.asarray(x, dtype=float).mean(axis=(2, 3))
    # END SOLUTION


# %% check-global-avg-pool tags=["check"] exercise="global_avg_pool"
global_avg_pool = course.check(global_avg_pool)

# %% global-invariance-text [markdown]
# Where things lie makes no difference to a mean. So the invariance should be perfect, as long as nothing leaves the
# picture. Is it? We put a garment into the middle of a larger dark picture and move it.


# %% global-invariance
def room_around(x, pixels):
    return np.pad(x, ((0, 0), (0, 0), (pixels, pixels), (pixels, pixels)))


for pixels in (0, 16):
    roomy = room_around(some, pixels)
    found = [f"{invariance(global_avg_pool, roomy, (0, columns)):4.0%}" for columns in (1, 2, 4, 8, 16)]
    print(f"{pixels:2} dark pixels around: {'  '.join(found)}   (shifts of 1, 2, 4, 8, 16)")

# %% global-read [markdown]
# With room around the garment: 100%, for every shift. Without, garments lose a sleeve or a toe at the edge, and the
# mean changes. This is real invariance, and its price is total: the number says nothing at all about *where*.

# %% costs-text [markdown]
# ## 8. What pooling throws away
#
# A 2 x 2 pooling layer throws three of four numbers away. What can nobody tell any more afterwards? Here are four
# different pictures of 4 x 4 pixels.

# %% alike-picture
full = np.ones((4, 4))
checks = np.indices((4, 4)).sum(axis=0) % 2
ring = np.pad(np.zeros((2, 2)), 1, constant_values=1)
dots = np.zeros((4, 4))
dots[1::2, ::2] = 1
pictures([-picture for picture in (full, checks, ring, dots)], ["full", "checks", "ring", "dots"], height=1.5)

# %% alike
for picture in (full, checks, ring, dots):
    print(pool(maps(picture))[0, 0].astype(int).tolist())
alike = (pool(all_pictures) == 1).all(axis=(1, 2, 3)).sum()
print(f"{alike:,} of {len(all_pictures):,} pictures give this output")

# %% where-text [markdown]
# For the pooled network, these four are the same picture, and 50,621 others too.
#
# And *where* is it? A single bright pixel in a 28 x 28 picture can be in 784 places. How many of them can be told
# apart after pooling?

# %% guess-places tags=["guess"]
guess = 49  # your guess: how many of 784 places can be told apart after three pooling layers?
course.predict("places-after-three", guess)

# %% where
places = np.eye(784).reshape(784, 1, 28, 28)  # one bright pixel, in each place once
told_apart = {}
for name, layer in {**{f"pooled {n} times": pooled_times(n) for n in range(4)}, "global": global_avg_pool}.items():
    told_apart[name] = len(np.unique(layer(places).reshape(784, -1), axis=0))
    print(f"{name:<15} places told apart: {told_apart[name]:3}")
course.reveal("places-after-three", told_apart["pooled 3 times"], "places")

# %% where-read [markdown]
# After three layers, 9 cells are left, and a tenth "place": nowhere. From 28 rows you come to 14, 7 and 3, so that
# the last four rows and columns lie in no window, and a pixel there is never seen.
#
# Global pooling leaves one place: everywhere.
#
# ### When should a prediction not be invariant?
#
# - **Where is it?** A network that outlines each object (semantic segmentation) has to move its answer along with the
#   picture. Equivariance is what it needs, and invariance would be a mistake (the book's example).
# - **The arrangement is the answer**: a chess position, a map, a page of text.
# - **6 and 9**: turned by half a turn, one becomes the other. Whoever builds in full invariance to rotation cannot
#   tell them apart. Here it is, with a real digit:

# %% six-nine
scans, values = images.digits()
six = maps(scans[values == 6][0])
nine = six[:, :, ::-1, ::-1]  # half a turn
print("global average of the 6 and of the turned 6:", global_avg_pool(six)[0, 0], global_avg_pool(nine)[0, 0])
print(f"cells of 2 x 2 max pooling that agree: {np.mean(pool(six) == pool(nine)):.0%}")
pictures([six[0, 0], nine[0, 0]], ["a six", "half a turn"], height=1.8)

# %% explorer-text [markdown]
# ## 9. Try it: slide a picture under the grid
#
# The grid of windows stands still, the picture moves. Crosses mark the cells that changed, and the meter shows how
# many stay. It is your own pooling that is drawn.
#
# Things to try: with the *letter*, go from 0 to 1 to 2 to the right, and find 100%, 100%, 50%. With *stripes*, find
# a one-pixel shift that changes nothing, and one that changes a lot. With a garment, watch the second line: when is
# the gap to equivariance 0, and when is it not defined?

# %% explorer tags=["explorer"]
from course.widgets.pooling import pooling_explorer

pooling_explorer(max_pool2d, avg_pool2d)

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
window, gradient = np.array([[1.0, 5.0], [3.0, 2.0]]), 10.0
route = np.zeros((2, 2))
route.flat[window.argmax()] = gradient
print(route)

# %% backward-questions [markdown]
# Two questions remain.
#
# - **Windows overlap**, and a pixel wins in several of them. Then all of their gradients reach it: they **add up**.
# - **A tie**: two pixels are the largest. Mathematically there is no single right answer there. PyTorch gives all of
#   the gradient to the **first** one, row by row, and so do we.
#
# Below, the 9 in the middle wins in all four windows.

# %% guess-nine tags=["guess"]
guess = 10  # your guess: the gradient that the 9 receives
course.predict("gradient-of-the-nine", guess)

# %% exercise-backward-text [markdown]
# ### Exercise · `max_pool2d_backward`
#
# The border of the padding never wins, and is cut off at the end. A window that holds NaN (not a number) has NaN as
# its output, so the gradient goes to the NaN. Of equal values, the first gets it. `np.argmax` does all of that by
# itself. `x` may hold whole numbers, or no picture at all: the gradients are floats all the same.


# %% max-pool-backward tags=["exercise"] exercise="max_pool2d_backward"
def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    """Return the gradient by x: each window's goes to its largest value, the first of equals.

    grad_output: the gradient by the output of max_pool2d(x, kernel_size, stride, padding).
    Returns floats of the shape of x.
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


# %% check-max-pool-backward tags=["check"] exercise="max_pool2d_backward"
max_pool2d_backward = course.check(max_pool2d_backward)

# %% routes
peak = np.array([[1, 2, 0], [3, 9, 4], [0, 5, 1]])
grad_output = np.array([[1.0, 2.0], [3.0, 4.0]])
grad_peak = max_pool2d_backward(maps(grad_output), maps(peak), (2, 2), 1, 0)[0, 0]
course.reveal("gradient-of-the-nine", grad_peak[1, 1])
gradient_routes(peak, grad_output, grad_peak, kernel_size=(2, 2), stride=1)

# %% ties
ties = np.array([[4, 4, 1, 0], [4, 0, 1, 1], [2, 7, 0, 0], [7, 7, 0, 0]])
grad_ties = max_pool2d_backward(maps(grad_output), maps(ties), (2, 2), 2, 0)[0, 0]
gradient_routes(ties, grad_output, grad_ties, kernel_size=(2, 2), stride=2)

# %% ties-read [markdown]
# Ties are no rarity: after ReLU, many windows are all zeros. How many windows of our garments have one?

# %% how-many-ties
windows = np.lib.stride_tricks.sliding_window_view(everything[:, 0], (2, 2), axis=(1, 2))[:, ::2, ::2]
largest = windows.max(axis=(3, 4), keepdims=True)
tied = (windows == largest).sum(axis=(3, 4)) > 1
dark = (largest == 0)[..., 0, 0]
print(f"{tied.mean():.0%} of all windows have a tie; of those that are not all dark, {tied[~dark].mean():.0%} have one")

# %% summary [markdown]
# ## Summary: what you now know
#
# - A **pooling layer** has no weights. Of 1, 5, 3 and 2 max pooling passes on 5. Windows of 2 x 2 with stride 2
#   halve height and width, rounded down, and leave the depth as it is.
# - It saves three quarters of the **computation** and **memory** that follow; it saves **parameters** only in dense
#   layers.
# - **Invariance** is the fraction of output cells that stay. It is a property of a layer, a picture *and* a shift.
#   The book's 75% and 50% are both right, for different pictures.
# - Pooling is **equivariant** to shifts by whole cells, exactly: the output moves along. It is invariant to some
#   smaller shifts, for some cells; in the worst case one pixel changes them all.
# - On the photograph, more layers forgive larger shifts, and none forgives all. **Global average pooling** forgives
#   every shift that keeps things inside the picture, and forgets where they are.
# - Going back, the gradient takes the way of the maximum: to the pixel that won; where windows overlap, they add up.

# %% progress tags=["demo", "nbval-ignore-output"]
course.progress()

# %% recall [markdown]
# ## Recall
#
# Answer in your head first.
#
# 1. Why is the padding of max pooling minus infinity, and not 0?
#    <details><summary>Answer</summary>Where all numbers of a window are negative, a 0 would win, and a number that
#    is not in the picture would go on.</details>
# 2. 64 maps of 28 x 28 go through 2 x 2 max pooling with stride 2. What comes out, and how many parameters has the
#    layer?
#    <details><summary>Answer</summary>64 maps of 14 x 14: the depth stays. It has no parameters.</details>
# 3. A picture moves by 2 pixels to the right, and the output of a layer with stride 2 moves by one cell. Is the layer
#    invariant or equivariant to this shift?
#    <details><summary>Answer</summary>Equivariant: the output moves along. Invariant would mean that it
#    stays.</details>
# 4. Somebody says: "This layer has 75% invariance." What do you ask?
#    <details><summary>Answer</summary>For which pictures, and which shift? What is counted: cells that stay, or how
#    much they change? And what is the number without the layer?</details>
# 5. A pixel is the largest of two windows that overlap. Which gradient does it receive?
#    <details><summary>Answer</summary>The sum of the gradients of both windows.</details>
#
# **What comes next.** Convolution, ReLU, pooling: you have built all the parts. In lesson 5 you put them together
# into a whole network that tells garments apart, and measure how its answers fall with a shift.
