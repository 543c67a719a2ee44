# exercise: shape_trace
# expect: refuse
# name: padding counted once, along the height, in pools
# what: four lines of one kind; in one of them, the 2 is missing
def shape_trace(layers, input_shape):
    c, h, w = input_shape
    shapes, flat = [], None
    for layer in layers:
        if "kernel_size" in layer:
            (fh, fw), (sh, sw), (ph, pw) = layer["kernel_size"], layer["stride"], layer["padding"]
        if layer["kind"] == "conv":
            c = layer["out_channels"]
            h = (h + 2 * ph - fh) // sh + 1
            w = (w + 2 * pw - fw) // sw + 1
        elif layer["kind"] == "pool":
            h = (h + ph - fh) // sh + 1
            w = (w + 2 * pw - fw) // sw + 1
        elif layer["kind"] == "flatten":
            flat = c * h * w
        elif layer["kind"] == "dense":
            flat = layer["out_features"]
        shapes.append((c, h, w) if flat is None else (flat,))
    return shapes
