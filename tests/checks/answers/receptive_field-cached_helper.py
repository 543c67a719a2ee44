# exercise: receptive_field
# what: a helper that remembers what it gave for a stack
# expect: accept
import functools


@functools.cache
def pixels_below(*stack):
    if not stack:
        return 1, 1
    pixels, jump = pixels_below(*stack[:-1])
    kernel, stride = stack[-1]
    return pixels + jump * (kernel - 1), jump * stride


def receptive_field(layers):
    return pixels_below(*[(kernel, stride) for kernel, stride in layers])[0]
