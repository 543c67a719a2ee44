"""Pictures are varied while a network learns from them: mirrored, and moved by a pixel or two."""

from __future__ import annotations

import torch
import torch.nn.functional as F

__all__ = ["varied"]


def varied(x: torch.Tensor, flips: bool, shift: int) -> torch.Tensor:
    """Return a batch in which each picture is, by chance, mirrored left to right and moved; what moves in is black.

    Parameters
    ----------
    x : tensor of shape (pictures, 1, height, width)
        The batch; it is left as it was.
    flips : bool
        Whether half of the pictures, by chance, are mirrored.
    shift : int
        Each picture moves by up to that many pixels, down or up and to the right or left.

    Examples
    --------
    >>> picture = torch.arange(6.0).view(1, 1, 2, 3)
    >>> torch.equal(varied(picture, flips=False, shift=0), picture)
    True
    """
    count, _, height, width = x.shape
    if flips:
        mirrored = torch.rand(count, 1, 1, 1, device=x.device) < 0.5
        x = torch.where(mirrored, x.flip(3), x)
    if shift:
        moves = torch.randint(0, 2 * shift + 1, (2, count, 1), device=x.device)
        rows = moves[0] + torch.arange(height, device=x.device)  # (count, height): which rows of the padded picture
        columns = moves[1] + torch.arange(width, device=x.device)
        picture = torch.arange(count, device=x.device)[:, None, None]
        padded = F.pad(x, (shift,) * 4)[:, 0]
        x = padded[picture, rows[:, :, None], columns[:, None, :]][:, None]
    return x
