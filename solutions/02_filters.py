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
# # 2 · Filters
#
# **How can 49 numbers find every vertical line in a photograph?**
#
# In lesson 1 you found out *where* a neuron looks. Now you find out *what* it looks for. That is written in its
# weights, and the weights are themselves a small picture: a **filter**.
#
# - **Time:** 90 minutes, with 7 exercises for 12 points.
# - **You will build:** zero padding, one neuron, a whole feature map, two line filters, a filter for pictures of
#   bytes, and the convolution of mathematics. Then you let a filter be *learned*.
# - **You need:** lesson 1 (windows, stride, padding) and NumPy arrays. Nothing is downloaded.
# - **Stuck?** `course.hint("zero_pad")` gives a hint, and the next call gives the next one.
#
# Facts with the mark *(Géron)* come from A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14.

# %% set-up
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import course
from course import data, images, kernels
from course.figures import filters as figures
from course.widgets import filters as explorers

# %% edge [markdown]
# ## 1. The edge of the picture
#
# A neuron in the corner of a feature map looks at a window that hangs over the edge of the picture. What does it see
# out there? The usual answer is: zeros. **Zero padding** puts rings of zeros round the picture, so that every window
# is full.
#
# Here is a picture of 2 x 3 pixels by hand, with one ring:
#
# ```
#                 0 0 0 0 0
#   1 2 3         0 1 2 3 0
#   4 5 6   →     0 4 5 6 0
#                 0 0 0 0 0
# ```
#
# Two rows became 2 + 1 + 1 = 4, and three columns became 5. The padding counts *on each side*.

# %% exercise-zero-pad-header [markdown]
# ### Exercise 2.1 · `zero_pad`
#
# 1 point · 5 minutes · difficulty ●○○
#
# Write zero padding. The picture keeps its type: bytes stay bytes, floats stay floats. With padding 0, the picture
# comes back as it was.


# %% exercise-zero-pad tags=["exercise"] exercise="zero_pad"
def zero_pad(image, padding):
    """Return the picture with `padding` rings of zeros round it.

    image: array of shape (H, W); padding: a whole number, 0 or more.
    Returns a new array of shape (H + 2 * padding, W + 2 * padding), of the picture's dtype.
    """
    # BEGIN SOLUTION
    height, width = image.shape
    padded = np.zeros((height + 2 * padding, width + 2 * padding), dtype=image.dtype)
    padded[padding : padding + height, padding : padding + width] = image
    return padded
    # END SOLUTION


# %% check-zero-pad tags=["check"] exercise="zero_pad"
zero_pad = course.check(zero_pad)

# %% draw-padding tags=["figure"]
tiny = np.array([[1, 2, 3], [4, 5, 6]])
figures.padding_figure(tiny, zero_pad(tiny, 1))

# %% unpad-why [markdown]
# The way back is needed as well: networks pad a picture, work on it, and cut the border off again. A slice does it.
# But there is a trap in that slice, so look before you write:

# %% unpad-trap
numbers = [10, 20, 30, 40, 50]
for padding in (2, 1, 0):
    print(f"numbers[{padding}:-{padding}] is", numbers[padding:-padding])

# %% unpad-trap-said [markdown]
# With padding 0 nothing is left, although nothing should be cut. In Python `-0` is `0`, and a slice that ends at 0 is
# empty.

# %% exercise-unpad-header [markdown]
# ### Exercise 2.2 · `unpad`
#
# 1 point · 5 minutes · difficulty ●○○
#
# Undo `zero_pad`. For every picture and every padding, `unpad(zero_pad(image, padding), padding)` must be the picture
# again, with padding 0 too.


# %% exercise-unpad tags=["exercise"] exercise="unpad"
def unpad(image, padding):
    """Return the picture without its `padding` outer rings of pixels.

    image: array of shape (H, W); padding: a whole number, 0 or more, less than half of H and of W.
    Returns an array of shape (H - 2 * padding, W - 2 * padding), of the picture's dtype.
    """
    # BEGIN SOLUTION
    height, width = image.shape
    return image[padding : height - padding, padding : width - padding]
    # END SOLUTION


# %% check-unpad tags=["check"] exercise="unpad"
unpad = course.check(unpad)

# %% unpad-round-trip
for padding in (0, 1, 2, 5):
    print(padding, np.array_equal(unpad(zero_pad(tiny, padding), padding), tiny))

