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

LESSON_3 = {
    "neuron_output_multi": """
def neuron_output_multi(x, weight, bias, row, column, k, stride):
    total = bias[k]
    for u in range(weight.shape[0]):
        for v in range(weight.shape[1]):
            for c in range(weight.shape[2]):
                total = total + x[row * stride[0] + u, column * stride[1] + v, c] * weight[u, v, c, k]
    return float(total)
""",
    "conv_volume": """
def conv_volume(x, weight, bias, stride, padding):
    channels, height, width = x.shape
    maps, _, f_h, f_w = weight.shape
    padded = np.zeros((channels, height + 2 * padding, width + 2 * padding))
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                padded[c, i + padding, j + padding] = x[c, i, j]
    out_h = (height + 2 * padding - f_h) // stride + 1
    out_w = (width + 2 * padding - f_w) // stride + 1
    z = np.zeros((maps, out_h, out_w))
    for k in range(maps):
        for i in range(out_h):
            for j in range(out_w):
                total = bias[k]
                for c in range(channels):
                    for u in range(f_h):
                        for v in range(f_w):
                            total = total + padded[c, i * stride + u, j * stride + v] * weight[k, c, u, v]
                z[k, i, j] = total
    return z
""",
    "conv2d": """
def conv2d(x, weight, bias, stride, padding):
    count, channels, height, width = x.shape
    maps, _, f_h, f_w = weight.shape
    padded = np.zeros((count, channels, height + 2 * padding, width + 2 * padding))
    for n in range(count):
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    padded[n, c, i + padding, j + padding] = x[n, c, i, j]
    out_h = (height + 2 * padding - f_h) // stride + 1
    out_w = (width + 2 * padding - f_w) // stride + 1
    z = np.zeros((count, maps, out_h, out_w))
    for n in range(count):
        for k in range(maps):
            for i in range(out_h):
                for j in range(out_w):
                    total = bias[k]
                    for c in range(channels):
                        for u in range(f_h):
                            for v in range(f_w):
                                total = total + padded[n, c, i * stride + u, j * stride + v] * weight[k, c, u, v]
                    z[n, k, i, j] = total
    return z
""",
    "nhwc_to_nchw": """
def nhwc_to_nchw(x):
    count, height, width, channels = x.shape
    out = np.zeros((count, channels, height, width), dtype=x.dtype)
    for n in range(count):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    out[n, c, i, j] = x[n, i, j, c]
    return out
""",
    "im2col": """
def im2col(x, kernel_size, stride, padding):
    f_h, f_w = kernel_size
    count, channels, height, width = x.shape
    padded = np.zeros((count, channels, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    out_h = (height + 2 * padding - f_h) // stride + 1
    out_w = (width + 2 * padding - f_w) // stride + 1
    columns = np.zeros((count, channels * f_h * f_w, out_h * out_w))
    for n in range(count):
        for i in range(out_h):
            for j in range(out_w):
                for c in range(channels):
                    for u in range(f_h):
                        for v in range(f_w):
                            line = (c * f_h + u) * f_w + v
                            columns[n, line, i * out_w + j] = padded[n, c, i * stride + u, j * stride + v]
    return columns
""",
    "conv_parameters": """
def conv_parameters(in_channels, out_channels, kernel_size, bias):
    total = 0
    for k in range(out_channels):
        total += kernel_size[0] * kernel_size[1] * in_channels
        if bias:
            total += 1
    return total
""",
    "conv_cost": """
def conv_cost(in_channels, out_channels, kernel_size, output_size):
    for_one_neuron = kernel_size[0] * kernel_size[1] * in_channels
    return for_one_neuron * out_channels * output_size[0] * output_size[1]
""",
    "conv2d_backward": """
def conv2d_backward(grad_output, x, weight, stride, padding):
    count, channels, height, width = x.shape
    maps, _, f_h, f_w = weight.shape
    padded = np.zeros((count, channels, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    grad_padded = np.zeros(padded.shape)
    grad_weight = np.zeros(weight.shape)
    grad_bias = np.zeros(maps)
    for n in range(grad_output.shape[0]):
        for k in range(maps):
            for i in range(grad_output.shape[2]):
                for j in range(grad_output.shape[3]):
                    g = grad_output[n, k, i, j]
                    grad_bias[k] += g
                    for c in range(channels):
                        for u in range(f_h):
                            for v in range(f_w):
                                grad_weight[k, c, u, v] += g * padded[n, c, i * stride + u, j * stride + v]
                                grad_padded[n, c, i * stride + u, j * stride + v] += g * weight[k, c, u, v]
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, grad_weight, grad_bias
""",
}

