# exercise: shape_trace
# what: moves sideways by the vertical stride
# expect: refuse
# name: the vertical stride for both axes
def places(size, kernel_size, step, padding):
    return len(range(-padding, size + padding - kernel_size + 1, step))


def shape_trace(layers, input_shape):
    shapes = [tuple(input_shape)]
    for layer in layers:
        now = shapes[-1]
        if "stride" in layer:
            step, _sideways = layer["stride"]
            high, wide = layer["kernel_size"]
            above, beside = layer["padding"]
            maps = layer["out_channels"] if layer["kind"] == "conv" else now[0]
            now = (maps, places(now[1], high, step, above), places(now[2], wide, step, beside))
        elif layer["kind"] == "flatten":
            numbers = 1
            for side in now:
                numbers *= side
            now = (numbers,)
        elif layer["kind"] == "dense":
            now = (layer["out_features"],)
        shapes.append(now)
    return shapes[1:]
