# exercise: output_size
# what: a lambda with names of its own
# expect: accept
output_size = lambda n, f, s, p: len(range(-p, n + p - f + 1, s))
