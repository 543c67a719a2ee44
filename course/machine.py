"""What this machine has beside Python packages: a browser, an accelerator, room on the disk."""

from __future__ import annotations

import os
import shutil
from importlib import util
from pathlib import Path

__all__ = ["accelerator", "browser", "free_gigabytes"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FIXED_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def browser() -> str | None:
    """Return the path of a Chromium, Chrome or Edge, or None; COURSE_BROWSER names another one."""
    named = os.environ.get("COURSE_BROWSER")
    if named is not None:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or next((path for path in FIXED_BROWSERS if Path(path).is_file()), None)


def accelerator() -> str | None:
    """Return the name of the GPU that PyTorch can use, or None; without PyTorch there is none to ask."""
    if util.find_spec("torch") is None:
        return None
    try:
        import torch

        if torch.cuda.is_available():
            return f"CUDA: {torch.cuda.get_device_name(0)}"
        if torch.backends.mps.is_available():
            return "MPS: the GPU of this Mac"
    except Exception as error:  # a broken driver or library must not end the report on it
        return f"not usable ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason'})"
    return None


def free_gigabytes(folder: Path) -> float:
    """Return the free room on the disk that holds a folder, in units of 10**9 bytes."""
    return shutil.disk_usage(folder).free / 1e9
