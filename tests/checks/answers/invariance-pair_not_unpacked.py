# exercise: invariance
# what: a function of its own wants two numbers, and gets a pair
# expect: refuse
# name: the pair passed whole
import numpy as np


def moved(picture, down, right):
    return np.roll(picture, (down, right), axis=(-2, -1))


def invariance(layer, image, shift):
    same = np.isclose(layer(moved(image, shift)), layer(image))
    return same.sum() / same.size
