"""What is observed of the networks of lesson 6: what a LeNet-5 does, however it is written.

Like `objects`, this enters a learner's process while work is graded: PyTorch is imported inside functions alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .squashing import CLOSE, A, Found, found_in, line_through

__all__ = ["BELOW", "PICTURES", "STAGES", "observe_lenet"]

# What a layer gives is found by its shape, whatever code it is written in: the last tensor of that shape.

STAGES = {"C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5), "C5": (120,), "F6": (84,)}
BELOW = {"S2": "C1", "S4": "C3"}
PICTURES = 20
CLASSES = 10
CUTTING = ("relu", "clamp", "clamp_min", "threshold", "maximum", "relu6", "hardtanh")
WRITING = ("getitem", "setitem")  # while a tensor is being filled, map by map

Track = dict[str, list[Any]]
Layers = dict[str, Found]


def observe_lenet(network: Any, arguments: list[Any]) -> Any:
    """Return what a network does with pictures of 32 x 32 pixels, once its weights are set to drawn numbers.

    Returns
    -------
    dict
        The ``problem`` that stopped it, and the ``shape`` that it gave. With all weights set to one drawn number, what
        each layer of `STAGES` gives for two drawn pictures, at one place (or, of C5 and F6, for all cells). In words:
        the ``sizes`` that the pictures go through; which of them are ``missing``; how each layer ``squash``es, what S2
        and S4 ``take`` from each window, and whether each map has its own ``coefficients``; the ``table`` of C3,
        and how often it adds its ``bias``; how many ``parameters`` each layer learns, and how many ``unused`` there are
        beside; what the ``output`` is, and of what its ``codes`` are made; whether it does the same while ``training``.
    """
    import torch

    if network is None or network is Ellipsis:
        return None
    if not isinstance(network, torch.nn.Module):
        raise TypeError(f"the result is a {type(network).__name__}, not a network of torch.nn")
    draw = int(arguments[-1])
    with _one_thread(), torch.random.fork_rng(devices=[]), torch.enable_grad():
        x = torch.from_numpy(np.random.default_rng([draw, 0]).normal(0, 1, (PICTURES, 1, 32, 32)).astype(np.float32))
        network.eval()
        if any(isinstance(weight, torch.nn.UninitializedParameter) for weight in network.parameters()):
            _followed(network, x)  # layers that find out their sizes
        weights = [one for one in network.parameters() if not isinstance(one, torch.nn.UninitializedParameter)]
        learning = [weight for weight in weights if weight.requires_grad]
        kept = {id(weight): weight.detach().clone() for weight in learning if _is_code(weight)}
        zeros = {id(weight): _masked(weight) for weight in learning if weight.ndim == 4 and weight.any()}
        _set_weights(learning, kept, zeros, lambda weight, rng: _drawn(weight, rng), draw)
        problem, seen, result = _followed(network, x)
        shape = () if result is None else tuple(result.shape)
        whole = shape == (PICTURES, CLASSES)
        layers = {name: found_in(name, seen[name]) for name in STAGES}
        _, opened, of_opened = _followed(network, x, open_all=True)
        of_opened = of_opened if whole else None
        facts: dict[str, Any] = {
            "problem": problem,
            "shape": str(shape[1:]) if shape[:1] == (PICTURES,) else str(shape),
            "sizes": ", ".join(_sizes(seen)),
            "missing": ", ".join(name for name in STAGES if not seen[name]),
            "squash": {name: layer.squash for name, layer in layers.items()},
            "coefficients": {name: _coefficients(seen, layers, name) for name in BELOW},
            "table": _table(opened, layers),
            **_parameters(opened, layers, learning, of_opened),
            **_output(opened, layers, of_opened),
            "training": _same_while_training(network, x, result),
        }
        equal = float(np.random.default_rng([draw, 1]).uniform(0.018, 0.03))
        _set_weights(learning, kept, zeros, lambda weight, rng: torch.full_like(weight, equal), draw)
        _, seen, _ = _followed(network, 15 * x)
        facts["take"] = {name: _taken(seen, layers, name, equal) for name in BELOW}
        facts["bias"] = _bias_of_third(seen, layers, facts["table"], equal)
        facts |= {name: _in_the_middle(seen, layers, name) for name in STAGES}
    return facts


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Compute with one thread: in networks this small several wait for each other, and longest on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _is_code(weight: Any) -> bool:
    """Tell whether a weight is the table of the codes, which was made to learn by mistake."""
    return tuple(sorted(weight.shape)) == (CLASSES, 84) and bool((weight**3 == weight).all())  # -1, 0, 1


def _masked(weight: Any) -> Any:
    """Return which kernels hold nothing but zeros; one weight of many thousands may be 0 by chance."""
    zero = weight.detach() == 0
    return zero.all(dim=(2, 3), keepdim=True).expand_as(zero) & (weight[0, 0].numel() > 1)


def _drawn(weight: Any, rng: np.random.Generator) -> Any:
    import torch

    inputs = int(np.prod(weight.shape[1:])) if weight.ndim > 1 else 1
    scale = 1.2 / np.sqrt(inputs) if inputs > 1 else 0.4  # so that no cell is at its limit for all pictures
    return torch.from_numpy(rng.normal(0, scale, tuple(weight.shape)).astype(np.float32))


def _set_weights(
    weights: list[Any], kept: dict[int, Any], zeros: dict[int, Any], make: Callable[..., Any], draw: int
) -> None:
    """Give all weights numbers, but for those that are kept, and for the zeros that a mask has left in kernels."""
    import torch

    rng = np.random.default_rng([draw, 2])
    with torch.no_grad():
        for weight in weights:
            weight.copy_(kept[id(weight)] if id(weight) in kept else make(weight, rng))
            if id(weight) in zeros:
                weight.masked_fill_(zeros[id(weight)], 0.0)


def _followed(network: Any, x: Any, open_all: bool = False) -> tuple[str, Track, Any]:
    """Return what stopped the network, for each stage the tensors of its shape in their order, and the result.

    Each tensor comes with a copy of what was in it then: a later line may write into it. If all is to be open, what is
    below 0 goes through a ReLU as well: a cell that happens to be silent is connected all the same.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    seen: Track = {name: [] for name in STAGES} | {"all": []}
    shapes = {shape: name for name, shape in STAGES.items()}

    def noted(result: Any) -> Any:
        if isinstance(result, torch.Tensor) and result.ndim > 1 and result.is_floating_point():
            shape = tuple(result.shape[1:])
            name = shapes.get(shape[:1] if shape[1:] == (1, 1) else shape)
            if len(result) == len(x):
                seen["all"].append(shape)
                if name is not None:
                    seen[name].append((result, result.detach().clone()))
        return result

    def filled(tensor: Any) -> None:
        """Note a tensor again that has been written into since."""
        copies = [copy for name in STAGES for one, copy in seen[name] if one is tensor]
        if copies and not copies[-1].equal(tensor):
            noted(tensor)

    class Follow(TorchFunctionMode):
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(function, "__name__", "").strip("_")
            for one in args if name not in WRITING else ():
                if isinstance(one, torch.Tensor):
                    filled(one)
            if open_all and args and name in CUTTING:
                return noted(args[0] * 1.0)
            return noted(function(*args, **(kwargs or {})))

    try:
        with Follow():
            result = network(x)
    except Exception as error:
        return f"{type(error).__name__}: {error}", seen, None
    if result is None:
        return "TypeError: the network gives nothing: forward needs a return", seen, None
    if not isinstance(result, torch.Tensor):
        return f"TypeError: the network gives a {type(result).__name__}, not a tensor", seen, None
    return "", seen, result


