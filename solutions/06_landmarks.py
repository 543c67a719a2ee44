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
# In this lesson you build both from their papers, run them, take them apart, and find out what survived.
#
# - **Time:** 150 minutes
# - **You build:** the two kinds of cells of the neocognitron and the rule by which it learns; LeNet-5, with its
#   sub-sampling and its table of connections.
# - **You need:** lesson 3 (feature maps), lesson 4 (pooling) and lesson 5 (training).
# - **Stuck?** `course.hint("s_cell")` gives a hint, and the next call gives the next one.
# - **The book** is A. Géron, *Hands-On Machine Learning*, 2nd edition, chapter 14; *(Géron)* marks a fact from it.

# %% imports
from dataclasses import replace

import numpy as np
import torch
from torch import nn

import course
from course import images, landmarks_compare, neocognitron
from course.figures import cells
from course.figures import lenet as pictured
from course.figures.invariance import bars, curves
from course.widgets.neocognitron import neocognitron_explorer

# %% nobody-says [markdown]
# ## 1. Nobody says what it is
#
# Every network of this course so far had a teacher. Each picture came with its class, and the loss said how wrong the
# answer was. Whoever opens their eyes for the first time has no such list.
#
# In the visual cortex of cats, David Hubel and Torsten Wiesel found two kinds of neurons that answer to lines. A
# **simple cell** answers to a line of one direction at one place. A **complex cell** answers to a line of that
# direction, too, but the line may lie anywhere in a small region. They proposed that a complex cell listens to many
# simple ones.
#
# Kunihiko Fukushima made a network of this idea, and showed in 1980 that it can teach itself to tell five digits apart
# (*Biological Cybernetics* 36). He called it the **neocognitron**. Here are the five digits, as the course draws them:
# 16 × 16 pixels, 1 on a stroke and 0 elsewhere.

# %% five-digits tags=["figure"]
five = neocognitron.digits()
inked = [f"{picture.sum():.0f} pixels" for picture in five]
cells.digits_in_rows({"the patterns": five}, {"the patterns": inked}, "the number of bright pixels")

# %% layers-text [markdown]
# The network has two kinds of cells, in layers that take turns. **S-cells** look for something: they learn. **C-cells**
# forgive where it is: they never change. A layer is a pack of **planes**, which we call feature maps today: all cells
# of a plane look for the same thing, each at its own place. An S-layer and the C-layer above it are a **module**. Sizes
# and numbers are those of the paper. In the picture, five planes stand for 24, and each dashed frame shows what one
# cell of the next layer sees.

# %% organised-network
organised_net = neocognitron.organised(0)  # it has seen each digit 20 times in each of its layers, and not one label
for layer_name, (planes, height, width) in organised_net.shapes().items():
    print(f"{layer_name:<4} {height:>2} × {width:>2}, {planes:>2} plane{'s' * (planes > 1)}")

# %% layers-picture tags=["figure"]
cells.neocognitron_layers(organised_net.shapes(), windows=[5, 5, 5, 5, 5, 2])

# %% explorer-text [markdown]
# U0 is the picture. Module by module there are fewer places, and each cell has more of the picture below it. At the
# top, in UC3, each of 24 planes is a single cell. Which digit such a cell answers to, if any, nobody has decided.
#
# **Touch it before you read on.** The network has already organised itself; how it did is the story of this lesson. In
# the explorer, the picture is called *retina*, and weights are called *synapses*. Planes that have learned nothing are
# left out: 12 of the 24 in the second module, 19 in the third.
#
# - Show it the five digits. Which cell of UC3 answers to each of them? Does any cell answer to two?
# - Move the 3 to the right, pixel by pixel. How far does its cell go on answering?
# - Look at the layers, from US1 up to UC3, while you move a digit by one pixel. Which change much, and which little?
# - Take the 3, drawn *larger, × 1.2*. Its cell falls silent. Each S-layer has a number r, which says how choosy its
#   cells are. Lower it in one layer, and leave the other two as they are. In which layer does the first step of the
#   slider help most? What if you go on?
# - Draw a digit of your own. Does a cell know it?
#
# Below the layers stands what a single cell computes. Section 2 explains those lines.

# %% explorer tags=["explorer"]
neocognitron_explorer(organised_net)

# %% explorer-found [markdown]
# <details><summary>What you find</summary>
#
# - Cell 9 answers to the 0, cell 17 to the 1, 11 to the 2, 13 to the 3 and 16 to the 4. None answers to two of them,
#   and the other 19 are silent.
# - Up to four pixels: 0.51 in the middle, then 0.53, 0.50, 0.39 and 0.20. With the fifth pixel its last column leaves
#   the picture, and the cell falls silent. (The 2 is lost at the fourth, while all of it is still in the picture.)
# - US1 changes most, UC3 least: a shift upsets the S-cells, and in each module the C-cells calm it down. Section 2
#   measures it.
# - In US1: one step, from 4 to 3.36, gives 0.11; the same step gives 0.05 in US2, and nothing in US3. Two steps give
#   0.30, 0.20 and 0.01: what the lower layers did not find, the top can hardly bring back. But too low is no good
#   either: with r = 1 in US1 it is 0.01 again. Then 284 cells of US1 answer where 25 did, and what US2 sees is no
#   longer like what it has learned.
# - It depends on the drawing: thin strokes of the size of the five are needed, since it has never seen others.
#
# </details>

# %% cells [markdown]
# ## 2. Two kinds of cells
#
# ### A cell that knows what it looks for
#
# A cell sees three pixels. It looks for light on the left two. So let it have the weights 1, 1, 0, multiply each pixel
# by its weight and add up, as every neuron of this course does. The sum is its **excitation** E.

# %% excitation-by-hand
left_pair = np.array([[[1.0, 1.0, 0.0]]])  # one plane, one row, three pixels
right_pair = np.array([[[0.0, 1.0, 1.0]]])
pair_weights = np.array([[[1.0, 1.0, 0.0]]])
views_of_three = {"the left pair": left_pair, "the right pair": right_pair, "the right pair, bright": 3 * right_pair}
for words, view in views_of_three.items():
    print(f"{words:<24} E = {np.sum(pair_weights * view):.0f}")

# %% inhibition-text [markdown]
# Here is the trouble. The wrong pair, three times as bright, excites the cell more than its own pair. A large sum may
# mean "there is much light" as well as "this is what I look for".
#
# So the paper gives each S-cell an opponent: an **inhibitory cell**, which sees the same pixels and tells how much
# there is to see, whatever it is. Call what both see u, one number for each pixel. The answer v of the inhibitory cell
# is a kind of mean, with fixed weights c that add up to 1:
#
# $$v = \sqrt{\sum c \cdot u^2}$$
#
# For three pixels, let each c be 1/3.

