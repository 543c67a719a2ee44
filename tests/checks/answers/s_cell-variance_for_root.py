# exercise: s_cell
# what: forgets the root
# expect: refuse
# name: root forgotten
def s_cell(u, a, b, c, r):
    e = (a * u).sum()
    v = (c * u**2).sum()
    x = (1 + e) / (1 + (2 * r) / (1 + r) * b * v) - 1
    return r * max(x, 0)
