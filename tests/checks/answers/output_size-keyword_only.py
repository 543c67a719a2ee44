# exercise: output_size
# what: all but the first argument want their names
# expect: refuse
# told: compare the call with the line that begins with def
def output_size(size, *, kernel_size, stride, padding):
    return 1 + (size - kernel_size + padding + padding) // stride