def _sizes(seen: Track) -> list[str]:
    """Return the shapes of a picture's maps on their way, each once."""
    found = dict.fromkeys(" × ".join(map(str, shape)) for shape in seen["all"] if len(shape) in (1, 3))
    return list(found)[:20]


def _given(seen: Track, layers: Layers, name: str, before: bool = False) -> Any:
    """Return the numbers that a layer gave, or what it had added up before it squashed that."""
    k = layers[name].added_up if before else layers[name].given
    return seen[name][k][1] if 0 <= k < len(seen[name]) else None


def _windows(below: Any) -> Any:
    return below.unfold(2, 2, 2).unfold(3, 2, 2)


def _coefficients(seen: Track, layers: Layers, name: str) -> str:
    """Return whether each map of S2 or S4 has its own coefficient."""
    below, z = _given(seen, layers, BELOW[name]), _given(seen, layers, name, before=True)
    if below is None or z is None:
        return ""
    sums = _windows(below).sum(dim=(4, 5))
    lines = [line_through(z[:, k], sums[:, k]) for k in range(z.shape[1])]
    slopes = [line[0] for line in lines if line is not None]
    if len(slopes) < len(lines):
        return "no sums"
    return "own" if np.ptp(slopes) > CLOSE else "one for all"


def _taken(seen: Track, layers: Layers, name: str, weight: float) -> str:
    """Return what S2 or S4 makes of a window, where all its weights are the same number."""
    below, z = _given(seen, layers, BELOW[name]), _given(seen, layers, name, before=True)
    if below is None or z is None:
        return ""
    windows = _windows(below)
    lines = {"sum": line_through(z, windows.sum(dim=(4, 5))), "max": line_through(z, windows.amax(dim=(4, 5)))}
    for word, line in lines.items():
        if line is not None:
            known = {
                "coefficient, bias": (weight, weight),
                "mean, coefficient, bias": (weight / 4, weight),
                "bias before coefficient": (weight, weight**2),
                "coefficient alone": (weight, 0.0),
                "bias alone": (1.0, weight),
                "nothing": (1.0, 0.0),
                "mean alone": (0.25, 0.0),
            }
            near = (words for words, pair in known.items() if np.allclose(line, pair, rtol=0.02, atol=2e-4 * weight))
            return f"{word}: {next(near, 'something else')}"
    return "something else"


