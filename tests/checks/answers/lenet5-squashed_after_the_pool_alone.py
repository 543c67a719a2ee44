# exercise: lenet5
# what: convolution, average pool, tanh, in this order
# expect: refuse
# name: not squashed in C1 and C3
# name: tanh without its numbers in C5 and F6
# name: tanh without its numbers in S2 and S4
# name: mean alone in S2 and S4
# name: C3 sees all maps
# name: a dense layer for the codes
import torch
from torch import nn


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 6, 5), nn.AvgPool2d(2, 2), nn.Tanh())
        self.conv2 = nn.Sequential(nn.Conv2d(6, 16, 5), nn.AvgPool2d(2, 2), nn.Tanh())
        self.fc1 = nn.Sequential(nn.Linear(5 * 5 * 16, 120), nn.Tanh())
        self.fc2 = nn.Sequential(nn.Linear(120, 84), nn.Tanh())
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.conv2(self.conv1(x))
        return self.fc3(self.fc2(self.fc1(torch.flatten(x, 1))))


def lenet5():
    return LeNet5()