# %% inhibition-by-hand
three_c = np.full((1, 3), 1 / 3)
for words, view in views_of_three.items():
    print(f"{words:<24} E = {np.sum(pair_weights * view):.0f}   v = {np.sqrt(np.sum(three_c * view**2)):.3f}")

# %% s-cell-formula [markdown]
# Three times the light gives three times the E and three times the v. So divide one by the other, and brightness
# cancels, or nearly. This is what the S-cell of the paper answers:
#
# $$u_S = r \cdot \varphi\left(\frac{1 + E}{1 + \frac{2r}{1+r} \cdot b \cdot v} - 1\right) \qquad \varphi(x) =
# \max(x, 0)$$
#
# - E is the excitation, the sum of a · u over all planes and places: what speaks for it. Each input has its own weight
#   in a.
# - v is the inhibition, over all planes and places: what speaks against it. The weight of v is b.
# - φ is today's ReLU. Where the inhibition is the stronger, the cell is silent.
# - The ones keep it calm where there is next to nothing to see.
# - r makes the cell choosy. We come to that below.
#
# By hand, for the left pair, with a = 1, 1, 0, b = 1.2 and r = 1.5: 2r / (1 + r) is 3 / 2.5 = 1.2, and v is 0.816. The
# lower part is 1 + 1.2 · 1.2 · 0.816 = 2.176, the upper 1 + 2 = 3. The quotient is 1.379. Take 1 away, and multiply by
# 1.5: the answer is 0.568.

# %% exercise-s-cell [markdown]
# ### Exercise · `s_cell`
#
# Now for any number of planes, and windows of any size. `c` has no planes: all planes have the same c, so that
# `c * u**2` fits by itself. Add up over everything, and take the root at the end. Whole numbers are as good as floats,
# and a cell that sees nothing gives 0.
#
# For example, `s_cell(left_pair, pair_weights, 1.2, three_c, 1.5)` is about 0.568.


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

# %% s-cell-table
views_and_more = {**views_of_three, "the left pair, bright": 3 * left_pair, "all three": np.ones((1, 1, 3))}
for words, view in views_and_more.items():
    excitation = np.sum(pair_weights * view)
    print(f"{words:<24} E = {excitation:.0f}   answer {s_cell(view, pair_weights, 1.2, three_c, 1.5):.3f}")

# %% s-cell-read [markdown]
# The wrong pair leaves the cell silent, however bright it is. Three times the light on the left pair makes the answer
# 1.4 times as large, not three times. And all three pixels, which excite it as much as the left pair alone, get a
# weaker answer: one of them does not belong there.
#
# ### How choosy?
#
# What does r do? Call **likeness** the cosine between what the cell sees and what it has learned: multiply the two
# pixel by pixel, add up, and divide by the lengths of both, the roots of their sums of squares. It is 1 if they differ
# in brightness alone, 0 if they share nothing. (The word is ours, not the paper's. Where the c differ, each pixel
# counts as much as its c.) For the two pairs, which share one pixel of two, it is 1 / (√2 · √2) = 0.5. We show a cell
# that has learned its pair very well (large a, large b) views from the third pixel alone to the pair alone.

# %% likeness tags=["figure"]
alike = np.linspace(0, 1, 41)
third = np.array([[[0, 0, np.sqrt(2)]]])  # it shares nothing with the left pair, and is as bright
mixtures = [share * left_pair + np.sqrt(1 - share**2) * third for share in alike]
strong_a, strong_b = 1000 * pair_weights, 1000 * np.sqrt(1.5)  # E = 2 · b · v for the pair itself
choosy = {r: [s_cell(view, strong_a, strong_b, three_c, r) for view in mixtures] for r in (4.0, 1.5)}
cells.answer_against_likeness(choosy, alike)

# %% likeness-read [markdown]
# The cell is silent up to a likeness of r / (1 + r), then its answer rises in a straight line to 1. With r = 4, as in
# the first S-layer of the paper, a likeness of 0.8 is needed; with r = 1.5, as in the other two, 0.6. **r is how choosy
# a cell is.**

# %% plane-text [markdown]
# ### A plane of S-cells is a feature map
#
# All S-cells of a plane have the same weights. So your one function, called at every place, computes a whole plane.
# Here is plane 11 of the first layer, which looks at the digit 1 through windows of 5 × 5, with two rows and columns of
# zeros around the picture.

# %% plane-by-hand
framed_one = np.pad(five[1], 2)[np.newaxis]
plane_a, plane_b, first_c = organised_net.a[0][11], organised_net.b[0][11], organised_net.c[0]
my_plane = np.zeros((16, 16))
for i, j in np.ndindex(16, 16):
    my_plane[i, j] = s_cell(framed_one[:, i : i + 5, j : j + 5], plane_a, plane_b, first_c, 4.0)
theirs = organised_net.layers(five)["US1"][1, 11]
print(f"{course.whose(s_cell, 's_cell')} gives the plane of the network: {np.allclose(my_plane, theirs)}")

# %% plane-picture tags=["figure"]
cells.s_plane(five[1], plane_a[0], my_plane, "plane 11")

# %% plane-read [markdown]
# The plane has learned an upright line with a hook at its upper left, and it answers where a line goes on above and
# below: at four places of the 1, most where the hook is. (One of the four answers, in the cell below the ring, is 0.02:
# too dark to see.) Little of it is new to you. E at every place is the cross-correlation of lesson 2, with a as the
# filter; then comes a division, which makes brightness harmless; then ReLU. **But for the division, an S-layer is a
# convolutional layer with ReLU, in 1980.**

# %% c-cell-text [markdown]
# ### A cell that does not mind where
#
# Move the 1 by a pixel, and other S-cells answer. A **C-cell** listens to 5 × 5 S-cells of its plane, with fixed
# weights d: 1 in the middle, less and less outwards. (In the last module it is 2 × 2.) If any of them answers, so does
# the C-cell, as long as its plane has more to say than the mean of all planes:
#
# $$s_k = \sum d \cdot u_{S,k} \qquad x_k = \frac{1 + s_k}{1 + v} - 1 \qquad u_{C,k} = \frac{\varphi(x_k)}{\alpha +
# \varphi(x_k)}$$
#
# Each plane k has its own sum s. The inhibition v is now the mean of these sums over all planes: what all planes answer
# alike tells nothing, and cancels. What is left, x, is the **excess**. The last formula squeezes it: an excess of α
# (0.5 in the paper) gives one half, and however large it is, the answer stays below 1.
#
# By hand: two planes, d = 0.5, 0.5, 0.5, and one S-cell of the first plane answers 1. The sums are 0.5 and 0, their
# mean is 0.25. The first plane has an excess of 1.5 / 1.25 − 1 = 0.2, and the answer 0.2 / 0.7 = 0.286. The second has
# 1 / 1.25 − 1, which is below 0: silent.

