# exercise: softmax
# what: brings the logits to -1 to 1, so that nothing overflows
# expect: refuse
# name: divided by the largest size
import numpy as np


def softmax(logits):
    rows = []
    for row in logits:
        powers = np.exp(row / max(abs(row.min()), abs(row.max())))
        rows.append(powers / powers.sum())
    return np.array(rows)
