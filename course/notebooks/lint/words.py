"""Words and code: what a reader reads, as `solutions/STYLE.md` asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...manifest import LESSONS, Lesson
from ..reading import tags_of
from .parts import Cell, Notebook, cell_id, cells_of, comments_of, output_texts, prose_of, strings_of, undescribed

__all__ = [
    "asks_in_english",
    "explains_before_it_uses",
    "has_described_images",
    "has_no_markers",
    "has_no_places",
    "has_no_shell",
    "has_plain_outputs",
    "has_plain_words",
    "has_short_cells",
    "promises_what_is_there",
]

LONGEST_CELL = 15  # lines of code outside exercises
PATHS = r"(?<![\w.:/])/(?:home|tmp|root|work|opt|usr|var|mnt|srv|Users)/[\w.-]*|\b[A-Z]:\\\w+"
HOSTS = (
    r"\b(?:[\w-]+\.)*(?:pypi\.org|pythonhosted\.org|anaconda\.org|download\.pytorch\.org|npmjs\.(?:org|com))\b"
    r"|\blocalhost\b|\b127\.0\.0\.1\b|\b10\.\d+\.\d+\.\d+\b|\b192\.168\.\d+\.\d+\b"
)

# What is not written: a pattern, and what to write. These hold for everything that a reader sees.
FORMS = (
    (r"\b(?:\d+|[A-Za-z]) ?x ?\d+\b|\b\d+ ?x ?(?:\d+|[A-Za-z])\b", "write × for 'by' and 'times': 3 × 3"),
    (r"\d×|×\d", "put a space on each side of ×: 3 × 3"),
    (r"\d %(?!\w)", "put % directly after the figure: 75%"),
    (r"\bpercent\b", "write 'per cent' where no figure stands before it, and % where one does"),
    (r"\d per cent\b", "write % after a figure: 75%"),
)
# These hold for the text and the printed texts of a lesson, not for numbers that Python prints.
PROSE_FORMS = (
    (r"(?<![\w)\]}\[:=.,/'\"-])-(?:\d|\.\d)", "write a minus as − (U+2212)"),
    (r"(?<![\d.,])[1-9]\d{4,}(?![\d.])", "write thousands with a comma: 10,000"),
    (r"\b(?:simply|obviously|just|trivial|trivially|of course|easy|easily)\b", "nothing is easy while it is new"),
    (r"\bmend(?:s|ed|ing)?\b", "say repair, fix or correct"),
    (r"\b(?:is|are|was|were) (?:not )?to be had\b", "say 'there is', or 'you can get'"),
    (r"\bno \w+ (?:that|which|who) (?:is|are|does|do|has|have|can) not\b", "say it without the double negation"),
    (r"\bnot un(?!der|til|less|it|i\w)\w+", "say it without the double negation"),
)
TITLE = "A 3x3 isotropic gradient operator"  # of a work that is named as it is called
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")  # a text that is a name: nobody reads it
HAS_IT = re.compile(r"\b(?:has|have) (?:it|they|the|a|an|this|that|these|those|each|one|your)\b")
HELPER = re.compile(r"\b(?:do|does|did|will|would|can|could|should|may|might|must)\b", re.IGNORECASE)
ASKS = re.compile(r"\b(?:how|what|which|why|where)\b", re.IGNORECASE)

# Words of the field, and the lesson that explains each: there it stands in bold, once, before it is used.
TERMS = {
    r"channels?": 1, r"feature maps?": 2, r"strides?": 1, r"paddings?|zero padding": 1, r"receptive fields?": 1,
    r"(?-i:ReLU)s?": 1, r"epochs?": 3, r"batch(?:es)?": 3, r"loss(?:es)?": 2, r"filters?": 2,
}  # fmt: skip


def has_short_cells(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A code cell outside the exercises has at most 15 lines of code."""
    for cell in cells_of(notebook, "code"):
        lines = [line for line in cell["source"].split("\n") if line.strip() and not line.lstrip().startswith("#")]
        if len(lines) > LONGEST_CELL and "exercise" not in tags_of(cell):
            yield cell_id(cell), f"{len(lines)} lines of code; at most {LONGEST_CELL} are read with pleasure"


