# exercise: invariance
# what: its own shift wants rows and columns, and gets a pair
# expect: refuse
# name: the pair passed whole
import numpy as np


def shift(image, rows, columns):
    return np.roll(image, (rows, columns), axis=(-2, -1))


move = shift


# %%
def invariance(layer, image, shift):
    difference = layer(image) - layer(move(image, shift))
    return (np.abs(difference) < 1e-8).mean()
