"""What Python says: names, calls, values of its own, numbers, and the process.

The form of the text is told in `errors`.
"""

__all__ = ["TEXT"]

TEXT = r"""
# Names and calls

variable not set yet
    / local variable '(?P<variable>\w+)' (referenced|where it is not)
    / free variable '(?P<variable>\w+)' (referenced|where it is not)
    On the way that was taken here, {variable} is read before anything is assigned to it.

name not defined
    / name '(?P<name>\w+)' is not defined
    Nothing is called {name} here: look at its spelling, and run the cell that defines it.

not a function
    / '(?P<kind>[\w.]+)' object is not callable
    Brackets ( ) after a value call it, and this is a {kind}, no function: is a * missing, or are [ ] meant?

too few arguments
    / missing (\d+ )?required (?:[\w-]+ )*arguments?:? (?P<missing>.*\S)
    A function is called without {missing}: compare the call with the line that begins with def.

too many arguments
    / takes (?P<taken>.*?) arguments? but (?P<given>\d+)
    / takes (?P<taken>.*) arguments? \((?P<given>\d+) given
    / expected (?P<taken>.*) arguments?, got (?P<given>\d+)
    A function is called with more arguments than it takes: compare the call with the line that begins with def,
    and look at its brackets.

unknown keyword
    / unexpected keyword argument '?(?P<keyword>\w+)
    / ^TypeError: '(?P<keyword>\w+)' is an invalid keyword
    / unsupported keyword arguments for mode '\w+': \{'(?P<keyword>\w+)'
    The function that is called has no argument of the name {keyword}: look at its spelling.

argument given twice
    / multiple values for (keyword )?argument '(?P<keyword>\w+)'
    The argument {keyword} is given twice, by its place and by its name.

tensor needed
    / must be (?:tuple of )?Tensors?, not (?P<kind>[\w.]+)
    / expected Tensor as element \d+.*got (?P<kind>[\w.]+)
    / combination of arguments - got \([^)]*(?P<kind>numpy\.ndarray)
    PyTorch works on tensors, and got a value of type {kind}: torch.tensor and torch.from_numpy make tensors.

wrong kind of argument
    / ^TypeError: (?P<name>\w+)\(\)(?: received an invalid combination of arguments|: argument '(?P<keyword>\w+)')
    {name} got an argument of a kind that it does not take: look at the order of the arguments.

no gradient yet
    / 'NoneType' object has no attribute '(?P<attribute>zero_|data|add_|mul_)'
    A gradient is None until backward() has computed it.

no such attribute
    / '(?P<kind>NoneType)' object has no attribute '(?P<attribute>\w+)'
    A value is None here: does every way through the function that gave it end with return?

no such attribute
    / '(?P<kind>list|tuple)' object has no attribute '(?P<attribute>shape|ndim|size|dtype|T|reshape|astype|transpose)'
    / '(?P<kind>list|tuple)' object has no attribute '(?P<attribute>sum|mean|max|min|argmax|argmin|flatten)'
    A {kind} has no .{attribute}, an array has: np.array(...) makes an array of it.

no such attribute
    / '(?P<kind>int|float)' object has no attribute '(?P<attribute>item|backward|detach|cpu|numpy|grad)'
    A number of Python has no .{attribute}, a tensor has: .item() and float() make a number of a tensor.

no such attribute
    / '(?P<kind>numpy\.ndarray)' object has no attribute '(?P<attribute>to|detach|cpu|numpy|backward|softmax)'
    / '(?P<kind>numpy\.ndarray)' object has no attribute '(?P<attribute>permute|unsqueeze|float|long|dim|unfold)'
    A NumPy array has no .{attribute}, a tensor of PyTorch has.

no such attribute
    / '(?P<kind>Tensor)' object has no attribute '(?P<attribute>astype|copy)'
    A tensor of PyTorch has no .{attribute}, a NumPy array has.

no such attribute
    / module '(?P<module>[\w.]+)' has no attribute '(?P<attribute>\w+)'
    {module} has nothing called {attribute}: look at its spelling; newer versions have dropped some names.

no such attribute
    / '?(?P<kind>[\w.]+)'? object has no attribute '(?P<attribute>\w+)'
    A value of type {kind} has no .{attribute}: look at its spelling, and at what the value is.

module not found
    / No module named '(?P<module>[\w.]+)'
    There is no package {module} here: NumPy is enough, and what the exercise names.

module not found
    / cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'
    {module} has nothing called {name}: look at its spelling.

# Python's values

wrong number of values
    / (?P<missing>not enough|too many) values to unpack
    The names on the left of `=`, or after `for`, are not as many as the values for them: print the values.

None instead of values
    / 'NoneType' object is not (iterable|subscriptable)
    / object of type 'NoneType' has no len
    / iterable NoneType
    A value is None here: does every way through the function that gave it end with return?

not iterable
    / cannot unpack non-iterable (?P<kind>[\w.]+) object
    The names on the left of `=`, or after `for`, are not as many as the values for them: print the values.

function not called
    / '(function|method|builtin_function_or_method)' object is not iterable
    A function stands here for what it gives: brackets behind its name call it.

not iterable
    / '(?P<kind>[\w.]+)' object is not iterable
    / iteration over a 0-d
    / of type '(?P<kind>[\w.]+)' has no len
    / len\(\) of
    A single value has no items to go through: is a range(...) missing, or the brackets round a list?

not subscriptable
    / '?(?P<kind>[\w.]+)'?( object)? is not subscriptable
    Square brackets pick an item, and a value of type {kind} has none: a function is called with round ones.

no item assignment
    / '(?P<kind>[\w.]+)' object does not support item assignment
    No item of a value of type {kind} can be changed: a list or an array can be.

None in a computation
    / (unsupported operand|not supported between|ufunc does not support argument).*NoneType
    A value in this computation is None: a function without `return`, or a gradient that is not there yet, gives
    None.

lists do not compute
    / can only concatenate (?P<kind>list|tuple|str) \(not
    / can't multiply sequence by
    The signs + and * join and repeat lists, tuples and text: np.array(...) makes an array that can be computed
    with.

lists do not compute
    / unsupported operand type\(s\) for (?P<which>[^:=]+)=?: .*'(?P<kind>list|tuple)'
    / unary (?P<which>\S+): '(?P<kind>list|tuple)'
    Lists and tuples cannot be computed with: np.array(...) makes an array of them.

^ for a power
    / unsupported operand type\(s\) for \^=?: '(int|float)' and '(int|float)'
    / ufunc 'bitwise_xor' not supported
    / "bitwise_xor_\w+" not implemented
    In Python, ^ is no power: x squared is x**2.

kinds that do not compute
    / unsupported operand type\(s\) for (?P<which>[^:=]+)=?: (?P<operands>'.*)
    / bad operand type for (?P<which>.*)
    These two kinds of values cannot be combined in this way: print both before this line.

kinds that do not compare
    / '\S+' not supported between instances of (?P<operands>.*)
    These two kinds of values cannot be compared: print both before this line.

no such key
    / ^KeyError: (?P<key>.*)
    The dictionary has no entry {key}: print its keys.

unhashable
    / unhashable type: '(?P<kind>[\w.]+)'
    A {kind} can be no key of a dictionary or a set.

not found in it
    / not in list
    / x not in
    / substring not found
    The value that is looked for is not in the list or the text.

lists of different lengths
    / zip\(\) argument \d+ is (longer|shorter)
    The lists that are gone through together have different lengths: print them.

text is no number
    / could not convert string to float
    / invalid literal for int
    / (int|float)\(\) argument must be
    / must be real number
    / infer dtype of
    Among the values are some that are not numbers, such as text or None: print what the function is given.

# Numbers

division by zero
    / ZeroDivision
    Something is divided by 0: look at how the divisor is computed.

no finite number
    / cannot convert float (NaN|infinity)
    Only finite numbers have a whole number: print the values before this line.

outside of the function's domain
    / math domain error
    / expected a (positive|nonnegative|noninteger)
    The root or the logarithm of a number was asked for that has none: print it before this line.

number too large
    / math range error
    / Result too large
    / result out of range
    The result is too large for a float.

number does not fit the dtype
    / Python integer (?P<value>-?\d+) out of bounds for (?P<place>\w+)
    The number {value} does not fit into {place}: compute in a wider dtype, and convert at the end.

floats into whole numbers
    / Cannot cast ufunc .* output
    / can't be cast to the desired output type
    An array of whole numbers takes no floats in place: make it an array of floats before that.

negative power of whole numbers
    / Integers to negative integer powers
    Whole numbers have no negative powers in NumPy: make floats of them first.

minus of True and False
    / oolean (subtract|negative)
    / Subtraction, the `-`
    True and False cannot be subtracted: make numbers of them first, or use ~ for `not`.

& of floats
    / ufunc '(bitwise_\w+|invert|left_shift|right_shift)' not supported
    / bitwise_\w+" not implemented
    / operator\.invert
    The signs & | ^ ~ need True or False: put comparisons in brackets, as in (a > 0) & (b > 0).

not numbers
    / ufunc
    / resolved dtypes are not compatible
    / numpy\.(object_|str_)
    Among the values are some that are not numbers, such as text or None: print what the function is given.

unknown dtype
    / data type '.*' not understood
    NumPy knows no dtype of that name.

complex result
    / array of complex numbers
    / complex number\b
    Only real numbers are asked for.

# The process

recursion
    / ^RecursionError
    The function calls itself without end: is there a case in which it does not, and does it get there?

memory
    / ^MemoryError
    / Unable to allocate
    / allocate memory
    / array is too big
    / out of memory
    The array would be larger than the memory: look at how its shape is computed.

time
    / ^TimeoutError: (no answer|not tried)
    Look for a loop that does not end: what makes its condition false at last?

ends the program
    / ^SystemExit
    exit() ends the whole program: return the result instead.

failed assert
    / ^AssertionError
    An `assert` says that something must be true that is not: print its values before this line.

nothing more to take
    / ^StopIteration
    next() asks for one more item than there is.

asks the keyboard
    / ^(EOFError|StdinNotImplementedError)
    / reading from stdin
    input() waits for the keyboard: the function is given all that it needs.

no such file
    / ^FileNotFoundError
    There is no such file: the function is given all that it needs.
"""
