# exercise: same_padding
# what: right, the pair made by map
# expect: accept
def same_padding(size, kernel_size, stride):
    rest = size % stride or stride
    zeros = max(kernel_size - rest, 0)
    return tuple(map(lambda odd: (zeros + odd) // 2, range(2)))
