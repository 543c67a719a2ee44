# exercise: same_padding
# what: half of the zeros on each side, be it a whole number or not
# expect: refuse
# name: halves as floats
def same_padding(size, kernel_size, stride):
    places = -(-size // stride)
    zeros = kernel_size + (places - 1) * stride - size
    return (0.5 * zeros, 0.5 * zeros) if zeros > 0 else (0 / 2, 0 / 2)
