# exercise: lenet5
# what: right, and among the first weights are some that are 0, as one of 17 million drawn ones is by chance
# expect: accept
import torch
from torch import nn
from torch.nn import functional as F

ROWS = "012 123 234 345 450 501 0123 1234 2345 3450 4501 5012 0134 1245 0235 012345".split()


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = [[int(m) for m in row] for row in ROWS]
        self.c1, self.c5, self.f6 = nn.Conv2d(1, 6, 5), nn.Conv2d(16, 120, 5), nn.Conv2d(120, 84, 1)
        self.c3 = nn.ModuleList(nn.Conv2d(len(row), 1, 5) for row in self.seen)
        self.pairs = nn.ParameterList(torch.rand(2, maps, 1, 1) for maps in (6, 16))
        self.register_buffer("codes", torch.sign(torch.randn(10, 84)))
        with torch.no_grad():
            self.c1.weight[2, 0, 1, 1] = self.c5.weight[7, 3, 2, 0] = self.f6.weight[5, 20] = 0.0

    def smaller(self, x, pair):
        return self.squash(pair[0] * F.lp_pool2d(x, 1, 2) + pair[1])

    @staticmethod
    def squash(z):
        return 1.7159 * torch.tanh(2 * z / 3)

    def forward(self, x):
        x = self.smaller(self.squash(self.c1(x)), self.pairs[0])
        x = torch.cat([one(x[:, row]) for one, row in zip(self.c3, self.seen)], 1)
        x = self.smaller(self.squash(x), self.pairs[1])
        x = self.squash(self.f6(self.squash(self.c5(x)))).flatten(1)
        return ((x[:, None] - self.codes) ** 2).sum(-1)


def lenet5():
    return LeNet5()