def _bias_of_third(seen: Track, layers: Layers, table: Any, weight: float) -> str:
    """Return how often each map of C3 adds its bias, where all weights are the same number."""
    below, z = _given(seen, layers, "S2"), _given(seen, layers, "C3", before=True)
    if below is None or z is None or table is None:
        return ""
    sums = below[:, :, :5, :5].sum(dim=(2, 3)).double().numpy() @ table.T
    times = z[:, :, 0, 0].double().numpy() / weight - sums
    known = {"once": 1, "for each map": table.sum(axis=1), "none": 0}
    return next((word for word, count in known.items() if np.allclose(times, count, atol=0.05)), "something else")


def _table(seen: Track, layers: Layers) -> Any:
    """Return which maps of S2 each map of C3 hangs on; None where there are no such maps."""
    import torch

    if not seen["S2"] or not seen["C3"]:
        return None
    below, maps = seen["S2"][0][0], seen["C3"][layers["C3"].given][0]
    if not (maps.requires_grad and below.requires_grad):
        return None
    own = torch.arange(16)
    (gradient,) = torch.autograd.grad(maps[own, own].sum(), below, retain_graph=True, allow_unused=True)
    if gradient is None:
        return np.zeros((16, 6), bool)
    return (gradient[:16].abs().amax(dim=(2, 3)) > 0).numpy()


def _parameters(seen: Track, layers: Layers, learning: list[Any], result: Any) -> dict[str, Any]:
    """Return how many numbers each layer learns: those on which it hangs, and no layer below it."""
    import torch

    counts: dict[str, int] = {}
    used = [torch.zeros(weight.shape, dtype=torch.bool) for weight in learning]
    ends = {name: seen[name][layers[name].given][0] for name in STAGES if seen[name]}
    ends |= {} if result is None else {"output": result}
    for name, end in ends.items():
        before = sum(int(one.sum()) for one in used)
        if end.requires_grad and learning:
            noise = torch.from_numpy(np.random.default_rng(5).normal(size=tuple(end.shape)).astype(np.float32))
            gradients = torch.autograd.grad((end * noise).sum(), learning, retain_graph=True, allow_unused=True)
            used = [one if new is None else one | (new != 0) for one, new in zip(used, gradients, strict=True)]
        counts[name] = sum(int(one.sum()) for one in used) - before
    unused = [one.numel() for one in used if not one.any()]
    return {"parameters": counts, "unused": sum(unused) if result is not None else 0}


