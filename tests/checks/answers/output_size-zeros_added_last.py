# exercise: output_size
# what: counts the places without the border, then adds the border
# expect: refuse
# name: padding added after the division
def output_size(size, kernel_size, stride, padding):
    places = 1 + (size - kernel_size) // stride
    for _side in ("before", "after"):
        places += padding
    return places
