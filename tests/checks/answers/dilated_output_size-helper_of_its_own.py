# exercise: dilated_output_size
# expect: accept
# what: a helper for the span, and a loop
def span_of(weights, gap):
    return len(range(0, weights * gap, gap)) + (weights - 1) * (gap - 1)


def dilated_output_size(size, kernel_size, stride, padding, dilation):
    count = 0
    for start in range(-padding, size + padding, stride):
        if start + span_of(kernel_size, dilation) <= size + padding:
            count += 1
    return count
