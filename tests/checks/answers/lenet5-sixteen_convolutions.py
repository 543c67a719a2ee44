# exercise: lenet5
# what: right, C3 as sixteen convolutions in a list, C5 as a convolution, distances by broadcasting
# expect: accept
import torch
from torch import nn


def act(z):
    return 1.7159 * torch.tanh(2.0 * z / 3.0)


class S(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.w = nn.Parameter(torch.rand(1, channels, 1, 1))
        self.b = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x):
        return act(nn.functional.avg_pool2d(x, kernel_size=2, stride=2) * 4 * self.w + self.b)


class Net(nn.Module):
    C3 = [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
    ]  # fmt: skip

    def __init__(self):
        super(Net, self).__init__()
        self.c1 = nn.Conv2d(in_channels=1, out_channels=6, kernel_size=5)
        self.s2 = S(6)
        self.c3 = nn.ModuleList([nn.Conv2d(len(one), 1, kernel_size=5) for one in self.C3])
        self.s4 = S(16)
        self.c5 = nn.Conv2d(16, 120, kernel_size=5)
        self.f6 = nn.Linear(120, 84)
        self.register_buffer("rbf", torch.sign(torch.randn(10, 84)))

    def forward(self, x):
        x = self.s2(act(self.c1(x)))
        x = torch.cat([conv(x[:, one, :, :]) for conv, one in zip(self.c3, self.C3)], 1)
        x = act(self.c5(self.s4(act(x))))
        x = act(self.f6(x.view(x.size(0), -1)))
        return (x.unsqueeze(1) - self.rbf).pow(2).sum(-1)


def lenet5():
    return Net()
