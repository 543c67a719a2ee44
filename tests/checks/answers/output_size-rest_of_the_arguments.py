# exercise: output_size
# what: takes any number of arguments
# expect: accept
def output_size(size, *rest):
    kernel_size, stride, padding = rest
    places, start = 0, -padding
    while start + kernel_size <= size + padding:
        places, start = places + 1, start + stride
    return places
