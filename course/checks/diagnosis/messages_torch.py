"""What PyTorch alone says: gradients, kinds of numbers, classes, layers, devices.

The form of the text is told in `errors`.
"""

__all__ = ["TEXT"]

TEXT = r"""
# PyTorch

tensor needs grad
    / does not require grad and does not have a grad_fn
    backward() finds no way back to the weights: .item(), .detach(), argmax or no_grad cuts it off before.

cannot call numpy() on a tensor that needs grad
    / Can't call numpy\(\) on Tensor that requires grad
    A tensor that records gradients becomes no NumPy array: .detach() gives the bare numbers.

backward of several numbers
    / grad can be implicitly created only for scalar
    backward() starts from one number, the loss: its mean or sum over the batch.

backward twice
    / backward through the graph a second time
    backward() was called twice for one forward pass: compute the loss anew before each backward().

weight changed in place
    / leaf Variable that requires grad is being used in an in-place
    Weights cannot be changed while gradients are recorded: the optimizer changes them, or use torch.no_grad().

changed in place before backward
    / modified by an inplace operation
    A tensor that backward() still needs was changed in place: write a = a + b rather than a += b.

classes taken for probabilities
    / floating point type for target with class probabilities
    PyTorch takes a target that is shaped like the input for probabilities: give it the logits, with an axis for
    the classes, and then one class for each picture.

wrong dtype
    / expected target dtype to be Long or Byte, but got (?P<found>\w+)
    The classes must be whole numbers (torch.long), yours are {found}; the logits come first, then the classes.

wrong dtype
    / expected scalar type (?P<wanted>\w+) but found (?P<found>\w+)
    / same dtype, but got (?P<found>\w+) and (?P<wanted>\w+)
    Two tensors meet that hold different kinds of numbers ({found} and {wanted}): .float() and .long() convert.

different devices
    / type \(torch\.cuda\.\w+\) and \w+ type \(torch\.(?!cuda)
    / type \(torch\.(?!cuda)\w+\) and \w+ type \(torch\.cuda
    Two tensors are on different devices: .to(device) moves a tensor, or a whole network.

wrong dtype
    / Input type \((?P<found>.*?)\) and (bias|weight) type \((?P<wanted>.*?)\) should be the same
    Two tensors meet that hold different kinds of numbers ({found} and {wanted}): .float() and .long() convert.

wrong dtype
    / "(?!bitwise)\w+" not implemented for '(?P<found>\w+)'
    / could not infer output dtype.*Got: (?P<found>\w+)
    / [Ii]nput dtype should be either floating point.*Got (?P<found>\w+)
    This needs floating-point numbers, and got {found}: convert with .float(), or look at what is passed.

wrong dtype
    / Expected dtype int
    / of type LongTensor
    Whole numbers (torch.long) are needed here: .long() converts.

wrong dtype
    / m1 and m2 to have the same dtype, but got: (?P<found>\w+) != (?P<wanted>\w+)
    Two tensors meet that hold different kinds of numbers ({found} and {wanted}): .float() and .long() convert.

wrong dtype
    / nly Tensors of floating point
    Only floating-point numbers have gradients.

target out of bounds
    / Target (?P<value>-?\d+) is out of bounds
    / Class values must be (smaller|non-negative)
    The target holds a class for which there is no column of logits: classes are numbered from 0.

different batch sizes
    / Expected input batch_size \((?P<one>\d+)\) to match target batch_size \((?P<other>\d+)\)
    / target must have size
    There must be as many classes as rows of logits: print both shapes.

different devices
    / to be on the same device
    / is not on the expected device
    / (cuda|meta|mps).* to numpy
    Two tensors are on different devices: .to(device) moves a tensor, or a whole network.

no such device
    / not compiled with CUDA
    / No CUDA GPUs
    / NVIDIA driver
    / device type at start of device
    This computer has no such device: use the device that the function is given, or the CPU.

not a layer
    / is not a Module subclass
    nn.Sequential takes layers, one after the other, not a list of them, nor their classes.

super().__init__() is missing
    / before Module\.__init__\(\) call
    A network of your own begins its __init__ with super().__init__().

no forward
    / missing the required \"forward\"
    A network of your own needs a method forward.

optimizer without weights
    / optimizer got an empty parameter list
    The optimizer was given no weights.

normalisation of one value
    / more than 1 value per channel when training
    Batch normalisation needs several values for each channel while the network is in training mode.
"""
