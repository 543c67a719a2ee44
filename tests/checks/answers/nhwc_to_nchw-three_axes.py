# exercise: nhwc_to_nchw
# what: moves the axes of a single picture
# expect: refuse
# name: three axes moved
def nhwc_to_nchw(x):
    channels_first = (-1, 0, 1)
    return x.transpose(channels_first)
