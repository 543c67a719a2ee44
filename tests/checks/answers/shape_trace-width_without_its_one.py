# exercise: shape_trace
# expect: refuse
# name: + 1 forgotten, along the width
# what: height and width on a line each; the second line has no + 1
def shape_trace(layers, input_shape):
    shape = input_shape
    result = []
    for layer in layers:
        if layer["kind"] in ["conv", "pool"]:
            c, h, w = shape
            if layer["kind"] == "conv":
                c = layer["out_channels"]
            h = (h - layer["kernel_size"][0] + 2 * layer["padding"][0]) // layer["stride"][0] + 1
            w = (w - layer["kernel_size"][1] + 2 * layer["padding"][1]) // layer["stride"][1]
            shape = (c, h, w)
        elif layer["kind"] == "flatten":
            total = 1
            for n in shape:
                total *= n
            shape = (total,)
        elif layer["kind"] == "dense":
            shape = (layer["out_features"],)
        result.append(shape)
    return result
