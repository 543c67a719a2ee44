# exercise: evaluate
# what: the loss by pictures, the accuracy by batches
# expect: refuse
# name: the mean of unequal batches for the accuracy
import numpy as np
import torch
from torch.nn.functional import cross_entropy


@torch.no_grad()
def evaluate(model, batches, device):
    model.eval()
    losses, shares = [], []
    for pictures, classes in batches:
        pictures, classes = pictures.to(device), classes.to(device)
        logits = model(pictures)
        losses.extend(cross_entropy(logits, classes, reduction="none").tolist())
        shares.append(logits.argmax(1).eq(classes).double().mean().item())
    return float(np.mean(losses)), float(np.mean(shares))
