"""Errors by their causes: code that raises them, and what other versions say."""

# The name of a cause, and below it code that raises an error of that cause; "\n" parts the lines of one piece.
NUMPY_AND_PYTHON = r"""
empty window
    a = np.zeros(2); a[:] = np.zeros(0)
ends the program
    import sys; sys.exit(1)
negative pad width
    np.pad(np.ones((3,3)), -1)
float index
    np.pad(np.ones((3,3)), 1.0)
    np.zeros(3.0)
    np.zeros((3.0, 2))
    np.arange(5)[1.0]
    np.arange(5)[1.0:2]
    np.arange(5)[np.array([1.0])]
    [1,2,3][1.0]
    np.take_along_axis(np.ones((2,3)), np.ones((2,3)), 1)
    np.unravel_index(1.0, (2,3))
wrong number of pad pairs
    np.pad(np.ones((3,3)), ((0,0),)*4)
unknown keyword
    np.pad(np.ones((3,3)), 1, mode="constant", fill=0)
    f = lambda a, b: 0; f(1, c=2)
    print(foo=1)
too few arguments
    np.pad(np.ones((3,3)))
    isinstance(1)
    len()
shapes do not match
    a = np.ones(3); a[[0, 1]] = np.ones(5)
    np.ones((3,4)) + np.ones((2,5))
    a=np.ones((3,4)); a += np.ones((5,3,4))
    a=np.zeros((2,2)); a[:] = np.ones((3,4))
    np.broadcast_to(np.ones((2,3)), (4,3))
    np.broadcast_arrays(np.ones(2), np.ones(3))
    np.zeros((2,3))[[0,1],[0,1,2]]
empty slice cannot take the result
    a=np.zeros((0,0)); a[...] = np.ones((3,4))
array into one cell
    a=np.zeros((2,2)); a[0, 0] = np.ones((3,4))
text is no number
    a=np.zeros((2,2)); a[0, 0] = "x"
    int("a")
    int(None)
    import math; math.floor("a")
rows of different lengths
    a=np.zeros((2,2)); a[0] = [1, [2]]
    np.array([[1,2],[3]])
matrix sizes
    np.dot(np.ones((2,3)), np.ones((2,3)))
    np.ones((2,3)) @ np.ones((2,3))
    np.tensordot(np.ones((2,3)), np.ones((2,3)), axes=1)
    np.einsum("ij,jk->ik", np.ones((2,3)), np.ones((2,3)))
matrix product of a number
    np.ones((2,3)) @ 3
cannot reshape
    np.vdot(np.ones(3), np.ones(4))
letters do not fit the arrays
    np.einsum("ij->k", np.ones((2,3)))
negative size
    np.zeros((-1, 2))
    np.resize(np.ones(6), (-1,2))
    np.lib.stride_tricks.sliding_window_view(np.ones((2,2)), (-1,1))
no whole number
    np.zeros("a")
index out of range
    [1].pop(3)
    np.arange(5)[5]
    [1,2,3][3]
    [].pop()
    np.unravel_index(10, (2,3))
too many indices
    np.zeros((2,3))[0,0,0]
    np.float64(1)[0]
mask of another shape
    np.zeros((2,3))[np.ones((2,2),bool)]
function not called
    f = lambda: [1]; [x for x in f]
    list([1].copy)
    list(len)
not iterable
    len(np.array(5))
    for x in np.array(5): pass
    len(3)
    iter(3)
    a, b = 3
several values for one whole number
    range(np.ones(2))
    range((1,2))
    np.arange((1,2))
step of zero
    [1, 2][::0]
    range(0, 5, 0)
wrong kind of index
    [1,2,3]["a"]
list indexed like an array
    [1,2,3][(1,2)]
only scalars become Python numbers
    int(np.ones(2))
    np.ones(2).item()
no finite number
    int(float("nan"))
array is neither true nor false
    bool(np.ones(2)>0)
axes do not match
    np.transpose(np.ones((1,2,3,4)), (2,0,1))
axis named twice
    np.ones((2,3)).transpose(0,0)
    np.ones((2,3)).mean(axis=(0,0))
no such axis
    np.ones((2,3)).transpose(0,2)
two unknown sizes
    np.ones(6).reshape(-1, -1)
empty reduction
    np.zeros((0,)).max()
    np.zeros(0).argmax()
    max([])
    np.convolve(np.zeros(0), np.ones(2))
nothing to stack
    np.stack([])
cannot stack different shapes
    np.stack([np.ones(2), np.ones(3)])
numbers cannot be joined
    np.concatenate(np.ones(3))
too many arguments
    np.array(1, 2, 3)
shape without brackets
    np.ones(2, 3)
no such attribute
    np.array([1,2]).append(3)
    np.foo
    None.shape
    [1].shape
    [1].sum()
    (1).item()
    np.ones(2).permute(0)
not a function
    np.ones(2)()
None instead of values
    None[0]
    len(None)
    a, b = None
None in a computation
    None + 1
lists do not compute
    [1] + 1
    [1] * 2.0
    [1] - [2]
    -[1]
kinds that do not compute
    1 + "a"
    abs("a")
kinds that do not compare
    [1,2] < 3
division by zero
    1 // 0
name not defined
    foo
argument given twice
    f = lambda a, b: 0; f(1, 2, b=3)
wrong number of values
    a, b = (1, 2, 3)
lists of different lengths
    list(zip([1],[1,2], strict=True))
no such key
    {}["a"]
unhashable
    {[1]: 2}
no item assignment
    (1,2)[0] = 3
not subscriptable
    a = 3; a[0]
module not found
    import nonexistentmod
    from numpy import nonexist
not found in it
    [1].remove(3)
    "abc".index("x")
failed assert
    assert 1 == 2
nothing more to take
    raise StopIteration
number too large
    2.0 ** 10000
    import math; math.exp(1000)
outside of the function's domain
    import math; math.sqrt(-1)
number does not fit the dtype
    np.uint8(300)
floats into whole numbers
    a=np.zeros(2,np.uint8); a += 1.5
minus of True and False
    np.zeros(2,bool) - np.ones(2,bool)
not numbers
    np.ones(2) % "a"
    np.array(["a"]).mean()
& of floats
    np.ones(2) << 1
^ for a power
    np.ones(2) ^ 2
    1.5 ^ 2
negative power of whole numbers
    np.array([1,2]) ** -1
unknown dtype
    np.array([[1,2],[3,4]], dtype="foo")
kernel larger than input
    np.lib.stride_tricks.sliding_window_view(np.ones((2,2)), (3,3))
window without an axis
    np.lib.stride_tricks.sliding_window_view(np.ones((2,2,2)), (1,1))
one axis only
    np.convolve(np.ones((2,2)), np.ones(2))
cannot split evenly
    np.split(np.ones(5), 2)
array is read-only
    a=np.ones(3); a.setflags(write=False); a[0]=1
memory
    np.zeros((10**6,10**6,10**3))
    np.zeros((10**10,10**10))
recursion
    f = lambda: f(); f()
variable not set yet
    def f():\n print(xyz)\n xyz = 1\nf()
    def f():\n for i in []: q = 1\n return lambda: q\nf()()
"""

