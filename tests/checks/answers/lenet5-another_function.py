# exercise: lenet5
# what: the squashing of F6 has 1.7195 for 1.7159, C3 squashes with a leaky ReLU, and S2 has one bias for all maps
# expect: refuse
# name: another function in C3
# name: another function in F6
# name: one bias for all maps in S2
import torch
from torch import nn
from torch.nn import functional as F


class Sub(nn.Module):
    def __init__(self, maps, biases):
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(maps).view(1, maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, biases, 1, 1))

    def forward(self, x):
        corners = [x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        return Scaled()(self.coefficient * sum(corners) + self.bias)


class Scaled(nn.Module):
    def __init__(self, height=1.7159):
        super().__init__()
        self.height = height

    def forward(self, z):
        return self.height * torch.tanh(z * 2 / 3)


class Third(nn.Module):
    def __init__(self):
        super().__init__()
        sets = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345".split()
        self.sets = [[int(m) for m in one] for one in sets]
        self.convs = nn.ModuleList([nn.Conv2d(len(one), 1, 5) for one in self.sets])

    def forward(self, x):
        return torch.cat([conv(x[:, maps]) for conv, maps in zip(self.convs, self.sets)], dim=1)


class Distances(nn.Module):
    def __init__(self):
        super().__init__()
        self.codes = nn.Parameter(torch.randint(0, 2, (10, 84)) * 2.0 - 1, requires_grad=False)

    def forward(self, x):
        return torch.stack([F.mse_loss(x, code.expand_as(x), reduction="none").sum(1) for code in self.codes], dim=1)


def lenet5():
    first = [nn.Conv2d(1, 6, 5), Scaled(), Sub(6, 1), Third(), nn.LeakyReLU(), Sub(16, 16)]
    last = [nn.Conv2d(16, 120, 5), Scaled(), nn.Flatten(), nn.Linear(120, 84), Scaled(1.7195), Distances()]
    return nn.Sequential(*first, *last)
