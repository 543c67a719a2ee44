# exercise: lenet5
# what: 1.7159 tanh(z), max pools, no F6
# expect: refuse
# name: F6 missing
# name: 2 / 3 forgotten in C1, C3 and C5
# name: max pool in S2 and S4
# name: C3 sees all maps
import torch
from torch import nn


class ScaledTanh(nn.Tanh):
    def forward(self, z):
        return 1.7159 * super().forward(z)


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), ScaledTanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), ScaledTanh(), nn.MaxPool2d(2),
        nn.Conv2d(16, 120, 5), ScaledTanh(), nn.Flatten(), nn.Linear(120, 10),
    )  # fmt: skip
