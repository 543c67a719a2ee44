# exercise: count_parameters
# expect: refuse
# name: biases of dense layers and batch norm forgotten
# what: goes through the layers, and counts the bias of convolutions alone
from torch import nn


def count_parameters(model):
    total = 0
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            total += layer.weight.numel()
            if layer.bias is not None:
                total += layer.bias.numel()
        if isinstance(layer, nn.Linear):
            total += layer.weight.numel()
    return total
