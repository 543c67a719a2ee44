"""Checkpoints: written whole or not at all, and read without trust."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from ..errors import CheckpointError

__all__ = ["read_checkpoint", "write_checkpoint", "write_whole"]

FORMAT = "course training checkpoint 3"
KEYS = {
    "format", "settings", "model", "optimizer", "scaler", "epoch", "batch", "step", "seconds", "used", "finished",
    "sums", "rows", "points", "confusion", "parts",
}  # fmt: skip


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file such that at any moment the old content or the new is there, whole.

    Raises
    ------
    CheckpointError
        The disk is full, or may not be written to; the old file is untouched.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        kept = "What was there before is kept. " if path.exists() else ""
        raise CheckpointError(
            f"{path} could not be written ({error.strerror or error}). {kept}"
            "Make room on the disk, or name another folder with --out, and go on with --resume."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def write_checkpoint(path: str | Path, state: dict[str, Any]) -> None:
    """Write the state of a run, whole or not at all.

    Parameters
    ----------
    path : str or Path
        The file.
    state : dict
        Numbers, text, lists, dictionaries and tensors alone.

    Raises
    ------
    CheckpointError
        The file could not be written; the one before is untouched.
    """
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **state}, buffer)
    write_whole(path, buffer.getvalue())


def read_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read the state of a run; nothing in the file is executed, and every byte is checked against its checksum.

    Raises
    ------
    CheckpointError
        The file is missing, damaged, or not a checkpoint of this course.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"{damaged} fails its checksum")
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint {path}. Start without --resume.") from None
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.error) as error:
        raise CheckpointError(
            f"The checkpoint {path} is damaged or is none ({error}). Delete it and start again."
        ) from None
    except (RuntimeError, pickle.UnpicklingError):
        raise CheckpointError(
            f"{path} is not a checkpoint of this course: it holds more than numbers, or is no PyTorch file. "
            "Name the checkpoint.pt of a run."
        ) from None
    if not isinstance(state, dict) or state.get("format") != FORMAT or set(state) != KEYS:
        raise CheckpointError(f"{path} is not a checkpoint of this course. Name the checkpoint.pt of a run.")
    return state
