# exercise: softmax
# what: right, by PyTorch, which the lesson is about
# expect: accept
import numpy as np
from torch import from_numpy, nn


def softmax(logits):
    layer = nn.Softmax(dim=-1)
    return layer(from_numpy(np.array(logits, float))).numpy()
