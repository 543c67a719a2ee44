# exercise: softmax
# what: stores the powers where the logits were, which whole numbers have no room for
# expect: refuse
# told: An array of whole numbers takes no floats in place
import numpy as np


def softmax(logits):
    np.subtract(logits, logits.max(axis=1, keepdims=True), out=logits)
    np.exp(logits, out=logits)
    return logits / logits.sum(axis=1, keepdims=True)
