# exercise: lenet5
# what: the codes of the lesson, from 9 down to 0, and mean squares
# expect: refuse
# name: codes in another order
# name: mean squares
import torch
from torch import nn

from course.lenet import digit_bitmaps


class Squash(nn.Module):
    def forward(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)


class Subsampling(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((maps, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x):
        sums = 4 * nn.functional.avg_pool2d(x, 2)
        return 1.7159 * torch.tanh(2 / 3 * (self.coefficient * sums + self.bias))


class Third(nn.Module):
    def __init__(self):
        super().__init__()
        rows = "012 123 234 345 450 501 0123 1234 2345 3450 4501 5012 0134 1245 0235 012345".split()
        self.seen = [[int(m) for m in row] for row in rows]
        self.layers = nn.ModuleList(nn.Conv2d(len(maps), 1, 5) for maps in self.seen)

    def forward(self, x):
        return torch.cat([layer(x[:, maps]) for layer, maps in zip(self.layers, self.seen)], dim=1)


class Output(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("codes", torch.from_numpy(digit_bitmaps()[::-1].copy()).flatten(1))

    def forward(self, x):
        return ((x[:, None] - self.codes) ** 2).mean(dim=2)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), Squash(), Subsampling(6), Third(), Squash(), Subsampling(16),
        nn.Conv2d(16, 120, 5), Squash(), nn.Flatten(), nn.Linear(120, 84), Squash(), Output(),
    )  # fmt: skip
