# exercise: softmax
# what: a number for each row, taken for a number for each column
# expect: refuse
# name: keepdims forgotten
import numpy as np


def softmax(logits):
    highest = np.array([np.max(row) for row in logits])
    powers = np.exp(logits - highest)
    return powers / np.array([np.sum(row) for row in powers])
