# exercise: same_padding
# what: defined inside of a with block
# expect: accept
import contextlib

with contextlib.suppress(ImportError):
    import math

    def same_padding(size, kernel_size, stride):
        places = math.ceil(size / stride)
        zeros = stride * (places - 1) - size + kernel_size
        before = max(zeros, 0) // 2
        return before, max(zeros, 0) - before