def has_plain_words(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Texts, comments, printed texts and titles keep to the forms and words of the style."""
    for cell in notebook["cells"]:
        for text in _texts_of(cell):
            for pattern, say in (*FORMS, *PROSE_FORMS):
                for found in re.finditer(pattern, text, re.IGNORECASE):
                    yield cell_id(cell), f"{_around(found)}: {say}"


def asks_in_english(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A question says 'does it have', not 'has it'."""
    for cell in notebook["cells"]:
        for text in _texts_of(cell):
            for question in re.findall(r"[^.?!:;]*\?", text):
                asked = HAS_IT.search(question)
                if asked and ASKS.search(question) and not HELPER.search(question):
                    yield cell_id(cell), f"{question.strip()!r}: ask with 'does it have', 'do they have'"


def promises_what_is_there(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Lessons that are spoken of exist."""
    numbers = {one.number for one in LESSONS} | {lesson.number}
    for cell in notebook["cells"]:
        for text in _texts_of(cell):
            for found in re.finditer(r"\blessons? (\d+)(?:(?:,| and| to) (\d+))*", text, re.IGNORECASE):
                for number in map(int, re.findall(r"\d+", found[0])):
                    if number not in numbers:
                        yield cell_id(cell), f"there is no lesson {number}"


def explains_before_it_uses(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """A word of the field stands in bold where it is explained, and nowhere before that; titles may name it."""
    for term, number in TERMS.items():
        for cell in cells_of(notebook, "markdown")[1:]:
            text = re.sub(r"(?m)^(?:#|\*\*Next:\*\*).*$", "", prose_of(cell["source"]))
            used = re.search(rf"\b(?:{term})\b", text, re.IGNORECASE)
            bold = re.search(rf"\*\*[^*]*\b(?:{term})\b[^*]*\*\*", text, re.IGNORECASE)
            if used and (number > lesson.number or (number == lesson.number and not bold)):
                where = (
                    f"lesson {number} explains it" if number > lesson.number else "this is its first use: explain it"
                )
                yield cell_id(cell), f"{used[0]!r} before it is explained ({where}, in bold)"
            if used:
                break


def has_plain_outputs(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What was printed, and the descriptions of pictures, keep to the forms of the style."""
    for cell in cells_of(notebook, "code"):
        texts = [re.sub(r"<[^>]*>", " ", text).replace(TITLE, "") for text in output_texts(cell)]
        for pattern, say in FORMS:
            for found in re.finditer(pattern, "\n".join(texts)):
                yield cell_id(cell), f"an output says {_around(found)}: {say}"


def _texts_of(cell: Cell) -> list[str]:
    """Return what a cell tells a reader: its text without code and formulas, or its comments and texts."""
    if cell["cell_type"] == "code":
        said = [text for text in strings_of(cell["source"]) if not KEY.fullmatch(text)]
        texts = [comments_of(cell["source"]), *said]
    else:
        prose = re.sub(r"https?://\S+|<[^>]*>", " ", prose_of(cell["source"]))
        texts = [re.sub(r"(?s)\$\$.*?\$\$|\$[^$\n]*(?:\n[^$\n]+)?\$", " ", prose)]
    return [" ".join(text.split()).replace(TITLE, "") for text in texts]


def _around(found: re.Match[str]) -> str:
    """Return what was found, with the words beside it."""
    text = found.string
    start = max(text.rfind(" ", 0, max(found.start() - 12, 0)), 0)
    end = text.find(" ", found.end() + 8)
    return repr(" ".join(text[start : end if end > 0 else None].split()))


def has_no_places(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No source or output names a folder or host of one machine."""
    for cell in notebook["cells"]:
        for place in ("its source", "an output"):
            text = cell["source"] if place == "its source" else "\n".join(output_texts(cell))
            for path in re.findall(PATHS, text):
                yield cell_id(cell), f"{place} has the absolute path {path}"
            for host in re.findall(HOSTS, text):
                yield cell_id(cell), f"{place} names the host {host}"


def has_no_shell(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No code cell runs a shell command or a magic: a lesson is Python."""
    for cell in cells_of(notebook, "code"):
        for line in cell["source"].split("\n"):
            if re.match(r"\s*(!|%%?[a-z])", line):
                yield cell_id(cell), f"{line.strip()!r} is a shell command or a magic"


def has_described_images(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every image in the text has an alternative text."""
    for cell in cells_of(notebook, "markdown"):
        text = prose_of(cell["source"])
        for alternative, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]*)", text):
            if not alternative.strip():
                yield cell_id(cell), f"the image {target} has no alternative text"
        for reference in re.findall(r"!\[\s*\]\[[^\]]*\]", text):
            yield cell_id(cell), f"the image {reference} has no alternative text"
        for what in undescribed(text):
            yield cell_id(cell), what


def has_no_markers(notebook: Notebook, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """No marker of a solution is left."""
    for cell in notebook["cells"]:
        if re.search(r"(BEGIN|END) SOLUTION", cell["source"]):
            yield cell_id(cell), "a solution marker is left"
