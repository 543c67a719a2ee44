# exercise: same_padding
# what: the fewest zeros with which the last window ends at the border
# expect: refuse
# name: until the windows come out even
from itertools import count


def same_padding(size, kernel_size, stride):
    for zeros in count(max(kernel_size - size, 0)):
        if (size - kernel_size + zeros) % stride == 0:
            return zeros // 2, (zeros + 1) // 2
