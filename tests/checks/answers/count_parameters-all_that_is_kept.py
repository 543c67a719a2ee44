# exercise: count_parameters
# what: what is trained, and what batch norm keeps besides
# expect: refuse
# name: all of the state counted
from itertools import chain


def count_parameters(model):
    total = 0
    for tensor in chain(model.parameters(), model.buffers()):
        total += tensor.numel()
    return total
