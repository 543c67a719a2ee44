# exercise: dense_connections
# what: a bias for each number of the picture
# expect: refuse
# name: a connection more for each input
import math


def dense_connections(height, width, channels, neurons):
    numbers = math.prod((height, width, channels))
    weights, biases = numbers * neurons, numbers
    return weights + biases
