"""Short trainings, an eighth of the epochs, in tests that look at something else than what is reached.

A kernel of which this is the PYTHONSTARTUP shortens the trainings of its notebook.
"""

import functools
import sys


def train_briefly(train):
    """Return a function that trains as `course.training.train` does, but for an eighth of four epochs or more."""

    @functools.wraps(train)
    def shorter(*arguments, budget="10e", **options):
        epochs = int(budget[:-1]) if budget.endswith("e") else 0
        return train(*arguments, budget=budget if epochs < 4 else f"{max(1, epochs // 8)}e", **options)

    return shorter


def learn_briefly(learn):
    """Return a function that trains as `course.lenet.learn` does, but for an eighth of four epochs or more."""

    @functools.wraps(learn)
    def shorter(*arguments, epochs=12, **options):
        return learn(*arguments, epochs=epochs if epochs < 4 else max(1, epochs // 8), **options)

    return shorter


SHORTER = {
    ("course.training", "train"): train_briefly,
    ("course.training.several", "train"): train_briefly,
    ("course.lenet", "learn"): learn_briefly,
    ("course.lenet.study", "learn"): learn_briefly,
}


def shorten(put=setattr):
    """Shorten what has been imported so far, and not yet shortened."""
    for (module, name), shortened in SHORTER.items():
        function = getattr(sys.modules.get(module), name, None)
        if function is not None and not hasattr(function, "whole"):
            shorter = shortened(function)
            shorter.whole = function
            put(sys.modules[module], name, shorter)


if "get_ipython" in globals():
    get_ipython().events.register("pre_run_cell", lambda info: shorten())  # noqa: F821
