# exercise: conv_parameters
# what: counts the bias as one more map
# expect: refuse
# name: a bias for each weight of one map
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    maps = out_channels + 1 if bias else out_channels
    for factor in (in_channels, *kernel_size):
        maps *= factor
    return maps
