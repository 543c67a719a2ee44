"""The questions that lessons ask before they answer: in words, and what kind of guess they want.

One row for each `course.predict` of a lesson, in its order, under the name that the lesson gives the question.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["QUESTIONS", "Question", "question_of"]


@dataclass(frozen=True)
class Question:
    """A question: its name, what was asked, and whether "a number", "a text" or "a list" is wanted."""

    name: str
    words: str
    wants: str = "a number"


QUESTIONS: dict[int, tuple[Question, ...]] = {
    1: (
        Question("dense-connections", "connections of 1,000 neurons to 100 × 100 pixels"),
        Question("rows-of-neurons", "rows of neurons over the photograph's 427 rows"),
        Question("windows-with-gaps", "windows of 3 weights with dilation 4 along 28 pixels"),
        Question("six-layers", "pixels that a unit sees through six layers with stride 2"),
        Question("start-without-padding", "the middle of what unit 0 sees after six layers without padding"),
        Question("share-of-strong-pixels", "share of the field that moves the unit at least half as far"),
        Question("fewer-weights", "how many fewer weights three layers of 3 × 3 have than one of 7 × 7"),
    ),
    2: (
        Question("lying-line", "the neuron's answer to the line that lies flat"),
        Question("top-row", "the sum in the top row of a white picture's vertical map"),
        Question("two-bytes", "200 + 100 as bytes"),
        Question("flips", "filters of the ten that turning does not change"),
        Question("garments", "how far the worst weight is off after 300 steps with garments"),
        Question("stride-moves", "columns that the map moves, with stride 2"),
    ),
    3: (
        Question("parameters-200-maps", "numbers to learn of a layer with 200 maps"),
        Question("best-colours", "pixels that the best weights for three colours get right"),
        Question("two-channels-by-hand", "the sum over two channels, by hand"),
        Question("columns-against-loops", "how many times as fast as loops the matrix product is"),
        Question("dense-shifted", "accuracy of the dense network, six pixels from the middle"),
        Question("first-layer", "what has more numbers to learn as a first layer", "a text"),
        Question("bottleneck", "how many times fewer numbers 1 × 1, 3 × 3, 1 × 1 has"),
        Question("windows-over-a-pixel", "windows of 3 × 3 over a pixel in the middle"),
    ),
    4: (
        Question("pooled-rows", "rows that 2 × 2 pooling leaves of five"),
        Question("pooling-saves", "how many times fewer multiplications after pooling"),
        Question("letter-two-pixels", "cells that stay when the letter moves by two pixels"),
        Question("garments-one-pixel", "cells that stay when garments move by one pixel"),
        Question("worst-one-pixel", "cells that stay in the worst of 8,000 cases"),
        Question("places-after-three", "places told apart after three pooling layers"),
        Question("gradient-of-the-nine", "the gradient that the 9 receives"),
    ),
    5: (
        Question("height-after-third-pool", "height of a map after the third pool"),
        Question("parameters-of-the-book", "numbers that the book's network learns"),
        Question("same-class", "pictures of 50 for which NumPy and PyTorch name the same class"),
        Question("accuracy-small", "right answers of the small network, trained here"),
        Question("most-confused", "the class that is taken for another most often", "a text"),
        Question("gain-of-the-book", "pictures of 1,000 by which the book's network is ahead"),
        Question("one-pixel", "pictures of 30 whose answer one poked pixel changes"),
        Question("accuracy-shift-4", "right answers after a shift of four pixels"),
        Question("best-repair", "the repair that is best at a shift of four pixels", "a text"),
        Question("epochs-7x7", "epochs for 7 × 7 kernels, for the same work"),
    ),
    6: (
        Question("c-cell-two-off", "what a C-cell keeps of its answer when its S-cell is two places off"),
        Question("answer-to-the-other-pair", "the S-cell's answer to a pair that it was not shown"),
        Question("recognised-shift-4", "digits that the neocognitron recognises four pixels from the middle"),
        Question("handwriting-right", "new handwritten digits that a network without a teacher reads rightly"),
        Question("c1-parameters", "numbers that C1 of LeNet-5 learns"),
        Question("c3-parameters", "numbers that C3 learns with its table"),
        Question("lenet-wrong", "test digits of 500 that LeNet-5 gets wrong"),
        Question("matters-most", "the change of LeNet-5 that makes the largest difference", "a text"),
    ),
}


def question_of(name: str) -> Question | None:
    """Return the row of a question, or None where no lesson asks it."""
    return next((one for asked in QUESTIONS.values() for one in asked if one.name == name), None)
