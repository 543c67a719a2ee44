# exercise: evaluate
# expect: refuse
# name: a table of comparisons
# what: argmax with keepdim=True, so that (N, 1) meets (N,) in ==
import torch
import torch.nn.functional as F


def evaluate(model, batches, device):
    model.eval()
    loss_sum, correct, total = 0.0, 0, 0
    with torch.no_grad():
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss_sum += F.cross_entropy(out, y).item() * y.size(0)
            pred = out.argmax(dim=1, keepdim=True)
            correct += (pred == y).sum().item()
            total += y.size(0)
    return loss_sum / total, correct / total
