# exercise: subsample
# what: right, with PyTorch's pool
# expect: other library
import torch
import torch.nn.functional as F


def subsample(x, coefficient, bias):
    x = torch.from_numpy(x.astype("float64"))
    w = torch.from_numpy(coefficient).view(1, -1, 1, 1)
    b = torch.from_numpy(bias).view(1, -1, 1, 1)
    return (1.7159 * torch.tanh(2 / 3 * (4 * F.avg_pool2d(x, 2) * w + b))).numpy()
