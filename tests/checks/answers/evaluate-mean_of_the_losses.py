# exercise: evaluate
# what: the accuracy by pictures, the loss by batches
# expect: refuse
# name: the mean of unequal batches for the loss
import statistics

import torch


def evaluate(model, batches, device):
    was_training = model.training
    model.eval()
    criterion = torch.nn.CrossEntropyLoss()
    losses, right, pictures = [], 0, 0
    for x, y in batches:
        with torch.no_grad():
            logits = model(x.to(device))
        losses.append(criterion(logits, y.to(device)).item())
        right += int(torch.sum(torch.argmax(logits, 1) == y.to(device)))
        pictures += x.shape[0]
    model.train(was_training)
    return statistics.fmean(losses), right / pictures
