# exercise: lenet5
# what: forward has no return
# expect: refuse
# told: the network gives nothing
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)

    def forward(self, x):
        x = self.c1(x)


def lenet5():
    return Net()
