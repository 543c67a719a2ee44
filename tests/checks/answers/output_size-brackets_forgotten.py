# exercise: output_size
# what: only the kernel is divided by the stride
# expect: refuse
# name: only the kernel divided
def output_size(size, kernel_size, stride, padding):
    room = padding + size + padding
    room -= kernel_size // stride
    return 1 + room
