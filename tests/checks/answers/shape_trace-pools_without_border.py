# exercise: shape_trace
# what: only convolutions have their border
# expect: refuse
# name: padding ignored, in pools
import numpy as np


def shape_trace(layers, input_shape):
    shapes, shape = [], list(input_shape)
    for layer in layers:
        match layer["kind"]:
            case "conv" | "pool" as kind:
                border = layer["padding"] if kind == "conv" else (0, 0)
                for axis in (0, 1):
                    room = shape[axis + 1] + 2 * border[axis] - layer["kernel_size"][axis]
                    shape[axis + 1] = room // layer["stride"][axis] + 1
                if kind == "conv":
                    shape[0] = layer["out_channels"]
            case "flatten":
                shape = [int(np.prod(shape))]
            case "dense":
                shape = [layer["out_features"]]
        shapes.append(tuple(shape))
    return shapes