# %% neuron [markdown]
# ## 2. One neuron: a window times a filter
#
# A neuron has one weight for each pixel of its window. So its weights have the shape of the window: they are a small
# picture. This picture is called a **filter**, or a **convolution kernel** *(Géron)*.
#
# What the neuron computes, in words: multiply each pixel by the weight that lies on it, add up all the products, add
# one more number, the **bias**. As a formula, for a window $x$ and weights $w$ of $f_h$ rows and $f_w$ columns:
#
# $$z = b + \sum_{u=0}^{f_h-1} \sum_{v=0}^{f_w-1} x_{u,v} \, w_{u,v}$$
#
# By hand, with a filter that has ones in its middle column:
#
# ```
#   window          filter
#   0 9 0           0 1 0
#   1 8 0     ×     0 1 0          0 + 9 + 0 + 0 + 8 + 0 + 0 + 7 + 0  =  24
#   0 7 2           0 1 0
# ```
#
# The bright pixels lie where the ones lie: the sum is large.

# %% neuron-question [markdown]
# **Guess first.** The same numbers are turned on their side, so that the bright line lies flat. The filter stays.
# What does the neuron answer?

# %% guess-lying-line tags=["guess"]
# The window is [[0, 1, 0], [9, 8, 7], [0, 0, 2]].
guess = 9  # your guess: a whole number
course.predict("lying-line", guess)

# %% exercise-neuron-output-header [markdown]
# ### Exercise 2.3 · `neuron_output`
#
# 1 point · 5 minutes · difficulty ●○○
#
# Write the formula. A window need not be square.


# %% exercise-neuron-output tags=["exercise"] exercise="neuron_output"
def neuron_output(window, kernel, bias):
    """Return what one neuron computes: the sum of the products, plus the bias.

    window, kernel: arrays of one shape (f_h, f_w); bias: a number.
    Returns one number, a float.
    """
    # BEGIN SOLUTION
    return float((window * kernel).sum() + bias)
    # END SOLUTION


# %% check-neuron-output tags=["check"] exercise="neuron_output"
neuron_output = course.check(neuron_output)

# %% draw-neuron tags=["figure"]
standing = np.array([[0, 9, 0], [1, 8, 0], [0, 7, 2]])
middle_column = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])
figures.neuron_figure(standing, middle_column, neuron_output(standing, middle_column, 0))

# %% reveal-lying-line
lying = np.array([[0, 1, 0], [9, 8, 7], [0, 0, 2]])
course.reveal("lying-line", neuron_output(lying, middle_column, 0))

# %% neuron-said [markdown]
# The standing line makes the neuron answer 24, the lying one only 9. That is all there is to "looking for" something:
# the sum is large where the picture is bright in the places where the filter is.
#
# ## 3. The same neuron everywhere
#
# Now put the same neuron, with the same weights, at every place of the picture. Its answers, laid out in rows and
# columns, are a new picture: the **feature map**. The neuron in row $i$, column $j$ of the map sees the window that
# starts $i \, s_h$ rows down and $j \, s_w$ columns to the right, where $s_h$ and $s_w$ are the strides:
#
# $$z_{i,j} = b + \sum_{u=0}^{f_h-1} \sum_{v=0}^{f_w-1} x_{i \cdot s_h + u,\; j \cdot s_w + v} \; w_{u,v}$$
#
# How many rows has the map? You settled that in lesson 1: `(H + 2 * padding - f_h) // stride + 1`, and the width
# likewise. In this lesson one number is the stride of both axes, and one number the padding of all sides.

# %% exercise-correlate2d-header [markdown]
# ### Exercise 2.4 · `correlate2d`
#
# 4 points · 25 minutes · difficulty ●●●
#
# Slide the filter over the picture. For example, on the picture `[[0, 0, 1, 0], [0, 0, 1, 0]]` the filter
# `[[0, 1], [0, 1]]` gives `[[0, 2, 0]]`: it finds its line in the second of three places.
#
# Your own functions are good building blocks: `zero_pad` once, `neuron_output` for each place.


# %% exercise-correlate2d tags=["exercise"] exercise="correlate2d"
def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    """Slide the kernel over the picture; return the feature map.

    image: array of shape (H, W); kernel: array of shape (f_h, f_w); bias: a number.
    stride, padding: whole numbers, the same for rows and columns.
    Returns floats, of shape ((H + 2 * padding - f_h) // stride + 1, (W + 2 * padding - f_w) // stride + 1).
    """
    # BEGIN SOLUTION
    f_h, f_w = kernel.shape
    padded = zero_pad(image, padding)
    height = (padded.shape[0] - f_h) // stride + 1
    width = (padded.shape[1] - f_w) // stride + 1
    z = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            z[i, j] = neuron_output(padded[top : top + f_h, left : left + f_w], kernel, bias)
    return z
    # END SOLUTION


