# exercise: output_size
# what: allows no wider border than half the kernel, or 1
# expect: refuse
# name: padding limited to half the kernel or 1
def output_size(size, kernel_size, stride, padding):
    widest = kernel_size // 2 or 1
    if padding > widest:
        padding = widest
    return 1 + (size - kernel_size + padding + padding) // stride
