# exercise: lenet5
# what: nearly as published: C3 adds its bias with each map it sees, S2 and S4 take means, the codes are 0 and 1
# expect: refuse
# name: mean for sum in S2 and S4
# name: C3's bias added for each map
# name: codes of 0 and 1
import torch
from torch import nn
from torch.nn import functional as F

LISTS = [
    [0, 4, 5, 6, 9, 10, 11, 12, 14, 15], [0, 1, 5, 6, 7, 10, 11, 12, 13, 15], [0, 1, 2, 6, 7, 8, 11, 13, 14, 15],
    [1, 2, 3, 6, 7, 8, 9, 12, 14, 15], [2, 3, 4, 7, 8, 9, 10, 12, 13, 15], [3, 4, 5, 8, 9, 10, 11, 13, 14, 15],
]  # fmt: skip


class Tanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(x * 2 / 3)


class Layer_S(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, maps, 1, 1))
        self.bias = nn.Parameter(torch.full((1, maps, 1, 1), 0.01))

    def forward(self, x):
        return F.avg_pool2d(x, 2) * self.weight + self.bias


class Layer_C3(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(10, 6, 5, 5))
        self.bias = nn.Parameter(torch.zeros(1, 16, 1, 1))

    def forward(self, x):
        output = torch.zeros(x.size(0), 16, 10, 10)
        for i, maps in enumerate(LISTS):
            output[:, maps] += F.conv2d(x[:, i].unsqueeze(1), self.weight[:, i].unsqueeze(1)) + self.bias[:, maps]
        return output


class RBF(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = torch.randint(0, 2, (10, 84)).float()

    def forward(self, x):
        return (x.unsqueeze(1).expand(-1, 10, 84) - self.kernel).pow(2).sum(-1)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), Tanh(), Layer_S(6), Tanh(), Layer_C3(), Tanh(), Layer_S(16), Tanh(),
        nn.Conv2d(16, 120, 5), Tanh(), nn.Flatten(), nn.Linear(120, 84), Tanh(), RBF(),
    )  # fmt: skip
