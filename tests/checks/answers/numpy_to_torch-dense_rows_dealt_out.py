# exercise: numpy_to_torch
# what: dense weights in another order of the inputs: the second half in between
# expect: refuse
# told: in another order
import numpy as np
import torch


def numpy_to_torch(array):
    if array.ndim == 4:
        array = np.moveaxis(array, [3, 2], [0, 1])
    if array.ndim == 2:
        inputs = sorted(range(len(array)), key=lambda number: (number % 2 == 0, number))
        array = np.stack([array[number] for number in inputs], axis=1)
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float32)
