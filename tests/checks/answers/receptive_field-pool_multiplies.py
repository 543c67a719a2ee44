# exercise: receptive_field
# what: convolutions add what they reach beyond one pixel, pools multiply
# expect: refuse
# name: pooling multiplies the size
def grown(pixels, kernel, stride):
    is_pool = stride == kernel != 1
    return pixels * kernel if is_pool else pixels + kernel - 1


def receptive_field(layers):
    pixels = 1
    for kernel, stride in layers:
        pixels = grown(pixels, kernel, stride)
    return pixels
