# exercise: correlate2d
# what: right, in float32, as a list of lists
# expect: accept
import numpy as np


def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    framed = np.pad(image, padding).astype(np.float32)
    weights = np.float32(kernel)
    rows = []
    for top in range(0, len(framed) - len(kernel) + 1, stride):
        rows.append([])
        for left in range(0, len(framed[0]) - len(kernel[0]) + 1, stride):
            part = framed[top : top + len(kernel), left : left + len(kernel[0])]
            rows[-1].append(np.sum(part * weights) + np.float32(bias))
    return rows