# %% exercise-c-cell [markdown]
# ### Exercise · `c_cell`
#
# Return the answers of the C-cells of all planes at one place, in one array. d is the same for every plane. The mean
# goes over the planes, also over those that are silent. Whole numbers are as good as floats.
#
# For example, `c_cell(np.array([[[0, 1, 0]], [[0, 0, 0]]]), np.full((1, 3), 0.5), 0.5)` is about `[0.286, 0]`.


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

# %% c-cell-guess-text [markdown]
# In the first C-layer of the network there are 24 planes, and d falls as 0.7 to the power of the distance. (The paper
# says that it falls, and not how; this is our choice.) One S-cell in the middle answers 1, all others 0. The C-cell's
# answer is 0.648. Now the picture moves by two pixels, and it is the S-cell two places farther that answers. How many
# per cent of its answer does the C-cell keep?

# %% guess-two-off tags=["guess"]
guess = 50  # your guess, in per cent
course.predict("c-cell-two-off", guess)


# %% c-cell-moves
def answer_at(row, column):
    """Return what the C-cell answers if one S-cell of plane 0 does, at a place of 7 × 7; it sees the inner 5 × 5."""
    places = np.zeros((24, 7, 7))
    places[0, row, column] = 1
    return c_cell(places[:, 1:6, 1:6], organised_net.d[0], 0.5)[0]


c_answers = np.array([[answer_at(row, column) for column in range(7)] for row in range(7)])

# %% reveal-two-off tags=["figure"]
kept_in_all = 100 * c_answers[3, 5] / max(c_answers[3, 3], 1e-9)
course.reveal("c-cell-two-off", round(float(kept_in_all)), "per cent")
cells.c_cell_answers(c_answers, window=5)

# %% c-cell-read [markdown]
# It keeps 74%, and 63% in the corners. Why not 49%, when the weight there is only 0.49? Because of the squeezing: it
# takes more from a large excess than from a small one. The S-cell in the middle keeps nothing: it is silent now. So is
# the C-cell, as soon as the S-cell that answers is three places away, beyond what it sees. This is the pooling of
# lesson 4 by other means, a weighted sum in the place of a maximum. As there, only every second place has a C-cell: 16
# × 16 become 10 × 10, with some beyond the edge. (The sizes are the paper's, the places ours.)
#
# What is all this worth in the whole network? We move the digits by one pixel, and ask of each layer how much it
# changes: the sum of all absolute changes, divided by the sum of all answers before.

# %% change-by-layer tags=["figure"]
still, moved_on = (organised_net.layers(pictures) for pictures in (five, neocognitron.shifted(five, 0, 1)))
layer_changes = {name: np.abs(moved_on[name] - still[name]).sum() / still[name].sum() for name in still}
bars(list(layer_changes), [100 * share for share in layer_changes.values()], "layer", "change in %, one pixel right")

# %% change-by-layer-read [markdown]
# (200% means: all answers are gone, and as many are elsewhere.) In the first S-layer, of 89 cells that answered only 12
# still do, and it changes by 189%, more than the picture itself. The C-cells above calm it down to 45%. The next
# S-cells are upset again, 83%, and calmed again; in the third module the S-cells change about as much as what they see,
# and at the top 7% is left. **Find, forgive, find, forgive: in small steps, a shift is forgotten.**

# %% reinforce-text [markdown]
# ## 3. Learning without a teacher
#
# ### What a cell learns
#
# Where do the weights come from? A cell that is chosen to learn (we will see who chooses) takes over what it sees:
#
# $$a \leftarrow a + q \cdot c \cdot u \qquad\qquad b \leftarrow b + \frac{q}{2} \cdot v$$
#
# The brighter an input, the more its excitatory weight grows; the inhibitory weight b grows as well. q says how fast.
# There is no class in it, no loss, no gradient: what is seen is strengthened.
#
# Take a cell that has learned nothing, a = 0 and b = 0, with r = 1.5. It is shown the left pair twice, with q = 16.
# Then it answers 0.93 to the left pair. What does it answer to the right pair, which shares one pixel of two with it?

# %% guess-other-pair tags=["guess"]
guess = 0.46  # your guess: the answer to the right pair
course.predict("answer-to-the-other-pair", guess)

# %% exercise-reinforce [markdown]
# ### Exercise · `reinforce`
#
# Return the new weights, a and b, as a pair. v is that of `s_cell`. Do not change the array that you are given: make a
# new one.
#
# For example, a cell with `a = np.zeros((1, 1, 3))` and `b = 0`, which sees the left pair with q = 16, gets about
# `[[[5.33, 5.33, 0]]]` and 6.53.


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

# %% reveal-other-pair
a_now, b_now = np.zeros((1, 1, 3)), 0.0
print("shown    b      left pair   right pair   all three")
for times in range(6):
    said = [s_cell(view, a_now, b_now, three_c, 1.5) for view in (left_pair, right_pair, np.ones((1, 1, 3)))]
    print(f"{times} times {b_now:5.1f}   {said[0]:9.3f}   {said[1]:10.3f}   {said[2]:9.3f}")
    if times == 2:
        answer_to_other = round(said[1], 3)
    a_now, b_now = reinforce(a_now, b_now, left_pair, three_c, 16.0)
course.reveal("answer-to-the-other-pair", answer_to_other)

# %% reveal-other-pair-read [markdown]
# Nothing. After one look the cell knows the pair, and after five it answers 0.97. The right pair never gets an answer:
# its likeness is 0.5, and r = 1.5 asks for 0.6. Inhibition grows along with excitation. So the weights may grow without
# limit, and the answer still stays below 1. Now you see where the 2 in 2r / (1 + r) comes from: with this rule, E is
# exactly twice b · v for the thing that was learned.
#
# One catch: before the first look, the cell is silent, and the silent are never chosen. So in the network the weights
# a begin with tiny numbers. In the first layer they give each plane a slight preference for lines of one direction.

# %% competition-text [markdown]
# ### Who learns?
#
# If every cell learned from every picture, all would learn the same. They have to compete. The paper's rule:
#
# - An **S-column** is a stack of cells of all planes that look at nearly the same place. In each column the strongest
#   cell is a **candidate**. So what is seen at one place is learned by one plane. (Our choice: a column has 5 × 5
#   places, and there is one around every place of the layer, so that columns overlap.)
# - Among the candidates of one plane, the strongest is its **representative**. It alone learns, and all cells of its
#   plane get its new weights. A plane without a candidate learns nothing this time.
#
# By hand, two planes with one row of four cells each, and columns of 1 × 2 places: the first two, the middle two, the
# last two. Plane 0 answers 2, 5, 0, 0 and plane 1 answers 1, 0, 0, 3:

# %% competition-by-hand
two_planes = [[[2, 5, 0, 0]], [[1, 0, 0, 3]]]
for plane, place in neocognitron.representatives(two_planes, column=2).items():
    print(f"plane {plane} is represented by the cell at {place}")

