# exercise: output_size
# what: how often the stride goes into the padded size
# expect: refuse
# name: padded size divided by stride
def output_size(size, kernel_size, stride, padding):
    times, _rest = divmod(padding + size + padding, stride)
    return times