def _output(seen: Track, layers: Layers, result: Any) -> dict[str, Any]:
    """Return what the ten numbers are, what kind of codes they are measured from, and those of 1 and -1 themselves."""
    import torch

    if result is None or not seen["F6"] or not result.requires_grad:
        return {"output": "", "codes": "", "written": None}
    features = seen["F6"][layers["F6"].given][0]
    nothing = {"codes": "", "written": None}
    if not features.requires_grad:
        return {"output": "something else", **nothing}
    end = result.detach()
    if bool((end - end[0, 0]).abs().max() < CLOSE * CLOSE):
        return {"output": "squashed" if bool((end - A).abs().max() < CLOSE) else "the same for all", **nothing}
    asked = torch.arange(PICTURES) % CLASSES
    of_class = result[torch.arange(PICTURES), asked]
    (slopes,) = torch.autograd.grad(of_class.sum(), features, retain_graph=True, allow_unused=True)
    if slopes is None:
        return {"output": "something else", **nothing}
    x, slopes, out = features.detach().flatten(1), slopes.flatten(1), of_class.detach()[:, None]

    def agree(rows: Any) -> bool:
        return bool((rows - rows[asked]).abs().max() < 10 * CLOSE)

    tries: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "distances": (x - slopes / 2, lambda d: d),
        "negative distances": (x + slopes / 2, lambda d: -d),
        "roots of distances": (x - slopes * out, lambda d: d.sqrt()),
        "means for sums": (x - slopes * 42, lambda d: d / 84),
        "halves of distances": (x - slopes, lambda d: d / 2),
    }
    for word, (codes, of_distance) in tries.items():
        if agree(codes) and torch.allclose(of_distance(((x - codes) ** 2).sum(1, keepdim=True)), out, rtol=CLOSE):
            kind = _kind_of(codes[:CLASSES])
            written = codes[:CLASSES].round().numpy().astype(np.float64) if kind == "-1 and 1" else None
            return {"output": word, "codes": kind, "written": written}
    sums = end.sum(dim=1)
    if torch.allclose(sums, torch.ones_like(sums), atol=CLOSE):
        return {"output": "probabilities", **nothing}
    if torch.allclose(end.logsumexp(dim=1), torch.zeros_like(sums), atol=CLOSE):
        return {"output": "logarithms", **nothing}  # and straight lines, where one class wins them all
    if bool(((slopes.abs() - 1).abs() < CLOSE).all()):
        return {"output": _of_signs(slopes, (out - (x * slopes).sum(1, keepdim=True)), agree(slopes)), **nothing}
    return {"output": "dense" if agree(slopes) else "something else", **nothing}


def _of_signs(signs: Any, rest: Any, fixed: bool) -> str:
    """Return what sums of numbers and of their negatives are, and of a rest."""
    if fixed and bool((signs > 0).all()):
        return "plain differences"
    if fixed and bool((rest.abs() < 10 * CLOSE).all()):
        return "products"
    return "absolute differences" if bool(((rest / 2 - (rest / 2).round()).abs() < CLOSE).all()) else "something else"


def _kind_of(codes: Any) -> str:
    if bool((codes - codes[:1]).abs().max() < 10 * CLOSE):
        return "all the same"
    size = codes.abs()
    if bool(((size - 1).abs() < 10 * CLOSE).all()):
        nearest = min(float((codes[i] - codes[j]).abs().max()) for i in range(CLASSES) for j in range(i))
        return "-1 and 1" if nearest > 1 else "two the same"
    return "0 and 1" if bool((codes * (codes - 1)).abs().max() < 10 * CLOSE) else "other numbers"


def _same_while_training(network: Any, x: Any, result: Any) -> str:
    import torch

    if result is None:
        return "the same"
    network.train()
    _, _, other = _followed(network, x)
    network.eval()
    same = other is not None and other.shape == result.shape and torch.allclose(other, result, atol=CLOSE)
    return "the same" if same else "different"


def _in_the_middle(seen: Track, layers: Layers, name: str) -> Any:
    """Return what a layer gives for two pictures: of maps, the cell in the middle."""
    values = _given(seen, layers, name)
    if values is None:
        return None
    if values.ndim == 4:
        values = values[:, :, values.shape[2] // 2, values.shape[3] // 2]
    return values[:2].numpy().astype(np.float64)
