"""psi, by which a C-cell of the neocognitron squeezes its excess, as the parts that people get right or wrong."""

from __future__ import annotations

import numpy as np

from ..spec import Mistake, wrong
from .cells import same

__all__ = ["MISTAKES"]

Array = np.ndarray


def softmax(x: Array) -> Array:
    """Return shares that add up to 1."""
    powers = np.exp(x - x.max())
    return powers / powers.sum()


MISTAKES: list[Mistake] = [
    wrong("phi left out", "Your psi has no phi in it, or it stands before the 1 is subtracted: where x is below 0, "
          "phi gives 0.", phi=same),
    wrong("phi below the line alone", "Above the line of psi stands x as it is. It should be phi(x), which is never "
          "below 0.", psi=lambda p, alpha, x: x / (alpha + p)),
    wrong("phi after psi", "You set to 0 what is below 0 after psi. phi comes first: where alpha + x is below 0 as "
          "well, the quotient of the two is above 0.", psi=lambda p, alpha, x: np.maximum(x / (alpha + x), 0)),
    wrong("alpha + x below the line", "Below the line of psi stands alpha + x. With phi(x) in the place of x it cannot "
          "become 0.", psi=lambda p, alpha, x: p / (alpha + x)),
    wrong("cut off at 1", "You cut phi off at 1. It has no upper limit: psi keeps the answers below 1.",
          phi=lambda x: np.clip(x, 0, 1)),
    wrong("phi turned round", "You take the smaller of x and 0. phi takes the larger.", phi=lambda x: np.minimum(x, 0)),
    wrong("yes or no for phi", "You only ask of each x whether it is above 0. phi gives x itself.",
          phi=lambda x: (x > 0) * 1.0),
    wrong("a leaky phi", "Where x is below 0, your phi gives 0.01 x. It gives 0.",
          phi=lambda x: np.where(x > 0, x, 0.01 * x)),
    wrong("alpha as a limit", "You set to 0 what is below alpha. phi sets to 0 what is below 0.",
          psi=lambda p, alpha, x: np.where(x > alpha, x / (alpha + x), 0.0)),
    wrong("alpha subtracted in phi", "You subtract alpha in phi. It stands only below the line of psi.",
          psi=lambda p, alpha, x: np.maximum(x - alpha, 0) / (alpha + np.maximum(x - alpha, 0))),
    wrong("absolute value for phi", "You take the absolute value. phi gives 0 where x is below 0.", phi=np.abs),
    wrong("psi left out", "You return phi(x). psi divides it by alpha + phi(x).", psi=lambda p, alpha, x: p),
    wrong("brackets of psi forgotten", "phi / alpha + phi divides by alpha alone: put alpha + phi(x) into brackets.",
          psi=lambda p, alpha, x: p / alpha + p),
    wrong("divided by alpha", "You divide by alpha alone. psi divides by alpha + phi(x).",
          psi=lambda p, alpha, x: p / alpha),
    wrong("multiplied by alpha", "You multiply by alpha. psi divides by alpha + phi(x).",
          psi=lambda p, alpha, x: alpha * p),
    wrong("alpha above the line", "alpha stands above the line in your psi. It stands below: phi / (alpha + phi).",
          psi=lambda p, alpha, x: alpha * p / (1 + p)),
    wrong("alpha added above the line", "You add alpha above the line, too. Above it stands phi(x) alone.",
          psi=lambda p, alpha, x: (alpha + p) / (1 + p)),
    wrong("alpha twice", "alpha stands above the line of psi as well. Above it stands phi(x) alone.",
          psi=lambda p, alpha, x: alpha * p / (alpha + p)),
    wrong("1 added above the line", "You add 1 above the line of psi. Above it stands phi(x) alone.",
          psi=lambda p, alpha, x: (1 + p) / (alpha + p)),
    wrong("1 more below the line", "Below the line of psi stands 1 + alpha + phi(x). The 1 does not belong there.",
          psi=lambda p, alpha, x: p / (1 + alpha + p)),
    wrong("alpha minus phi", "Below the line of psi, you subtract phi(x) from alpha. Add it.",
          psi=lambda p, alpha, x: p / (alpha - p)),
    wrong("psi multiplied", "You multiply phi(x) by alpha + phi(x). Divide.", psi=lambda p, alpha, x: p * (alpha + p)),
    wrong("all planes below the line", "Below the line of your psi stand all planes, added up. Each plane has its own "
          "psi: phi / (alpha + phi).", psi=lambda p, alpha, x: p / (alpha + p.sum())),
    wrong("the largest below the line", "Below the line of your psi stands the largest of all planes. Each plane has "
          "its own psi: phi / (alpha + phi).", psi=lambda p, alpha, x: p / (alpha + p.max())),
    wrong("the mean below the line", "Below the line of your psi stands the mean of all planes. Each plane has its own "
          "psi: phi / (alpha + phi).", psi=lambda p, alpha, x: p / (alpha + p.mean())),
    wrong("softmax for psi", "You take a softmax over the planes. Each plane has its own psi: phi / (alpha + phi).",
          meets=lambda above, below: above, psi=lambda p, alpha, x: softmax(x)),
    wrong("shares of the sum", "You divide phi(x) by the sum over all planes. psi is phi / (alpha + phi).",
          psi=lambda p, alpha, x: p / max(p.sum(), 1e-9)),
    wrong("sigmoid for psi", "You squeeze with a sigmoid. psi is phi / (alpha + phi).",
          psi=lambda p, alpha, x: 1 / (1 + np.exp(-p))),
    wrong("alpha times phi", "You multiply phi by alpha below the line. alpha is added: alpha + phi(x).",
          psi=lambda p, alpha, x: p / (1 + alpha * p)),
    wrong("alpha turned over", "Your alpha works the wrong way round, as 1 / alpha would: alpha * phi / (1 + alpha * "
          "phi) does that. alpha is added to phi(x).", psi=lambda p, alpha, x: p / (1 / alpha + p)),
    wrong("alpha for phi above the line", "Above the line of your psi stands alpha. There should be phi(x).",
          psi=lambda p, alpha, x: alpha / (alpha + p)),
    wrong("psi turned over", "Your psi is turned over: it is phi / (alpha + phi).",
          psi=lambda p, alpha, x: (alpha + p) / p),
    wrong("alpha left out", "You divide phi(x) by itself, without alpha.", half=lambda alpha: 0.0),
    wrong("alpha always 0.5", "Your alpha is 0.5, whatever is given.", half=lambda alpha: 0.5),
    wrong("alpha always 1", "Your alpha is 1, whatever is given.", half=lambda alpha: 1.0),
    wrong("alpha squared", "You square alpha.", half=np.square),
    wrong("tanh for psi", "You squeeze with tanh. psi is phi / (alpha + phi).", psi=lambda p, alpha, x: np.tanh(p)),
]  # fmt: skip
