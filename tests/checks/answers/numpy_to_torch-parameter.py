# exercise: numpy_to_torch
# what: right, as a parameter of a network
# expect: accept
import numpy as np
import torch


def numpy_to_torch(array):
    if array.ndim > 1:
        array = np.moveaxis(array, (-1, -2), (0, 1))
    return torch.nn.Parameter(torch.from_numpy(array.astype(np.float32)))
