"""The journal: what is written down, shown, shared between kernels, and kept when things go wrong."""

import contextlib
import io
import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import course
from course import journal
from course.errors import ArgumentError, CourseError
from course.journal import store, values
from course.journal.questions import QUESTIONS, Question
from course.manifest import LESSONS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """A progress file of the test's own, and an empty memory."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.setattr(store, "_in_memory", {})
    return path


def said(function, *arguments):
    """Return what a call prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*arguments)
    return out.getvalue()


def in_one_line(function, *arguments):
    """Return what a call prints, without its line breaks."""
    return " ".join(said(function, *arguments).split())


# --- Guesses ------------------------------------------------------------------------------------------

VERDICTS = [
    (10_000_000, 7_840_000, "weights", "Your guess was 2,160,000 too high, which is 28% of the answer."),
    (3, 1000, "", "Your guess was 997 too low: the answer is 333 times your guess."),
    (100, 30, "", "Your guess was 70 too high: your guess is 3.3 times the answer."),
    (-5, -4, "", "Your guess was 1 too low, which is 25% of the answer."),
    (1e9, 1, "", "Your guess was 999,999,999 too high: your guess is more than a million times the answer."),
    (1000.5, 1000, "", "Your guess was 0.5 too high, which is less than 1% of the answer."),
    (0, 5, "", "Your guess was 5 too low."),
    (-3, 3, "", "Your guess was 6 too low."),
    (5, 5, "pixels", "Exactly right."),
    (0.1 + 0.2, 0.3, "", "Exactly right."),
    (np.int64(7), np.float32(7), "", "Exactly right."),
    (" Vertical", "vertical ", "", "Exactly right."),
    ("vertical", "horizontal", "", "That is not the same."),
    (True, True, "", "Exactly right."),
    ((3, 4), [3, 5], "", "1 of 2 entries are right."),
    ([3, 5], np.array([3, 5]), "", "Exactly right."),
    ([3], [3, 5], "", "Your list has the length 1, the answer the length 2."),
    ([[1, 2], [3, 4]], [[1, 2], [3, 4]], "", "Exactly right."),
]


@pytest.mark.parametrize(("guess", "answer", "unit", "verdict"), VERDICTS, ids=str)
def test_a_guess_is_shown_beside_the_answer(guess, answer, unit, verdict):
    journal.predict("q", guess)
    lines = said(journal.reveal, "q", answer, unit).splitlines()
    assert lines[0].startswith("Your guess: ")
    assert lines[1].startswith("The answer: ")
    assert lines[1].endswith(f" {unit}." if unit else ".")
    assert " ".join(lines[2:]) == verdict


def test_what_a_guess_says_word_for_word():
    assert said(course.predict, "q", 10_000_000) == "Your guess is written down: 10,000,000.\n"
    assert said(course.reveal, "q", 7_840_000, "weights").splitlines() == [
        "Your guess: 10,000,000 weights.",
        "The answer: 7,840,000 weights.",
        "Your guess was 2,160,000 too high, which is 28% of the answer.",
    ]
    assert said(course.predict, "q", "many") == "Your guess is written down: many.\n"
    assert said(course.reveal, "q", 5, "weights").splitlines() == [
        "Your guess: many.",
        "The answer: 5 weights.",
        "Your guess is the text 'many', and a number is asked for. Write a number,",
        "without quotation marks, and run its cell again.",
    ]
    course.predict("q", 70)
    assert said(course.reveal, "q", 75, "per cent").splitlines() == [
        "Your guess: 70%.",
        "The answer: 75%.",
        "Your guess was 5 percentage points too low.",
    ]


def test_no_guess_is_no_error():
    assert said(course.predict, "q", None).startswith("No guess yet. Replace None by your guess")
    assert said(course.reveal, "q", 5, "weights") == "No guess was made. The answer: 5 weights.\n"


