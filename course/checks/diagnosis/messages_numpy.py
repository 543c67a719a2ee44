"""What NumPy says, and PyTorch in the same cases: shapes, axes, indices, windows, single values.

The form of the text is told in `errors`.
"""

__all__ = ["TEXT"]

TEXT = r"""
# Windows, borders, and sizes that are computed

negative pad width
    / index can't contain negative values
    / pad_width\W* can(not|'t) contain negative
    / negative padding is not supported
    np.pad was asked for a negative number of zeros: look at how that number is computed.

wrong number of pad pairs
    / remapped shapes.*: (?P<value>\(\d[\d, ]*\)) +and requested shape (?P<place>\((?P<axes>\d+), ?2\))
    Shape {value} cannot be stretched to {place}: np.pad takes one pair of numbers for each axis of the array.

kernel larger than input
    / Calculated padded input size per channel: \((?P<place>[^)]*)\)\. Kernel size: \((?P<value>[^)]*)\)
    The kernel ({value}) is larger than what it slides over ({place}, padding included): look at both shapes.

kernel larger than input
    / window shape cannot be larger than input
    / Output size is too small
    / components must be at least one
    / maximum size for tensor at dimension
    The window is larger than what it slides over: look at the order of the arguments, and at the padding.

step of zero
    / range\(\) arg 3 must not be zero
    / slice step cannot be zero
    / step must be nonzero
    / non-positive stride
    / stride should not be zero
    A step or a stride of 0 never moves on: look at how it is computed.

negative size
    / negative dimensions?\b
    / must be non-negative
    / cannot contain negative values
    A size came out negative: look at how that number is computed.

wrong channel count
    / running_mean should contain (?P<got>\d+) elements not (?P<wanted>\d+)
    / weight of size .*, expected input.* to have (?P<wanted>\d+) channels, but got (?P<got>\d+)
    The weights are made for this number of channels: {wanted}. The input has {got}: look at the order of its axes.

wrong bias size
    / expected bias to be 1-dimensional
    A bias has one number for each output channel: print its shape.

groups do not divide the channels
    / channels must be divisible by groups
    / Given groups=\d+, expected weight to be at least
    The number of groups must divide the number of channels.

wrong number of axes
    / Expected \dD .*input to
    / expected \dD.* input
    / at least three dimensions
    / D \(batch mode\) tensor expected
    The layer expects pictures with another number of axes, such as (N, C, H, W), than the input has.

# Shapes

empty slice cannot take the result
    / could not broadcast input array from shape (?P<value>\(.*?\)) into shape (?P<place>\((?:.*\D)?0(?:,.*)?\))
    Shape {value} does not go into {place}, which holds nothing: a slice is empty where it ends before it
    begins, and -0 is 0.

empty window
    / could not broadcast input array from shape (?P<value>\((?:.*\D)?0(?:,.*?)?\)) into shape (?P<place>\(.*\))
    What is put into {place} is empty, of shape {value}: look at where its slices begin and end.

shapes do not match
    / could not broadcast input array from shape (?P<value>\(.*?\)) into shape (?P<place>\(.*\))
    / expanded size of the tensor.*Target sizes: (?P<place>\[.*?\])\. +Tensor sizes: (?P<value>\[.*?\])
    The value has shape {value}, the place that it is put into has shape {place}: both must be the same size.

matrix sizes
    / shapes (?P<one>\(.*?\)) and (?P<other>\(.*?\)) not aligned
    / shapes cannot be multiplied \((?P<one>\w+) and (?P<other>\w+)\)
    In a matrix product, the first factor must have as many columns as the second has rows: here they are {one}
    and {other}.

matrix sizes
    / mismatch in its core dimension
    / inconsistent tensor size
    / size mismatch, got input
    / dimensions of batch2 tensor
    / shape-mismatch for sum
    / contracted dimensions need to match
    / remapped shapes.*newaxis
    / does not broadcast with previously seen size
    In a matrix product, the first factor must have as many columns as the second has rows.

matrix product of a number
    / matmul: Input operand \d does not have enough dimensions
    / arguments to matmul need to be
    / self must be a matrix
    The sign @ multiplies matrices and vectors, not single numbers: for these, there is *.

shapes do not match
    / indexing arrays could not be broadcast together with shapes (?P<shapes>.*\S)
    The lists of indices have the shapes {shapes}: there must be as many indices for each axis.

shapes do not match
    / could not be broadcast together with shapes? (?P<shapes>.*\S)
    The shapes {shapes} do not fit together: compare the two arrays' sizes, axis by axis.

shapes do not match
    / shape mismatch: objects cannot be broadcast
    / non-broadcastable output operand
    / \bshapes? mismatch
    / could not be broadcast
    / size of tensor a .* must match
    / expand\(torch
    / size mismatch for
    / Size mismatch between
    The shapes of two arrays do not fit together: compare their sizes, axis by axis.

cannot reshape
    / cannot reshape array of size (?P<size>\d+) into shape (?P<place>.*)
    / shape '(?P<place>.*)' is invalid for input of size (?P<size>\d+)
    {size} values do not fill the shape {place}: the sizes of a shape, multiplied, must give the number of
    values.

two unknown sizes
    / can only specify one unknown dimension
    / only one dimension can be inferred
    At most one size of a shape can be left open, with -1.

view needs contiguous memory
    / view size is not compatible with input tensor's size and stride
    .view cannot give these numbers another order in memory: .reshape can.

axes do not match
    / axes don't match array
    The order of the axes must name each axis of the array exactly once: print its shape.

axes do not match
    / ordering of dimensions i\.e\. input\.dim\(\) = (?P<ndim>\d+) is not equal to len\(dims\) = (?P<length>\d+)
    The order of the axes must name each axis exactly once: the tensor has dimension {ndim}, the order {length}.

axis named twice
    / repeated axis in transpose
    / duplicate (value in 'axis'|dims)
    An axis is named twice.

no such axis
    / axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<ndim>\d+)
    There is no axis {axis} in an array of dimension {ndim}: axes are numbered from 0.

no such axis
    / Dimension out of range \(expected to be in range of \[-?(?P<ndim>\d+), -?\d+\], but got (?P<axis>-?\d+)\)
    There is no axis {axis} in a tensor of dimension {ndim}: axes are numbered from 0.

cannot stack different shapes
    / all (the )?input array
    / must have same number of dim
    / equal size
    / Sizes of tensors must match except
    Only arrays of equal shapes can be joined, but for the axis along which they are joined: print their shapes.

nothing to stack
    / need at least one array to
    / non-empty (list of Tensors|TensorList)
    Nothing can be joined, for the list is empty: does the loop that fills it run at all?

numbers cannot be joined
    / zero-dimensional (arrays|tensor.*) cannot be concatenated
    np.concatenate joins arrays that have axes: np.array([...]) makes an array of single numbers.

rows of different lengths
    / inhomogeneous shape
    / expected sequence of length \d+ at dim
    / would exceed the maximum number of dimension
    The rows have different lengths or shapes, so that no array can be made of them: print them one by one.

array into one cell
    / setting an array element with a sequence
    A cell of an array holds one number, and an array was to be put into it: first make one number of it.

cannot split evenly
    / array split does not result in an equal division
    The number of values along this axis is no multiple of the number of parts.

one axis only
    / object too deep for desired array
    np.convolve and np.correlate take arrays of one axis only.

empty reduction
    / zero-size array to reduction
    / arg(max|min) of an empty
    / argument is empty
    / arg is an empty sequence
    / input\.numel\(\) == 0
    / to have non-zero size
    The largest or smallest value of nothing was asked for: look at where the window or the list begins and
    ends.

empty reduction
    / ^ValueError: [av] cannot be empty
    An array is empty: print its shape.

array is read-only
    / (destination|array) is read-only
    This array is a view that cannot be written to: write into a new array, or into a copy.

# Indices

index out of range
    / index (?P<index>-?\d+) is out of bounds for (axis|dimension) (?P<of>\d+) with size (?P<size>\d+)
    There is no index {index} along axis {of}, which has size {size}: indices begin at 0 and end before the
    size.

index out of range
    / (list|tuple|string|assignment|range object) index out of range
    / index \S+ is out of bounds
    / pop from empty list
    / pop index out of range
    An item past the end was asked for: indices begin at 0 and end before the length.

too many indices
    / array is (?P<ndim>\d+)-dimensional, but (?P<indices>\d+) were indexed
    The brackets hold more indices ({indices}) than the array has axes ({ndim}): print its shape.

too many indices
    / too many indices for
    / invalid index to scalar
    / invalid index of a 0-dim
    The brackets hold more indices than the array has axes: print its shape.

float index
    / only integers, slices
    / slice indices must be integers
    / arrays used as indices must be
    / indices must be integers( or slices)?(, not '?(numpy\.)?float\d*'?)?$
    / '(numpy\.)?float\d*' object cannot be interpreted as an integer
    / must be (tuple of )?ints?,? ?(but got|not) float
    / pad_width` must be of integral
    / got '-?\d+\.\d*'
    / tensors used as indices must be
    / only int indices
    / an integer array$
    / invalid combination of arguments - got \([^)]*=float
    An index or a size must be a whole number: divide with //, which rounds down.

list indexed like an array
    / (?P<kind>list|tuple) indices must be integers or slices, not tuple
    A {kind} takes one index at a time, as in rows[i][j]: only an array takes rows[i, j].

wrong kind of index
    / indices must be integers( or slices)?, not '?(?P<kind>[\w.]+)
    The items of a list or tuple have whole numbers for indices, not a value of type {kind}.

several values for one whole number
    / '(?P<kind>list|tuple)' object cannot be interpreted as an integer
    / must be int, not (?P<kind>list|tuple)
    One whole number is needed here, and there is a {kind}; where NumPy takes several axes, they are a tuple.

several values for one whole number
    / only integer scalar arrays can be converted to a scalar index
    / arange: scalar arguments expected
    One whole number is needed here, and there is an array: look at the brackets, as in np.concatenate([a, b]).

no whole number
    / '(?P<kind>[\w.]+)' object cannot be interpreted as an integer
    A whole number is needed here, and there is a value of type {kind}.

shape without brackets
    / [Cc]annot interpret '\S+' as a data type
    A number stands where NumPy expects a dtype: a shape has brackets of its own, as in np.zeros((2, 3)).

mask of another shape
    / boolean index did not match
    / shape of the mask
    An array of True and False picks values of an array of the same shape only: print both shapes.

slice runs backwards
    / step must be greater than zero
    / stride in the given numpy array is negative
    / strides of a given numpy array are negative
    PyTorch's tensors cannot be walked through backwards: torch.flip, or .copy() of the NumPy array, can help.

# Letters, windows, asserts

letters do not fit the arrays
    / einstein sum
    The letters that np.einsum is given do not fit the arrays: each axis needs one letter.

window without an axis
    / must provide window_shape for all dimensions
    sliding_window_view needs one size for each axis of the array, or the axes that are meant: axis=(...).

# One number, one truth value

only scalars become Python numbers
    / only \S+ arrays can be converted
    / array of size 1 to a
    / only one element tensors
    / cannot be converted to Scalar
    Python's numbers hold one value, and here is an array of several: first make one number of it.

array is neither true nor false
    / truth value of an
    / Boolean value of Tensor
    `if`, `and`, `or` and `not` need one True or False, not an array of them: combine arrays with & and |, or
    ask .any() or .all().
"""
