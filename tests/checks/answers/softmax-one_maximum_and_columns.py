# exercise: softmax
# what: the largest of all logits, and sums down the columns
# expect: refuse
# name: one maximum for all rows
# name: the wrong axis
import numpy as np


def softmax(logits):
    powers = np.exp(np.array(logits) - max(map(max, logits)))
    return np.array([column / column.sum() for column in powers.T]).T