# %% competition-read [markdown]
# The 2 loses to the 5 beside it. The 1 loses to the 5, too: it is the answer of another plane, but in the same column.
# Both planes learn, each something else. Here is what happens in the first layer of a network that has seen each digit
# once, when it is shown the 4:

# %% competition-picture tags=["figure"]
young = neocognitron.self_organise(neocognitron.Neocognitron(), five, times=1)
young_answers = young.layers(five[4:5])["US1"][0]
young_chosen = neocognitron.representatives(young_answers, column=5)
cells.who_learns(five[4], young_answers, young_chosen)

# %% competition-picture-read [markdown]
# Each number is a plane, at the place where it answers. Fourteen planes learn something from this one picture, all of
# them different things: each ring is the strongest cell of at least one column of 5 × 5. The 12 without a ring stands
# beside a stronger cell of its own plane, which represents both.

# %% organise-text [markdown]
# ### Watch it organise itself
#
# Picture, answers, representatives, `reinforce`: that is all. Here it is for the first layer, with your function.
# (`s_layer` is `s_cell` at every place of every plane, all at once.) The pictures come as in the experiment below: all
# five digits in a new order each time, each shifted at random by up to two pixels.


# %% organise-code
def learn_from(picture, a, b, c):
    """Return the weights of the first S-layer after it was shown one picture."""
    answers = neocognitron.s_layer(picture[np.newaxis, np.newaxis], a, b, c, r=4.0, padding=2)[0]
    a, b, seen = a.copy(), b.copy(), np.pad(picture, 2)[np.newaxis]
    for plane, (i, j) in neocognitron.representatives(answers, column=5).items():
        a[plane], b[plane] = reinforce(a[plane], b[plane], seen[:, i : i + 5, j : j + 5], c, 1.0)
    return a, b


# %% organise-run
fresh = neocognitron.Neocognitron()
first_a, first_b, snapshots = fresh.a[0], fresh.b[0], {"not yet": fresh.a[0]}
for number, (_, picture) in enumerate(neocognitron.presentations(five, times=20, seed=0), start=1):
    first_a, first_b = learn_from(picture, first_a, first_b, fresh.c[0])
    if number in (1, 5, 25, 100):
        snapshots[f"{number} picture{'s' * (number > 1)}"] = first_a
        print(f"after picture {number:3}: {np.count_nonzero(first_b)} of {len(first_b)} planes have learned")
print("the same as the first layer of the network above:", np.allclose(first_a, organised_net.a[0]))

# %% organise-picture tags=["figure"]
cells.planes_as_they_learn({when: weights[::2, 0] for when, weights in snapshots.items()})

# %% organise-read [markdown]
# Every second plane is shown. (In each window the brightest pixel is its own largest weight. So you see what a plane
# has learned, not how strongly.) At first there is a faint preference for a direction. The first picture is enough for
# most planes to take over a piece of a stroke: a line, a bend, an end, the space between two strokes. What comes later
# strengthens it, and gives the other planes what is new. Nobody asked for these pieces. They are what digits are made
# of, and the competition makes sure that what is seen at one place is learned by one plane. The last line that the loop
# printed says that this is the very layer that you met in section 1. **Strengthen what is seen, and let cells compete:
# features appear.**

# %% experiment-text [markdown]
# ## 4. What it can do
#
# ### The experiment of 1980
#
# The upper layers learn in the same way from the C-layer below them. One could let all layers learn each time that a
# picture is shown. Here they learn one after the other, so that none learns from a layer that still changes. At the end
# we ask which cell of UC3 answers to which digit. Is the result luck? We let five networks organise themselves, each
# with another order and other shifts.

# %% five-networks
organised_nets = {seed: neocognitron.organised(seed) for seed in course.track(range(1, 5), "organising")}
organised_nets = {0: organised_net, **organised_nets}
print("network    cell that answers to 0    1    2    3    4     cells that answer to each")
for seed, network in organised_nets.items():
    winners = network.winners(five)
    how_many = np.count_nonzero(network.answers(five), axis=1)
    print(f"{seed:^7} {'':<23}{'   '.join(f'{cell:2}' for cell in winners)}     {how_many.tolist()}")

# %% five-networks-read [markdown]
# In all five networks, each digit has a cell of its own, and no other cell of UC3 answers to it. The number of that
# cell differs from network to network: it means nothing. **Nobody has told the network that there are five things in
# the world. It has found them.**
#
# The paper then shows the network digits that were moved, enlarged, deformed and covered with noise. Here are some,
# with the cell of network 0 that answers most. The first row is as it was learned.

# %% changed-picture tags=["figure"]
rng = np.random.default_rng(0)
changed = {
    "as learned": five,
    "2 down, 3 left": neocognitron.shifted(five, 2, -3),
    "larger": neocognitron.digits(scale=1.2),
    "slanted": neocognitron.digits(slant=0.2),
    "turned by 10°": neocognitron.digits(turn=10),
    "8 pixels flipped": [neocognitron.with_noise(picture, 8, rng) for picture in five],
}
own_cells = organised_net.winners(five)
verdicts = {name: [f"cell {cell} ✓" if cell == own else "silent" if cell < 0 else f"cell {cell} ✗"
                   for cell, own in zip(organised_net.winners(pictures), own_cells)]
            for name, pictures in changed.items()}  # fmt: skip
cells.digits_in_rows(changed, verdicts, "the cell that answers most")

# %% changed-read [markdown]
# A moved digit finds its own cell. Of the larger, slanted, turned and noisy ones some do, and some leave all cells
# silent: 17 of these 25 changed digits are recognised, 8 get no answer, and none wakes a wrong cell.
#
# Now count. We move each digit by four pixels up, down, left or right, and by zero to four pixels in the other
# direction: 32 shifts for each digit, and five networks. (Moved down so far, a digit loses its last row over the edge.)
# A digit is recognised if its own cell answers most. How many per cent are?

# %% guess-shift-4 tags=["guess"]
guess = 50  # your guess, in per cent
course.predict("recognised-shift-4", guess)

# %% compare-text [markdown]
# A number alone says little, so two others take the same test.
#
# - A **template matcher** compares the picture with each of the five digits, pixel by pixel (by their cosine).
# - A **small CNN**, two convolutions with pools and a dense layer, learns from the very pictures that the network with
#   the same number was shown, but with a teacher: it is told for each which digit it is. It goes through them 30 times.
#
# There are other tests beside the shifts. A deformed digit is shown nine times: in the middle, and at the eight places
# one pixel away. (In *swinging*, the rows are pushed to and fro, as in a wavy mirror.) With noise, each digit is shown
# ten times, each time with other pixels flipped.

# %% reveal-shift-4 tags=["nbval-ignore-output", "train"]
shares_of = landmarks_compare.compare(course.track(organised_nets.items(), "testing"))
for who, shares in shares_of.items():
    at_each = "   ".join(f"{np.mean(shares[f'shifted by {n}']):4.0%}" for n in range(5))
    print(f"{who:<18} shifted by 0 to 4: {at_each}")
