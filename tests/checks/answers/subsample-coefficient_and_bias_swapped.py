# exercise: subsample
# what: names mixed up, and the exponentials of tanh(z / 2)
# expect: refuse
# name: coefficient and bias swapped
# name: z / 3 within
import numpy as np


def subsample(x, coefficient, bias):
    n, c, h, w = x.shape
    s = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5))
    z = bias[:, None, None] * s + coefficient[:, None, None]
    e = np.exp(2 / 3 * z)
    return 1.7159 * (e - 1) / (e + 1)
