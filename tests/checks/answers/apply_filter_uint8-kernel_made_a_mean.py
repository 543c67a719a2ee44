# exercise: apply_filter_uint8
# what: scales the kernel to a sum of 1
# expect: refuse
# name: kernel divided by its sum
import numpy as np


def apply_filter_uint8(image, kernel):
    border = [(side // 2, side // 2) for side in kernel.shape]
    views = np.lib.stride_tricks.sliding_window_view(np.pad(image.astype(float), border), kernel.shape)
    means = np.einsum("ijuv,uv->ij", views, kernel) / kernel.sum()
    return np.rint(np.clip(means, 0, 255)).astype(np.uint8)
