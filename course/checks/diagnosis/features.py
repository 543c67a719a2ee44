"""What a case is like: features that can be asked of the arguments of any exercise, from their names and shapes."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .terms import is_number, is_pair, window_size

__all__ = ["EMPTY_BATCH", "Feature", "features_of"]

Arguments = Mapping[str, Any]
PICTURES = ("x", "image", "array", "logits")


@dataclass(frozen=True)
class Feature:
    """Something that is true of some cases and not of others.

    Parameters
    ----------
    says, denies : str
        A clause for either: "the padding is 0", "the padding is not 0".
    short, short_not : str
        What takes the place of each after the other: "it is", "it is not".
    """

    says: str
    denies: str
    short: str = "it is"
    short_not: str = "it is not"

    @property
    def opposite(self) -> Feature:
        """The feature of all other cases."""
        return Feature(self.denies, self.says, self.short_not, self.short)


Found = Iterator[tuple[Feature, bool]]


def _is(subject: str, what: str) -> Feature:
    return Feature(f"{subject} is {what}", f"{subject} is not {what}")


def _there(what: str, none: str) -> Feature:
    return Feature(f"there is {what}", f"there is {none}", "there is", "there is none")


def _true(subject: str) -> Feature:
    return Feature(f"{subject} is True", f"{subject} is False", "it is True", "it is False")


EMPTY_BATCH = _is("the batch", "empty")


def features_of(cases: Sequence[Arguments]) -> list[dict[Feature, bool]]:
    """Return for each case which features it has, of those that can be asked of it; the most telling come first."""
    found: list[dict[Feature, bool]] = [{} for _ in cases]
    _add_names(found, [set(_kinds(arguments)) for arguments in cases])
    for one, arguments in zip(found, cases, strict=True):
        for maker in MAKERS:
            # An argument may be of any kind: what a feature cannot be asked of has not got it.
            with contextlib.suppress(Exception):
                for feature, has in maker(arguments):
                    one.setdefault(feature, bool(has))
    _add_names(found, [set(_builders(arguments)) for arguments in cases])
    return found


def _add_names(found: Sequence[dict[Feature, bool]], names: Sequence[set[Feature]]) -> None:
    """Add features that some cases have by name; all the others have not got them."""
    known: set[Feature] = set().union(*names)
    for feature in sorted(known, key=lambda feature: feature.says):
        for one, own in zip(found, names, strict=True):
            one[feature] = feature in own


def _steps(arguments: Arguments) -> Found:
    for name in ("padding", "stride"):
        value = arguments.get(name)
        if value is None:
            continue
        both = tuple(value) if is_pair(value) else (value, value)
        for number in (0, 1, 2) if name == "padding" else (1, 2):
            yield _is(f"the {name}", str(number)), both == (number, number)
        if is_pair(value):
            yield _is(f"the {name}", "the same in both directions"), both[0] == both[1]


def _windows(arguments: Arguments) -> Found:
    size = window_size(arguments)
    if size is None:
        return
    noun = "the window" if "x" in arguments and "kernel_size" in arguments else "the kernel"
    height, width = size
    if not is_number(arguments.get("kernel_size")):
        yield _is(noun, "square"), height == width
        yield _is(noun, "higher than wide"), height > width
        yield _is(noun, "wider than high"), height < width
        yield _is(noun, "1 × 1"), size == (1, 1)
        yield _is(noun, "3 × 3"), size == (3, 3)
        odd = Feature(
            f"height and width of {noun} are odd",
            f"height or width of {noun} is even",
            "both are odd",
            "one of them is even",
        )
        yield odd, height % 2 == width % 2 == 1
    else:
        yield _is(f"{noun}'s size", "odd"), height % 2 == 1
        yield _is(f"{noun}'s size", "1"), height == 1
    stride = _both(arguments.get("stride"))
    if stride is not None:
        yield _is("the stride", f"the size of {noun}"), stride == tuple(size)
        yield _is("the stride", f"smaller than {noun}, so that windows overlap"), all(map(int.__lt__, stride, size))
        yield _is("the stride", f"larger than {noun}"), any(map(int.__gt__, stride, size))


def _fitting(arguments: Arguments) -> Found:
    """Whether windows fill the picture, or something is left over."""
    size, stride = window_size(arguments), _both(arguments.get("stride"))
    extent = _extent(arguments)
    if extent is None or stride is None or "columns" in arguments:
        return
    divides = Feature(
        "the size is a multiple of the stride", "the size is not a multiple of the stride", "it is", "it is not"
    )
    yield divides, all(n % step == 0 for n, step in zip(extent, stride, strict=True))
    padding = _both(arguments.get("padding", 0))
    if size is None or padding is None or ("padding" not in arguments and "x" not in arguments):
        return
    left_over = [(n + 2 * p - f) % step for n, p, f, step in zip(extent, padding, size, stride, strict=True)]
    fills = Feature(
        "the windows fill the picture exactly", "the windows do not fill the picture exactly", "they do", "they do not"
    )
    yield fills, not any(left_over)
    yield _is("the kernel", "larger than the picture"), any(f > n for f, n in zip(size, extent, strict=True))


def _pictures(arguments: Arguments) -> Found:
    for name in PICTURES:
        array = arguments.get(name)
        if not isinstance(array, np.ndarray):
            continue
        picture = "the picture" if name in ("x", "image") else f"`{name}`"
        yield _is(f"the number of axes of `{name}`", "2"), array.ndim == 2
        yield _is(f"the number of axes of `{name}`", "3"), array.ndim == 3
        yield _is(f"the number of axes of `{name}`", "4"), array.ndim == 4
        if array.ndim in (1, 2) and name == "logits":
            yield _is("the number of rows", "1"), array.ndim == 1 or len(array) == 1
            yield _is("the number of rows", "the number of columns"), array.ndim == 2 and len(set(array.shape)) == 1
        elif array.ndim >= 2 and len(arguments) > 1:
            height, width = array.shape[:2] if _is_channels_last(arguments) else array.shape[-2:]
            yield _is(picture, "square"), height == width
            yield _is(picture, "higher than wide"), height > width
        elif array.ndim >= 2:
            yield _is(f"`{name}.shape[-1]`", f"`{name}.shape[-2]`"), array.shape[-1] == array.shape[-2]
        if array.ndim == 4:
            yield EMPTY_BATCH, len(array) == 0
            yield _is("the batch", "a single picture"), len(array) == 1
            if len(arguments) > 1:
                yield _is("the number of channels", "1"), array.shape[1] == 1
            else:
                yield _is(f"`{name}.shape[1]`", "1"), array.shape[1] == 1
        if array.ndim == 3 and "weight" in arguments:
            yield _is("the number of channels", "1"), array.shape[-1 if _is_channels_last(arguments) else 0] == 1


def _values(arguments: Arguments) -> Found:
    for name in PICTURES:
        array = arguments.get(name)
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            continue
        yield _is(f"the dtype of `{name}`", "one of whole numbers"), array.dtype.kind in "iu"
        yield _is(f"the dtype of `{name}`", "uint8"), array.dtype == np.uint8
        yield _is(f"the dtype of `{name}`", "float32"), array.dtype == np.float32
        yield _is(f"`{name}`", "laid out in memory row by row"), array.flags.c_contiguous
        floats = array.astype(float)
        yield _there(f"NaN in `{name}`", f"no NaN in `{name}`"), bool(np.isnan(floats).any())
        negative = f"a negative number in `{name}`"
        yield _there(negative, f"no negative number in `{name}`"), bool((floats < 0).any())
        positive = f"a positive number in `{name}`"
        yield _there(positive, f"no positive number in `{name}`"), bool((floats > 0).any())
        large = f"a number above 500 in `{name}`"
        yield _there(large, f"no number above 500 in `{name}`"), bool((floats > 500).any())


def _ties(arguments: Arguments) -> Found:
    x, size, stride = arguments.get("x"), arguments.get("kernel_size"), arguments.get("stride")
    if not isinstance(x, np.ndarray) or x.ndim < 2 or not is_pair(size) or not isinstance(stride, int):
        return
    padding = arguments.get("padding", 0)
    around = [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2
    padded = np.pad(x.astype(float), around, constant_values=-np.inf)
    axes = (x.ndim - 2, x.ndim - 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(size), axes)[..., ::stride, ::stride, :, :]
    most = windows.max(axis=(-2, -1), keepdims=True)
    tie = Feature(
        "a window has its largest value twice", "no window has its largest value twice", "one has", "none has"
    )
    yield tie, bool(((windows == most).sum(axis=(-2, -1)) > 1).any())


def _weights(arguments: Arguments) -> Found:
    weight, bias = arguments.get("weight"), arguments.get("bias")
    if isinstance(weight, np.ndarray) and weight.ndim == 4:
        yield _is("the number of filters", "1"), weight.shape[-1 if _is_channels_last(arguments) else 0] == 1
    if isinstance(bias, bool):
        yield _true("`bias`"), bias
    elif bias is not None:
        yield _is("the bias", "0"), not np.any(bias)
    kernel = arguments.get("kernel", arguments.get("weight"))
    if isinstance(kernel, np.ndarray) and kernel.dtype.kind in "iuf" and kernel.size:
        yield _is("the kernel", "the same upside down"), np.array_equal(kernel, kernel[..., ::-1, :])
        yield _is("the kernel", "the same turned by half a turn"), np.array_equal(kernel, kernel[..., ::-1, ::-1])
        yield _there("a negative number in the kernel", "no negative number in the kernel"), bool((kernel < 0).any())
        yield _is("the sum of the kernel", "1"), bool(math.isclose(float(kernel.sum()), 1, rel_tol=1e-6))


def _shifts(arguments: Arguments) -> Found:
    shift = arguments.get("shift")
    if shift is None and "rows" in arguments and "columns" in arguments:
        shift = (arguments["rows"], arguments["columns"])
    if not is_pair(shift):
        return
    yield _is("the shift", "0"), not any(shift)
    forward = Feature("no part of the shift is negative", "a part of the shift is negative", "none is", "one is")
    yield forward, min(shift) >= 0
    yield _is("the shift", "down or up alone"), shift[0] != 0 and shift[1] == 0
    yield _is("the shift", "to the left or right alone"), shift[0] == 0 and shift[1] != 0
    yield _is("the shift", "even in both directions"), all(step % 2 == 0 for step in shift)
    extent = _extent(arguments)
    if extent is not None:
        beyond = any(abs(step) >= size for step, size in zip(shift, extent, strict=True))
        yield _is("the shift", "as large as the picture, or larger"), beyond


def _layers(arguments: Arguments) -> Found:
    for value in arguments.values():
        layers = _layers_of(value)
        if layers is None:
            continue
        yield _is("the number of layers", "0"), len(layers) == 0
        yield _is("the number of layers", "1"), len(layers) == 1
        if all(map(is_pair, layers)):
            ones = Feature("every stride is 1", "some stride is larger than 1", "every one is 1", "some is larger")
            yield ones, all(layer[1] == 1 for layer in layers)
            last = _is("the stride of the last layer", "1")
            yield last, bool(layers) and layers[-1][1] == 1
            alike = Feature("all kernels are of the same size", "the kernels differ in size", "they are", "they differ")
            yield alike, len({layer[0] for layer in layers}) <= 1
        for option in ("padding", "stride", "bias", "dilation"):
            set_somewhere = any(isinstance(layer, dict) and _is_set(layer, option) for layer in layers)
            yield _there(f"a layer with {option}", f"no layer with {option}"), set_somewhere


def _layers_of(value: Any) -> Sequence[Any] | None:
    layers = _options(value).get("layers", value)
    return layers if isinstance(layers, list | tuple) and (not layers or not is_number(layers[0])) else None


def _kind_of(layer: Any) -> str | None:
    if isinstance(layer, dict):
        return layer.get("kind")
    return layer[0] if isinstance(layer, tuple | list) and layer and isinstance(layer[0], str) else None


def _is_set(layer: Mapping[str, Any], option: str) -> bool:
    value = layer.get(option, 0)
    ordinary = 1 if option in ("stride", "dilation") else 0
    return bool(np.any(np.asarray(value) != ordinary))


def _made(arguments: Arguments) -> Found:
    """What an argument that is built from options was built as."""
    for name, value in arguments.items():
        for option, setting in _options(value).items():
            if isinstance(setting, bool):
                yield _true(f"`{option}` of `{name}`"), setting
            elif is_number(setting) and option != "seed":
                yield _is(f"`{option}` of `{name}`", "0"), setting == 0
                yield _is(f"`{option}` of `{name}`", "1"), setting == 1


def _kinds(arguments: Arguments) -> Iterator[Feature]:
    """Yield the kinds of layers that there are."""
    for value in arguments.values():
        for layer in _layers_of(value) or ():
            kind = _kind_of(layer)
            if kind is not None:
                yield _there(f'a layer "{kind}"', f'no layer "{kind}"')


def _builders(arguments: Arguments) -> Iterator[Feature]:
    """Yield what arguments were built by."""
    for name, value in arguments.items():
        factory = getattr(value, "factory", None)
        if isinstance(factory, str):
            yield _is(f"`{name}`", factory.replace("_", " "))


def _numbers(arguments: Arguments) -> Found:
    """What can be asked of any number."""
    for name, value in arguments.items():
        if not is_number(value) or name in ("bias", "padding"):
            continue
        words = name.replace("_", " ") if name in ("stride", "fill", "size", "row", "column") else f"`{name}`"
        subject = words if words.startswith("`") else f"the {words}"
        yield _is(subject, "0"), value == 0
        yield _is(subject, "1"), value == 1
        yield _is(subject, "negative"), value < 0
        if isinstance(value, int):
            yield _is(subject, "even"), value % 2 == 0


def _sizes(arguments: Arguments) -> Found:
    """Pairs of numbers that are not windows."""
    for name, value in arguments.items():
        if is_pair(value) and name not in ("kernel_size", "stride", "padding", "shift"):
            yield _is(f"`{name}[0]`", f"`{name}[1]`"), value[0] == value[1]
            yield _is(f"`{name}`", "(0, 0)"), tuple(value) == (0, 0)
            yield _is(f"`{name}`", "(1, 1)"), tuple(value) == (1, 1)


def _both(value: Any) -> tuple[int, int] | None:
    if is_pair(value):
        return (value[0], value[1])
    return (int(value), int(value)) if is_number(value) else None


def _extent(arguments: Arguments) -> tuple[int, int] | None:
    """Return height and width of the picture, or one size for both."""
    for name in ("x", "image"):
        array = arguments.get(name)
        if isinstance(array, np.ndarray) and array.ndim >= 2:
            return array.shape[:2] if _is_channels_last(arguments) else array.shape[-2:]
    return _both(arguments.get("size"))


def _is_channels_last(arguments: Arguments) -> bool:
    return "row" in arguments and "k" in arguments


def _options(value: Any) -> Mapping[str, Any]:
    options = getattr(value, "about", None) or getattr(value, "options", None)
    return options if isinstance(options, Mapping) else {}


# The order is that of the sentences: of several features that explain the cases, the first is told.
MAKERS: tuple[Callable[[Arguments], Found], ...] = (
    _steps,
    _windows,
    _fitting,
    _pictures,
    _values,
    _ties,
    _weights,
    _shifts,
    _layers,
    _sizes,
    _numbers,
    _made,
)
