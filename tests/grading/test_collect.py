"""What platforms export is read, and an archive can do nothing but be read."""

import os
import stat
import unicodedata
import zipfile

import pytest

from course.errors import SubmissionError
from course.grading import archive
from course.grading.collect import safe_name

from .exported import collected


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, **options)
    return path


def shown(learners):
    return {one.name: [file.name for file in one.notebooks] for one in learners}


def test_a_folder_of_notebooks_and_one_of_folders(tmp_path):
    (tmp_path / "Ada").mkdir()
    (tmp_path / "Bob" / ".ipynb_checkpoints").mkdir(parents=True)
    for path in ("Cy.ipynb", "Ada/work.ipynb", "Bob/work.py", "Bob/.ipynb_checkpoints/old.ipynb", "list.csv"):
        (tmp_path / path).write_text("{}")
    assert shown(collected(tmp_path)) == {"Ada": ["work.ipynb"], "Bob": [], "Cy": ["Cy.ipynb"]}
    assert collected(tmp_path)[1].others == ["work.py"]


def test_canvas_moodle_and_gradescope(tmp_path):
    canvas = zipped(tmp_path / "c.zip", {"adalovelace_LATE_11_901_lesson.ipynb": "1", "bob_12_902_a_b.ipynb": "2",
                                         "bob_12_950_a_b-1.ipynb": "3", "cy_13_903_essay.pdf": "4"})  # fmt: skip
    ada, bob, cy = collected(canvas)
    assert (ada.name, ada.number, ada.platform) == ("adalovelace", "11", "canvas")
    assert [file.read() for file in bob.notebooks] == [b"2", b"3"]  # in the order of handing in
    assert (cy.notebooks, cy.others) == ([], ["essay.pdf"])
    moodle = zipped(tmp_path / "m.zip", {"Ada L_77_assignsubmission_file_/x.ipynb": "1",
                                         "Bob_78_assignsubmission_file/sub/y.ipynb": "2"})  # fmt: skip
    assert shown(collected(moodle)) == {"Ada L": ["x.ipynb"], "Bob": ["sub/y.ipynb"]}
    assert collected(moodle)[0].folder == "Ada L_77_assignsubmission_file_"
    metadata = "submission_5:\n  :submitters:\n  - :name: Ada L\n    :sid: '1'\n    :email: ada@x.org\n"
    metadata += "submission_6:\n  :submitters:\n  - :name: Bob\n"
    scope = zipped(tmp_path / "g.zip", {"assignment_1_export/submission_metadata.yml": metadata,
                                        "assignment_1_export/submission_5/x.ipynb": "1",
                                        "assignment_1_export/submission_6/x.ipynb": "1"})  # fmt: skip
    assert [(one.name, one.email, one.folder) for one in collected(scope)] == [
        ("Ada L", "ada@x.org", "submission_5"), ("Bob", "", "submission_6")]  # fmt: skip


def test_text_typed_into_moodle_and_a_file_are_one_learner_s(tmp_path):
    for name, kinds in {"a.zip": ("file", "onlinetext"), "b.zip": ("onlinetext", "file")}.items():
        files = {f"Ada L_77_assignsubmission_{kind}_/{kind}.ipynb": "1" for kind in kinds}
        (ada,) = collected(zipped(tmp_path / name, files | {"Bob_78_assignsubmission_file_/x.ipynb": "1"}))[:-1]
        assert (ada.number, ada.folder) == ("77", "Ada L_77_assignsubmission_file_")  # Moodle takes feedback there
        assert {file.name for file in ada.notebooks} == {"file.ipynb", "onlinetext.ipynb"}


def test_an_archive_that_a_learner_handed_in_is_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"hw/x.ipynb": "one", "__MACOSX/hw/._x.ipynb": "", "hw/deep.zip": "PK"})
    files = {"Ada/hw.zip": inner.read_bytes(), "Bob/hw.zip": b"hello", "Cy/x.ipynb": "{}"}
    ada, bob, _ = collected(zipped(tmp_path / "a.zip", files))
    assert [(file.name, file.read()) for file in ada.notebooks] == [("hw.zip/hw/x.ipynb", b"one")]
    assert ada.others == ["hw.zip/hw/deep.zip"]
    assert bob.notebooks == []
    assert "hw.zip was left out: it is not a zip that can be read" in bob.notes[0]
    (tmp_path / "in" / "Ada").mkdir(parents=True)
    (tmp_path / "in" / "Ada" / "hw.zip").write_bytes(inner.read_bytes())
    canvas = zipped(tmp_path / "c.zip", {"ada_1_2_hw.zip": inner.read_bytes()})
    for source in (tmp_path / "in", canvas):
        assert [file.read() for file in collected(source)[0].notebooks] == [b"one"]


