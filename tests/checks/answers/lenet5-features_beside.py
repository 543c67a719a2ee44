# exercise: lenet5
# what: gives the features of F6 beside the scores
# expect: refuse
# told: the network gives a tuple, not a tensor
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 6, 5), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.AvgPool2d(2), nn.Flatten(),
                                  nn.Linear(400, 120), nn.Linear(120, 84))  # fmt: skip
        self.head = nn.Linear(84, 10)

    def forward(self, x):
        features = self.body(x)
        return self.head(features), features


def lenet5():
    return Net()
