# exercise: receptive_field
# what: comes down from the layer below the top
# expect: refuse
# name: last layer left out
def receptive_field(layers):
    below = list(layers)[:-1]
    pixels = 1
    while below:
        kernel, stride = below.pop()
        pixels = kernel + stride * (pixels - 1)
    return pixels
