# exercise: conv_parameters
# what: counts a bias with every single kernel
# expect: refuse
# name: a bias for each pair of maps
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    high, wide = kernel_size
    pairs = in_channels * out_channels
    return pairs * high * wide + (pairs if bias else 0)