course.reveal("recognised-shift-4", round(100 * np.mean(shares_of["neocognitron"]["shifted by 4"])), "per cent")

# %% compare-picture tags=["figure", "nbval-ignore-output"]
tests = [name for name in shares_of["small CNN"] if not name.startswith("shifted")]
by_shift = {who: [shares[f"shifted by {n}"] for n in range(5)] for who, shares in shares_of.items()}
by_change = {who: [shares[name] for name in tests] for who, shares in shares_of.items()}
cells.comparison(by_shift, by_change, [name.replace(" x ", " × ") for name in tests])

# %% compare-read [markdown]
# Lines and bars are means over five runs; bands and grey lines go from the worst run to the best.
#
# - **Shifts.** The neocognitron recognises every digit up to three pixels and 94% at four, though it had seen shifts of
#   two at most. The template matcher is lost at once. The CNN, with a teacher, is as good or nearly up to the shifts
#   that it was shown, and then falls to about 30%: its dense layer has weights for each place. (One that ends in global
#   pooling would be another rival.)
# - **Other changes.** The CNN is ahead nearly everywhere: it reads every digit that is turned by 10 degrees, the
#   neocognitron half of them. The worst for the neocognitron are the swinging ones: 27%.
# - **Noise.** With 16 pixels flipped, the simplest is the best: the template matcher is always right. It weighs the
#   whole picture. A choosy cell that sees 25 pixels gives way sooner.
#
# The neocognitron reads 80% of the slanted digits, the template matcher 49%. Does it forgive slant, too? Take care: in
# eight of nine pictures two things were changed, the form and the place. Here are the deformed digits again, all of
# them in the middle:

# %% compare-in-the-middle
from course.neocognitron.measure import DEFORMED

in_the_middle = {name: neocognitron.digits(**change)[np.newaxis] for name, change in DEFORMED.items()}
readers = [neocognitron.reading(network, five) for network in organised_nets.values()]
by_templates = neocognitron.recognised(neocognitron.nearest_template(five), in_the_middle)
by_networks = [neocognitron.recognised(reader, in_the_middle) for reader in readers]
for name, share in by_templates.items():
    mean = np.mean([shares[name] for shares in by_networks])
    print(f"{name.replace(' x ', ' × '):<22} template matcher {share:4.0%}   neocognitron {mean:4.0%}")

# %% compare-in-the-middle-read [markdown]
# Now the template matcher reads every slanted, turned and swinging digit. What it could not bear was the one pixel
# aside. The neocognitron reads about the same share as before, in the middle or not: it forgives the place, and the new
# form is what troubles it. Of six deformations it is ahead in two, × 1.2 and × 0.8, and behind in four.
#
# **The neocognitron does best what it was built for: it forgives shifts.** And it learned that without being told
# anything.

# %% without-c-text [markdown]
# ### What are the C-cells worth?
#
# Take them away, and nothing else. We give the C-cells of the first two modules a window of 1 × 1, the one S-cell in
# the middle of what they saw before. All layers keep their sizes, and the network organises itself anew. (Three of four
# S-cells then have no C-cell that listens: this, too, is what a wide window is good for.)

# %% without-c-run
narrow = tuple(replace(module, c_window=1, c_padding=2) for module in neocognitron.PAPER[:2])
shift_views = {name: views for name, views in neocognitron.changed_digits(2).items() if name.startswith("shifted")}
print("network    C-cells see 5 × 5            C-cells see 1 × 1       (recognised, shifted by 0, 1, 2)")
for seed in course.track(range(3), "organising"):
    blunt = neocognitron.Neocognitron(narrow + neocognitron.PAPER[2:])
    pair = organised_nets[seed], neocognitron.self_organise(blunt, five, seed=seed)
    found = [neocognitron.recognised(neocognitron.reading(network, five), shift_views) for network in pair]
    both = ["   ".join(f"{share:4.0%}" for share in shares.values()) for shares in found]
    print(f"{seed:^7}    {both[0]:<28} {both[1]}")

# %% without-c-read [markdown]
# Moved by a pixel, one picture of 40 is recognised at most, where all of them were. Even of the digits in the middle
# only two of five are left: while it learned, each digit came at ever new places, and nothing told this network that it
# was the same one. **Without the windows of its C-cells, the network forgives hardly any shift.**

# %% handwriting-text [markdown]
# ### Real handwriting
#
# Five drawn digits are a small world. Here are real ones: 1,797 digits of 8 × 8 pixels, written by hand, all ten kinds
# (scikit-learn's digits, which you know from lesson 4). The paper has no such test, so the network is ours: two
# modules, and 150 planes in the last layer. Each of 600 digits is shown once to each layer, without its label.
#
# How can we count right answers, if nobody told it any? We give each cell of the last layer a label *afterwards*: the
# digit for which it won most often among the 600. Then it has to read digits that it never saw.

# %% guess-handwriting tags=["guess"]
guess = 50  # your guess: right answers in per cent, on digits that it never saw
course.predict("handwriting-right", guess)

# %% reveal-handwriting tags=["nbval-ignore-output", "train"]
scans, scan_labels = images.digits()
scans = neocognitron.framed(scans)  # two dark pixels on each side
learned_from, unseen = slice(0, 600), slice(1000, 1797)  # those between helped us to choose the sizes
hand_net = neocognitron.organised_on_handwriting(scans[learned_from], progress=course.track)
cell_won = hand_net.winners(scans[learned_from])
meaning = neocognitron.most_often(cell_won, scan_labels[learned_from], cells=150)
hand_read = meaning[hand_net.winners(scans[unseen])]
right = hand_read == scan_labels[unseen]
print(f"{len(set(cell_won) - {-1})} cells won at least once; silent for {np.mean(hand_read < 0):.0%} of the new digits")
course.reveal("handwriting-right", round(100 * np.mean(right)), "per cent")
print(f"of those to which it gave an answer, {np.mean(right[hand_read >= 0]):.0%} are right")

# %% handwriting-cells tags=["figure", "nbval-ignore-output"]
most = np.argsort(-np.bincount(cell_won[cell_won >= 0], minlength=150))[:16]
means = [scans[learned_from][cell_won == cell].mean(axis=0) for cell in most]
agree = [np.mean(scan_labels[learned_from][cell_won == cell] == meaning[cell]) for cell in most]
words = [f"{meaning[cell]}: {share:.0%}" for cell, share in zip(most, agree)]
halves = {"busiest": slice(0, 8), "next": slice(8, 16)}
cells.digits_in_rows(
    {name: means[part] for name, part in halves.items()},
    {name: words[part] for name, part in halves.items()},
    "the label that the cell was given and the share of its pictures that have it",
    size=1.05,
)

