"""The layers without windows: rectifier, fully connected layer, softmax and cross-entropy, with gradients.

Each ``*_backward`` takes the gradient of a loss by the layer's output, then what the layer was given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import argument_error
from .arguments import Array, as_floats, as_numbers, check_shape, floats_together

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "linear",
    "linear_backward",
    "relu",
    "relu_backward",
    "softmax",
    "softmax_backward",
]


def relu(x: ArrayLike) -> Array:
    """Return ``max(x, 0)``, number by number.

    Parameters
    ----------
    x : array_like of any shape
        Whole numbers become float64; float32 and float64 stay. NaN stays NaN.

    Returns
    -------
    ndarray
        Of the shape of `x`.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    return np.maximum(as_floats("relu", "x", x), 0)


def relu_backward(grad_output: ArrayLike, x: ArrayLike) -> Array:
    """Return the gradient by the input of `relu`: it passes where `x` is above 0, and is 0 elsewhere.

    Examples
    --------
    >>> relu_backward([5, 5, 5], [-2, 0, 3])
    array([0., 0., 5.])
    """
    x, grad = _with_grad("relu_backward", x, grad_output)
    return np.where(x <= 0, np.zeros_like(grad), grad)


def linear(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return ``x @ weight.T + bias``: a fully connected layer, as ``torch.nn.functional.linear``.

    Parameters
    ----------
    x : array_like of shape (N, in_features)
        One example to a row.
    weight : array_like of shape (out_features, in_features)
        One neuron to a row.
    bias : array_like of shape (out_features,), optional
        One number for each neuron.

    Returns
    -------
    ndarray of shape (N, out_features)
        The weighted sums.

    Raises
    ------
    ArgumentError
        If the shapes do not go together.

    Examples
    --------
    >>> linear([[1, 2]], [[10, 1], [0, 5]], bias=[100, 200])
    array([[112., 210.]])
    """
    x, weight = _inputs_and_weights("linear", x, weight)
    if bias is None:
        return x @ weight.T
    bias = as_floats("linear", "bias", bias, axes=1)
    check_shape("linear", "bias", bias, weight.shape[:1], "Give one number for each row of weight.")
    return x @ weight.T + bias


def linear_backward(grad_output: ArrayLike, x: ArrayLike, weight: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the gradients by the input, the weights and the biases of `linear`.

    Parameters
    ----------
    grad_output : array_like of shape (N, out_features)
        The gradient of the loss by the output.
    x, weight
        As they were given to `linear`.

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray
        Of the shapes of `x`, of `weight`, and (out_features,).

    Examples
    --------
    >>> linear_backward([[1, 0]], [[1, 2]], [[10, 1], [0, 5]])
    (array([[10.,  1.]]), array([[1., 2.],
           [0., 0.]]), array([1., 0.]))
    """
    x, weight = _inputs_and_weights("linear_backward", x, weight)
    grad = as_floats("linear_backward", "grad_output", grad_output, axes=2)
    check_shape(
        "linear_backward",
        "grad_output",
        grad,
        (len(x), len(weight)),
        "It has the shape of the output of linear.",
    )
    x, weight, grad = floats_together(x, weight, grad)
    return grad @ weight, grad.T @ x, grad.sum(axis=0)


def softmax(x: ArrayLike) -> Array:
    """Turn the numbers along the last axis into probabilities: ``exp(x) / sum(exp(x))``.

    The largest number is taken off first. That changes nothing in the result, and keeps exp from overflowing.

    Parameters
    ----------
    x : array_like of shape (..., classes)
        One score for each class.

    Returns
    -------
    ndarray of shape (..., classes)
        Numbers from 0 to 1 with the sum 1.

    Examples
    --------
    >>> softmax([[0, 0], [1000, 0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    x = _scores("softmax", x)
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_backward(grad_output: ArrayLike, x: ArrayLike) -> Array:
    """Return the gradient by the input of `softmax`: ``p * (g - sum(p * g))`` with p its output.

    Examples
    --------
    >>> softmax_backward([[1, 0]], [[0, 0]])
    array([[ 0.25, -0.25]])
    """
    x, grad = _with_grad("softmax_backward", x, grad_output)
    p = softmax(_scores("softmax_backward", x))
    return p * (grad - (p * grad).sum(axis=-1, keepdims=True))


def cross_entropy(logits: ArrayLike, target: ArrayLike) -> Array:
    """Return the mean of ``-log(softmax(logits)[target])`` over a batch.

    Parameters
    ----------
    logits : array_like of shape (N, classes)
        One score for each class, *before* softmax. The batch has at least one example.
    target : array_like of int, of shape (N,)
        The number of the right class of each example, from 0.

    Returns
    -------
    ndarray of shape ()
        The mean, at least 0.

    Raises
    ------
    ArgumentError
        If the batch is empty, or a target is not the number of a class.

    Examples
    --------
    Two classes, equally likely: log(2).

    >>> float(cross_entropy([[0, 0]], [1]).round(4))
    0.6931
    """
    logits, target = _classified("cross_entropy", logits, target)
    from_largest = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(from_largest).sum(axis=1))
    right = from_largest[np.arange(len(target)), target]
    return np.asarray((log_sum - right).mean(dtype=logits.dtype))


def cross_entropy_backward(grad_output: ArrayLike, logits: ArrayLike, target: ArrayLike) -> Array:
    """Return the gradient by the logits of `cross_entropy`: probabilities less 1 at the right class, over N.

    Parameters
    ----------
    grad_output : number
        The gradient by the mean; 1 where the cross-entropy is the loss itself.
    logits, target
        As they were given to `cross_entropy`.

    Returns
    -------
    ndarray of shape (N, classes)
        The gradient by `logits`.

    Examples
    --------
    >>> cross_entropy_backward(1, [[0, 0]], [1])
    array([[ 0.5, -0.5]])
    """
    logits, target = _classified("cross_entropy_backward", logits, target)
    grad = as_floats("cross_entropy_backward", "grad_output", grad_output)
    check_shape("cross_entropy_backward", "grad_output", grad, (), "It is one number.")
    wrong = softmax(logits)
    wrong[np.arange(len(target)), target] -= 1
    return wrong * logits.dtype.type(grad) / logits.dtype.type(len(target))


def _with_grad(function: str, x: ArrayLike, grad_output: ArrayLike) -> list[Array]:
    x = as_floats(function, "x", x)
    grad = as_floats(function, "grad_output", grad_output)
    check_shape(function, "grad_output", grad, x.shape, "It has the shape of x.")
    return floats_together(x, grad)


def _inputs_and_weights(function: str, x: ArrayLike, weight: ArrayLike) -> list[Array]:
    x = as_floats(function, "x", x, axes=2)
    weight = as_floats(function, "weight", weight, axes=2)
    if weight.shape[1] != x.shape[1]:
        raise argument_error(
            function,
            "weight",
            f"have as many columns as x, which has {x.shape[1]}",
            weight,
            "Its shape is (out_features, in_features).",
        )
    return floats_together(x, weight)


def _scores(function: str, x: ArrayLike) -> Array:
    x = as_floats(function, "x", x)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise argument_error(function, "x", "have at least one class", x, "Its last axis has one score for each class.")
    return x


def _classified(function: str, logits: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    logits = as_floats(function, "logits", logits, axes=2)
    if 0 in logits.shape:
        raise argument_error(
            function, "logits", "have at least one example and one class", logits, "Leave empty batches out."
        )
    target = as_numbers(function, "target", target)
    check_shape(function, "target", target, logits.shape[:1], "Give one class for each row of logits.")
    if target.dtype.kind not in "iu":
        raise argument_error(
            function,
            "target",
            "hold whole numbers",
            target,
            "Give the number of the class, not its probability.",
        )
    classes = logits.shape[1]
    outside = target[(target < 0) | (target >= classes)]
    if outside.size:
        raise argument_error(
            function,
            "target",
            f"lie between 0 and {classes - 1}",
            int(outside[0]),
            f"There are {classes} classes, counted from 0.",
        )
    return logits, target
