# exercise: max_pool2d_backward
# what: takes the number of the largest pixel apart by the window's height
# expect: refuse
# name: the flat index by the height
import numpy as np


def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    high, wide = kernel_size
    frame = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    framed = np.pad(x.astype(float), frame, constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(framed, kernel_size, (2, 3))[:, :, ::stride, ::stride]
    numbers = views.reshape(*views.shape[:4], high * wide).argmax(-1)
    roomy = np.zeros((*x.shape[:2], framed.shape[2] + wide, framed.shape[3] + high))
    for place, number in np.ndenumerate(numbers):
        n, c, i, j = place
        roomy[n, c, i * stride + number // high, j * stride + number % high] += grad_output[place]
    return roomy[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