TORCH = r"""
shapes do not match
    torch.ones(2,3) + torch.ones(2,4)
    a=torch.zeros(2,2); a[:] = torch.ones(3,4)
    a=torch.zeros(2,2); a[0,0] = torch.ones(2)
    torch.ones(2) + np.ones(3)
    nn.Linear(2,1).load_state_dict({"weight": torch.ones(3,3), "bias": torch.ones(1)})
    next(iter(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(2), torch.ones(3)))))
matrix sizes
    torch.ones(2,3) @ torch.ones(2,3)
    torch.ones(3) @ torch.ones(4)
    torch.ones(2,3) @ torch.ones(4)
    torch.bmm(torch.ones(2,3,4), torch.ones(2,3,4))
    torch.einsum("ij,jk->ik", torch.ones(2,3), torch.ones(2,3))
    torch.tensordot(torch.ones(2,3), torch.ones(2,3), dims=1)
matrix product of a number
    torch.mm(torch.ones(3), torch.ones(3))
    torch.ones(()) @ torch.ones(2)
wrong channel count
    nn.Conv2d(1,2,3)(torch.ones(1,3,8,8))
    nn.BatchNorm2d(3)(torch.ones(1,2,4,4))
wrong number of axes
    nn.Conv2d(1,2,3)(torch.ones(8,8))
    F.conv2d(torch.ones(1,1,8,8), torch.ones(3,3))
    F.max_pool2d(torch.ones(2), 2)
    nn.BatchNorm2d(3)(torch.ones(3,4))
kernel larger than input
    nn.Conv2d(1,2,3)(torch.ones(1,1,2,2))
    F.max_pool2d(torch.ones(1,1,2,2), 3)
    F.unfold(torch.ones(1,1,2,2), 3)
    torch.ones(2,3).unfold(0,3,1)
wrong dtype
    nn.Conv2d(1,2,3)(torch.ones(1,1,8,8).double())
    nn.Linear(3,2)(torch.ones(4,3).double())
    F.cross_entropy(torch.ones(4,10), torch.ones(4))
    F.cross_entropy(torch.ones(4,10).long(), torch.ones(4).long())
    F.one_hot(torch.ones(2))
    torch.ones(2,3).long().mean()
    torch.ones(2,3).gather(1, torch.ones(2))
    a=torch.ones(2).long(); a.requires_grad_()
tensor needed
    nn.Conv2d(1,2,3)(np.ones((1,1,8,8)))
    nn.Linear(3,2)(np.ones((4,3)))
    torch.stack([1,2])
step of zero
    F.conv2d(torch.ones(1,1,8,8), torch.ones(1,1,3,3), stride=0)
    F.max_pool2d(torch.ones(1,1,4,4), 0)
    torch.arange(0, 5, 0)
negative pad width
    F.conv2d(torch.ones(1,1,8,8), torch.ones(1,1,3,3), padding=-1)
float index
    F.conv2d(torch.ones(1,1,8,8), torch.ones(1,1,3,3), stride=1.5)
    nn.Conv2d(1.0,2,3)
    torch.ones(2,3)[1.0]
    torch.ones(2,3)[torch.ones(2)]
wrong bias size
    F.conv2d(torch.ones(1,1,8,8), torch.ones(1,1,3,3), torch.ones(2))
groups do not divide the channels
    F.conv2d(torch.ones(1,1,8,8), torch.ones(1,1,3,3), groups=2)
    nn.Conv2d(3,2,3,groups=2)
too few arguments
    nn.Conv2d(1,2)
unknown keyword
    nn.Conv2d(1,2,3,foo=1)
normalisation of one value
    nn.BatchNorm1d(3)(torch.ones(1,3))
classes taken for probabilities
    F.cross_entropy(torch.ones(4,10), torch.ones(4,10).long())
target out of bounds
    F.cross_entropy(torch.ones(4,10), torch.full((4,),10))
    F.one_hot(torch.tensor([5]), 3)
different batch sizes
    F.cross_entropy(torch.ones(4,10), torch.ones(5).long())
    F.nll_loss(torch.ones(4), torch.ones(4).long())
array is neither true nor false
    nn.CrossEntropyLoss(torch.ones(4,10), torch.ones(4).long())
tensor needs grad
    F.mse_loss(torch.ones(4), torch.ones(4).long()).backward()
no such axis
    F.softmax(torch.ones(2,3), dim=2)
backward of several numbers
    a=torch.ones(2, requires_grad=True); (a*2).backward()
backward twice
    a=torch.ones(2, requires_grad=True); b=(a*a).sum(); b.backward(); b.backward()
cannot call numpy() on a tensor that needs grad
    torch.ones(2, requires_grad=True).numpy()
only scalars become Python numbers
    float(torch.ones(2))
    torch.ones(2).item()
weight changed in place
    torch.ones(2, requires_grad=True).add_(1)
changed in place before backward
    a=torch.ones(2, requires_grad=True); b=a.exp(); b+=1; b.sum().backward()
cannot reshape
    torch.ones(2,3).view(4,2)
two unknown sizes
    torch.ones(2,3).reshape(-1,-1)
view needs contiguous memory
    torch.ones(2,3).t().view(6)
axes do not match
    torch.ones(2,3).permute(0,1,2)
axis named twice
    torch.ones(2,3).permute(0,0)
too many arguments
    torch.ones(2,3).transpose(0,1,2)
several values for one whole number
    torch.ones(2,3).transpose((1,0))
empty reduction
    torch.max(torch.zeros(0))
    torch.zeros(2,0).max(dim=1)
nothing to stack
    torch.stack([])
cannot stack different shapes
    torch.stack([torch.ones(2), torch.ones(3)])
    torch.cat([torch.ones(2,3), torch.ones(2,4)])
    torch.cat([torch.ones(2,3), torch.ones(3)])
index out of range
    torch.ones(2,3)[2]
too many indices
    torch.ones(2,3)[0,0,0]
    torch.ones(())[0]
mask of another shape
    torch.ones(2,3)[torch.ones(3)>0]
not iterable
    len(torch.ones(()))
    for x in torch.ones(()): pass
    torch.optim.SGD(nn.Linear(2,1), lr=0.1)
slice runs backwards
    torch.ones(3)[::-1]
    torch.from_numpy(np.ones(3)[::-1])
negative size
    torch.zeros(-1)
wrong kind of argument
    torch.zeros("a")
rows of different lengths
    torch.tensor([[1,2],[3]])
text is no number
    torch.tensor(None)
    torch.manual_seed("a")
not numbers
    torch.tensor(np.array([None]))
kinds that do not compute
    torch.ones(2) + "a"
None in a computation
    torch.ones(2) + None
lists do not compute
    torch.ones(2) + [1,2]
    torch.ones(2,3).max(dim=1) + 1
no such attribute
    torch.ones(2).foo
    torch.foo
    torch.ones(2).astype(float)
    (1).item()
    np.ones(2).to("cpu")
    None.to("cpu")
not a function
    torch.ones(2).shape()
no such device
    torch.ones(2).to("cuda")
    torch.ones(2).to("foo")
different devices
    torch.ones(2).to(torch.device("meta")) + torch.ones(2)
    torch.ones(2).to("meta").numpy()
optimizer without weights
    torch.optim.SGD([], lr=0.1)
not a layer
    nn.Sequential(1)
no forward
    nn.Module()(1)
division by zero
    torch.ones(2).int() // 0
floats into whole numbers
    torch.ones(2).int().add_(1.5)
minus of True and False
    torch.ones(2).bool() - torch.ones(2).bool()
& of floats
    ~torch.ones(2)
    torch.ones(2) & 1
^ for a power
    torch.ones(2) ^ 2
no gradient yet
    l=nn.Linear(2,1); l.weight.grad.zero_()
super().__init__() is missing
    class M(nn.Module):\n def __init__(self): self.a = nn.Linear(2,1)\nM()
"""

