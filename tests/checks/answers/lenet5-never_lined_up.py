# exercise: lenet5
# what: nothing lines up what C5 gives, and S2 is a max pool
# expect: refuse
# name: C5 not lined up
# name: max pool in S2
import torch
from torch import nn


class Squash(nn.Module):
    def forward(self, z):
        return 1.7159 * torch.tanh((2 / 3) * z)


class Subsampling(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.a = nn.Parameter(torch.rand(maps))
        self.b = nn.Parameter(torch.rand(maps))

    def forward(self, x):
        total = nn.functional.lp_pool2d(x, 1, 2) if x.min() >= 0 else 4 * nn.functional.avg_pool2d(x, 2)
        return total * self.a[:, None, None] + self.b[:, None, None]


class Partly(nn.Module):
    def __init__(self):
        super().__init__()
        self.picked = []
        for i in range(6):
            self.picked.append([i, (i + 1) % 6, (i + 2) % 6])
        for i in range(6):
            self.picked.append([i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6])
        for i in range(3):
            self.picked.append([i, (i + 1) % 6, (i + 3) % 6, (i + 4) % 6])
        self.picked.append([0, 1, 2, 3, 4, 5])
        self.each = nn.ModuleList([nn.Conv2d(len(maps), 1, 5) for maps in self.picked])

    def forward(self, x):
        return torch.cat([each(x[:, maps]) for each, maps in zip(self.each, self.picked)], 1)


class Codes(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("codes", torch.sign(torch.randn(10, 84)))

    def forward(self, x):
        return torch.cdist(x, self.codes).pow(2)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        Squash(),
        nn.MaxPool2d(2),
        Partly(),
        Squash(),
        Subsampling(16),
        Squash(),
        nn.Conv2d(16, 120, 5),
        Squash(),
        nn.Linear(120, 84),
        Squash(),
        Codes(),
    )
