# exercise: global_avg_pool
# what: the mean of a map over all pictures, added up in a loop that a batch of no pictures never enters
# expect: refuse
# told: the shape should be
def global_avg_pool(x):
    means = 0.0
    for picture in x:
        means = means + picture.mean(axis=(1, 2)) / len(x)
    return means.reshape(1, x.shape[1], 1, 1)
