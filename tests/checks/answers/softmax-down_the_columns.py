# exercise: softmax
# what: each class over the pictures
# expect: refuse
# name: the wrong axis, for the largest logit as well
import numpy as np


def softmax(logits):
    result = np.empty(logits.shape)
    for number in range(logits.shape[1]):
        column = logits[:, number]
        powers = np.exp(column - column.max())
        result[:, number] = powers / powers.sum()
    return result
