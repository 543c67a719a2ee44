# exercise: im2col
# what: one matrix, the columns of all pictures side by side, place after place
# expect: refuse
# name: batch inside the windows
import numpy as np


def im2col(x, kernel_size, stride, padding):
    framed = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    high, wide = kernel_size
    columns = []
    for top in range(0, framed.shape[2] - high + 1, stride):
        for left in range(0, framed.shape[3] - wide + 1, stride):
            for picture in framed:
                columns.append(picture[:, top : top + high, left : left + wide].flatten())
    return np.column_stack(columns)
