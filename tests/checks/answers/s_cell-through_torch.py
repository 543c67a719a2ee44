# exercise: s_cell
# what: right, by PyTorch
# expect: other library
import torch


def s_cell(u, a, b, c, r):
    u, a, c = (torch.as_tensor(one, dtype=torch.float64) for one in (u, a, c))
    e = torch.sum(a * u)
    v = torch.sqrt(torch.sum(c * u * u))
    return float(r * torch.relu((1 + e) / (1 + 2 * r / (1 + r) * b * v) - 1))
