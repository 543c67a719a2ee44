# exercise: receptive_field
# what: counts its calls by a decorator that hides the name
# expect: accept
def counted(work):
    def outer(*things, **options):
        outer.calls += 1
        return work(*things, **options)

    outer.calls = 0
    return outer


@counted
def receptive_field(layers):
    *below, top = layers or [(1, 1)]
    if not below:
        return top[0]
    jump = 1
    for _, stride in below:
        jump *= stride
    return receptive_field(below) + (top[0] - 1) * jump