def test_an_archive_of_a_learner_with_too_many_files_stays_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    for count, opened in ((3, 3), (4, 0)):
        inner = zipped(tmp_path / "inner.zip", {f"{k}.ipynb": "" for k in range(count)}).read_bytes()
        ada, bob = collected(zipped(tmp_path / "a.zip", {"Ada/hw.zip": inner, "Bob/x.ipynb": ""}))
        assert len(ada.notebooks) == opened
        assert bool(opened) != ("more than 3 files" in " ".join(ada.notes))
        assert len(bob.notebooks) == 1


def test_the_folder_of_an_autograder_holds_one_learner(tmp_path):
    for name in ("a.ipynb", "b.ipynb", "notes.py", "sub/c.ipynb"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("{}")
    (learner,) = collected(tmp_path / "in", single=True)
    assert [file.name for file in learner.notebooks] == ["a.ipynb", "b.ipynb", "sub/c.ipynb"]
    assert learner.others == ["notes.py"]


def test_a_folder_round_everything_is_no_learner(tmp_path):
    assert set(shown(collected(zipped(tmp_path / "a.zip", {"class/Ada/x.ipynb": "", "class/Bob/x.ipynb": ""})))) == {
        "Ada",
        "Bob",
    }


def test_names_that_lead_elsewhere_lead_nowhere(tmp_path):
    names = [
        "../../evil.ipynb",
        "/etc/evil2.ipynb",
        "C:\\Windows\\evil3.ipynb",
        "a/../../b/evil4.ipynb",
        "x\x1b[2J.ipynb",
    ]
    before = set(tmp_path.rglob("*"))
    learners = collected(zipped(tmp_path / "a.zip", dict.fromkeys(names, "data")))
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "a.zip"}
    assert all(set(one.key) & set("/\\\x1b") == set() for one in learners)
    assert len(learners) == 5


def test_links_passwords_and_odd_files_are_left_out_with_a_word(tmp_path):
    link = zipfile.ZipInfo("Ada/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("Ada/real.ipynb", "{}")
    (ada,) = collected(tmp_path / "a.zip")
    assert ada.notes == ["link.ipynb was left out: it is a link."]
    folder = tmp_path / "folder"
    (folder / "Bob").mkdir(parents=True)
    (folder / "Bob" / "secret.ipynb").symlink_to("/etc/hostname")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "Bob" / "pipe.ipynb")
    (bob,) = collected(folder)
    assert bob.notebooks == []
    assert "secret.ipynb was left out: it is a link." in bob.notes


def test_a_bomb_costs_no_more_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 2**20)
    path = zipped(tmp_path / "a.zip", {"Ada/x.ipynb": b"0" * 2**24, "Bob/x.ipynb": "{}"})
    data = path.read_bytes()
    honest, lying = collected(path)[0], tmp_path / "lie.zip"
    lying.write_bytes(data.replace((2**24).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(SubmissionError, match="larger than 1 MiB"):
        honest.notebooks[0].read()
    with pytest.raises(SubmissionError, match="damaged in the archive"):
        collected(lying)[0].notebooks[0].read()
    assert collected(lying)[1].notebooks[0].read() == b"{}"


def test_a_damaged_member_costs_its_owner_alone(tmp_path):
    path = zipped(tmp_path / "a.zip", {"Ada/x.ipynb": os.urandom(500), "Bob/x.ipynb": "{}"})
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)
    path.write_bytes(data)
    ada, bob = collected(path)
    with pytest.raises(SubmissionError, match="damaged in the archive"):
        ada.notebooks[0].read()
    assert bob.notebooks[0].read() == b"{}"


def test_names_without_a_declared_encoding_are_read_as_utf8(tmp_path):
    path = zipped(tmp_path / "a.zip", {"Zoë/x.ipynb": "{}"})
    data = path.read_bytes().replace(b"\x00\x08", b"\x00\x00")  # the flag that says UTF-8
    path.write_bytes(data)
    assert [one.name for one in collected(path)] == ["Zoë"]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_one_sentence(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(SubmissionError, match="is not a zip that can be read"):
        collected(tmp_path / "a.zip")
    with pytest.raises(SubmissionError, match="is not here"):
        collected(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SubmissionError, match="There is no submission in"):
        collected(tmp_path / "empty")


def test_names_for_files_are_safe_and_unique():
    names = ("Ada", "ada", "../..", "", "con", "a/b\\c:d", "=cmd()", "x" * 500, "Zoë", "名前", "...", "\x00", "ada-2",
             "Zoe\u0308", "ZOË", "ß", "ss", "\u017f\u017f", "\ufb01n", "fin", "I", "\u0131", "\uff21da",
             *["Ada"] * 9)  # fmt: skip
    taken = {}
    keys = [safe_name(name, taken) for name in names]
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for change in (str.casefold, str.lower, str.upper):
            assert len({change(unicodedata.normalize(form, key)) for key in keys}) == len(keys)
    assert all(one and len(one.encode()) < 130 and not set(one) & set('/\\:*?"<>|\0') for one in keys)
    assert keys[1] == "ada-2"
