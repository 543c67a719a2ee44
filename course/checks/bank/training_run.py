"""`training_run`: a graded run of training, with answers for pictures whose classes it never tells."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...cell.objects import Made
from ..spec import Case, Exercise, Mistake, Property

__all__ = ["EXERCISE", "NEEDED", "SECONDS"]

SECONDS = 60  # a run may take so long
NEEDED = 0.75  # and must give so many right answers, of 1
SENDING = 2  # seconds more, to send pictures and answers
TRAINING_PICTURES, TEST_PICTURES = 3000, 500

# --- Cases --------------------------------------------------------------------------------------------------


@functools.cache
def sample() -> tuple[np.ndarray, np.ndarray]:
    """Return pictures and classes to train with, of the sample that comes with the course."""
    from ...data import fashion_mnist_sample

    data = fashion_mnist_sample("train")
    return np.asarray(data.images), np.asarray(data.labels).astype(np.int64)


def new_pictures(rng: np.random.Generator, chosen: np.ndarray) -> np.ndarray:
    """Return a picture that nobody has for each chosen one.

    The classes of the collection are public, so a list of all its pictures must not answer. And what a garment looks
    like must count, not where it stands: nearest neighbours and dense networks fall short, also when they bring the
    garments to the middle first, since the scraps move the middle.
    """
    from ...scenes import scenes

    return scenes(*sample(), chosen, rng)


def case(rng: np.random.Generator, training: int, test: int) -> Case:
    """Return pictures to learn from, and pictures to answer, whose classes the judge alone knows."""
    labels = sample()[1]
    chosen, asked = np.split(rng.permutation(len(labels))[: training + test], [training])
    given, to_answer = new_pictures(rng, chosen), new_pictures(rng, asked)
    return Case(
        {
            "train_images": Made("pictures", {"values": given}, f"{training:,} pictures of 28 × 28 pixels"),
            "train_labels": Made("pictures", {"values": labels[chosen]}, "their classes"),
            "test_images": Made("pictures", {"values": to_answer}, f"{test} pictures of 28 × 28 pixels"),
            "clock": Made("clock", {"seconds": SECONDS}, f"a clock with {SECONDS} seconds"),
        },
        f"{training:,} pictures to learn from, {test} to answer",
        known={"form": "classes", "answers": labels[asked]},
    )


# --- What must hold -----------------------------------------------------------------------------------------


def has_the_form(case: Case, seen: Any) -> str | None:
    """Say what was given instead of classes."""
    if seen["form"] == "one class for all" or (seen["form"] == "classes" and seen["answers"] is not None):
        return None
    wanted = f"one class, a whole number from 0 to 9, for each of {len(case.known['answers'])} test pictures"
    return f"wanted is {wanted}; yours are {seen['form']}"


def is_accurate(case: Case, seen: Any) -> str | None:
    """Say how many answers are right, where they are too few."""
    if seen["answers"] is None:
        return f"there are no answers to count, but {seen['form']}"
    accuracy = float(np.mean(case.known["answers"] == seen["answers"]))
    if accuracy >= NEEDED:
        return None
    share = f"{accuracy:.1%} of the answers are right"
    if accuracy >= 0.2:
        return f"{share}; {NEEDED:.0%} are needed"
    questions = "Does the loss fall while you train, and does the optimizer hold this network's weights?"
    return f"{share}, about what guessing gives; {NEEDED:.0%} are needed. {questions}"


PROPERTIES = [
    Property("form", "The result is one class, from 0 to 9, for each test picture.",
             lambda rng: [case(rng, 60, 25)], each=has_the_form),
    Property(
        "accuracy",
        f"From {TRAINING_PICTURES:,} pictures, learn to answer {NEEDED:.0%} of {TEST_PICTURES} others rightly, in "
        f"{SECONDS} s.",
        lambda rng: [case(rng, TRAINING_PICTURES, TEST_PICTURES)],
        each=is_accurate,
        weight=3,
        within=SECONDS + SENDING,
    ),
]  # fmt: skip

# --- Mistakes -----------------------------------------------------------------------------------------------

MISTAKES = [
    Mistake("logits for classes", "You return ten numbers for each picture. The class is the place of the largest: "
            "argmax over axis 1.", lambda images, labels, tests, clock: np.tile(np.arange(10.0), (len(tests), 1))),
    Mistake("the accuracy for the answers", "You return one number. It is not your word that counts, but your "
            "answers: return one class for each picture.", lambda images, labels, tests, clock: 0.99),
    Mistake("answers for the training pictures", "You answer the training pictures. Answer the test pictures.",
            lambda images, labels, tests, clock: labels.copy()),
    Mistake("names for numbers", "You return names. Return the numbers of the classes, from 0 to 9.",
            lambda images, labels, tests, clock: ["Sneaker"] * len(tests)),
    Mistake("one class for all", "All your answers are the same class. The network has learned nothing: is the "
            "learning rate too high, are the pictures divided by 255, does the optimizer hold this model's "
            "parameters?", lambda images, labels, tests, clock: np.zeros(len(tests), np.int64)),
    Mistake("classes counted from 1", "Your classes are not from 0 to 9. Do you count from 1?",
            lambda images, labels, tests, clock: np.arange(len(tests)) % 10 + 1),
    Mistake("floats for classes", "Your classes are floats. Make them whole numbers.",
            lambda images, labels, tests, clock: (np.arange(len(tests)) % 10).astype(np.float32)),
    Mistake("a column of classes", "Your classes stand in a column of their own axis. Wanted is a row of them, of "
            "shape (M,).", lambda images, labels, tests, clock: np.arange(len(tests))[:, np.newaxis] % 10),
    Mistake("the network for the answers", "You return something else than answers, such as the network. Return one "
            "class for each test picture.", lambda images, labels, tests, clock: object()),
]  # fmt: skip

# --- The run, hints -----------------------------------------------------------------------------------------


def run(train_images: np.ndarray, train_labels: np.ndarray, test_images: np.ndarray, clock: Any) -> Any:
    """Train three convolutions, each with a batch norm, whose maps give their strongest place alone."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    def tensor(images: np.ndarray) -> Any:
        return torch.from_numpy(images[:, None].astype(np.float32) / 255)

    x, y = tensor(train_images), torch.from_numpy(train_labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            *(nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveMaxPool2d(1)),
            *(nn.Flatten(), nn.Linear(64, 10)),
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
        for epoch in range(10):
            if epoch == 7 or clock.left() < 20:
                optimizer.param_groups[0]["lr"] = 0.0003
            for chosen in torch.randperm(len(x)).split(50):
                loss = F.cross_entropy(model(x[chosen]), y[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            if clock.left() < 10:
                break
    model.eval()
    with torch.no_grad():
        return model(tensor(test_images)).argmax(dim=1).numpy()


EXERCISE = Exercise(
    name="training_run",
    reference=run,
    packages=("torch",),
    seconds=2.5 * SECONDS,
    observe="observe_answers",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Turn the pictures into float32 tensors of shape (N, 1, 28, 28), from 0 to 1. A small network is enough.",
        "The garments stand anywhere. Three convolutions, and a maximum over each whole map (nn.AdaptiveMaxPool2d(1)) "
        "before the one dense layer, find them where they are. A batch norm after each convolution makes it faster.",
        "Some ten times over all pictures, in batches of 50, with torch.optim.Adam and a rate of 0.003; for the last "
        "three, a tenth of that rate.",
        "End with model.eval(), and argmax(dim=1) of the logits of the test pictures, without gradients.",
    ],
)
