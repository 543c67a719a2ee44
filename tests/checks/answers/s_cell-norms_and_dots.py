# exercise: s_cell
# what: right, all planes in one long row, and v as a length
# expect: accept
import numpy as np


def s_cell(u, a, b, c, r):
    weights = np.broadcast_to(np.sqrt(c), u.shape)
    v = np.linalg.norm(weights * u)
    gain = 2 * r / (r + 1)
    ratio = (np.vdot(a, u) + 1) / (gain * b * v + 1)
    return r * (ratio - 1) if ratio > 1 else 0.0
