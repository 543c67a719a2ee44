# exercise: receptive_field
# what: keeps size and jump as it should, and gives the jump
# expect: refuse
# name: the jump for the size
def receptive_field(layers):
    size = jump = 1
    for kernel, stride in layers:
        size, jump = size + (kernel - 1) * jump, jump * stride
    return jump
