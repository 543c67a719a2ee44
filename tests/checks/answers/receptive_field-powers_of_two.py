# exercise: receptive_field
# what: doubles with each 2 x 2 pool, and leaves out all else
# expect: refuse
# name: powers of two
def receptive_field(layers):
    pixels = 1
    for layer in layers:
        if tuple(layer) == (2, 2):
            pixels += pixels
    return pixels
