# exercise: build_fashion_cnn
# expect: refuse
# name: in_features of a later dense layer
# what: the second dense layer awaits 256 numbers, and 128 arrive
from torch import nn


def conv(below, above, size=3):
    return [nn.Conv2d(below, above, size, padding="same"), nn.ReLU()]


def build_fashion_cnn():
    layers = [*conv(1, 64, 7), nn.MaxPool2d(2)]
    layers += [*conv(64, 128), *conv(128, 128), nn.MaxPool2d(2)]
    layers += [*conv(128, 256), *conv(256, 256), nn.MaxPool2d(2), nn.Flatten()]
    layers += [nn.Linear(2304, 128), nn.ReLU(), nn.Dropout(0.5)]
    layers += [nn.Linear(256, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10)]
    return nn.Sequential(*layers)
