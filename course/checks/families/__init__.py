"""Computations that several exercises share, written once, as the parts that people get right or wrong."""
