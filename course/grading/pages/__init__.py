"""The pages that grading writes: plain values made by Python, put into Jinja templates that escape them."""

from __future__ import annotations

from .classpage import class_page
from .feedback import feedback_page

__all__ = ["class_page", "feedback_page"]