# %% handwriting-cells-read [markdown]
# Each picture is the mean of all digits for which one cell won, with the label that it was given and how many of its
# digits have this label. These cells have sorted the digits by their shapes, and mostly the shapes are the digits.
#
# ### What does it cost to have no teacher?
#
# Two others, on the same 600 digits. **k-means** sorts them by pixels into as many groups as our network has cells that
# won, without labels too, and its groups are named afterwards in the same way. The **nearest picture** has a teacher:
# it finds the most alike of the 600, and gives its label. All three read digits in the middle, and moved by one or two
# pixels.

# %% handwriting-rivals tags=["nbval-ignore-output"]
from sklearn.cluster import KMeans

as_rows = scans[learned_from].reshape(600, -1)
groups = KMeans(len(set(cell_won) - {-1}), n_init=1, random_state=0).fit(as_rows)
group_meaning = neocognitron.most_often(groups.labels_, scan_labels[learned_from], cells=groups.n_clusters)
nearest = neocognitron.nearest_template(scans[learned_from])
hand_readers = {
    "nearest picture": lambda views: scan_labels[learned_from][nearest(views)],
    "k-means": lambda views: group_meaning[groups.predict(views.reshape(len(views), -1))],
    "neocognitron": lambda views: meaning[hand_net.winners(views)],
}

# %% handwriting-compare tags=["figure", "nbval-ignore-output"]
hand_shares = {who: [] for who in hand_readers}
for far in course.track(range(3), "reading moved digits"):
    ways = [(far, 0), (-far, 0), (0, far), (0, -far)]
    for who, read in hand_readers.items():
        readings = [read(neocognitron.shifted(scans[unseen], *way)) for way in ways]
        hand_shares[who].append(np.mean(readings == scan_labels[unseen]))
curves({"new digits": hand_shares}, [range(3)], ["shift in pixels"], "right answers in %", evenly=True)

# %% handwriting-read [markdown]
# In this run it reads 80% of the new digits; with two other orders of the same 600 it is 74% or more. Guessing gives
# 10%. So a network that nobody told anything has nearly found out what digits there are. But look at the others.
#
# - In the middle it is the last of the three: k-means has 92%, without a teacher as well. The missing teacher is not
#   the whole price; k-means fits its means to all digits at once, where our cells go by what they meet first.
# - Moved by one pixel it stands between the two others; moved by two it reads 46%, and they 12% at most. Tolerance is
#   worth nothing as long as every digit stands in the middle, and much when digits do not.
# - One of the busiest cells was named 7, and only 52% of its digits are sevens. It cannot know that anybody minds.
#   **What a teacher would add is which differences matter.**
#
# ### Where this is not the paper
#
# A reconstruction should say where it had to guess.
#
# - The paper gives no numbers for c and d, for the weights at the start, and for the way in which the patterns are
#   moved. Ours: c and d fall as 0.7 to the power of the distance, the first weights are of the size of 0.0001, patterns
#   move by up to two pixels. The digits are drawn by the course.
# - Nor does it say which places the C-cells and the S-columns have. Ours: a C-cell over every second S-cell, and one
#   row of them beyond each edge; columns of 5 × 5 places, and in the last S-layer one column of all 2 × 2.
# - The layers learn one after another; in the paper all of them learn each time that a picture is shown.
# - The paper has φ(x / (α + x)) where we have φ(x) / (α + φ(x)). They are the same, except where a C-cell is inhibited
#   most: there, two negative numbers would make a positive one.
# - The handwriting, the rivals and all rates are ours. The paper shows examples.
#
# One thing is missing in all this: nobody can tell the network what it should do better. Its layers learn one by one,
# each for itself, and none knows what the last one needs. The neocognitron grew, step by step, into the convolutional
# networks of today *(Géron)*. Next you build one of the steps: LeNet-5 keeps the planes with shared weights and the
# layers that shrink. It has labels, and one loss for all layers.

# %% lenet [markdown]
# ## 5. LeNet-5: the layers of 1998
#
# The neocognitron finds its features without a teacher. Eighteen years later Yann LeCun, Léon Bottou, Yoshua Bengio and
# Patrick Haffner published a network of the same shape: small windows, many planes, coarser and coarser. But it has **a
# teacher**. As in lesson 5, it learns from labels, with one loss whose gradient goes back through all layers. (LeCun
# and others had trained a smaller one in this way in 1989, on the digits of postal codes.) They called it LeNet-5, and
# tell of a machine with such networks inside that reads millions of cheques a day.
#
# (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of
# the IEEE 86, 1998. "The paper" is from here on this one.)
#
# First, digits. The paper's network learns from the 60,000 of MNIST. Ours are scikit-learn's 1,797, written by 13
# people, and 8 × 8 pixels in size. The course enlarges them to 20 × 20, the paper's size of a digit, and puts them on
# 32 × 32 with their centre of mass in the middle. 1,297 are for learning, 500 for the test.

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
# C is the paper's letter for a **convolution**, S for **sub-sampling** (section 6), F for a layer that is fully
# connected. Nothing is padded. In the picture, 6 @ 28 × 28 means 6 maps of 28 × 28. Where there are more than six maps,
# six are drawn.

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
# The first middle, 6.5, lies between columns 6 and 7, the last, 24.5, between 24 and 25, and the rows are the same. So
# together the middles cover columns and rows 6 to 25: the inner 20 × 20 of the 32 × 32 pixels. A box of 20 × 20 is what
# a digit fills, and that is the paper's reason for 32.
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
# ## 6. S2: a pool that learns
#
# After C1 comes a layer that you nearly know from lesson 4. S2 **adds up** the four numbers x of each 2 × 2 window.
# Then it multiplies the sum by a **coefficient** w and adds a **bias** b, one pair for each map, and both are learned.
# Finally the result z is **squashed**:
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
# average pooling, squashed. Is it? To try it out, we give S2 the picture of a digit itself, in place of a map of C1.
# (`normalise` turns its greys into the numbers that LeNet-5 is given: −0.1 for the background, 1.175 for full ink.)

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
# Two numbers choose what kind of layer S2 is. The paper names the first two kinds:
#
# - with a **small** coefficient it works in the straight part of the curve, and blurs;
# - with a **large** one it becomes a switch. With the bias at 0, a little ink anywhere in the window is enough: nearly
#   an *or*. With a bias far below 0, nearly the whole window must be inked: nearly an *and*;
# - with a coefficient **below 0**, as in the last picture, it looks for what is empty.
#
# The neocognitron's C-cell forgives in one fixed way. LeNet-5 learns, map by map, which way it needs.

# %% c3-text [markdown]
# ## 7. C3: who sees whom
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
# different. Whether the table helps the network to read digits, section 12 will measure.
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
marks = int(np.sum(c3_connections()))
course.reveal("c3-parameters", marks * 25 + 16, "numbers")
print(f"{marks} kernels of 25 weights, and 16 biases; if all saw all: {16 * 6 * 25 + 16:,}")

