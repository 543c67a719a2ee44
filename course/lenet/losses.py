"""The two losses of LeNet-5: the distance from the right code alone, and with competition between the classes.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc.
IEEE 86 (1998), 2278-2324: section II.C.
"""

from __future__ import annotations

import torch

from ..errors import argument_error

__all__ = ["PENALTY", "map_loss", "mse_loss"]

PENALTY = 5.0  # j; the paper says no more than that it is positive. Among 1, 5, 20 and 50, 1 and 5 learned best


def mse_loss(distances: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean distance from the right code: the paper's simple loss (equation 8), without competition.

    Parameters
    ----------
    distances : float tensor of shape (N, classes)
        From `RBF`.
    labels : int64 tensor of shape (N,)
        The right classes.

    Examples
    --------
    >>> mse_loss(torch.tensor([[1.0, 9.0], [5.0, 3.0]]), torch.tensor([0, 1])).item()
    2.0
    """
    return distances.gather(1, labels[:, None]).mean()


def map_loss(distances: torch.Tensor, labels: torch.Tensor, penalty: float = PENALTY) -> torch.Tensor:
    """Return the paper's loss with competition (equation 9): minus the logarithm of the right class's probability.

    The picture is one of the classes, or rubbish, whose penalty is the constant j. So the right distance is pulled
    down, and those wrong ones that are not much larger than j are pushed up: y_D + log(exp(-j) + sum(exp(-y_i))). It
    is the cross-entropy of the logits (-y_0, ..., -y_9, -j).

    Parameters
    ----------
    distances : float tensor of shape (N, classes)
        From `RBF`.
    labels : int64 tensor of shape (N,)
        The right classes.
    penalty : float
        j, above 0. The paper gives no value. Two of the course's codes are at least 52 apart.

    Raises
    ------
    ArgumentError
        j is not above 0.

    Examples
    --------
    >>> round(map_loss(torch.tensor([[0.0, 50.0]]), torch.tensor([0]), penalty=1.0).item(), 4)
    0.3133
    """
    if not penalty > 0:
        raise argument_error("map_loss", "penalty", "be above 0", penalty, f"Use penalty={PENALTY}.")
    rubbish = torch.full_like(distances[:, :1], -penalty)
    return mse_loss(distances, labels) + torch.cat([rubbish, -distances], dim=1).logsumexp(dim=1).mean()
