"""No platform: a folder or an archive that somebody made by hand, or with a tool that names folders after people.

There is no rule to read here but what people do. A file that lies at the top is its own learner, named by the file; a
folder at the top is a learner with all that is in it, whatever it is: a notebook, a zip, a link, nothing that can be
read. Lists and notes beside them (``grades.csv``, ``README.md``) are nobody's. Folders round these folders are looked
through: one round everything, and those of sections, which hold a folder for each learner. A folder whose name is one
that courses and learners give (``lessons``, ``week 3``, ``submission``) is no learner while the one above it may be.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ...manifest import LESSONS
from ..archive import Member
from ..learners import Learner, Piece, is_submission, looks_like_notebook

__all__ = ["recognise"]

DEEPEST = 8  # folders round a class

STEMS = "|".join(re.escape(word) for lesson in LESSONS for word in (lesson.stem, lesson.slug))
GENERIC = re.compile(
    rf"(?i)(lessons?|solutions?|course|tests?|docs?|data|images?|figures?|widgets?|notebooks?|submissions?|submitted|"
    rf"work|my work|homeworks?|hw|assignments?|exercises?|ex|projects?|code|src|source|files?|downloads?|final|drafts?|"
    rf"old|backup|new folder|week|lab|labs|day|unit|part|chapter|{STEMS})([ _-]?\(?\d+\)?)?"
)
SECTION = re.compile(
    r"(?i)(section|class|group|lab|tutorial|period|block|seminar|track|course|cohort|sec|team|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday)s?\b.*"
)
ENDINGS = re.compile(r"(?i)(\.(ipynb|zip|json|txt|py|pdf|docx?|html?|gz|tar|7z|rar)( ?\(\d+\))?)+$")


def recognise(members: list[Member]) -> list[Learner]:
    """Return a learner for each file and each folder that was handed in."""
    members = _without_wrapper(members)
    depth = 2 if _are_sections(members) else 1
    learners: dict[tuple[str, ...], Learner] = {}
    for member in members:
        if not is_submission(member) and len(member.parts) == 1:
            continue
        at = min(depth, len(member.parts))
        if member.is_folder and len(member.parts) < depth and not member.refused:
            continue  # a section
        handle = member.parts[:at]
        is_file = len(member.parts) == at and not member.is_folder
        if is_file and at == depth == 2 and not is_submission(Member(member.parts[1:])):
            continue
        last = handle[-1]
        name = ENDINGS.sub("", last) or last if is_file else last
        learner = learners.setdefault((*handle[:-1], name), Learner(name, folder="" if is_file else last))
        if member.refused or not member.is_folder:
            name = "/".join(member.parts[at:]) or last
            learner.pieces.append(Piece(name, member, (0, name)))
    return list(learners.values())


def _without_wrapper(members: list[Member]) -> list[Member]:
    """Return the members as they are seen from within a folder that holds everything else, unless it is a learner's."""
    for _ in range(DEEPEST):
        inner = [one.below() for one in members if len(one.parts) > 1]
        tops = {one.parts[0] for one in members if is_submission(one)}
        below = {one.parts[0] for one in inner if is_submission(one) and _is_folder(one)}
        has_work = any(len(one.parts) == 1 and not one.is_folder and _is_work(one) for one in inner)
        if len(tops) != 1 or not below or has_work or _are_generic(below):
            break
        members = inner
    return members


def _are_sections(members: list[Member]) -> bool:
    """Tell whether the folders at the top are sections, with a folder or a file in them for each learner."""
    people: dict[str, set[str]] = {}
    for one in members:
        if len(one.parts) == 1 and not one.is_folder:
            if is_submission(one):
                return False
        elif len(one.parts) > 1:
            inner = one.below()
            if _is_folder(inner):
                people.setdefault(one.parts[0], set()).add(inner.parts[0])
            elif _is_work(inner):
                return False
    names = [name for found in people.values() for name in found]
    if len(people) < 2 or _are_generic(names):
        return False
    if all(SECTION.fullmatch(top) for top in people):
        return True
    return all(len(found) > 1 for found in people.values()) and len(set(names)) == len(names)


def _are_generic(names: Collection[str]) -> bool:
    """Tell whether most of these names of folders are those that courses and learners give."""
    return 2 * sum(bool(GENERIC.fullmatch(name)) for name in names) >= len(names)


def _is_folder(member: Member) -> bool:
    return member.is_folder or len(member.parts) > 1


def _is_work(member: Member) -> bool:
    return looks_like_notebook(member.parts[-1]) or member.parts[-1].lower().endswith((".zip", ".py"))
