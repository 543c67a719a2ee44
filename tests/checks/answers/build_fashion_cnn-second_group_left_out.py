# exercise: build_fashion_cnn
# expect: refuse
# name: the second group missing
# name: ReLU missing after some convolutions
# what: the two convolutions of 128 filters are not there, and the last one has no ReLU
from torch import nn


def build_fashion_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 64, 7, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 256, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding="same"),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(7 * 7 * 256, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(64, 10),
    )
