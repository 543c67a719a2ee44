# exercise: softmax
# what: right but for the eighth digit
# expect: accept
import numpy as np


def softmax(logits):
    powers = np.exp((logits.T - logits.max(axis=1)).T)
    totals = powers @ np.ones(logits.shape[1]) + 1e-9
    return powers / totals.reshape(-1, 1)
