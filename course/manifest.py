"""The one table of lessons and exercises: points, minutes, difficulty. Everything else looks them up here."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from .errors import CourseError

__all__ = ["LESSONS", "Exercise", "Lesson", "exercise_entry", "lesson_of"]


@dataclass(frozen=True)
class Exercise:
    """One graded function: its name, points, minutes, difficulty from 1 to 3, and whether it may be left out."""

    name: str
    points: int
    minutes: int
    difficulty: int = 1
    stretch: bool = False


@dataclass(frozen=True)
class Lesson:
    """One notebook: number, file name without ending, title, reading time in minutes, exercises.

    What it ``lends`` are functions of the course that its first cell imports and a learner's answer may call: they
    are there while work is graded, too.
    """

    number: int
    slug: str
    title: str
    minutes: int
    exercises: tuple[Exercise, ...]
    lends: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The file name without its ending, such as ``01_receptive_fields``."""
        return f"{self.number:02d}_{self.slug}"

    @property
    def points(self) -> int:
        """The sum of the points of the exercises."""
        return sum(exercise.points for exercise in self.exercises)


LESSONS: tuple[Lesson, ...] = (
    Lesson(1, "receptive_fields", "Receptive fields", 130, (
        Exercise("dense_connections", 1, 5, 1),
        Exercise("receptive_window", 2, 10, 2),
        Exercise("output_size", 2, 10, 2),
        Exercise("same_padding", 2, 10, 2),
        Exercise("dilated_output_size", 2, 10, 2),
        Exercise("receptive_field", 3, 15, 2),
        Exercise("probe_receptive_field", 3, 20, 3),
        Exercise("stack_versus_single", 2, 10, 2),
    )),
    Lesson(2, "filters", "Filters", 115, (
        Exercise("zero_pad", 1, 5, 1),
        Exercise("unpad", 1, 5, 1),
        Exercise("neuron_output", 1, 5, 1),
        Exercise("correlate2d", 4, 25, 3),
        Exercise("line_filters", 1, 5, 1),
        Exercise("apply_filter_uint8", 2, 10, 2),
        Exercise("true_convolution2d", 2, 10, 2),
    )),
    Lesson(3, "feature_maps", "Stacking feature maps", 160, (
        Exercise("neuron_output_multi", 2, 10, 2),
        Exercise("conv_volume", 3, 15, 2),
        Exercise("conv2d", 4, 25, 3),
        Exercise("nhwc_to_nchw", 1, 5, 1),
        Exercise("im2col", 3, 20, 2),
        Exercise("conv_parameters", 1, 5, 1),
        Exercise("conv_cost", 2, 10, 1),
        Exercise("conv2d_backward", 4, 40, 3, stretch=True),
    )),
    Lesson(4, "pooling", "Pooling and invariance", 110, (
        Exercise("max_pool2d", 3, 15, 2),
        Exercise("avg_pool2d", 2, 10, 1),
        Exercise("shift", 2, 10, 2),
        Exercise("invariance", 2, 10, 1),
        Exercise("equivariance_gap", 3, 15, 2),
        Exercise("global_avg_pool", 1, 5, 1),
        Exercise("max_pool2d_backward", 4, 30, 3, stretch=True),
    ), lends=("course.arithmetic.conv_cost", "course.arithmetic.output_size")),
    Lesson(5, "cnn", "The full CNN", 190, (
        Exercise("shape_trace", 3, 15, 2),
        Exercise("build_fashion_cnn", 3, 15, 2),
        Exercise("count_parameters", 1, 5, 1),
        Exercise("softmax", 2, 10, 2),
        Exercise("numpy_to_torch", 2, 10, 2),
        Exercise("forward_numpy", 4, 25, 3),
        Exercise("train_step", 3, 10, 2),
        Exercise("evaluate", 3, 15, 2),
        Exercise("training_run", 4, 20, 3),
    )),
    Lesson(6, "landmarks", "Landmarks", 150, (
        Exercise("s_cell", 2, 10, 2),
        Exercise("c_cell", 2, 10, 2),
        Exercise("reinforce", 2, 10, 2),
        Exercise("subsample", 2, 10, 2),
        Exercise("c3_connections", 2, 10, 2),
        Exercise("lenet5", 4, 25, 3),
    )),
)  # fmt: skip


def lesson_of(name: str) -> Lesson:
    """Return the lesson that the exercise belongs to."""
    for lesson in LESSONS:
        if any(exercise.name == name for exercise in lesson.exercises):
            return lesson
    known = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean {near[0]!r}?" if near else f"The exercises are: {', '.join(known)}."
    raise CourseError(f"There is no exercise {name!r}. {meant}")


def exercise_entry(name: str) -> Exercise:
    """Return the row of the table for one exercise."""
    return next(exercise for exercise in lesson_of(name).exercises if exercise.name == name)
