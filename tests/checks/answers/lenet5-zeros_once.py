# exercise: lenet5
# what: the weights of C3 that should not be there are set to 0 once, and learned again
# expect: refuse
# name: a mask that acts once
import numpy as np
import torch
from torch import nn


class Squash(nn.Module):
    def forward(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)


class Sub(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.ones(n, 1, 1)), nn.Parameter(torch.zeros(n, 1, 1))

    def forward(self, x):
        return 4 * self.a * nn.functional.avg_pool2d(x, 2) + self.b


class Codes(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("codes", torch.tensor(np.random.choice([-1.0, 1.0], (10, 84)), dtype=torch.float32))

    def forward(self, x):
        return ((x[:, None] - self.codes) ** 2).sum(2)


def lenet5():
    rows = "012 123 234 345 450 501 0123 1234 2345 3450 4501 5012 0134 1245 0235 012345".split()
    c3 = nn.Conv2d(6, 16, 5)
    for j, row in enumerate(rows):
        for i in range(6):
            if str(i) not in row:
                c3.weight.data[j, i] = 0
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), Squash(), Sub(6), Squash(), c3, Squash(), Sub(16), Squash(),
        nn.Conv2d(16, 120, 5), Squash(), nn.Flatten(), nn.Linear(120, 84), Squash(), Codes(),
    )  # fmt: skip
