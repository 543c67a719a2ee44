# exercise: invariance
# what: a function with names of its own wants two numbers, and gets a pair
# expect: refuse
# told: A function is called without 'right'
import numpy as np


def moved(picture, down, right):
    return np.roll(picture, (down, right), axis=(-2, -1))


def invariance(layer, image, shift):
    same = np.isclose(layer(moved(image, shift)), layer(image))
    return same.sum() / same.size
