# exercise: dilated_output_size
# expect: refuse
# name: dilation for the pixels in a gap
# what: inserts `dilation` zeros between the weights
def dilated_output_size(size, kernel_size, stride, padding, dilation):
    spread = kernel_size + (kernel_size - 1) * dilation
    free = size + 2 * padding - spread
    return free // stride + 1
