"""A lesson of three small exercises, and notebooks that answer it."""

import json

import numpy as np

from course.checks.spec import Case, Exercise, Mistake, Property
from course.manifest import Exercise as Entry
from course.manifest import Lesson

LESSON = Lesson(1, "toys", "Toys", 5, (Entry("add_bias", 4, 1), Entry("row_sums", 2, 1), Entry("mirror", 2, 1)))


def add_bias(image, bias):
    return image + bias


def bias_cases(rng):
    return [Case({"image": rng.normal(size=size), "bias": bias}) for size, bias in (((2, 3), 1.5), ((1, 4), -2.5))]


def flat_cases(rng):
    return [Case({"image": np.zeros((2, 2)), "bias": 1.0 + float(rng.uniform())})]


def grows(case, value):
    return None if (value > case.arguments["image"]).all() else "it shrinks"


def row_sums(image):
    if image.ndim != 2:
        raise ValueError("two axes")
    return image.sum(axis=1)


def sum_cases(rng):
    return [Case({"image": rng.normal(size=(2, 3))}), Case({"image": rng.normal(size=(3, 2))})]


def odd_cases(rng):
    return [Case({"image": np.zeros(3)})]


def mirror(image):
    return image[:, ::-1].copy()


EXERCISES = (
    Exercise("add_bias", add_bias,
             [Property("bias", "The bias is added.", bias_cases),
              Property("flat", "Also to a flat picture.", flat_cases),
              Property("grows", "It grows.", flat_cases, each=grows)],
             [Mistake("minus", "You subtract the bias.", lambda image, bias: image - bias)], ["Add."]),
    Exercise("row_sums", row_sums,
             [Property("rows", "Each row is summed.", sum_cases),
              Property("refuses", "One axis is refused.", odd_cases, refused=True)],
             [Mistake("columns", "You sum the columns.", lambda image: image.sum(axis=0))], ["Axis."]),
    Exercise("mirror", mirror, [Property("mirror", "Left is right.", sum_cases)],
             [Mistake("upside down", "You turn it upside down.", lambda image: image[::-1].copy())], ["Slice."]),
)  # fmt: skip


def page_of(name):
    """The exercise of this name."""
    return next(exercise for exercise in EXERCISES if exercise.name == name)


RIGHT = {
    "add_bias": "def add_bias(image, bias):\n    return image + bias",
    "row_sums": "def row_sums(image):\n    if image.ndim != 2:\n        raise ValueError\n    return image.sum(1)",
    "mirror": "def mirror(image):\n    return np.fliplr(image)",
}
STUB = "def {0}(*arguments):\n    ...  # your code here"


def code(source, **course):
    """A code cell."""
    metadata = {"course": course} if course else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def notebook(*cells):
    """A notebook of these cells; text becomes a code cell."""
    whole = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"cells": whole, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def answers(**changed):
    """The notebook of a learner who is right, but for what is changed."""
    cells = ["import numpy as np\nimport course"]
    for name, source in {**RIGHT, **changed}.items():
        cells += [code(source, exercise=name), code(f"{name} = course.check({name})", exercise=name)]
    return notebook(*cells)


def save(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
