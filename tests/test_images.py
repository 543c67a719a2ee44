import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.datasets import load_sample_image

from course import images
from course.errors import ArgumentError, DataError

COLOURS = hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3)))


@pytest.mark.parametrize("name", ["china", "flower"])
def test_the_photographs_are_those_of_scikit_learn(name):
    picture = getattr(images, name)()
    assert picture.shape == (427, 640, 3)
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, load_sample_image(f"{name}.jpg"))


def test_a_missing_photograph_says_what_to_do(monkeypatch):
    monkeypatch.setattr(images.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"china\.jpg is not here.*force-reinstall scikit-learn"):
        images.china()


def test_the_digits_are_ink_from_0_to_1():
    pictures, labels = images.digits()
    assert pictures.shape == (1797, 8, 8)
    assert (pictures.min(), pictures.max()) == (0, 1)
    assert set(labels) == set(range(10))


@given(COLOURS)
def test_grey_lies_between_0_and_1_and_keeps_equal_channels(colours):
    grey = images.grey(colours)
    assert grey.shape == colours.shape[:2]
    assert grey.min() >= 0
    assert grey.max() <= 1
    same = np.repeat(colours[:, :, :1], 3, axis=2)
    np.testing.assert_allclose(images.grey(same), same[:, :, 0] / 255, atol=1e-12)
    np.testing.assert_allclose(images.grey(colours / 255), grey, atol=1e-12)


@pytest.mark.parametrize("wrong", [np.zeros((4, 4)), np.zeros((3, 4, 4)), np.zeros((1, 4, 4, 3))])
def test_grey_refuses_what_is_no_colour_picture(wrong):
    with pytest.raises(
        ArgumentError, match=r"^grey: image must have the shape \(height, width, 3\); got image = array of"
    ):
        images.grey(wrong)


@pytest.mark.parametrize("wrong", [np.full((2, 2, 3), 2.0), np.full((2, 2, 3), -0.1), np.full((2, 2, 3), np.nan),
                                   np.zeros((2, 2, 3), np.int64)])  # fmt: skip
def test_grey_refuses_other_ranges(wrong):
    with pytest.raises(ArgumentError, match=r"^grey: image must hold uint8 from 0 to 255 or floats from 0 to 1; got"):
        images.grey(wrong)


@given(st.data())
def test_a_crop_is_a_slice_with_pixels_of_its_own(draw):
    height, width = draw.draw(st.integers(1, 7)), draw.draw(st.integers(1, 7))
    picture = np.arange(height * width * 2).reshape(height, width, 2)
    h, w = draw.draw(st.integers(1, height)), draw.draw(st.integers(1, width))
    row, column = draw.draw(st.integers(0, height - h)), draw.draw(st.integers(0, width - w))
    part = images.crop(picture, row, column, h, w)
    np.testing.assert_array_equal(part, picture[row : row + h, column : column + w])
    part += 1
    assert picture[0, 0, 0] == 0
    middle = images.center_crop(picture, h, w)
    first = middle.flat[0] // 2
    above, left = divmod(int(first), width)
    assert 0 <= (height - h - above) - above <= 1
    assert 0 <= (width - w - left) - left <= 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [((0, 0, 0, 1), "height"), ((0, 0, 1, 0), "width"), ((3, 0, 2, 1), "row"), ((-1, 0, 1, 1), "row"),
     ((0, 5, 1, 1), "column"), ((0, -2, 1, 1), "column")],
)  # fmt: skip
def test_a_crop_that_leaves_the_picture_is_refused(arguments, name):
    with pytest.raises(ArgumentError, match=f"^crop: {name} must be"):
        images.crop(np.zeros((4, 5)), *arguments)


@pytest.mark.parametrize(("height", "width", "name"), [(5, 1, "height"), (1, 6, "width"), (0, 1, "height")])
def test_a_middle_that_is_too_large_is_refused(height, width, name):
    with pytest.raises(ArgumentError, match=f"^center_crop: {name} must be between 1 and"):
        images.center_crop(np.zeros((4, 5)), height, width)


@pytest.mark.parametrize("function", [lambda a: images.crop(a, 0, 0, 1, 1), lambda a: images.center_crop(a, 1, 1)])
def test_only_one_picture_can_be_cut(function):
    with pytest.raises(ArgumentError, match="image must have 2 or 3 dimensions"):
        function(np.zeros(4))