# %% modules-text [markdown]
# ## 8. The parts in PyTorch
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
# **PartlyConnected** is C3: sixteen small convolutions side by side. Each is given only the maps that its row of the
# table names, and makes one map. Together these are the 16 maps of C3.


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
# ## 9. The output: ten small pictures
#
# Lesson 5's network ends with ten numbers, and each class has one neuron of its own. LeNet-5 does something else. F6
# has 84 units, and 84 = 7 × 12. For each digit there is a **code**: a small picture of 7 × 12 pixels, 1 where it is
# black and −1 where it is white. F6 has to *draw* it. The output measures how far the drawing is from each of the
# codes:
#
# $$y_i = \sum_{k=1}^{84} (x_k - w_{ik})^2$$
#
# Here $x_k$ is what unit k of F6 says, $w_{ik}$ is pixel k of the code of digit i, and $y_i$ is the **squared
# distance** between the two. We call it the distance for short. The **smallest** distance is the answer. By hand, with
# codes of two numbers, (1, −1) and (−1, −1), and x = (0.5, −1): the first distance is $(0.5 - 1)^2 + 0 = 0.25$, the
# second $(0.5 + 1)^2 + 0 = 2.25$. The first code is nearer.
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
# The paper has two more reasons. Where each class has a neuron of its own, all but one must be off nearly always, and
# with many classes that is hard to learn. And such neurons are poor at saying **none of them** about a blot.

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
# something that you know? It is the cross-entropy of lesson 5: the logits are −y, and rubbish is one more class, with
# the logit −j. So LeNet-5 has a softmax already, hidden in its loss.

# %% exercise-lenet5 [markdown]
# ### Exercise · `lenet5`
#
# Now put it together. In the order of the picture in section 5:
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
# The paper prints, for each layer, how many numbers it learns and how many connections it has. Beside them stand those
# of the network that `lenet5()` returns: the code goes through its parameters, and finds out which layer each belongs
# to. Connections need a rule. In a layer of kernels, each number is used once at each place. In S2 and S4 a unit has
# five connections: four inputs, one bias. A unit of the output has 84.

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
# ## 10. It learns
#
# ### First weights
#
# With which weights does it begin? The paper draws each weight from −2.4 / F to 2.4 / F, where F is how many numbers
# the unit reads. Then the sums stay small, in the steep part of the curve. `initialise` does that to the network that
# `lenet5()` returns.

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
# The network sees the 1,297 digits twelve times, with the loss above. The ink goes in as 1.175 and the background as
# −0.1, as in the paper. Three things differ from it. The optimizer is Adam, with a rate that rises and then falls; like
# the paper's own method, it gives each number a rate of its own. A step is made for 32 digits, not for each one. And it
# goes 12 times through 1,297 digits, not 20 times through 60,000. One thing the paper leaves open, the number j: here
# it is 5.
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
# About one or two in a hundred are wrong. (The paper's network had 0.95% of MNIST's test digits wrong. That is another
# test, by other writers than those from whose digits it learned. Ours has the same 13 writers in both parts, which
# makes it easier.)
#
# ### And built as one would today?
#
# The same sizes, C1 to F6, with what is usual now: **ReLU** for the squashing, **max pooling** for S2 and S4, a
# **full** C3, ten logits with **softmax** and cross-entropy, and first weights as Kaiming **He** draws them (as in
# lesson 5: normal, with a variance of 2 / F). The same pictures in the same order, the same epochs, the same optimizer.

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
# In this run, LeNet-5 still says the same to every digit after its first epoch, which is right for 10% of them. By the
# fourth it has found its way. The modern form is right for most digits after its first already. At the end both are
# right about 99 times in 100, and differ by a few digits of 500, if at all.
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
# The table is LeNet-5's: rows are what the digits are, columns what it says. Look which digits both get wrong. In our
# runs, most mistakes are of one network alone: two that are about as good need not have learned the same.
#
# How sure a network is comes from a softmax: of its logits, or, for LeNet-5, of its distances with a minus sign. In
# this run LeNet-5 is mostly 100% sure where it is wrong. There is a better question to ask it.
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
# distance says how far to trust an answer, and a limit for it says "none of them" to the doubtful ones. In this run a
# strict limit sorts out most wrong answers, and a good many right ones with them. For a cheque that is a good trade: a
# person reads the rest.

# %% survived [markdown]
# ## 11. What survived, and what was dropped
#
# Three networks, each built in this course: the neocognitron, LeNet-5, and lesson 5's network of the book. One table,
# counted by one set of rules. Accuracies are measured here, and **not on the same pictures**: the neocognitron's on its
# five digits, shifted by 4 pixels, as in section 4; LeNet-5's on the 500 digits of section 10; the book's network on
# the 10,000 garments of lesson 5's recorded run.

# %% landmarks-table tags=["nbval-ignore-output"]
from course.landmarks import as_text, landmarks
from course.training import recorded_run

measured_here = {"neocognitron": np.mean(shares_of["neocognitron"]["shifted by 4"])}
measured_here |= {"LeNet-5": lenet_epochs[-1].accuracy, "Fashion-MNIST CNN": recorded_run().accuracy}
print(as_text(landmarks(measured_here)))

# %% landmarks-chart tags=["figure"]
pictured.landmarks_chart(landmarks())

# %% landmarks-read [markdown]
# **What survived**: small windows, shared weights, many maps, layers that take turns between finding and forgiving, and
# a last layer that sees everything. All three networks of the table have this, the neocognitron of 1980 first. What
# the other two have besides is the teacher: one loss, and gradients through all layers.
#
# **What was dropped**: learning without labels, layer by layer; pools that learn and squash; tables of connections;
# squashing by a tanh; codes as output. Did they go because they were bad? Section 12 measures what they are worth in
# LeNet-5.
#
# (Look at the chart once more. LeNet-5 has *fewer* connections than the neocognitron, and twice as many numbers to
# learn. Connections are what a computer has to do, and numbers are what the pictures have to teach.)
#
# ## 12. Take LeNet-5 apart
#
# An **ablation** changes one thing, with what belongs to it, and leaves all others as they were. Six things to change
# in LeNet-5:
#
# | word | LeNet-5 has | changed to |
# |---|---|---|
# | `"loss"` | competition and rubbish | the distance from the right code alone |
# | `"output"` | codes | ten logits, softmax, and the cross-entropy that belongs to them |
# | `"C3"` | a table | all maps see all |
# | `"pool"` | sub-sampling, which learns and squashes | average or maximum, which do neither |
# | `"activation"` | 1.7159 tanh(2z / 3) | ReLU (F6, which has to draw −1, keeps the tanh) |
# | `"weights"` | first weights up to 2.4 / F | those of He |
#
# Which single change makes the largest difference, better or worse?

# %% guess-matters tags=["guess"]
guess = "pool"  # one of "loss", "output", "C3", "pool", "activation", "weights"
course.predict("matters-most", guess)

