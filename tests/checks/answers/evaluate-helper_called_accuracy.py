# exercise: evaluate
# what: right; a helper counts
# expect: accept
import torch
from torch import nn


# %%
def accuracy(scores, wanted):
    return int(scores.argmax(-1).eq(wanted).sum())


# %%
def evaluate(model, batches, device):
    model.eval()
    criterion = nn.CrossEntropyLoss(reduction="sum").to(device)
    loss = right = pictures = 0
    for x, y in batches:
        with torch.no_grad():
            scores = model(x.to(device))
            loss += criterion(scores, y.to(device)).item()
        right += accuracy(scores, y.to(device))
        pictures += len(x)
    return loss / pictures, right / pictures
