"""Values that a process may send back instead of an answer: of every kind, type of numbers and shape."""

import numpy as np

from course.cell import wire

SHAPES = ((), (0,), (0, 1), (1, 0), (1,), (1, 1), (2,), (3, 1), (2, 2), (1, 1, 1, 1), (0, 3, 4, 6), (17,))
WORDS = ("", "Tensor", "float32", "one", "training mode", "classes", "nan", "7", "x" * 5000, "\ud800")
WHOLE = (0, 1, 7, -1, 2**31, 2**63, 2**64 - 1, -(2**63))
FLOATS = (0.0, -0.0, 1.0, 7.0, 0.5, 1e308, 5e-324, float("nan"), float("inf"), -float("inf"))


def sent(value):
    """The value as the grader gets it."""
    from course.cell.run import plain

    body = bytearray()
    return plain(wire.decode(wire.encode(value, body), memoryview(bytes(body))))


def array(rng, shape, dtype=None):
    """An array of this shape, of any type, of numbers, of one number, or with NaN."""
    dtype = np.dtype(dtype or str(rng.choice(sorted(wire.DTYPES))))
    with np.errstate(all="ignore"):
        numbers = rng.choice([rng.normal(0, 3, shape), np.zeros(shape), np.full(shape, rng.choice([1, 255, 1e9]))])
        numbers = numbers.astype(dtype)
    if dtype.kind == "f" and numbers.size and rng.random() < 0.3:
        numbers.flat[rng.integers(numbers.size)] = rng.choice([np.nan, np.inf, -np.inf])
    return numbers


def near(rng, shape):
    """A shape that a careless comparison would stretch to this one: axes of 0 or 1, one too many, one too few."""
    axes = list(shape)
    if axes and rng.random() < 0.8:
        axes[rng.integers(len(axes))] = int(rng.choice([0, 1, 2]))
    if rng.random() < 0.3:
        axes.insert(0, int(rng.integers(2)))
    if axes and rng.random() < 0.3:
        del axes[int(rng.integers(len(axes)))]
    return tuple(axes)


def anything(rng, like, depth=0):
    """A value that has nothing to do with `like`, or its form alone."""
    kind = rng.integers(9 if depth < 3 else 6)
    if kind == 0:
        return [None, True, False][rng.integers(3)]
    if kind == 1:
        return WHOLE[rng.integers(len(WHOLE))]
    if kind == 2:
        return FLOATS[rng.integers(len(FLOATS))]
    if kind == 3:
        return WORDS[rng.integers(len(WORDS))]
    if kind == 4:
        return array(rng, SHAPES[rng.integers(len(SHAPES))])
    if kind == 5:
        return array(rng, near(rng, np.shape(like) if isinstance(like, np.ndarray) else (3, 2)))
    if kind == 6:
        return tuple(anything(rng, like, depth + 1) for _ in range(rng.integers(4)))
    if kind == 7:
        names = [*(like if isinstance(like, dict) else ()), "", "loss", "passed", "\ud800"]
        return {names[rng.integers(len(names))]: anything(rng, None, depth + 1) for _ in range(rng.integers(4))}
    return of_its_form(rng, like)


def of_its_form(rng, like):
    """A value like another one in kind and, mostly, in shape, with numbers of its own."""
    if isinstance(like, tuple):
        return tuple(of_its_form(rng, item) for item in like)
    if isinstance(like, dict):
        return {name: of_its_form(rng, item) for name, item in like.items()}
    if isinstance(like, np.ndarray):
        dtype = like.dtype if rng.random() < 0.7 else None
        return array(rng, like.shape if rng.random() < 0.8 else near(rng, like.shape), dtype)
    if like is None or isinstance(like, str | bool) or rng.random() < 0.1:
        return like
    kind = str(rng.choice(sorted(wire.DTYPES)))
    number = array(rng, (), kind)
    return [number.item(), number[()], number.reshape(1, 1)][rng.integers(3)]