# What other versions say, and what cannot be raised here.
REMEMBERED = r"""
negative pad width
    ValueError: 'pad_width' can't contain negative values
variable not set yet
    UnboundLocalError: local variable 'total' referenced before assignment
    UnboundLocalError: cannot access local variable 'total' where it is not associated with a value
    NameError: free variable 'total' referenced before assignment in enclosing scope
    NameError: cannot access free variable 'total' where it is not associated with a value in enclosing scope
only scalars become Python numbers
    TypeError: only size-1 arrays can be converted to Python scalars
    TypeError: only length-1 arrays can be converted to Python scalars
    TypeError: only 0-dimensional arrays can be converted to Python scalars
empty reduction
    ValueError: max() arg is an empty sequence
    ValueError: max() iterable argument is empty
    ValueError: v cannot be empty
division by zero
    ZeroDivisionError: integer division or modulo by zero
    ZeroDivisionError: division by zero
    ZeroDivisionError: float modulo
mask of another shape
    IndexError: boolean index did not match indexed array along dimension 1; dimension is 3 but it is 2
too many arguments
    TypeError: maximum() takes from 2 to 3 positional arguments but 4 were given
    TypeError: int expected at most 2 arguments, got 3
too few arguments
    TypeError: maximum() takes from 2 to 3 positional arguments but 1 were given
    TypeError: enumerate() missing required argument 'iterable' (pos 1)
wrong number of values
    ValueError: too many values to unpack (expected 2, got 3)
unknown keyword
    TypeError: print() got an unexpected keyword argument 'foo'
    TypeError: _sum() got an unexpected keyword argument 'keepdim'. Did you mean 'keepdims'?
float index
    TypeError: string indices must be integers
outside of the function's domain
    ValueError: expected a nonnegative input, got -1.0
    ValueError: expected a positive input
number too large
    OverflowError: (34, 'Result too large')
not found in it
    ValueError: tuple.index(x): x not in tuple
slice runs backwards
    ValueError: some of the strides of a given numpy array are negative. This is currently not supported, but ...
wrong dtype
    RuntimeError: expected scalar type Long but found Float
    RuntimeError: expected m1 and m2 to have the same dtype, but got: double != float
    RuntimeError: mean(): input dtype should be either floating point or complex dtypes. Got Long instead.
    RuntimeError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'
    RuntimeError: Input type (torch.LongTensor) and weight type (torch.FloatTensor) should be the same
different devices
    RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!
    RuntimeError: Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same
    RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same
    TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory
no such device
    RuntimeError: No CUDA GPUs are available
    RuntimeError: Found no NVIDIA driver on your system.
memory
    MemoryError:
    _ArrayMemoryError: Unable to allocate 7.11 PiB for an array with shape (1000000, 1000000, 1000)
    OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB
    RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory
time
    TimeoutError: no answer within 10 seconds
    TimeoutError: not tried, after a call that did not end
complex result
    TypeError: the result is an array of complex numbers whose imaginary parts are all 0: take their real part, .real
    TypeError: the result is a complex number
asks the keyboard
    EOFError: EOF when reading a line
    StdinNotImplementedError: raw_input was called, but this frontend does not support input requests.
    OSError: pytest: reading from stdin while output is captured!
no such file
    FileNotFoundError: [Errno 2] No such file or directory: 'x.npy'
"""
