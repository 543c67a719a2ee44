# exercise: evaluate
# what: asks a list of batches for its dataset, in a decorated function
# expect: refuse
# name: batches.dataset
import torch
from torch import nn


@torch.inference_mode()
def evaluate(model, batches, device):
    model.eval()
    criterion = nn.CrossEntropyLoss(reduction="sum")
    sums = torch.zeros(2)
    for x, y in batches:
        logits = model(x.to(device))
        sums[0] += criterion(logits, y.to(device)).cpu()
        sums[1] += (logits.argmax(1).cpu() == y.cpu()).sum()
    loss, share = (sums / len(batches.dataset)).tolist()
    return loss, share
