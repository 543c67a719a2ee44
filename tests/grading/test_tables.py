"""Tables that are the same whatever reads them, and run nowhere."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from course.grading.tables import table

SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
UNSEEN = " \t\r\n\x0b\x1c\x85\xa0\u200b\u200e\u2028\u202e\ufeff"
LETTERS = "".join(SIGNS) + UNSEEN + ";,|\"'ab1"
CELLS = st.lists(st.lists(st.text(LETTERS, max_size=8), min_size=2, max_size=4), min_size=1, max_size=3)


@given(CELLS)
def test_no_separator_makes_a_formula_of_a_cell(rows):
    text = table(rows)
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.strip(UNSEEN).startswith(SIGNS)]


@given(CELLS)
def test_nothing_but_the_mark_is_added(rows):
    read = list(csv.reader(io.StringIO(table(rows), newline="")))
    assert [[cell.replace("'", "") for cell in row] for row in read] == [
        [cell.replace("'", "") for cell in row] for row in rows
    ]
