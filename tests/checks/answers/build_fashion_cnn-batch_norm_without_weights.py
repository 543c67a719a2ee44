# exercise: build_fashion_cnn
# what: brings each map to mean 0 and spread 1, which the table does not ask for
# expect: refuse
# name: batch norm
from torch import nn


def stage(before, after, side=3):
    convolution = nn.Conv2d(before, after, side, padding="same")
    return nn.Sequential(convolution, nn.BatchNorm2d(after, affine=False), nn.ReLU())


def build_fashion_cnn():
    first = [stage(1, 64, 7), nn.MaxPool2d(2)]
    second = [stage(64, 128), stage(128, 128), nn.MaxPool2d(2)]
    third = [stage(128, 256), stage(256, 256), nn.MaxPool2d(2)]
    dense = [nn.Linear(2304, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*first, *second, *third, nn.Flatten(), *dense, nn.Linear(64, 10))
