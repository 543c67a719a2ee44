# exercise: evaluate
# what: the loss is written over with each batch
# expect: refuse
# name: the loss of the last batch
import torch
from torch import nn


def evaluate(model, batches, device):
    model.eval()
    hits = []
    with torch.inference_mode():
        for pictures, classes in batches:
            logits = model(pictures.to(device))
            loss = nn.CrossEntropyLoss()(logits, classes.to(device))
            hits += (logits.argmax(dim=-1) == classes.to(device)).tolist()
    return float(loss), sum(hits) / len(hits)
