# exercise: forward_numpy
# what: flattens a picture with the first axis as the fastest
# expect: refuse
# name: flattened the other way round
import numpy as np


def convolved(x, weight, bias):
    high, wide = weight.shape[2:]
    framed = np.pad(x, [(0, 0), (0, 0), (high // 2, high // 2), (wide // 2, wide // 2)])
    rows, columns = x.shape[2:]
    total = np.zeros((len(x), len(weight), rows, columns))
    for u, v in np.ndindex(high, wide):
        total += np.einsum("ncij,kc->nkij", framed[:, :, u : u + rows, v : v + columns], weight[:, :, u, v])
    return total + bias.reshape(1, -1, 1, 1)


def halved(x):
    rows, columns = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    taller = np.maximum(x[:, :, 0:rows:2], x[:, :, 1:rows:2])
    return np.maximum(taller[..., 0:columns:2], taller[..., 1:columns:2])


def forward_numpy(weights, x):
    for name in ("conv1", "conv2", "conv3", "conv4", "conv5"):
        x = convolved(x, weights[name + ".weight"], weights[name + ".bias"]).clip(0)
        x = x if name in ("conv2", "conv4") else halved(x)
    x = x.transpose(0, 3, 2, 1).reshape(len(x), -1)
    for name in ("dense1", "dense2", "dense3"):
        x = np.einsum("ni,oi->no", x, weights[name + ".weight"]) + weights[name + ".bias"]
        x = x if name == "dense3" else x.clip(0)
    return x