LESSON_4 = {
    "max_pool2d": """
def max_pool2d(x, kernel_size, stride, padding):
    count, channels, height, width = x.shape
    padded = np.full((count, channels, height + 2 * padding, width + 2 * padding), -np.inf)
    padded[:, :, padding : padding + height, padding : padding + width] = x
    out_h = (height + 2 * padding - kernel_size[0]) // stride + 1
    out_w = (width + 2 * padding - kernel_size[1]) // stride + 1
    out = np.zeros((count, channels, out_h, out_w))
    for n in range(count):
        for c in range(channels):
            for i in range(out_h):
                for j in range(out_w):
                    top, left = i * stride, j * stride
                    window = padded[n, c, top : top + kernel_size[0], left : left + kernel_size[1]]
                    out[n, c, i, j] = np.max(window)
    return out
""",
    "avg_pool2d": """
def avg_pool2d(x, kernel_size, stride):
    count, channels, height, width = x.shape
    out_h = (height - kernel_size[0]) // stride + 1
    out_w = (width - kernel_size[1]) // stride + 1
    out = np.zeros((count, channels, out_h, out_w))
    for n in range(count):
        for c in range(channels):
            for i in range(out_h):
                for j in range(out_w):
                    top, left = i * stride, j * stride
                    window = x[n, c, top : top + kernel_size[0], left : left + kernel_size[1]]
                    out[n, c, i, j] = np.mean(window)
    return out
""",
    "shift": """
def shift(image, rows, columns, fill=0):
    height, width = image.shape[-2:]
    moved = np.zeros_like(image)
    for i in range(height):
        for j in range(width):
            if 0 <= i - rows < height and 0 <= j - columns < width:
                moved[..., i, j] = image[..., i - rows, j - columns]
            else:
                moved[..., i, j] = fill
    return moved
""",
    "invariance": """
move = shift


def invariance(layer, image, shift):
    before = np.asarray(layer(image)).ravel()
    after = np.asarray(layer(move(image, shift[0], shift[1], 0))).ravel()
    same = 0
    for one, other in zip(before, after):
        if abs(one - other) <= 1e-8 + 1e-5 * abs(other):
            same = same + 1
    return same / len(before)
""",
    "equivariance_gap": """
def equivariance_gap(layer, image, shift, stride):
    rows, columns = shift[0] // stride, shift[1] // stride
    before = layer(image)
    after = layer(move(image, shift[0], shift[1], 0))
    height, width = before.shape[-2:]
    total, count = 0.0, 0
    for i in range(height):
        for j in range(width):
            if 0 <= i - rows < height and 0 <= j - columns < width:
                difference = np.abs(after[..., i, j] - before[..., i - rows, j - columns])
                total += difference.sum()
                count += difference.size
    return total / count
""",
    "global_avg_pool": """
def global_avg_pool(x):
    count, channels, height, width = x.shape
    out = np.zeros((count, channels))
    for n in range(count):
        for c in range(channels):
            total = 0.0
            for i in range(height):
                for j in range(width):
                    total = total + x[n, c, i, j]
            out[n, c] = total / (height * width)
    return out
""",
    "max_pool2d_backward": """
def max_pool2d_backward(grad_output, x, kernel_size, stride, padding):
    count, channels, height, width = x.shape
    padded = np.full((count, channels, height + 2 * padding, width + 2 * padding), -np.inf)
    padded[:, :, padding : padding + height, padding : padding + width] = x
    grad = np.zeros(padded.shape)
    for n in range(count):
        for c in range(channels):
            for i in range(grad_output.shape[2]):
                for j in range(grad_output.shape[3]):
                    best = (i * stride, j * stride)
                    for u in range(kernel_size[0]):
                        for v in range(kernel_size[1]):
                            value = padded[n, c, i * stride + u, j * stride + v]
                            if value > padded[n, c, best[0], best[1]] or (
                                np.isnan(value) and not np.isnan(padded[n, c, best[0], best[1]])
                            ):
                                best = (i * stride + u, j * stride + v)
                    grad[n, c, best[0], best[1]] += grad_output[n, c, i, j]
    return grad[:, :, padding : padding + height, padding : padding + width]
""",
}
