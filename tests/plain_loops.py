"""The exercises answered as a beginner may answer them: with plain Python loops, one number after the other.

For each lesson a dictionary of the exercises that loops make slow, each with the source of its answer. The lessons must
keep to their time with these, too.
"""

LESSON_1 = {
    "receptive_window": """
def receptive_window(row, column, kernel_size, stride, padding):
    ends = []
    for place, size, step, zeros in zip((row, column), kernel_size, stride, padding):
        first = -zeros
        for _ in range(place):
            first += step
        ends.append((first, first + size - 1))
    return ends[0], ends[1]
""",
    "output_size": """
def output_size(size, kernel_size, stride, padding):
    windows, start = 0, -padding
    while start + kernel_size <= size + padding:
        windows += 1
        start += stride
    return windows
""",
    "same_padding": """
def same_padding(size, kernel_size, stride):
    windows = 0
    while windows * stride < size:
        windows += 1
    before = after = 0
    while before + size + after < (windows - 1) * stride + kernel_size:
        if after == before:
            after += 1
        else:
            before += 1
    return before, after
""",
    "dilated_output_size": """
def dilated_output_size(size, kernel_size, stride, padding, dilation):
    windows, start = 0, -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        windows += 1
        start += stride
    return windows
""",
    "receptive_field": """
def receptive_field(layers):
    pixels = {0}
    for kernel_size, stride in reversed(layers):
        below = set()
        for unit in pixels:
            for u in range(kernel_size):
                below.add(unit * stride + u)
        pixels = below
    return max(pixels) - min(pixels) + 1
""",
    "probe_receptive_field": """
def probe_receptive_field(network, input_shape, unit):
    picture = np.random.default_rng(0).normal(size=input_shape)
    seen = np.zeros(input_shape, dtype=bool)
    for row in range(input_shape[0]):
        for column in range(input_shape[1]):
            for poke in (100, -100):
                before = network(picture)[unit]
                poked = np.array([[pixel for pixel in line] for line in picture])
                poked[row, column] += poke
                if network(poked)[unit] != before:
                    seen[row, column] = True
    return seen
""",
}

LESSON_2 = {
    "zero_pad": """
def zero_pad(image, padding):
    height, width = image.shape
    padded = np.zeros((height + 2 * padding, width + 2 * padding), dtype=image.dtype)
    for i in range(height):
        for j in range(width):
            padded[i + padding, j + padding] = image[i, j]
    return padded
""",
    "unpad": """
def unpad(image, padding):
    height, width = image.shape
    inner = np.zeros((height - 2 * padding, width - 2 * padding), dtype=image.dtype)
    for i in range(height - 2 * padding):
        for j in range(width - 2 * padding):
            inner[i, j] = image[i + padding, j + padding]
    return inner
""",
    "neuron_output": """
def neuron_output(window, kernel, bias):
    total = float(bias)
    for u in range(kernel.shape[0]):
        for v in range(kernel.shape[1]):
            total += window[u, v] * kernel[u, v]
    return float(total)
""",
    "correlate2d": """
def correlate2d(image, kernel, stride=1, padding=0, bias=0.0):
    f_h, f_w = kernel.shape
    padded = zero_pad(image, padding)
    height = (padded.shape[0] - f_h) // stride + 1
    width = (padded.shape[1] - f_w) // stride + 1
    z = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            total = float(bias)
            for u in range(f_h):
                for v in range(f_w):
                    total += padded[i * stride + u, j * stride + v] * kernel[u, v]
            z[i, j] = total
    return z
""",
    "line_filters": """
def line_filters(size):
    vertical, horizontal = np.zeros((size, size)), np.zeros((size, size))
    for k in range(size):
        vertical[k, size // 2] = 1
        horizontal[size // 2, k] = 1
    return vertical, horizontal
""",
    "apply_filter_uint8": """
def apply_filter_uint8(image, kernel):
    f_h, f_w = kernel.shape
    height, width = image.shape
    result = np.zeros((height, width), dtype=np.uint8)
    for i in range(height):
        for j in range(width):
            total = 0.0
            for u in range(f_h):
                for v in range(f_w):
                    row, column = i + u - f_h // 2, j + v - f_w // 2
                    if 0 <= row < height and 0 <= column < width:
                        total += float(image[row, column]) * kernel[u, v]
            result[i, j] = round(min(max(total, 0), 255))
    return result
""",
    "true_convolution2d": """
def true_convolution2d(image, kernel):
    f_h, f_w = kernel.shape
    height, width = image.shape[0] - f_h + 1, image.shape[1] - f_w + 1
    z = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            total = 0.0
            for u in range(f_h):
                for v in range(f_w):
                    total += float(image[i + u, j + v]) * kernel[f_h - 1 - u, f_w - 1 - v]
            z[i, j] = total
    return z
""",
}
