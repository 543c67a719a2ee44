# exercise: lenet5
# what: torch.cdist gives roots, and the codes are parameters
# expect: refuse
# name: roots of distances
# name: codes that learn
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
        pairs = x[:, :, ::2] + x[:, :, 1::2]
        return self.a * (pairs[..., ::2] + pairs[..., 1::2]) + self.b


class Third(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = [[(i + k) % 6 for k in range(3)] for i in range(6)]
        self.seen += [[(i + k) % 6 for k in range(4)] for i in range(6)]
        self.seen += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]
        self.layers = nn.ModuleList(nn.Conv2d(len(one), 1, 5) for one in self.seen)

    def forward(self, x):
        return torch.cat([layer(x[:, one]) for layer, one in zip(self.layers, self.seen)], dim=1)


class RBF(nn.Module):
    def __init__(self):
        super().__init__()
        self.centres = nn.Parameter(torch.randn(10, 84).sign())

    def forward(self, x):
        return torch.cdist(x, self.centres)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), Squash(), Sub(6), Squash(), Third(), Squash(), Sub(16), Squash(),
        nn.Conv2d(16, 120, 5), Squash(), nn.Flatten(), nn.Linear(120, 84), Squash(), RBF(),
    )  # fmt: skip
