# exercise: output_size
# what: one more before the division, rounded up: another right formula
# expect: accept
def output_size(size, kernel_size, stride, padding):
    starts = size - kernel_size + padding + padding + 1
    return -(-starts // stride)
