# exercise: lenet5
# what: a convolution in groups for S2 and S4, which learns four weights for each map
# expect: refuse
# name: four weights for a window in S2 and S4
import numpy as np
import torch
from torch import nn


class Squash(nn.Module):
    def forward(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)


class Third(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = [[(i + k) % 6 for k in range(3)] for i in range(6)]
        self.seen += [[(i + k) % 6 for k in range(4)] for i in range(6)]
        self.seen += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]
        self.layers = nn.ModuleList(nn.Conv2d(len(one), 1, 5) for one in self.seen)

    def forward(self, x):
        return torch.cat([layer(x[:, one]) for layer, one in zip(self.layers, self.seen)], dim=1)


class Roots(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("codes", torch.from_numpy(np.sign(np.random.randn(10, 84))).float())

    def forward(self, x):
        return torch.cdist(x, self.codes) ** 2


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), Squash(), nn.Conv2d(6, 6, 2, stride=2, groups=6), Squash(), Third(), Squash(),
        nn.Conv2d(16, 16, 2, stride=2, groups=16), Squash(), nn.Flatten(),
        nn.Linear(400, 120), Squash(), nn.Linear(120, 84), Squash(), Roots(),
    )  # fmt: skip
