"""The measurements behind ``python3 -m course bench``, one module for each subject."""
