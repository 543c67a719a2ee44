# exercise: train_step
# what: gives an array of no axes
# expect: refuse
# name: an array for a number
import numpy as np
from torch.nn.functional import cross_entropy


def train_step(model, x, y, optimizer):
    optimizer.zero_grad()
    model.train(True)
    cost = cross_entropy(model(x), y)
    cost.backward()
    optimizer.step()
    return np.array(cost.tolist())
