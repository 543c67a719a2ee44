# exercise: output_size
# what: 1 is added inside the brackets and once more behind them
# expect: refuse
# name: 1 before and after the division
def output_size(size, kernel_size, stride, padding):
    starts = size - kernel_size + padding + padding + 1
    return int(starts / stride) + 1
