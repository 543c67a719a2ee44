# exercise: softmax
# what: all probabilities of a batch make 1
# expect: refuse
# name: one maximum and one sum for all
import numpy as np


def softmax(logits):
    flat = logits.ravel().astype(float)
    powers = np.exp(flat - flat.max())
    return np.reshape(powers / np.add.reduce(powers), logits.shape)
