# exercise: s_cell
# what: right, with a function of its own for phi
# expect: accept
import math


def phi(x):
    if x < 0:
        return 0
    return x


def s_cell(u, a, b, c, r):
    e = 0
    v = 0
    for plane, weights in zip(u, a):
        for row in range(plane.shape[0]):
            for column in range(plane.shape[1]):
                e += weights[row][column] * plane[row][column]
                v += c[row][column] * pow(plane[row][column], 2)
    return r * phi((1 + e) / (1 + (2 * r / (1 + r)) * b * math.sqrt(v)) - 1)
