# exercise: numpy_to_torch
# what: turns all axes round, which swaps height and width
# expect: refuse
# name: all axes reversed
import torch


def numpy_to_torch(array):
    tensor = torch.tensor(array, dtype=torch.float32)
    return tensor.permute(tuple(reversed(range(array.ndim))))
