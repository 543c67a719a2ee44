# exercise: shape_trace
# what: right, each shape an array
# expect: accept
import numpy as np


def shape_trace(layers, input_shape):
    def through(layer, shape):
        kind = layer["kind"]
        if kind == "dense":
            return [layer["out_features"]]
        if kind == "flatten":
            return [np.multiply.reduce(shape)]
        if kind not in ("conv", "pool"):
            return shape
        sides = np.add(shape[1:], np.multiply(2, layer["padding"])) - layer["kernel_size"]
        return [layer.get("out_channels", shape[0]), *(sides // layer["stride"] + 1)]

    shapes = [np.asarray(input_shape)]
    for layer in layers:
        shapes.append(np.asarray(through(layer, shapes[-1])))
    return shapes[1:]