def test_the_last_guess_counts(file):
    journal.predict("q", 1)
    journal.predict("r", 1.5)
    journal.predict("q", [2, "b"])
    assert json.loads(file.read_text())["guesses"] == {"q": [2, "b"], "r": 1.5}


@pytest.mark.parametrize("guess", [float("nan"), float("inf"), 10**400, {}, object(), [1, None], "x" * 3000, 1j])
def test_a_guess_that_is_none_is_refused(guess, file):
    with pytest.raises(ArgumentError, match=r"^predict: guess must be a finite number, a text, or a short list"):
        journal.predict("q", guess)
    assert not file.exists()


@pytest.mark.parametrize("question", ["", "  ", None, 3])
def test_a_question_has_a_name(question):
    for function in (journal.predict, journal.reveal):
        with pytest.raises(ArgumentError, match=f"^{function.__name__}: question must be a text that is not empty"):
            function(question, 3)


def test_an_answer_that_cannot_be_shown_is_refused():
    with pytest.raises(ArgumentError, match=r"^reveal: answer must"):
        journal.reveal("q", float("nan"))


numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)).filter(lambda x: abs(x) < 1e300)


@given(guess=numbers, answer=numbers)
def test_any_two_numbers_are_compared_in_the_right_direction(guess, answer):
    sentence = values.compared(guess, answer)
    assert sentence == "Exactly right." or f"too {'high' if guess > answer else 'low'}" in sentence
    assert "nan" not in sentence
    assert "inf" not in sentence


# --- Guesses of the wrong kind, and all guesses of a lesson ---------------------------------------------

