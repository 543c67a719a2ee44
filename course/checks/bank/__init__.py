"""The bank of exercises: one page for each, named as its function."""
