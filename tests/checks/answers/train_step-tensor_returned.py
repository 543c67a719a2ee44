# exercise: train_step
# what: gives the loss with all that hangs on it
# expect: refuse
# name: a tensor for a number
from torch import nn


def train_step(model, x, y, optimizer):
    model.train()
    optimizer.zero_grad(set_to_none=False)
    cost = nn.CrossEntropyLoss()(model(x), y)
    cost.backward()
    optimizer.step()
    return cost
