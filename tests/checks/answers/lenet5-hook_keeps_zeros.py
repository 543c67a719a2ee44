# exercise: lenet5
# what: right, what C3 should not see begins with 0, and a hook lets it learn nothing
# expect: accept
import torch
import torch.nn.functional as F
from torch import nn

ROWS = "012 123 234 345 450 501 0123 1234 2345 3450 4501 5012 0134 1245 0235 012345".split()


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Conv2d(16, 120, 5)
        self.fc = nn.Linear(120, 84)
        self.scale1, self.shift1 = nn.Parameter(torch.ones(6)), nn.Parameter(torch.zeros(6))
        self.scale2, self.shift2 = nn.Parameter(torch.ones(16)), nn.Parameter(torch.zeros(16))
        self.codes = torch.randint(0, 2, (10, 84)) * 2.0 - 1
        mask = torch.tensor([[float(str(i) in row) for i in range(6)] for row in ROWS])[:, :, None, None]
        with torch.no_grad():
            self.conv2.weight.mul_(mask)
        self.conv2.weight.register_hook(lambda gradient: gradient * mask)

    def squash(self, z):
        return 1.7159 * torch.tanh(2 / 3 * z)

    def half(self, x, scale, shift):
        return self.squash(4 * F.avg_pool2d(x, 2) * scale[:, None, None] + shift[:, None, None])

    def forward(self, x):
        x = self.half(self.squash(self.conv1(x)), self.scale1, self.shift1)
        x = self.half(self.squash(self.conv2(x)), self.scale2, self.shift2)
        x = self.squash(self.conv3(x)).flatten(1)
        x = self.squash(self.fc(x))
        return torch.stack([((x - code) ** 2).sum(1) for code in self.codes], dim=1)


def lenet5():
    return LeNet5()
