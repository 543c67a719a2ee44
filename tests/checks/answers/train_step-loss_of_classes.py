# exercise: train_step
# what: takes the classes for the logits
# expect: refuse
# name: loss of the predicted classes
import torch
from torch import nn


def train_step(model, x, y, optimizer):
    model.train()
    optimizer.zero_grad()
    _scores, classes = torch.max(model(x), dim=1)
    cost = nn.CrossEntropyLoss()(classes.to(torch.float32), y)
    cost.backward()
    optimizer.step()
    return cost.item()