# %% ablation-text [markdown]
# Now run it: ten networks, six epochs each, one seed. That is half the training of section 10, so that it takes less
# than a minute. The course carries the same, done more thoroughly: twelve epochs, three seeds (`python3 -m course bench
# lenet` repeats it in a few minutes). Digits, optimizer, rate and number of epochs are the same for all.

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
three_seeds = ", ".join(f"{share:.1%}" for share in recorded["LeNet-5"]["accuracies"])
print(f"recorded, LeNet-5: {recorded['LeNet-5']['mean']:.2%} on average, with three seeds {three_seeds}")
for name, difference in from_lenet.items():
    print(f"{name:<15} {100 * difference:+7.2f} points".replace("-", "−"))

# %% ablation-read [markdown]
# How to read it honestly:
#
# - **Four of the seven changes are worth less than half a point, up or down.** One test picture is 0.2 points, and two
#   seeds of LeNet-5 itself differ by 0.8. Nobody can say from this who is better. Look at the diamonds, too: after a
#   short run of one seed, the order may be quite different.
# - **Softmax alone, or average pooling alone, costs about 4 pictures of 500.** The rings hardly overlap. It may be
#   real, on these digits and with this rate.
# - **ReLU alone destroys the network**: 10%, with every seed. It says the same digit to everything.
# - **The weights of He alone make it quicker, not better**: 90% are right after 2 epochs, not after 4.
# - **ReLU with the weights of He** is as quick, and on average has the fewest wrong: 4 or 5, where LeNet-5 has 5 to 9.
#   That is less than half a point again. Whether ReLU is better, these runs do not tell.
#
# So ReLU, the usual choice today, ruins this network or suits it well. It depends on the first weights.
#
# ### Why ReLU dies
#
# Feed all test digits to networks that have learned nothing yet. How different is what a layer says to different
# digits? We measure it as the **spread**: the standard deviation over the 500 digits, averaged over the units of the
# layer.

# %% spread
kinds_of_tanh = {"tanh, first weights of 1998": {}, "tanh, first weights of He": {"weights": "he"}}
kinds_of_relu = {"ReLU, first weights of 1998": {"activation": "relu"}}
kinds_of_relu |= {"ReLU, first weights of He": {"activation": "relu", "weights": "he"}}
test_pictures = normalise(letters_test.images)
print(f"{'':<30}" + "".join(f"{name:>10}" for name in ("C1", "C3", "C5", "F6")))
for name, switches in (kinds_of_tanh | kinds_of_relu).items():
    spoken = layer_outputs(lenet_variant(**switches, seed=0), test_pictures)
    spreads = [spoken[layer].std(dim=0).mean().item() for layer in ("C1", "C3", "C5", "F6")]
    print(f"{name:<30}" + "".join(f"{spread:10.2g}" for spread in spreads))

# %% spread-read [markdown]
# In each layer, a weight between −2.4 / F and 2.4 / F is small: the more a unit reads, the smaller. With ReLU, which
# also cuts off all sums below 0, hardly anything of the picture arrives at C5: digits differ there in the fifth decimal
# place. All digits look the same from there. The tanh network starts small, too, but its spread at C5 is dozens of
# times as large, and a tanh has a gradient for every sum, also below 0. With He's weights, digits differ at C5 by about
# a tenth with ReLU, and by more with tanh.
#
# What does the optimizer do, when the picture does not arrive? It can still move the biases, and does so until F6 says
# the same to all digits, a compromise between the ten codes. ReLUs whose sums are pushed below 0 for every picture give
# 0 and have no gradient any more: they are **dead**, as in lesson 5.

# %% dead tags=["train", "nbval-ignore-output"]
for name, switches in course.track(kinds_of_relu.items(), "learning"):
    short_life = lenet_variant(**switches, seed=0)
    learn(short_life, letters, letters_test, epochs=2)
    said_by_c5 = layer_outputs(short_life, test_pictures)["C5"]
    silent, same = (said_by_c5 == 0).all(dim=0), said_by_c5.std(dim=0) < 1e-6
    print(f"{name}: of 120 units of C5, dead {int(silent.sum())}, the same for all digits {int(same.sum())}")

# %% dead-read [markdown]
# With the first weights of 1998, no unit of C5 can tell two digits apart any more: most are dead, and the others say
# the same number to all. With He's weights, whose variance 2 / F keeps the size of the sums from layer to layer (He and
# others derived it for ReLU, in 2015), about half are dead, too, and the others do the work.
#
# So what mattered most here? **Not one part, but that parts fit together.** The tanh gets along with both kinds of
# first weights, ReLU with He's alone.
#
# ### Try this
#
# Set two switches yourself. In the list that the cell prints, the first of each line is LeNet-5's own: `partial` is the
# table, `rbf` the distances from the codes, `fan_in` the first weights of 1998. Guess before you run: do your two beat
# LeNet-5, as it was after the same 6 epochs?

# %% switches tags=["figure", "train", "nbval-ignore-output"]
from course.lenet import SWITCHES

for switch, values in SWITCHES.items():
    print(f"{switch}: {', '.join(values)}")
your_switches = {"pool": "max", "weights": "he"}  # change these two
your_variant = lenet_variant(**your_switches, seed=0)
your_epochs = learn(your_variant, letters, letters_test, epochs=6, progress=pictured.LiveCurves("your variant", 6))
print(f"{your_epochs[-1].accuracy:.1%} right after 6 epochs; LeNet-5 itself, above: {reached_here['LeNet-5']:.1%}")

# %% switches-read [markdown]
# One run says little: one digit is 0.2 points. Try a second `seed` before you believe it. Of all pairs the recording
# has only one, ReLU with the weights of He.
#
# ### Vote
#
# A friend reads the recorded ablation: "With the table, C3 reaches 98.67%. Full, it reaches 98.80%. So the table of
# connections was a mistake." Which answer is yours?
#
# - **A**: The friend is right: full is better.
# - **B**: The friend is wrong: the table saves 900 numbers, and fewer numbers are better.
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
# - **LeNet-5** keeps the shape and has a teacher: one loss, gradients through all layers, 60,000 numbers for 340,908
#   connections.
# - Its **S2** is average pooling with a coefficient, a bias and a squashing. Its **C3** follows a table: 60 kernels
#   where 96 would be possible. Its **output** measures distances from ten drawn codes, and the smallest wins.
# - Its loss pulls the right code near and pushes the others away. It is the cross-entropy of lesson 5, with an eleventh
#   class for rubbish.
# - Windows, shared weights, and layers that find and forgive in turn **survived**. Tables, codes and learned pools did
#   not. On these digits they make a difference of a few pictures of 500, or none that can be measured.
# - Parts must fit together. ReLU with the first weights of 1998 learns nothing at all; with those of He it has as few
#   wrong as any.

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
#    It multiplies the sum by a coefficient and adds a bias, one learned pair for each map, and squashes the result.
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
