# exercise: output_size
# what: a wrong try, then the right one in a new cell, with the dots of the empty answer behind it
# expect: accept
def output_size(size, kernel_size, stride, padding):
    return size - kernel_size + 2 * padding


# %%
def output_size(size, kernel_size, stride, padding):
    """How many places there are."""
    last = size + padding - kernel_size
    return (last + padding) // stride + 1
    ...  # your code here
