# exercise: build_fashion_cnn
# expect: refuse
# name: layers that PyTorch does not see
# what: the last dense layer is made anew in forward, so that its weights are other random numbers each time
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 7, padding="same")
        self.conv2 = nn.Conv2d(64, 128, 3, padding="same")
        self.conv3 = nn.Conv2d(128, 128, 3, padding="same")
        self.conv4 = nn.Conv2d(128, 256, 3, padding="same")
        self.conv5 = nn.Conv2d(256, 256, 3, padding="same")
        self.dense1 = nn.Linear(2304, 128)
        self.dense2 = nn.Linear(128, 64)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv3(F.relu(self.conv2(x)))), 2)
        x = F.max_pool2d(F.relu(self.conv5(F.relu(self.conv4(x)))), 2)
        x = self.drop(F.relu(self.dense1(x.flatten(1))))
        x = self.drop(F.relu(self.dense2(x)))
        return nn.Linear(64, 10)(x)


def build_fashion_cnn():
    return Net()
