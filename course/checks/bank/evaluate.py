"""`evaluate`: mean loss and accuracy of a network over batches of any sizes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...cell.objects import Made
from ..cases import Maker
from ..families.measuring import for_each, frozen, last_alone, means_of_batches, measure
from ..families.networks import CLASSES, DEEP, LOSS_MISTAKES, PLAIN, cross_entropy, data, loss_with
from ..spec import Exercise, Form, Mistake, Property, wrong

__all__ = ["EXERCISE"]

# --- Cases --------------------------------------------------------------------------------------------------

OTHER = "cpu:0"  # a device of another name than that on which the batches are, and one that is everywhere


def make(
    rng: np.random.Generator, sizes: tuple[int, ...], right: tuple[int, ...], layers: list[tuple], training: bool,
    device: str,
) -> dict[str, Any]:  # fmt: skip
    """Return a network and batches, of which it answers so many pictures rightly."""
    images, _ = data(rng, sum(sizes))
    network = Made("torch_network", {"layers": layers, "seed": int(rng.integers(2**31)), "training": training},
                   f"a small network in {'training' if training else 'evaluation'} mode")  # fmt: skip
    labels = answers_of(network, images)
    start = 0
    for size, count in zip(sizes, right, strict=False):
        missed = start + rng.permutation(size)[count:]
        labels[missed] = (labels[missed] + rng.integers(1, CLASSES, len(missed))) % CLASSES
        start += size
    options = {"images": images, "labels": labels, "sizes": sizes, "device": device if device == OTHER else ""}
    batches = Made("torch_batches", options, f"batches of {', '.join(map(str, sizes))} pictures")
    return {"model": network, "batches": batches, "device": device}


def answers_of(network: Made, images: np.ndarray) -> np.ndarray:
    """Return the classes that a network answers in evaluation mode."""
    import torch

    with torch.no_grad():
        return network.build().eval()(torch.from_numpy(images)).argmax(dim=1).numpy()


# Batches in which no two ways to count come to the same.
cases = Maker(make, least={"right": 0}, sizes=(6, 5, 2), right=(1, 4, 1), layers=PLAIN, training=False, device="cpu")


def some(*sizes: int) -> Callable[[np.random.Generator], tuple[int, ...]]:
    """Return what draws how many pictures of each batch are answered rightly."""
    return lambda rng: tuple(int(rng.integers(size + 1)) for size in sizes)


EQUAL = cases({"sizes": (6,), "right": (6,), "note": "one batch, with right answers alone"},
              {"sizes": (5, 5, 5), "right": (1, 4, 2), "note": "batches of the same size"},
              {"sizes": (37, 37, 37), "right": some(37, 37, 37), "note": "large batches of the same size"})  # fmt: skip
UNEQUAL = cases({"note": "a small last batch"},
                {"sizes": (1, 7, 3), "right": (1, 2, 2), "note": "a first batch of one"},
                {"sizes": (30, 50, 7), "right": some(30, 50, 7), "note": "large batches"})  # fmt: skip
LOSS, ACCURACY = {"loss": ""}, {"accuracy": ""}

PROPERTIES = [
    Property(
        "loss",
        "Two numbers come back; the first is the mean loss over all pictures.",
        EQUAL,
        entries={"values": "the result should be two numbers: loss and accuracy", **LOSS},
    ),
    Property("accuracy", "The second number is the share of right answers, over all pictures.", EQUAL,
             entries=ACCURACY),
    Property("loss, unequal batches", "In the loss, each picture counts the same, whatever batch it is in.", UNEQUAL,
             entries=LOSS),
    Property("accuracy, unequal batches", "In the accuracy, each picture counts the same, whatever batch it is in.",
             UNEQUAL, entries=ACCURACY),
    Property(
        "evaluation mode",
        "Dropout is off while measuring, and batch norm uses what it learned.",
        cases({"layers": DEEP, "training": True, "note": "with batch norm and dropout"}),
        entries={"mode": "the network runs in training mode", "loss": "", "accuracy": ""}
    ),
    Property(
        "no gradients",
        "Nothing is learned here, so nothing needs to be noted down for a gradient.",
        cases({"sizes": (3, 2), "right": (1, 1)}),
        entries={"gradients": "PyTorch notes everything down for a gradient that nobody asks for"}
    ),
    Property(
        "nothing left behind",
        "Afterwards, training can go on: gradients, weights and settings are as before.",
        cases({"sizes": (3, 2), "right": (1, 1)}),
        entries={"left": ""}
    ),
    Property(
        "device",
        "Pictures and classes are moved to the device that is given.",
        cases({"sizes": (3, 5), "right": (1, 4), "device": OTHER, "note": "a device to which they must be moved"}),
        entries={"device": ""}
    ),
]  # fmt: skip

# --- Mistakes ------------------------------------------------------------------------------------------------

MISTAKES = [
    # --- of many batches, one number ---
    wrong("the mean of unequal batches", "You take the mean over the batches. The last batch may be small, and its "
          "pictures would count more. Sum up over pictures, and divide once.", loss_from=means_of_batches,
          share_from=means_of_batches),
    *for_each(
        "the mean of unequal batches for the loss",
        "For the loss you take the mean over the batches, and the last one may be small. Let each picture count the "
        "same.",
        "the mean of unequal batches for the accuracy",
        "For the accuracy you take the mean over the batches, and the last one may be small. Count right answers and "
        "pictures, and divide once.",
        means_of_batches,
    ),
    wrong("the last batch alone", "Your numbers are those of the last batch. Add up over all batches.",
          loss_from=last_alone, share_from=last_alone),
    *for_each(
        "the loss of the last batch",
        "Your loss is that of the last batch. Add up over all batches.",
        "the accuracy of the last batch",
        "Your accuracy is that of the last batch. Count over all batches.",
        last_alone,
    ),
    wrong("the first batch alone", "Your numbers are those of the first batch. Does the `return` stand inside the "
          "loop?", seen=slice(1)),
    wrong("the first batch left out", "The first batch is missing from your numbers.", seen=slice(1, None)),
    wrong("the last batch left out", "The last batch is missing from your numbers.", seen=slice(-1)),
    *for_each(
        "the last batch's part of the loss",
        "You divide the last batch's sum of losses by all pictures. Is there an = where += should stand?",
        "the last batch's part of the accuracy",
        "You divide the last batch's right answers by all pictures. Is there an = where += should stand?",
        lambda means, sizes, count: means[-1] * sizes[-1] / count,
    ),
    *for_each(
        "the last loss divided by the number of batches",
        "You divide the last batch's loss by the number of batches. Add up, and divide by the pictures.",
        "the last accuracy divided by the number of batches",
        "You divide the last batch's accuracy by the number of batches. Count right answers, and divide by the "
        "pictures.",
        lambda means, sizes, count: means[-1] / len(means),
    ),
    *for_each(
        "sum of the batches' losses",
        "You add up the mean losses of the batches. Multiply each by its number of pictures, and divide the sum by all "
        "pictures.",
        "sum of the batches' accuracies",
        "You add up the accuracies of the batches. Count right answers and pictures, and divide once.",
        lambda means, sizes, count: float(np.sum(means)),
    ),
    *for_each(
        "total loss",
        "You add up the losses of all pictures. Divide by their number in the end.",
        "a count for a share",
        "You return how many answers are right. Divide by the number of pictures.",
        lambda means, sizes, count: float(np.dot(means, sizes)),
    ),
    *for_each(
        "mean losses divided by the number of pictures",
        "You add up the mean losses of the batches and divide by the number of pictures. cross_entropy gives a mean: "
        "times len(y), it is the sum.",
        "accuracies divided by the number of pictures",
        "You add up the accuracies of the batches and divide by the number of pictures. Add up right answers.",
        lambda means, sizes, count: float(np.sum(means)) / count,
    ),
    *for_each(
        "total loss divided by the number of batches",
        "You divide the losses of all pictures by the number of batches. Divide by the number of pictures.",
        "divided by the number of batches",
        "You divide the right answers by the number of batches. Divide by the number of pictures.",
        lambda means, sizes, count: float(np.dot(means, sizes)) / len(sizes),
    ),
    *for_each(
        "the first batch's size for all, in the loss",
        "You divide the sum of losses as if each batch were as large as the first. Count the pictures of each.",
        "the first batch's size for all, in the accuracy",
        "You divide the right answers as if each batch were as large as the first. Count the pictures of each.",
        lambda means, sizes, count: float(np.dot(means, sizes)) / (len(sizes) * sizes[0]),
    ),
    *for_each(
        "the last batch's size for all, in the loss",
        "You divide the sum of losses as if each batch were as large as the last. Count the pictures of each.",
        "the last batch's size for all, in the accuracy",
        "You divide the right answers as if each batch were as large as the last. Count the pictures of each.",
        lambda means, sizes, count: float(np.dot(means, sizes)) / (len(sizes) * sizes[-1]),
    ),
    *for_each(
        "total loss divided by the last batch",
        "You divide the losses of all pictures by the size of the last batch. Count all pictures.",
        "right answers divided by the last batch",
        "You divide all right answers by the size of the last batch. Count all pictures.",
        lambda means, sizes, count: float(np.dot(means, sizes)) / sizes[-1],
    ),
    wrong("batches.dataset", "You ask batches for its dataset. It is a list of (x, y): count the pictures as they "
          "come.", counts=lambda batches, sizes: len(batches.dataset)),
    # --- the loss of a batch ---
    *LOSS_MISTAKES,
    wrong("the largest logit for the loss", "Your loss is the mean of each picture's largest logit. The loss is the "
          "cross-entropy of logits and classes.",
          loss_of=loss_with(lambda f, logits, y: logits.max(dim=1).values.mean())),
    wrong("times the batch's size twice", "A batch's sum of losses is multiplied by its size once more. With "
          "reduction='sum' it is the sum already.",
          loss_of=loss_with(lambda f, logits, y: f.cross_entropy(logits, y, reduction="sum"))),
    # --- right answers ---
    wrong("argmax over the pictures", "Your argmax runs over the pictures of the batch. The classes of a picture are "
          "in its row: dim=1.", hits_of=lambda logits, y: (logits.argmax(dim=0) == y).sum() / len(y)),
    wrong("the largest logit for the class", "You compare the largest logit with the class. Where it stands is the "
          "class: argmax, or the second thing that max(dim=1) gives.",
          hits_of=lambda logits, y: (logits.max(dim=1).values == y).sum() / len(y)),
    wrong("the smallest logit", "You take the class of the smallest logit. The largest is the answer.",
          hits_of=lambda logits, y: (logits.argmin(dim=1) == y).sum() / len(y)),
    wrong("logits compared with the classes", "You compare several numbers of each picture with its class. Take the "
          "argmax of each row first, and compare that.", hits_of=lambda logits, y: (logits == y).sum() / len(y)),
    wrong("argmax over all", "Your argmax has no dim, and gives one place for the whole batch. The classes of a "
          "picture are in its row: dim=1.", hits_of=lambda logits, y: (logits.argmax() == y).sum() / len(y)),
    wrong("a table of comparisons", "Your predictions have an axis of length 1 (keepdim=True), so that each of them is "
          "compared with the classes of all pictures of the batch. Without it, each meets its own.",
          hits_of=lambda logits, y: (logits.argmax(dim=1, keepdim=True) == y).sum() / len(y)),
    Mistake("all counted as right", "Your accuracy is 1, whatever the network answers. len(p == y) counts all "
            "pictures, and (p == y).sum() the right answers.", functools.partial(measure, share=lambda share: 1.0)),
    wrong("wrong answers counted", "Your accuracy is the share of wrong answers.", share=lambda share: 1 - share),
    wrong("per cent", "You return the accuracy in per cent. Wanted is a share, from 0 to 1.", share=lambda a: 100 * a),
    wrong("accuracy cut to whole numbers", "Your accuracy is cut to a whole number. Divide with /, not //, and do not "
          "round.", share=lambda share: share // 1),
    # --- mode, gradients, device ---
    wrong("dropout on while evaluating", "Your network runs in the mode in which it comes. In training mode dropout "
          "is on, and batch norm uses the means of each batch: call model.eval().", mode=None),
    wrong("training mode while evaluating", "You put the network into training mode: dropout is on then, and batch "
          "norm uses the means of each batch. Call model.eval().", mode=True),
    wrong("no no_grad", "While you measure, PyTorch notes everything down for a gradient. Put the loop into `with "
          "torch.no_grad():`, which saves memory and time.", recording=lambda model: contextlib.nullcontext()),
    wrong("weights left frozen", "You freeze the weights (requires_grad) and leave them so: after that, the network "
          "learns nothing any more. `with torch.no_grad():` is enough.", recording=frozen),
    wrong("batches not moved to the device", "Pictures and classes stay where they are. On another device, such as a "
          "GPU, the network cannot see them there: x.to(device), y.to(device), and `to` gives back the tensor that is "
          "there.", moves=(False, False)),
    wrong("classes not moved to the device", "The pictures are moved to the device, but the classes meet the logits "
          "from another one. Move y as well.", moves=(True, False)),
    wrong("pictures not moved to the device", "The classes are moved to the device, but the pictures are not. Move x "
          "as well.", moves=(False, True)),
    # --- what is returned ---
    wrong("accuracy before loss", "You return (accuracy, loss). Wanted is (loss, accuracy).",
          returns=lambda loss, share: (share, loss)),
    wrong("accuracy alone", "You return the accuracy alone. Return two numbers: loss, accuracy.",
          returns=lambda loss, share: share),
    wrong("loss alone", "You return the loss alone. Return two numbers: loss, accuracy.",
          returns=lambda loss, share: loss),
    wrong("a dictionary", "You return a dictionary. Return two numbers: loss, accuracy.",
          returns=lambda loss, share: {"loss": loss, "accuracy": share}),
    wrong("nothing returned", "You return nothing. Return loss and accuracy.", returns=lambda loss, share: None),
    wrong("text for numbers", "You return text. Return two numbers: loss, accuracy.",
          returns=lambda loss, share: f"{loss} {share}"),
    wrong("several values", "You return three values. Return two numbers: loss, accuracy.",
          returns=lambda loss, share: (loss, share, 0)),
    wrong("rounded", "Your numbers are rounded to two decimals. Round where they are shown.",
          returns=lambda loss, share: (round(loss, 2), round(share, 2))),
]  # fmt: skip

# --- Right forms, hints ----------------------------------------------------------------------------------------


def by_sums_in_tensors(model: Any, batches: Any, device: Any) -> Any:
    """Add up tensors, and leave the network in training mode."""
    import torch
    from torch import nn

    model.to(device).eval()
    loss, right, count = torch.zeros(()), torch.zeros(()), 0
    with torch.inference_mode():
        for x, y in batches:
            x, y = x.to(device=device), y.to(device, non_blocking=True)
            logits = model(x)
            loss += nn.CrossEntropyLoss(reduction="sum")(logits, y)
            right += (logits.max(dim=1).indices == y).sum()
            count += y.size(0)
    model.train()
    return [loss / count, right / count]


def all_at_once(model: Any, batches: Any, device: Any) -> Any:
    """Join the logits of all batches, on the processor."""
    import torch

    was, model = torch.is_grad_enabled(), model.eval()
    torch.set_grad_enabled(False)
    logits = torch.cat([model(x.to(torch.device(device))) for x, _ in batches]).cpu()
    torch.set_grad_enabled(was)
    classes = torch.cat([y for _, y in iter(batches)])
    return cross_entropy(logits, classes).item(), (logits.argmax(-1) == classes).double().mean().item()


def decorated(model: Any, batches: Any, device: Any) -> Any:
    """Weight means by sizes, inside a decorator."""
    import torch

    @torch.no_grad()
    def inside() -> Any:
        model.train(False)
        moved = [tuple(part.to(device) for part in batch) for batch in batches]
        sizes = np.array([len(y) for _, y in moved])
        logits = [model.forward(x) for x, _ in moved]
        losses = [cross_entropy(z, y).item() for z, (_, y) in zip(logits, moved, strict=True)]
        right = [np.sum(z.numpy().argmax(1) == y.numpy()) for z, (_, y) in zip(logits, moved, strict=True)]
        return np.average(losses, weights=sizes), np.sum(right) / sizes.sum()

    return inside()


EXERCISE = Exercise(
    name="evaluate",
    reference=measure,
    computation=measure,
    packages=("torch",),
    observe="observe_evaluation",
    properties=PROPERTIES,
    mistakes=MISTAKES,
    hints=[
        "Keep three sums: of losses, of right answers, and of pictures. Divide at the very end.",
        'cross_entropy gives the mean over its batch. Times len(y), it is the sum; or ask for reduction="sum".',
        "Before the loop: model.eval(). Around it: with torch.no_grad(). In it: x.to(device), y.to(device).",
    ],
    right_forms=[
        Form("sums in tensors", by_sums_in_tensors),
        Form("all at once", all_at_once),
        Form("means by sizes, decorated", decorated),
    ],
)
