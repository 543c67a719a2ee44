# exercise: softmax
# what: right, with all of NumPy's names
# expect: accept
from numpy import *


# %%
def softmax(logits):
    below = logits - max(logits, axis=-1)[..., newaxis]
    powers = exp(below)
    return (powers.T / sum(powers, axis=-1)).T
