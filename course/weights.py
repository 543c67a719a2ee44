"""Trained weights as plain NumPy arrays: read, written and simplified without PyTorch.

The names follow the order of the layers, whatever the network is called: ``conv1.weight``, ``norm1.weight``,
``conv2.weight``, ..., ``dense1.weight``, ``dense1.bias``, ... `course.models.weights_to_numpy` makes such a
dictionary from a network, and `course.models.load_weights` puts one into a network.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .errors import DataError, argument_error

__all__ = ["TRAINED_FILE", "fold_batch_norm", "read_weights", "trained_weights", "weights_bytes"]

# The weights.npz of this run; the file itself records its test accuracy under "about":
#   OMP_NUM_THREADS=1 python3 -m course train --model small --budget 24e --seed 0 --device cpu \
#       --batch-size 128 --peak-rate 0.1 --out runs/carried
TRAINED_FILE = Path(__file__).parent / "trained" / "small_fashion_cnn.npz"


def trained_weights() -> dict[str, np.ndarray]:
    """Return the trained weights of the small Fashion-MNIST network that travel with the course.

    Returns
    -------
    dict of str to float32 arrays
        ``convK.weight`` of shape (out_channels, in_channels, kernel height, kernel width);
        ``normK.weight``, ``normK.bias``, ``normK.running_mean``, ``normK.running_var`` of shape (channels,);
        ``denseK.weight`` of shape (outputs, inputs) and ``denseK.bias`` of shape (outputs,).

    Raises
    ------
    DataError
        The file is missing or damaged.

    Examples
    --------
    >>> trained_weights()["conv1.weight"].shape
    (8, 1, 7, 7)
    """
    weights, _ = read_weights(TRAINED_FILE)
    return weights


def read_weights(path: str | Path) -> tuple[dict[str, np.ndarray], str]:
    """Read a file of weights.

    Parameters
    ----------
    path : str or Path
        An ``.npz`` file written by ``python3 -m course train``.

    Returns
    -------
    weights : dict of str to arrays
        The weights, by name.
    about : str
        How they were made.

    Raises
    ------
    DataError
        The file is missing, damaged, or holds no weights.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Train first, or name the weights.npz of a run.") from None
    except (OSError, ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zipfile.error) as error:
        raise DataError(f"{path} is damaged or not a file of weights ({error}). Fetch or train it anew.") from None
    about = str(arrays.pop("about", ""))
    if not arrays or not all("." in name and array.dtype.kind == "f" for name, array in arrays.items()):
        raise DataError(f"{path} holds no weights of a network. Name the weights.npz of a run.")
    return arrays, about


def weights_bytes(weights: dict[str, np.ndarray], about: str = "") -> bytes:
    """Return the content of an ``.npz`` file that holds the weights and how they were made.

    Parameters
    ----------
    weights : dict of str to arrays
        The weights, by name.
    about : str
        One sentence or more, kept in the file under the name ``about``.

    Examples
    --------
    >>> len(weights_bytes({"conv1.weight": np.zeros((8, 1, 7, 7), np.float32)})) > 392
    True
    """
    arrays: dict[str, Any] = {**weights, "about": np.array(about)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def fold_batch_norm(weights: dict[str, np.ndarray], eps: float = 1e-5) -> dict[str, np.ndarray]:
    """Return weights of the same network without batch norm: each one is folded into the convolution before it.

    A trained batch norm multiplies each channel by a number and adds another. A convolution can do both by itself:
    ``scale = gamma / sqrt(running_var + eps)``, ``weight = weight * scale``,
    ``bias = beta + (bias - running_mean) * scale``. (Ioffe and Szegedy 2015, section 3.1.)

    Parameters
    ----------
    weights : dict of str to arrays
        As from `trained_weights`. Weights without batch norm come back as they are.
    eps : float
        The small number that the batch norm adds to the variance; PyTorch's default is 1e-5.

    Returns
    -------
    dict of str to float32 arrays
        ``convK.weight``, ``convK.bias``, ``denseK.weight``, ``denseK.bias`` alone.

    Raises
    ------
    ArgumentError
        A batch norm has no convolution before it.

    Examples
    --------
    >>> sorted(fold_batch_norm(trained_weights()))[:4]
    ['conv1.bias', 'conv1.weight', 'conv2.bias', 'conv2.weight']
    """
    folded = {name: array for name, array in weights.items() if not name.startswith("norm")}
    for name in weights:
        if not name.endswith(".running_var"):
            continue
        norm = name.removesuffix(".running_var")
        conv = "conv" + norm.removeprefix("norm")
        if f"{conv}.weight" not in weights:
            raise argument_error(
                "fold_batch_norm",
                "weights",
                f"hold {conv}.weight for {norm}",
                sorted(weights),
                "Give the weights of a network with one convolution before each batch norm.",
            )
        scale = weights[f"{norm}.weight"] / np.sqrt(weights[name] + eps)
        bias = weights.get(f"{conv}.bias", np.float32(0))
        folded[f"{conv}.weight"] = (weights[f"{conv}.weight"] * scale[:, None, None, None]).astype(np.float32)
        folded[f"{conv}.bias"] = (weights[f"{norm}.bias"] + (bias - weights[f"{norm}.running_mean"]) * scale).astype(
            np.float32
        )
    return folded
