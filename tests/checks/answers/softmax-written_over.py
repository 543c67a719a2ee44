# exercise: softmax
# what: takes the largest away in the array that it was given
# expect: refuse
# told: changes its input logits
import numpy as np


def softmax(logits):
    for row in logits:
        row[:] = row - row.max()
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)
