# exercise: softmax
# what: works in the array that it was given
# expect: refuse
# told: changes its input logits
import numpy as np


def softmax(logits):
    np.subtract(logits, logits.max(axis=1, keepdims=True), out=logits)
    np.exp(logits, out=logits)
    return logits / logits.sum(axis=1, keepdims=True)
