# exercise: count_parameters
# what: right, as one of NumPy's whole numbers
# expect: accept
import numpy as np


def count_parameters(model):
    sizes = [parameter.detach().numpy().size for parameter in model.parameters() if parameter.requires_grad]
    return np.sum(sizes, dtype=np.int64)
