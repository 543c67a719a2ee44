# exercise: train_step
# what: right, the gradients are calculated apart and put where the optimizer looks
# expect: accept
import torch


def train_step(model, x, y, optimizer):
    model.train()
    loss = torch.nn.CrossEntropyLoss()(model(x), y)
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    slopes = torch.autograd.grad(loss, weights)
    while weights:
        weight, *weights = weights
        weight.grad, *slopes = slopes
    optimizer.step()
    return float(loss.detach())
