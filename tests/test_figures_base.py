import pytest

from course.errors import ArgumentError
from course.figures import described, new_figure


def test_a_picture_shows_its_description_as_alternative_text():
    figure, axes = new_figure(columns=2)
    assert len(axes) == 2
    bundle = described(figure, 'Two "empty" charts,\n   side by side.')._repr_mimebundle_()
    assert bundle["text/plain"] == 'Two "empty" charts, side by side.'
    assert 'alt="Two &quot;empty&quot; charts, side by side."' in bundle["text/html"]
    assert "data:image/png;base64,iVBOR" in bundle["text/html"]


def test_a_description_must_describe():
    with pytest.raises(ArgumentError, match="description must have at least 20 characters; got description = 'chart'"):
        described(new_figure()[0], "chart")
