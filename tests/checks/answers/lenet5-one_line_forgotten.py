# exercise: lenet5
# what: S4's squashing is forgotten, and C5 is made for pictures of 28 × 28
# expect: refuse
# name: C5 made for others
# name: not squashed in S4
import numpy as np
import torch
from torch import nn


def lenet5():
    def squash(z):
        return 1.7159 * torch.tanh(2 / 3 * z)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.c1 = nn.Conv2d(1, 6, 5)
            self.w2, self.b2 = nn.Parameter(torch.randn(6, 1, 1)), nn.Parameter(torch.zeros(6, 1, 1))
            self.c3 = nn.Conv2d(6, 16, 5)
            self.w4, self.b4 = nn.Parameter(torch.randn(16, 1, 1)), nn.Parameter(torch.zeros(16, 1, 1))
            self.c5 = nn.Linear(16 * 4 * 4, 120)
            self.f6 = nn.Linear(120, 84)
            rows = [[(i + k) % 6 for k in range(3)] for i in range(6)] + [
                [(i + k) % 6 for k in range(4)] for i in range(6)
            ]
            rows += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], list(range(6))]
            mask = torch.zeros(16, 6, 1, 1)
            for j, row in enumerate(rows):
                mask[j, row] = 1.0
            self.register_buffer("mask", mask)
            codes = np.sign(np.random.default_rng(3).normal(size=(10, 84)))
            self.register_buffer("codes", torch.tensor(codes, dtype=torch.float32))

        def forward(self, x):
            x = squash(self.c1(x))
            x = squash(nn.functional.avg_pool2d(x, 2) * 4 * self.w2 + self.b2)
            x = squash(nn.functional.conv2d(x, self.c3.weight * self.mask, self.c3.bias))
            x = nn.functional.avg_pool2d(x, 2) * 4 * self.w4 + self.b4
            x = squash(self.c5(x.flatten(1)))
            x = squash(self.f6(x))
            return ((x.unsqueeze(1) - self.codes) ** 2).sum(-1)

    return Net()
