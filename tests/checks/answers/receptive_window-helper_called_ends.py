# exercise: receptive_window
# what: one helper for both axes, from a cell of its own
# expect: accept
def ends(place, axis, kernel_size, stride, padding):
    first = place * stride[axis] - padding[axis]
    return first, first - 1 + kernel_size[axis]


# %%
def receptive_window(row, column, kernel_size, stride, padding):
    return tuple(ends(place, axis, kernel_size, stride, padding) for axis, place in enumerate((row, column)))
