"""In which layer of a network a mistake was made, in a sentence for each of the parts that there are words for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .traces import BOOK, FOLLOW, POOLS, Layers, blocks_of, keeps_size, layers_seen, words_of

__all__ = ["told_of"]

NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
CALLED = {"hardtanh": "hardtanh or ReLU6", "_prelu_kernel": "prelu", "log_sigmoid_forward": "logsigmoid"}
MOST = 2  # layers that are described one by one

Test = Callable[[int, tuple], bool]


def told_of(seen: Any, words: dict[str, str]) -> str:
    """Return where in a network that was observed the parts are wrong which are wrong in these words, too."""
    layers = layers_seen(seen)
    found, places = words_of(layers), _Places(layers)
    wrong = [part for part, word in words.items() if word != "right" and found.get(part) == word]
    sentences = [places.of(part) for part in wrong]
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _which(noun: str, numbers: Sequence[int], whole: int = 0) -> str:
    """Return "your second convolution", or "your convolutions 2 and 4"; nothing where it is all of several."""
    if not numbers or 1 < len(numbers) == whole:
        return ""
    if len(numbers) == 1:
        return f"your {_ordinal(numbers[0])} {noun}"
    *most, last = (str(number + 1) for number in numbers)
    return f"your {noun}s {', '.join(most)} and {last}"


def _ordinal(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else f"{number + 1}th"


def _look(which: str, how: str = "at") -> str:
    return f"Look {how} {which}." if which else ""


def _size(pair: tuple[int, int]) -> str:
    return f"{pair[0]} × {pair[1]}"


class _Places:
    """The layers of a network, counted as a reader counts them."""

    def __init__(self, layers: Layers) -> None:
        self.blocks = blocks_of(layers)
        self.conv_blocks = [block for block in self.blocks if block[0][0] == "conv"]
        self.dense_blocks = [block for block in self.blocks if block[0][0] == "dense"]
        self.convs = [block[0] for block in self.conv_blocks]
        self.dense = [block[0] for block in self.dense_blocks]
        self.pools = [layer for layer in layers if layer[0] in POOLS]

    def of(self, part: str) -> str:
        """Return the sentence about a part; nothing where there is no more to say than that it is wrong."""
        tell = getattr(self, f"_{part.replace(' ', '_')}", None)
        return tell() if tell is not None else ""

    # --- convolutions ---

    def _of_convs(self, wrong: Test, says: Callable[[tuple], str]) -> str:
        numbers = [k for k, conv in enumerate(self.convs) if wrong(k, conv)]
        if len(numbers) > MOST:
            return _look(_which("convolution", numbers, len(self.convs)))
        return " ".join(f"Your {_ordinal(k)} convolution {says(self.convs[k])}." for k in numbers)

    def _inputs(self) -> str:
        below = {k + 1: conv[2] for k, conv in enumerate(self.convs)}
        numbers = [k for k, conv in enumerate(self.convs) if k and conv[1] != below[k]]
        return " ".join(
            f"Your {_ordinal(k)} convolution has in_channels={self.convs[k][1]}, and {below[k]} channels arrive."
            for k in numbers[:MOST]
        )

    def _groups(self) -> str:
        filters = ", ".join(str(conv[2]) for conv in self.convs)
        return f"Yours have these numbers of filters: {filters}." if len(self.convs) > 1 else ""

    def _filters(self) -> str:
        if len(self.convs) != len(BOOK):
            return self._groups()
        return self._of_convs(lambda k, conv: conv[2] != BOOK[k], lambda conv: f"has {conv[2]}")

    def _kernel(self) -> str:
        return self._of_convs(lambda k, conv: k > 0 and conv[3] != (3, 3), lambda conv: f"is {_size(conv[3])}")

    def _padding(self) -> str:
        return self._of_convs(lambda k, conv: k > 0 and not keeps_size(conv),
                              lambda conv: f"has padding {max(conv[5])}")  # fmt: skip

    def _strides(self) -> str:
        return self._of_convs(lambda k, conv: k > 0 and conv[4] != (1, 1), lambda conv: f"moves by {max(conv[4])}")

    def _with(self, word: str) -> str:
        numbers = [k for k, conv in enumerate(self.convs) if word in conv[6].split(", ")]
        return _look(_which("convolution", numbers, len(self.convs)))

    def _bias(self) -> str:
        return self._with("no bias")

    def _dilated(self) -> str:
        return self._with("dilated")

    def _divided(self) -> str:
        return self._with("groups")

    # --- what follows convolutions and dense layers ---

    def _behind(self, blocks: list[Layers], wrong: Callable[[Layers], bool]) -> str:
        numbers = [k for k, block in enumerate(blocks) if wrong(block)]
        noun = "convolution" if blocks is self.conv_blocks else "dense layer"
        return _look(_which(noun, numbers, len(blocks)), "behind")

    def _relu(self) -> str:
        return self._behind(self.conv_blocks, lambda block: not {"relu", "activation"} & {one[0] for one in block})

    def _hidden_relu(self) -> str:
        hidden = self.dense_blocks[:-1]
        numbers = [k for k, block in enumerate(hidden) if not {"relu", "activation"} & {one[0] for one in block}]
        return _look(_which("dense layer", numbers, len(hidden)), "behind")

    def _found(self, *kinds: str) -> str:
        """Say behind which layers one of these kinds stands."""
        looks = [
            self._behind(blocks, lambda block: any(one[0] in kinds for one in block[1:]))
            for blocks in (self.conv_blocks, self.dense_blocks[:-1])
        ]
        return " ".join(filter(None, looks))

    def _function(self) -> str:
        names = {one[1] for block in self.blocks for one in block if one[0] == "activation"}
        looks = self._found("activation")
        if len(names) > 1 or not looks:
            return looks
        (name,) = names
        return f"{looks[:-1]}: PyTorch calls the function there {CALLED.get(name, name)}."

    def _norm(self) -> str:
        return self._found("norm")

    def _strange(self) -> str:
        kinds = [one[0] for block in self.blocks for one in block[1:] if one[0] not in FOLLOW]
        return f"PyTorch calls it {kinds[0]}." if kinds else ""

    # --- pools ---

    def _pooled(self) -> str:
        numbers = [k for k, block in enumerate(self.conv_blocks) for one in block if one[0] in POOLS]
        which = _which("convolution", [*dict.fromkeys(numbers)])
        pools = "pools follow" if len(numbers) > 1 else "a pool follows"
        return f"In yours, {pools} {which}." if which else ""

    def _in_a_row(self) -> str:
        return self._behind(self.conv_blocks, lambda block: sum(one[0] in POOLS for one in block) > 1)

    def _of_pools(self, wrong: Callable[[tuple], bool]) -> str:
        numbers = [k for k, pool in enumerate(self.pools) if wrong(pool)]
        return _look(_which("pool", numbers, len(self.pools)))

    def _window(self) -> str:
        numbers = [k for k, pool in enumerate(self.pools) if pool[1] != (2, 2)]
        which = f"Your {_ordinal(numbers[0])} pool" if len(numbers) == 1 else "Your pools" if numbers else ""
        sizes = {self.pools[k][1] for k in numbers}
        return f"{which} {'is' if len(numbers) == 1 else 'are'} {_size(sizes.pop())}." if len(sizes) == 1 else ""

    def _step(self) -> str:
        return self._of_pools(lambda pool: pool[2] != (2, 2))

    def _rounding(self) -> str:
        return self._of_pools(lambda pool: pool[3:] != ((0, 0), ""))

    def _average(self) -> str:
        return self._of_pools(lambda pool: pool[0] == "avg_pool")

    # --- dense layers, dropout ---

    def _awaited(self) -> str:
        return f"The layer awaits {self.dense[0][1]:,} numbers, and {self.dense[0][3]:,} arrive." if self.dense else ""

    def _sizes(self) -> str:
        return f"Yours have {', '.join(str(one[2]) for one in self.dense)} outputs." if self.dense else ""

    def _chain(self) -> str:
        pairs = [(k, one[1], self.dense[k - 1][2]) for k, one in enumerate(self.dense) if k]
        return " ".join(f"Your {_ordinal(k)} dense layer awaits {awaited} numbers, and {below} arrive."
                        for k, awaited, below in pairs if awaited != below)  # fmt: skip

    def _dense_bias(self) -> str:
        numbers = [k for k, one in enumerate(self.dense) if one[4]]
        return _look(_which("dense layer", numbers, len(self.dense)))

    def _rate(self) -> str:
        numbers = {k: one[1] for k, block in enumerate(self.dense_blocks) for one in block
                   if one[0] == "dropout" and one[1] != 0.5}  # fmt: skip
        return " ".join(f"Behind your {_ordinal(k)} dense layer it is {rate:g}." for k, rate in numbers.items())

    def _drops_too(self) -> str:
        def drops(block: Layers) -> int:
            return sum(one[0] == "dropout" for one in block)

        def flattened(block: Layers) -> bool:
            kinds = [one[0] for one in block]
            return {"flatten", "dropout"} <= {*kinds} and "dropout" in kinds[kinds.index("flatten") :]

        looks = [self._behind(self.conv_blocks, lambda block: drops(block) > flattened(block))]
        looks += ["Look behind flatten."] * any(map(flattened, self.conv_blocks))
        numbers = [k for k, block in enumerate(self.dense_blocks)
                   if drops(block) > (k < 2 and k < len(self.dense_blocks) - 1)]  # fmt: skip
        looks.append(_look(_which("dense layer", numbers), "behind"))
        return " ".join(filter(None, looks))
