# exercise: subsample
# what: right, with loops over pictures and maps, and lists in between
# expect: accept
import numpy as np


def subsample(x, coefficient, bias):
    N, C, H, W = x.shape
    out = np.empty((N, C, H // 2, W // 2))
    for n in range(N):
        for k in range(C):
            for i in range(0, H - 1, 2):
                for j in range(0, W - 1, 2):
                    total = x[n, k, i, j] + x[n, k, i + 1, j] + x[n, k, i, j + 1] + x[n, k, i + 1, j + 1]
                    out[n, k, i // 2, j // 2] = total * coefficient[k] + bias[k]
    return 1.7159 * np.tanh(2.0 / 3.0 * out)
