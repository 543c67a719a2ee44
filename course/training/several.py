"""Several networks, trained one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from torch import nn

from .history import History, Progress
from .interrupts import interrupts_wait
from .loop import train

__all__ = ["train_all"]


def train_all(
    models: Mapping[str, nn.Module],
    train_data: Any,
    test_data: Any,
    *,
    budget: str | Mapping[str, str] = "10e",
    progress: Callable[[Progress], None] | None = None,
    **settings: Any,
) -> dict[str, History]:
    """Train networks one after the other; an interrupt ends all of it, and keeps what was learned up to there.

    Parameters
    ----------
    models : dict of str to torch.nn.Module
        The networks, by name. Each is trained in place.
    train_data, test_data : object
        As for `train`.
    budget : str or dict of str to str
        One for all, or one for each name.
    progress : function, optional
        As for `train`; the news say the name of the network.
    **settings
        Passed to `train`.

    Returns
    -------
    dict of str to History
        Of each network that was trained, in order. After an interrupt the last one says so in ``stopped``, and the
        networks after it are missing.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> data = SimpleNamespace(images=np.zeros((8, 4, 4), np.uint8), labels=np.arange(8) % 2)
    >>> racers = {name: nn.Sequential(nn.Flatten(), nn.Linear(16, 2)) for name in ("first", "second")}
    >>> list(train_all(racers, data, data, budget="1e", batch_size=4, device="cpu"))
    ['first', 'second']
    """
    histories: dict[str, History] = {}
    with interrupts_wait() as interrupts:
        for number, (name, model) in enumerate(models.items(), start=1):
            named = f"{name} ({number} of {len(models)})"

            def tell(news: Progress, named: str = named) -> None:
                if progress is not None:
                    progress(replace(news, name=named))

            limit = budget if isinstance(budget, str) else budget[name]
            histories[name] = train(model, train_data, test_data, budget=limit, progress=tell, **settings)
            if histories[name].stopped or interrupts.count:
                break
    return histories
