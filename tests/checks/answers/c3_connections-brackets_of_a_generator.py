# exercise: c3_connections
# what: round brackets where square ones belong: a generator, not a list of rows
# expect: refuse
# told: yours: something else
def c3_connections():
    sets = [{k, (k + 1) % 6, (k + 2) % 6} for k in range(6)]
    sets += [one | {(k + 3) % 6} for k, one in enumerate(sets)]
    sets += [{0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}]
    return ([k in one for k in range(6)] for one in sets)
