# exercise: train_step
# what: adds to the gradients it finds, and clears them for the next step
# expect: refuse
# name: zero_grad after the step
from torch import nn


def train_step(model, x, y, optimizer):
    model.train()
    criterion = nn.CrossEntropyLoss()
    cost = criterion(model(x), y)
    cost.backward()
    optimizer.step()
    for parameter in model.parameters():
        parameter.grad = None
    return float(cost)
