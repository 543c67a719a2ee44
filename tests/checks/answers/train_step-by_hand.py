# exercise: train_step
# what: moves the weights itself
# expect: refuse
# name: without the optimizer
import torch


def train_step(model, x, y, optimizer):
    model.train()
    cost = torch.nn.functional.cross_entropy(model(x), y)
    weights = list(model.parameters())
    slopes = torch.autograd.grad(cost, weights)
    for weight, slope in zip(weights, slopes):
        weight.data.sub_(slope, alpha=0.1)
    return cost.item()
