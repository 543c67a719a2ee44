# exercise: build_fashion_cnn
# what: drops behind the flattening and behind the first dense layer, not behind the second
# expect: refuse
# name: dropout after the first dense layer alone
# name: dropout at other places
from torch.nn import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Sequential


def build_fashion_cnn():
    network = Sequential()
    for before, after, side in [(1, 64, 7), (64, 128, 3), (128, 128, 3), (128, 256, 3), (256, 256, 3)]:
        network.append(Conv2d(before, after, side, padding=side // 2))
        network.append(ReLU())
        if len(network) in (2, 7, 12):
            network.append(MaxPool2d(2, 2))
    network.append(Flatten())
    for before, after in [(256 * 3 * 3, 128), (128, 64)]:
        if before > 128:
            network.append(Dropout())
        network.extend([Linear(before, after), ReLU()])
        if after == 128:
            network.append(Dropout())
    return network.append(Linear(64, 10))
