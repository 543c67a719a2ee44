# exercise: same_padding
# what: right, as a list of NumPy's whole numbers
# expect: accept
import numpy as np


def same_padding(size, kernel_size, stride):
    places = int(np.ceil(size / stride))
    last_end = (places - 1) * stride + kernel_size
    zeros = np.clip(last_end - size, 0, None)
    return list(np.array([zeros, zeros + 1]) // 2)
