"""Plain data goes there and back; anything else is refused before an array is made of it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.cell import wire

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
arrays = hnp.arrays(st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", ">i4", ">f8"]),
                    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))  # fmt: skip


def there_and_back(value):
    body = bytearray()
    data = wire.pack(wire.encode(value, body), bytes(body))
    ((content, back),) = wire.frames_in(data)
    return wire.decode(content, back)


@given(plain)
def test_plain_data_comes_back_as_it_was(value):
    assert repr(there_and_back(value)) == repr(value)


@given(arrays)
def test_arrays_come_back_as_they_were(array):
    back = there_and_back({"a": (array, array)})["a"][1]
    assert back.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_raise(data):
    try:
        for content, body in wire.frames_in(data):
            wire.decode(content, body)
    except wire.WireError:
        pass


def test_a_number_of_numpy_stays_one():
    assert type(there_and_back(np.float32(2))) is np.float32


@pytest.mark.parametrize("value", [object(), np.array([object()]), np.array(["a"]), {1}, 2**70, lambda: 0, b"x"])
def test_what_is_not_plain_is_not_sent(value):
    with pytest.raises(TypeError):
        wire.encode(value, bytearray())


@pytest.mark.parametrize(
    "forged",
    [
        {"array": ["<f8", [10**9], 0, False]},  # claims 8 GB, sends 8 bytes
        {"array": ["<f8", [2**31, 2**31, 0], 0, False]},
        {"array": ["<f8", [2**26, 2**26, 2**26, 0], 0, False]},  # of none, and yet too large for NumPy
        {"array": ["<f8", [-1], 0, False]},
        {"array": ["<f8", [1], -8, False]},
        {"array": ["<f8", [True], 0, False]},
        {"array": ["|O", [1], 0, False]},
        {"array": ["<f8", [1] * 40, 0, False]},
        {"array": ["f8,f8", [1], 0, False]},
        {"array": ["<f8", 1, 0, False]},
        {"made": ["small_network", {"dict": []}]},
        {"pickle": ["x"]},
        {"tuple": 3},
        {"dict": [["a"]]},
        {"a": [], "b": []},
        10**30,
        {"tuple": [None] * 200_000},
    ],
)
def test_forged_values_are_refused(forged):
    with pytest.raises(wire.WireError):
        wire.decode(forged, memoryview(b"12345678"))


def test_deep_nesting_and_huge_numbers_are_refused():
    deep = '{"tuple":[' * 2000 + "]}" * 2000
    for text in (deep, "[" * 100_000, "1" * 10_000):
        data = text.encode()
        with pytest.raises(wire.WireError):
            [wire.decode(*frame) for frame in wire.frames_in(wire.HEAD.pack(len(data), 0) + data)]


def test_a_frame_that_is_cut_off_or_too_large_is_refused():
    whole = wire.pack({"a": 1}, b"123")
    for cut in range(1, len(whole)):
        with pytest.raises(wire.WireError):
            list(wire.frames_in(whole[:cut]))
    with pytest.raises(wire.WireError):
        list(wire.frames_in(wire.HEAD.pack(2**31, 2**60)))
    with pytest.raises(wire.WireError):
        wire.pack(json.dumps("x" * wire.MOST_HEAD))
