# exercise: lenet5
# what: as most books have it, with a softmax at the end and F6 as the last layer that is squashed
# expect: refuse
# name: sigmoid in C1, C3, C5 and F6
# name: average pool in S2 and S4
# name: C3 sees all maps
# name: a dense layer with a softmax
from torch import nn


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10), nn.Softmax(dim=1),
    )  # fmt: skip
