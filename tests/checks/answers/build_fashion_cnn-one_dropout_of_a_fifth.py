# exercise: build_fashion_cnn
# what: one call of dropout, with another rate
# expect: refuse
# name: dropout after the first dense layer alone
# name: another rate of dropout
import torch
from torch import nn


class Fashion(nn.Module):
    def __init__(self):
        super().__init__()
        sides = [(1, 64, 7), (64, 128, 3), (128, 128, 3), (128, 256, 3), (256, 256, 3)]
        self.maps = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2) for a, b, k in sides)
        self.dense = nn.ModuleList([nn.Linear(2304, 128), nn.Linear(128, 64), nn.Linear(64, 10)])

    def forward(self, x):
        for number, convolution in enumerate(self.maps):
            x = torch.relu(convolution(x))
            if number % 2 == 0:
                x = nn.functional.max_pool2d(x, kernel_size=2)
        x = torch.relu(self.dense[0](torch.flatten(x, start_dim=1)))
        x = nn.functional.dropout(x, p=0.2, training=self.training)
        x = torch.relu(self.dense[1](x))
        return self.dense[2](x)


build_fashion_cnn = lambda: Fashion()
