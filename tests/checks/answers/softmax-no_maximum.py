# exercise: softmax
# what: powers of the logits as they are
# expect: refuse
# name: overflow
import numpy as np


def softmax(logits):
    powers = np.e**logits
    totals = np.einsum("nk->n", powers)
    return powers / totals[:, np.newaxis]