# %% check-correlate2d tags=["check"] exercise="correlate2d"
correlate2d = course.check(correlate2d)

# %% draw-sliding tags=["figure"]
crossing = np.zeros((6, 7))
crossing[:, 2] = 1
crossing[4, :] = 1
found = correlate2d(crossing, middle_column)
figures.sliding_figure(crossing, middle_column, found, row=1, column=1)

# %% sliding-said [markdown]
# This picture, drawn by your function, has a standing line and a lying one. Where the filter lies on the standing
# line, the sum is 3. On the lying line it is 1. Nine weights have told the two apart.

# %% lines [markdown]
# ## 4. Line filters on a photograph
#
# Now the same on a real photograph, with the two filters of the book: 7 x 7 weights, all black (0) but for a white
# (1) central column, or row *(Géron, figure 14-5)*.

# %% exercise-line-filters-header [markdown]
# ### Exercise 2.5 · `line_filters`
#
# 1 point · 5 minutes · difficulty ●○○
#
# Make both filters, for any odd size. For size 3, the vertical one is the `middle_column` from above.


# %% exercise-line-filters tags=["exercise"] exercise="line_filters"
def line_filters(size):
    """Return the two line filters, (vertical, horizontal).

    size: an odd whole number.
    Returns two arrays of floats of shape (size, size): zeros, with ones in the central column (vertical)
    or in the central row (horizontal).
    """
    # BEGIN SOLUTION
    vertical = np.zeros((size, size))
    vertical[:, size // 2] = 1
    horizontal = np.zeros((size, size))
    horizontal[size // 2, :] = 1
    return vertical, horizontal
    # END SOLUTION


# %% check-line-filters tags=["check"] exercise="line_filters"
line_filters = course.check(line_filters)

# %% photograph [markdown]
# The photograph is `china.jpg`, which comes with scikit-learn. It has many upright columns and many level eaves. We
# take its brightness: 0 is black, 1 is white. Three rings of zeros keep the size of the picture, as in lesson 1.

# %% line-maps
photo = images.grey(images.china())
vertical, horizontal = line_filters(7)
vertical_map = correlate2d(photo, vertical, padding=3)
horizontal_map = correlate2d(photo, horizontal, padding=3)
print("photograph:", photo.shape, " maps:", vertical_map.shape, horizontal_map.shape)

# %% draw-line-maps tags=["figure"]
zoom = (190, 112, 54, 82)  # top, left, height, width
figures.line_filters_figure(photo, (vertical, horizontal), (vertical_map, horizontal_map), zoom)

# %% line-maps-said [markdown]
# Look at the magnified parts. In the vertical map, the columns of the temple stand out, and the railings have melted
# away. In the horizontal map it is the other way round. Each filter **enhances** the lines that look like it and
# **blurs** the rest.
#
# That is a claim; here is a number for it. How sharp is a picture from left to right? Take the difference of each
# pixel and its neighbour on the right, without its sign, and average. From top to bottom: the same with the neighbour
# below. Both maps are divided by 7 first, the sum of the weights, so that they are as bright as the photograph.


# %% measure-lines
def sharpness(picture):
    left_right = np.abs(np.diff(picture, axis=1)).mean()
    top_bottom = np.abs(np.diff(picture, axis=0)).mean()
    return np.array([left_right, top_bottom])


whole = sharpness(unpad(photo, 3))
for name, feature_map in [("vertical", vertical_map), ("horizontal", horizontal_map)]:
    kept = sharpness(unpad(feature_map / 7, 3)) / whole
    print(f"{name:<11} keeps {kept[0]:.0%} of the left-right differences, {kept[1]:.0%} of the top-bottom ones")

# %% border-question [markdown]
# ### The dark border
#
# Why did we cut three rings off before we measured? **Guess first:** take a picture that is white all over (every
# pixel is 1). In the middle of its vertical map, each sum is 7. What is the sum in the top row of the map, row 0?

# %% guess-top-row tags=["guess"]
guess = 4  # your guess: a whole number from 0 to 7
course.predict("top-row", guess)

# %% reveal-top-row
white = np.ones((12, 15))
rows_inside = correlate2d(white, vertical, padding=3)[:, 7]
course.reveal("top-row", int(rows_inside[0]))

# %% draw-border tags=["figure"]
figures.border_figure(vertical_map, rows_inside[:6])

# %% border-said [markdown]
# For a neuron in row 0, three of the seven ones in its filter lie in the zeros above the picture. They add nothing:
# 4 of 7 are left, then 5, then 6, and from row 3 on all of them. So the map has a **dark border**, three rows high,
# above and below. It shows nothing that is in the photograph: it is the mark that zero padding leaves.
#
# And to the left and right? There, this filter has only zeros to lose. Let us see what remains of white, for both
# filters:

# %% border-sides
for name, kernel in [("vertical", vertical), ("horizontal", horizontal)]:
    z = correlate2d(white, kernel, padding=3)
    print(f"{name:<11} top {z[0, 7]:g}  bottom {z[-1, 7]:g}  left {z[6, 0]:g}  right {z[6, -1]:g}  middle {z[6, 7]:g}")

# %% bytes [markdown]
# ## 5. Pictures of bytes
#
# A photograph on a disk does not hold floats from 0 to 1. Each pixel is one **byte**, a whole number from 0 to 255,
# in NumPy the type `uint8`. Bytes save memory, and they set traps.
#
# **Guess first:** two pixels, 200 and 100, both `uint8`, are added. What comes out?

# %% guess-bytes tags=["guess"]
guess = 44  # your guess: a whole number
course.predict("two-bytes", guess)

# %% reveal-bytes
bright, grey = np.array([200], dtype=np.uint8), np.array([100], dtype=np.uint8)
course.reveal("two-bytes", int((bright + grey)[0]))

# %% bytes-said [markdown]
# A byte cannot hold 300, so it starts again at 0, as an old mileage counter does: 300 - 256 = 44. There is no error
# and no warning. Three more traps of the same family:

# %% byte-traps
print("100 - 200 in bytes:         ", (grey - bright)[0])
print("6.67 stored as a byte:      ", np.array([6.67]).astype(np.uint8)[0], "(cut off, not rounded)")
halves = np.array([0.5, 0.5]).astype(np.uint8)
print("weights 0.5 and 0.5 as bytes:", halves, "(a blur that is black)")

# %% byte-photo [markdown]
# On a photograph the trap is hard to miss. We make it 60 steps brighter: once in bytes, and once in whole numbers
# that are long enough, **clipped** to 0..255 at the end.

# %% draw-bytes tags=["figure"]
photo_bytes = np.rint(photo * 255).astype(np.uint8)
wrapped = photo_bytes + np.uint8(60)
clipped = np.clip(photo_bytes.astype(int) + 60, 0, 255).astype(np.uint8)
figures.bytes_figure(photo_bytes, wrapped, clipped, 60)

# %% bytes-rule [markdown]
# So the rule for pictures of bytes has three steps: **to floats first; then compute; at the end clip, round and go
# back to bytes.** The order matters. Once a value has wrapped round, clipping cannot bring it back.

# %% exercise-apply-filter-uint8-header [markdown]
# ### Exercise 2.6 · `apply_filter_uint8`
#
# 2 points · 10 minutes · difficulty ●●○
#
# Filter a picture of bytes and return a picture of bytes, as large as the one you were given: zeros all round, half
# the kernel's size (rounded down) on each side. The kernel's height and width are odd, and they may differ. Values
# below 0 become 0, values above 255 become 255, and fractions are rounded to the nearest whole number.


# %% exercise-apply-filter-uint8 tags=["exercise"] exercise="apply_filter_uint8"
def apply_filter_uint8(image, kernel):
    """Return the filtered picture, in bytes.

    image: array of shape (H, W), uint8; kernel: array of floats of shape (f_h, f_w), both odd.
    Returns an array of shape (H, W), uint8.
    """
    # BEGIN SOLUTION
    f_h, f_w = kernel.shape
    padded = np.pad(image.astype(float), ((f_h // 2, f_h // 2), (f_w // 2, f_w // 2)))
    values = correlate2d(padded, kernel)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    # END SOLUTION


# %% check-apply-filter-uint8 tags=["check"] exercise="apply_filter_uint8"
apply_filter_uint8 = course.check(apply_filter_uint8)

# %% classics [markdown]
# ## 6. Classic filters
#
# Long before networks learned filters, people wrote them by hand. These are in every program that edits photographs:

# %% classic-table
for name, row in kernels.FILTERS.items():
    print(f"{name:<16}{row.array.shape[0]} x {row.array.shape[1]}  {row.effect:<47}{row.source}")

# %% classic-numbers [markdown]
# Look at the numbers of a few. Before you read on: what are the sums of their weights?

# %% classic-weights
for name in ("sobel_x", "laplacian", "sharpen", "emboss"):
    kernel = kernels.FILTERS[name].array
    print(f"{name}, sum {kernel.sum():g}\n{kernel}\n")

# %% classic-sums [markdown]
# The sum says what happens where the picture is the same all over. Weights with the sum **1** keep its brightness:
# blurring and sharpening do. Weights with the sum **0** give 0 there: Sobel and Laplacian answer to *changes* alone.
# Their maps have negative values too, and are drawn with middle grey for 0.

# %% draw-gallery tags=["figure"]
temple = photo[95:255, 80:320]
chosen = ["box_blur", "gaussian_blur", "sobel_x", "sobel_y", "laplacian", "sharpen", "emboss", "identity"]
maps = {name: correlate2d(temple, kernels.FILTERS[name].array) for name in chosen}
figures.gallery_figure(temple, maps)

# %% gallery-said [markdown]
# - The **box blur** gives every pixel the mean of its window. The **Gaussian blur** does the same, but near
#   neighbours count more.
# - **Sobel** subtracts what is on one side from what is on the other: `sobel_x` finds edges between left and right,
#   `sobel_y` between top and bottom. Which side is bright decides the sign.
# - The **Laplacian** compares a pixel with its four neighbours. **Sharpen** is the picture minus its Laplacian.
# - **Emboss** adds a diagonal slope to the picture, which looks as if it were lit from one corner.
#
# In bytes, your own function makes the pictures that a photo editor would. Without the clipping, sharpening would
# be full of specks, as it leaves 0..255 at every strong edge. How many pixels would wrap round?

# %% sharpen-bytes
temple_bytes = photo_bytes[95:255, 80:320]
sharp = apply_filter_uint8(temple_bytes, kernels.sharpen())
values = correlate2d(temple_bytes.astype(float), kernels.sharpen(), padding=1)
outside = ((values < 0) | (values > 255)).mean()
print(f"{sharp.dtype}, from {sharp.min()} to {sharp.max()}; clipped: {outside:.0%} of the pixels")

# %% explorer-text [markdown]
# ### Explore: one filter, one window, one number
#
# Choose a filter, its size and its strength (strength 0 leaves the picture as it is; 1 is the whole filter). The lines
# and the blurs come in three sizes. The others are always 3 x 3: with them, the size slider is off. Then move the
# window with the row and column sliders, by mouse or with the arrow keys.
#
# **Try this:** put the window on a column of the temple with `vertical_line`, then move it one column at a time off
# the column. Watch the products, and see the sum fall. Then choose `sobel_x` and find the place where the sign of the
# sum turns.

# %% explorer tags=["explorer"]
explorers.filter_explorer(temple)

# %% flip [markdown]
# ## 7. Correlation or convolution?
#
# There is a confession to make. What you wrote is called **correlation** in mathematics: the filter lies on the
# picture as it is. A **convolution** turns the filter by half a turn first, then does the same:
#
# ```
#   filter       half a turn
#   1 2          4 3
#   3 4          2 1
# ```
#
# Convolutional layers compute the correlation, in every library, and the field calls it convolution. It does not
# matter there, since the weights are learned: a network that needs the turned filter learns the turned filter. From
# lesson 3 on we follow the field. But when you meet a formula, or `scipy.signal.convolve2d`, you need to know which
# of the two it is.
#
# **Guess first:** for how many of the ten filters in the table does turning make no difference at all?

# %% guess-flips tags=["guess"]
guess = 7  # your guess: a whole number from 0 to 10
course.predict("flips", guess)

# %% reveal-flips
same = [name for name, row in kernels.FILTERS.items() if np.array_equal(row.array, row.array[::-1, ::-1])]
course.reveal("flips", len(same))
print("No difference:", ", ".join(same))

# %% exercise-true-convolution2d-header [markdown]
# ### Exercise 2.7 · `true_convolution2d`
#
# 2 points · 10 minutes · difficulty ●●○
#
# Write the convolution of mathematics, with stride 1, no padding and no bias. One bright pixel is a good test: in a
# dark picture it makes the convolution print a copy of the filter, while the correlation prints it turned round.


# %% exercise-true-convolution2d tags=["exercise"] exercise="true_convolution2d"
def true_convolution2d(image, kernel):
    """Return the convolution: as `correlate2d`, but the kernel is turned by half a turn first.

    image: array of shape (H, W); kernel: array of shape (f_h, f_w).
    Returns floats, of shape (H - f_h + 1, W - f_w + 1).
    """
    # BEGIN SOLUTION
    return correlate2d(image, kernel[::-1, ::-1])
    # END SOLUTION


# %% check-true-convolution2d tags=["check"] exercise="true_convolution2d"
true_convolution2d = course.check(true_convolution2d)

# %% one-bright-pixel
dot = np.zeros((5, 5))
dot[2, 2] = 1
counting = np.arange(1.0, 10.0).reshape(3, 3)
print("correlation:\n", correlate2d(dot, counting), "\nconvolution:\n", true_convolution2d(dot, counting))

# %% draw-flip tags=["figure"]
emboss = kernels.emboss()
figures.flip_figure(emboss, emboss[::-1, ::-1], correlate2d(temple, emboss), true_convolution2d(temple, emboss))

# %% flip-said [markdown]
# With the emboss filter the difference can be seen: the light comes from the opposite corner. And for the line
# filters, which look the same after half a turn?

# %% flip-lines
for name, kernel in [("vertical", vertical), ("sobel_x", kernels.sobel_x()), ("emboss", emboss)]:
    difference = np.abs(correlate2d(temple, kernel) - true_convolution2d(temple, kernel)).max()
    print(f"{name:<9} largest difference between the two maps: {difference:.2f}")

# %% learn [markdown]
# ## 8. Filters are learned
#
# Nobody writes the filters of a convolutional network. They are **learned** from examples. Let us watch it happen
# with the smallest network there is: one filter.
#
# Somebody has a secret 7 x 7 filter. All that we get are pairs of pictures: one that went in, and the map that came
# out. Can we find the 49 numbers? The first pictures are noise, in which every pixel is drawn by chance.

# %% pairs
rng = np.random.default_rng(2)
secret = line_filters(7)[0]
noise = rng.uniform(-0.5, 0.5, size=(6, 20, 20))
wanted = np.array([correlate2d(picture, secret) for picture in noise])
print("in:", noise.shape, " wanted:", wanted.shape)

# %% draw-pairs tags=["figure"]
figures.pairs_figure(noise, wanted)

# %% gradient [markdown]
# The plan is **gradient descent**:
#
# 1. Start with a filter of small random numbers.
# 2. Compute its maps, and how wrong they are. The **loss** is the mean of the squared errors.
# 3. For each weight: does the loss grow or fall when this weight grows? That slope is its **gradient**.
# 4. Move every weight a little way downhill, and go back to step 2.
#
# The slope needs one line of thought. When weight $w_{u,v}$ grows by a little, the neuron at $(i, j)$ grows by that
# little times the pixel that this weight lies on, $x_{i+u,\,j+v}$. So, with the error $e_{i,j} = z_{i,j} -
# \text{wanted}_{i,j}$ of each of $n$ neurons:
#
# $$\text{loss} = \frac{1}{n} \sum_{i,j} e_{i,j}^2 \qquad\quad
# \frac{\partial\, \text{loss}}{\partial w_{u,v}} = \frac{2}{n} \sum_{i,j} e_{i,j} \; x_{i+u,\,j+v}$$
#
# In the code, each window is written as one row of 49 pixels. Then all neurons at once are one matrix product.


# %% gradient-code
def windows_of(pictures, size):
    """Return every window of size x size pixels as a row: shape (windows, size * size)."""
    return sliding_window_view(pictures, (size, size), axis=(1, 2)).reshape(-1, size * size)


def loss_and_gradient(x, wanted, kernel):
    """Return the mean squared error of the kernel, and its slope for each weight."""
    error = x @ kernel.ravel() - wanted
    return (error**2).mean(), 2 * (error @ x).reshape(kernel.shape) / len(x)


# %% gradient-doubt [markdown]
# Never believe a gradient that you have not tested. Here is the slope of one weight, once by the formula, and once by
# trying: make that weight a little larger, and see what the loss does.

# %% gradient-check
x, y = windows_of(noise, 7), wanted.ravel()
start = rng.normal(0, 0.1, size=(7, 7))
loss, gradient = loss_and_gradient(x, y, start)
nudged = start.copy()
nudged[2, 3] += 1e-6
slope = (loss_and_gradient(x, y, nudged)[0] - loss) / 1e-6
print(f"by the formula {gradient[2, 3]:.4f}, by trying {slope:.4f}")

# %% learning [markdown]
# They agree. Now descend. `rate` says how far each step goes. `momentum` keeps a part of the step before, as a ball
# that rolls downhill keeps some of its speed; for now it is 0.


# %% learn-noise tags=["train"]
def learn(x, y, kernel, rate, steps, momentum=0.0):
    """Return (step, kernel, loss) for the start and after every step of gradient descent."""
    history, move = [], np.zeros_like(kernel)
    for step in range(steps + 1):
        loss, gradient = loss_and_gradient(x, y, kernel)
        history.append((step, kernel, loss))
        move = momentum * move - rate * gradient
        kernel = kernel + move
    return history


from_noise = learn(x, y, start, rate=1.5, steps=60)
print(f"largest error of a weight: {np.abs(from_noise[-1][1] - secret).max():.4f}")

# %% draw-learning tags=["figure"]
figures.learning_figure(from_noise, secret)

# %% learning-said [markdown]
# Out of noise the vertical line appears. No line of this code knows about lines: the filter came out of the pairs.
#
# Does it work with real pictures? Fashion-MNIST has pictures of garments, 28 x 28 pixels. This time the secret is the
# horizontal line.

# %% garments
garments = data.fashion_mnist_sample("train").images[:60] / 255
secret = line_filters(7)[1]
garment_maps = np.array([correlate2d(picture, secret) for picture in garments])
figures.pairs_figure(garments[:6], garment_maps[:6])

# %% garments-question [markdown]
# **Guess first:** noise needed 60 steps. With garments the steps must be smaller, or they overshoot. After 300 steps,
# how far is the worst weight from the secret one? (All weights are 0 or 1.)

# %% guess-garments tags=["guess"]
guess = 0.3  # your guess: a number from 0 to 1
course.predict("garments", guess)

# %% learn-garments tags=["train"]
x, y = windows_of(garments, 7), garment_maps.ravel()
slow = learn(x, y, start, rate=0.04, steps=300)
course.reveal("garments", round(float(np.abs(slow[-1][1] - secret).max()), 2))
print(f"while the loss fell from {slow[0][2]:.2f} to {slow[-1][2]:.2f}")

# %% draw-slow tags=["figure"]
figures.learning_figure(slow, secret)

# %% garments-said [markdown]
# A lesson for life with networks: the loss is small, and yet the filter is a smudge. In real pictures neighbouring
# pixels are alike. A filter that is a little smeared makes nearly the same maps, so there is hardly a slope that
# leads to the sharp one. Noise has no such trouble, since its pixels know nothing of each other. How alike are
# neighbours?

# %% neighbours
for name, pictures in [("noise", noise), ("garments", garments)]:
    alike = np.corrcoef(pictures[:, :-1].ravel(), pictures[:, 1:].ravel())[0, 1]
    print(f"{name:<9} correlation of a pixel with the one below it: {alike:.2f}")

# %% momentum-text [markdown]
# Momentum helps on such long, gentle slopes. More steps and a momentum of 0.9 find the secret filter from the
# garments as well:

# %% learn-momentum tags=["train"]
fast = learn(x, y, start, rate=0.04, steps=1000, momentum=0.9)
print(f"largest error of a weight: {np.abs(fast[-1][1] - secret).max():.2f}, loss below 0.001: {fast[-1][2] < 1e-3}")

# %% draw-momentum tags=["figure"]
figures.learning_figure(fast, secret)

# %% learning-explorer-text [markdown]
# Move the slider to watch the filter come out of the noise, step by step:

# %% learning-explorer tags=["explorer"]
explorers.learning_explorer(fast, secret)

# %% everywhere [markdown]
# ## 9. The same filter everywhere
#
# All neurons of a feature map share one filter. What follows from that? Take two views of one scene, as if the camera
# had moved between them. Whatever was in the first view stands in another place in the second. A dense layer would
# see a new picture. A filter sees the same things, moved:
#
# $$\text{map of the moved picture} \;=\; \text{the moved map}$$
#
# This is called **translation equivariance**. It is an identity, so let us measure it. The camera moves 12 rows
# down and 20 columns to the right.

# %% two-views
rows, columns = 12, 20
first, second = photo[150:230, 90:210], photo[150 + rows : 230 + rows, 90 + columns : 210 + columns]
first_map, second_map = correlate2d(first, vertical), correlate2d(second, vertical)
gap = np.abs(first_map[rows:, columns:] - second_map[:-rows, :-columns])
print(f"{gap.size} neurons compared, largest difference {gap.max():.6f}")

# %% draw-moved tags=["figure"]
places = [(20, 40, 34, 30), (20 - rows, 40 - columns, 34, 30)]
figures.moved_figure((first, second), (first_map, second_map), places, gap)

# %% moved-said [markdown]
# No difference at all, for thousands of neurons. What must be true for that? The *same* weights everywhere. Give each
# row of neurons a filter of its own, and the identity is gone:

# %% own-filters
row_kernels = rng.normal(size=(first_map.shape[0], 7, 7))


def own_filter_for_each_row(image):
    return np.array([correlate2d(image[i : i + 7], row_kernels[i])[0] for i in range(len(row_kernels))])


own_first, own_second = own_filter_for_each_row(first), own_filter_for_each_row(second)
own_gap = np.abs(own_first[rows:, columns:] - own_second[:-rows, :-columns])
print(f"filters of their own: mean difference {own_gap.mean():.2f}; the map itself: {np.abs(own_first).mean():.2f}")

# %% exceptions [markdown]
# Two things limit the identity even with one filter. The first you know: **the border**. With zero padding, neurons
# near the edge see zeros that move with the camera. The second is the **stride**. With stride 2 the map has half
# the columns.
#
# **Guess first:** the camera moves 8 columns to the right, and the filter has stride 2. By how many columns does
# the map move?

# %% guess-stride tags=["guess"]
guess = 4  # your guess: a whole number
course.predict("stride-moves", guess)


# %% reveal-stride
def gap_after(move, stride, map_move):
    """Return the largest difference between the moved view's map and the map moved by `map_move` columns."""
    still = correlate2d(photo[150:230, 90:210], vertical, stride)
    moved = correlate2d(photo[150:230, 90 + move : 210 + move], vertical, stride)
    width = still.shape[1] - map_move
    return np.abs(still[:, map_move:] - moved[:, :width]).max()


fits = [map_move for map_move in range(12) if gap_after(8, 2, map_move) < 1e-9]
course.reveal("stride-moves", fits[0], "columns")
print("camera moves 1 column, stride 2: smallest difference", f"{min(gap_after(1, 2, m) for m in range(12)):.2f}")

# %% exceptions-said [markdown]
# With stride 2 the identity holds for moves by 2, 4, 6, ... pixels. A move by 1 pixel gives another map, whatever you
# do: the windows now start at pixels that none of them started at before. Now the border, in numbers:

# %% border-gap
padded_first, padded_second = correlate2d(first, vertical, padding=3), correlate2d(second, vertical, padding=3)
differs = np.abs(padded_first[rows:, columns:] - padded_second[:-rows, :-columns]) > 1e-9
print("rows that differ:", np.flatnonzero(differs.any(axis=1)), "of", len(differs))

# %% border-gap-said [markdown]
# The top three rows of the second view, and the bottom three of the first, saw zeros where the other view saw
# pixels. All rows between agree. Lesson 4 comes back to this, and tells equivariance (the map moves along) from
# *invariance* (the answer stays).

# %% summary [markdown]
# ## What you now know
#
# - A neuron's weights are a small picture, the **filter** or kernel. Its answer is the sum of the products of
#   window and filter, plus a bias. Sliding it over a picture gives a **feature map**.
# - A vertical line filter enhances vertical lines and blurs the rest, and you have measured how much.
# - **Zero padding** keeps the size of the map and leaves a dark border, where a part of the filter meets zeros.
# - Layers compute **correlation** and the field calls it convolution. Half a turn of the filter is the only
#   difference, and for many filters there is none.
# - In **bytes**, sums wrap round. Compute in floats, then clip, round and store.
# - Filters are **learned**: gradient descent found the line filters from pairs of pictures, quickly from noise and
#   slowly from garments, whose pixels are alike.
# - One filter everywhere means **translation equivariance**: move the picture, and the map moves along.

# %% progress tags=["nbval-ignore-output"]
course.progress()

# %% recall [markdown]
# ## Recall
#
# Close your eyes after each question, answer it, then look.
#
# 1. A 7 x 7 horizontal line filter slides over a white picture with padding 3. Where is the dark border, and why
#    not on the other sides?
#
#    <details><summary>Answer</summary>On the left and on the right, three columns each: there a part of the row of
#    ones lies in the zeros. At the top and bottom, only weights that are 0 hang over the edge.</details>
#
# 2. The weights of a filter have the sum 0. What does it give where the picture is grey all over?
#
#    <details><summary>Answer</summary>0: every pixel is the same number, so the sum is that number times the sum of
#    the weights.</details>
#
# 3. You blur a picture of bytes, and it comes out black. What may have happened?
#
#    <details><summary>Answer</summary>The weights, such as 1/9, were turned into bytes and became 0. Turn the picture
#    into floats, not the weights into bytes.</details>
#
# 4. Why does it not matter for a network that its layers compute correlation and not convolution?
#
#    <details><summary>Answer</summary>The filters are learned. Where a convolution would learn some filter, the
#    correlation learns the same filter turned by half a turn.</details>
#
# 5. A filter with stride 3 is equivariant to which moves of the picture?
#
#    <details><summary>Answer</summary>To moves by 3, 6, 9, ... pixels: the map then moves by 1, 2, 3, ... Other
#    moves let the windows start at other pixels.</details>

# %% next [markdown]
# ## What comes next
#
# One filter makes one map. A real layer has many filters at once, and looks through *all* the maps of the layer
# below. That is [lesson 3, Stacking feature maps](03_feature_maps.ipynb).
