# exercise: numpy_to_torch
# what: goes from PyTorch's order to the other one
# expect: refuse
# name: the other direction
import numpy as np
import torch


def numpy_to_torch(array):
    if array.ndim < 3:
        return torch.Tensor(array.T.copy())
    return torch.Tensor(np.einsum("abcd->cdba", array).copy())
