# exercise: conv2d
# what: right, by a matrix product in PyTorch
# expect: other library
import torch


def conv2d(x, weight, bias, stride, padding):
    pictures = torch.tensor(x, dtype=torch.double)
    kernels = torch.tensor(weight, dtype=torch.double)
    columns = torch.nn.Unfold(kernels.shape[2:], stride=stride, padding=padding)(pictures)
    sums = kernels.flatten(1) @ columns + torch.tensor(bias, dtype=torch.double)[:, None]
    rows = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    return sums.unflatten(2, (rows, -1)).numpy()
