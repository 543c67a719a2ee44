# exercise: output_size
# what: the right number as a float, out of divmod
# expect: refuse
# name: a float
def output_size(size, kernel_size, stride, padding):
    steps, _rest = divmod(float(size - kernel_size + padding + padding), stride)
    return steps + 1
