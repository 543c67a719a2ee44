# exercise: train_step
# what: right, the optimizer calls for the gradients
# expect: accept
from torch import nn


def train_step(model, x, y, optimizer):
    costs = []

    def again():
        optimizer.zero_grad()
        costs.append(nn.functional.cross_entropy(model.train()(x), y))
        costs[-1].backward()
        return costs[-1]

    optimizer.step(again)
    return costs[0].item()
