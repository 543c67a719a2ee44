# exercise: conv_parameters
# what: right, with a decorator that keeps a diary
# expect: accept
from functools import wraps

diary = []


def noted(work):
    @wraps(work)
    def outer(*things, **options):
        diary.append(things)
        return work(*things, **options)

    return outer


@noted
@noted
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    high, wide = kernel_size
    weights = high * wide * in_channels * out_channels
    return weights + out_channels if bias else weights
