# exercise: lenet5
# what: right, C3 as a full convolution that is pruned, C5 as a dense layer
# expect: accept
import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune


class Squashed(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return torch.tanh(self.inner(x) * (2 / 3)) * 1.7159


class Sub(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((n,), 0.25))
        self.bias = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        sums = x.unfold(2, 2, 2).unfold(3, 2, 2).sum((-1, -2))
        return sums * self.coefficient.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


class Distance(nn.Module):
    def __init__(self):
        super().__init__()
        signs = np.where(np.random.default_rng(3).random((84, 10)) < 0.5, -1, 1)
        self.codes = nn.Parameter(torch.tensor(signs, dtype=torch.float32), requires_grad=False)

    def forward(self, x):
        return torch.sum((x[:, :, None] - self.codes) ** 2, dim=1)


def lenet5():
    mask = torch.zeros(16, 6, 1, 1)
    for i in range(6):
        for k in range(3):
            mask[i, (i + k) % 6] = 1
        for k in range(4):
            mask[i + 6, (i + k) % 6] = 1
    for j, maps in enumerate([[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]):
        mask[12 + j, maps] = 1
    c3 = nn.Conv2d(6, 16, 5)
    prune.custom_from_mask(c3, "weight", mask.expand(16, 6, 5, 5))
    return nn.Sequential(
        Squashed(nn.Conv2d(1, 6, 5)), Squashed(Sub(6)), Squashed(c3), Squashed(Sub(16)), nn.Flatten(),
        Squashed(nn.Linear(400, 120)), Squashed(nn.Linear(120, 84)), Distance(),
    )  # fmt: skip