MEANT = [
    ("40%", "40"), ("1.000", "1000, or 1.0"), ("1,000", "1000"), ("1,000,000", "1000000"), ("7,5", "7.5"),
    ("about 12 pixels", "12"), ("−3", "-3"), ("1e6", "1e6"), ("0.25", "0.25"), ("1_000", "1000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), MEANT)
def test_a_text_where_a_number_is_asked_for_is_told_with_the_number_that_it_means(text, number, file):
    told = f"Your guess is the text {text!r}, and a number is asked for. Write a number: {number}"
    assert in_one_line(course.predict, "six-layers", text) == f"{told}."
    assert in_one_line(course.reveal, "six-layers", 127, "pixels").endswith(f"pixels. {told}, and run its cell again.")
    assert json.loads(file.read_text())["guesses"] == {"six-layers": text}


WRONG_KINDS = [
    ("six-layers", "many", 127, "Your guess is the text 'many', and a number is asked for."),
    ("six-layers", "3 or 4", 127, "Your guess is the text '3 or 4', and a number is asked for. Write a number, with"),
    ("six-layers", True, 127, "Your guess is True, and a number is asked for."),
    ("six-layers", [3, 4], 127, "Your guess is the list [3, 4], and a number is asked for."),
    ("most-confused", 6, "Shirt", "Your guess is the number 6, and a text is asked for. Write it between quotation"),
]


@pytest.mark.parametrize(("question", "guess", "answer", "told"), WRONG_KINDS, ids=str)
def test_a_guess_of_another_kind_is_told_twice(question, guess, answer, told):
    assert in_one_line(course.predict, question, guess).startswith(told)
    assert told in in_one_line(course.reveal, question, answer)
    assert max(map(len, said(course.reveal, question, answer).splitlines())) <= 80


@given(guess=st.one_of(st.text(), numbers, st.booleans(), st.lists(numbers)), answer=st.one_of(st.text(), numbers))
def test_every_guess_gets_a_sentence(guess, answer):
    sentence = values.compared(values.plain(guess), values.plain(answer))
    assert sentence.endswith(".")
    assert 0 <= values.distance_of(guess, answer) <= 2
    assert (sentence == "Exactly right.") == (values.distance_of(guess, answer) == 0)


def test_the_guesses_of_a_lesson_come_back_at_its_end(file, monkeypatch):
    names = ("dense-connections", "rows-of-neurons", "six-layers", "strong", "fewer-weights")
    words = [f"{name} in words" for name in names]
    monkeypatch.setitem(QUESTIONS, 1, tuple(map(Question, names, words)))
    assert "made no guess here" in repr(course.guesses(1))
    for question, guess in (("dense-connections", 9.5e6), ("rows-of-neurons", 2), ("six-layers", "127")):
        journal.predict(question, guess)
    journal.predict("never-answered", 1)
    for question, answer, unit in (
        ("dense-connections", 10_000_000, "connections"), ("rows-of-neurons", 214, "rows"), ("six-layers", 127, ""),
        ("fewer-weights", 45, "per cent"),
    ):  # fmt: skip
        journal.reveal(question, answer, unit)
    table = course.guesses(1)
    assert [row[0] for row in table.rows] == words
    assert [row[1:] for row in table.rows] == [
        ("9,500,000 connections", "10,000,000 connections", "500,000 too low, which is 5% of the answer"),
        ("2 rows", "214 rows", "212 too low"),
        ("127", "127", "no number"),
        ("no guess", "not shown yet", ""),
        ("no guess", "45%", ""),
    ]
    assert (
        table.says == f"Right or within 10%: 1 of 3 guesses. Farthest off was “{words[2]}”: look at that place again."
    )
    journal.predict("six-layers", 127)
    assert f"Right or within 10%: 2 of 3 guesses. Farthest off was “{words[1]}”" in course.guesses(1).says
    journal.predict("rows-of-neurons", 214)
    journal.predict("dense-connections", 10_000_000)
    assert course.guesses(1).says == "Right or within 10%: 3 of 3 guesses."
    assert "no guess here" in course.guesses(2).says


def test_both_tables_say_the_same_in_text_and_html():
    class Words(HTMLParser):
        def __init__(self):
            super().__init__()
            self.words = []

        def handle_data(self, data):
            self.words += data.split()

    journal.predict("most-confused", "<Shirt> & co")
    journal.reveal("most-confused", "Shirt")
    for shown in (course.progress(), course.progress(4), course.guesses(5)):
        words = Words()
        words.feed(shown._repr_html_())
        assert words.words == repr(shown).split()


@pytest.mark.parametrize("number", [lesson.number for lesson in LESSONS])
def test_one_lesson_shows_its_rows_and_one_line_for_each_other(number):
    text, html = repr(course.progress(number)), course.progress(lesson=number)._repr_html_()
    for lesson in LESSONS:
        assert f"{lesson.number}. {lesson.title}: 0 of {lesson.points} points" in text
        for exercise in lesson.exercises:
            assert (f"  {exercise.name} " in text) == (lesson.number == number)
            assert (f"<code>{exercise.name}<" in html or f"<code>{exercise.name} (" in html) == (
                lesson.number == number
            )
    assert len(text.splitlines()) < 30


@pytest.mark.parametrize("function", ["guesses", "progress"])
@pytest.mark.parametrize("lesson", [0, 99, "3", True, 1.5])
def test_a_lesson_that_is_not_there_is_told(function, lesson):
    with pytest.raises(ArgumentError, match=rf"^{function}: lesson must be the number of a lesson; got lesson = "):
        getattr(course, function)(lesson)


def test_names_of_questions_are_unique_and_words_are_short():
    names = [question.name for asked in QUESTIONS.values() for question in asked]
    assert len(set(names)) == len(names)
    assert {question.wants for asked in QUESTIONS.values() for question in asked} <= {"a number", "a text", "a list"}
    assert max(len(question.words) for asked in QUESTIONS.values() for question in asked) <= 70


def test_a_file_of_an_earlier_course_is_read_and_kept(file):
    file.write_text('{"exercises": {}, "guesses": {"six-layers": 64}}')
    assert said(course.reveal, "six-layers", 127, "pixels").startswith("Your guess: 64 pixels.")
    content = json.loads(file.read_text())
    assert content["guesses"] == {"six-layers": 64}
    assert content["answers"] == {"six-layers": {"answer": 127, "unit": "pixels"}}


def test_showing_an_answer_again_writes_nothing(file, monkeypatch):
    journal.reveal("six-layers", 127, "pixels")
    monkeypatch.setattr(store, "_write", None)
    journal.reveal("six-layers", np.int64(127), "pixels")


# --- Checks, hints, the table -------------------------------------------------------------------------


def test_the_last_check_counts(file):
    journal.record_check("output_size", False, "rounds up")
    entry = json.loads(file.read_text())["exercises"]["output_size"]
    assert entry == {"checks": 1, "hints": 0, "mistake": "rounds up", "passed": False}
    journal.record_check("output_size", True)
    assert journal.progress().points == 2
    assert json.loads(file.read_text())["exercises"]["output_size"]["mistake"] is None
    journal.record_check("output_size", False, None)
    assert journal.progress().points == 0


def test_hints_are_counted_for_each_exercise(file):
    assert [journal.record_hint(name) for name in ("conv2d", "conv2d", "unpad", "conv2d")] == [1, 2, 1, 3]
    assert journal.progress().hints == 4


def test_hints_are_counted_up_to_the_last_one(file):
    assert [journal.record_hint("unpad", most=2) for _ in range(4)] == [1, 2, 2, 2]
    assert journal.progress().hints == 2


@pytest.mark.parametrize("record", [lambda: journal.record_check("half", True), lambda: journal.record_hint("half")])
def test_an_exercise_that_is_not_in_the_manifest_is_refused(record, file):
    with pytest.raises(CourseError, match="no exercise 'half'"):
        record()
    assert not file.exists()


def test_the_table_shows_every_exercise_in_text_and_html():
    journal.record_check("output_size", True)
    journal.record_check("zero_pad", False)
    journal.record_hint("zero_pad")
    journal.predict("q", 1)
    shown = course.progress()
    text, html = repr(shown), shown._repr_html_()
    for part in (text, html):
        for lesson in LESSONS:
            assert f"{lesson.number}. {lesson.title}: " in part
            assert all(exercise.name in part for exercise in lesson.exercises)
        assert f"2 of {sum(lesson.points for lesson in LESSONS)} points earned. Hints used: 1. Guesses made: 1." in part
        assert part.count("✓ right") == part.count("○ not yet right") == 1
    assert f"1. Receptive fields: 2 of {LESSONS[0].points} points" in text


def test_the_table_can_be_read_by_a_screen_reader():
    class Tags(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.scopes = [], []

        def handle_starttag(self, tag, attrs):
            self.open.append(tag)
            self.scopes += [dict(attrs)["scope"]] if tag == "th" else []

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    tags = Tags()
    tags.feed(course.progress()._repr_html_())
    assert tags.open == []
    assert tags.scopes.count("col") == 4
    assert tags.scopes.count("rowgroup") == len(LESSONS)
    assert tags.scopes.count("row") == sum(len(lesson.exercises) for lesson in LESSONS)
    assert "<caption" in course.progress()._repr_html_()


# --- The file -----------------------------------------------------------------------------------------


def test_the_file_stands_beside_the_lessons(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_PROGRESS")
    assert store._path() in (ROOT / "lessons" / "progress.json", Path.cwd() / "progress.json")
    monkeypatch.setattr(store, "__file__", str(tmp_path / "course" / "journal" / "store.py"))
    assert store._path() == Path.cwd() / "progress.json"
    (tmp_path / "lessons").mkdir()
    assert store._path() == tmp_path / "lessons" / "progress.json"


def test_nothing_is_kept_where_the_variable_is_empty(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", "")
    monkeypatch.chdir(tmp_path)
    journal.predict("q", 5)
    journal.record_check("output_size", True)
    assert said(journal.reveal, "q", 5).endswith("Exactly right.\n")
    assert journal.progress().points == 2
    assert [journal.record_hint("unpad"), journal.record_hint("unpad")] == [1, 2]
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_missing_are_made(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a" / "b" / "mine.json"))
    assert said(journal.record_check, "output_size", True) == ""
    assert (tmp_path / "a" / "b" / "mine.json").exists()


DAMAGED = {
    "empty": b"",
    "half": b'{"exercises": {"output_size": {"che',
    "no text": b"\xff\xfe\x00",
    "list": b"[]",
    "number": b"3",
    "no guesses": b'{"exercises": {}}',
    "guesses as list": b'{"exercises": {}, "guesses": []}',
    "answers as list": b'{"exercises": {}, "guesses": {}, "answers": [1]}',
    "answer as number": b'{"exercises": {}, "guesses": {}, "answers": {"q": 3}}',
    "exercises as list": b'{"exercises": [], "guesses": {}}',
    "entry as number": b'{"exercises": {"output_size": 3}, "guesses": {}}',
    "entry of another kind": b'{"exercises": {"unpad": {"checks": "1", "hints": 0, "passed": true}}, "guesses": {}}',
    "deep": b"[" * 200_000,
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("reading", [True, False])
def test_a_damaged_file_is_set_aside(file, name, reading):
    file.write_bytes(DAMAGED[name])
    text = said(journal.progress) if reading else said(journal.record_check, "output_size", True)
    assert text == (
        "progress.json was damaged. It is set aside as progress.json.damaged, and your progress starts afresh.\n"
    )
    assert file.with_name("progress.json.damaged").read_bytes() == DAMAGED[name]
    assert journal.progress().points == (0 if reading else 2)


def test_files_set_aside_do_not_replace_each_other(file):
    for content in (b"first", b"second", b"third"):
        file.write_bytes(content)
        journal.progress()
    aside = sorted(file.parent.glob("progress.json.damaged*"))
    assert [path.read_bytes() for path in aside] == [b"first", b"second", b"third"]


def test_a_folder_that_cannot_be_written_gets_one_sentence_and_no_error(file, monkeypatch):
    journal.record_check("output_size", True)
    before = file.read_bytes()

    def refuses(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store.tempfile, "mkstemp", refuses)
    text = said(journal.record_check, "zero_pad", True)
    assert text.startswith("Your progress is not kept in a file: progress.json cannot be written (Permission denied).")
    assert said(journal.record_check, "unpad", True) == ""
    assert journal.progress().points == 4
    assert [journal.record_hint("unpad"), journal.record_hint("unpad")] == [1, 2]
    assert file.read_bytes() == before


def test_a_path_that_cannot_be_a_file_gets_one_sentence_and_no_error(file, monkeypatch):
    file.write_text("I am a file")
    monkeypatch.setenv("COURSE_PROGRESS", str(file / "progress.json"))
    assert said(journal.record_check, "output_size", True).count("is not kept in a file") == 1
    assert said(journal.progress) == ""
    assert journal.progress().points == 2


def test_a_write_that_fails_leaves_the_file_whole(file, monkeypatch):
    journal.record_check("output_size", True)
    before = file.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "replace", full)
    assert "No space left on device" in said(journal.record_check, "zero_pad", True)
    assert file.read_bytes() == before
    assert not list(file.parent.glob(".progress.json*"))


def test_kernels_that_write_at_once_keep_each_others_entries(file):
    code = (
        "import sys, course.journal as j\n"
        "for k in range(40): j.predict(f'{sys.argv[1]}-{k}', k); j.record_hint('unpad')"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(number)], cwd=ROOT, stdout=subprocess.DEVNULL)
        for number in range(3)
    ]
    assert [kernel.wait(timeout=60) for kernel in kernels] == [0, 0, 0]
    content = json.loads(file.read_text())
    assert len(content["guesses"]) == 120
    assert content["exercises"]["unpad"]["hints"] == 120


def test_the_journal_needs_the_standard_library_alone():
    code = (
        "import sys; before = set(sys.modules); import course.journal; "
        "print({name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "{'course'}"
