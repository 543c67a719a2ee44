"""The command ``train``: what it writes, what it says, and that several processes train as one."""

import csv
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course import cli, data
from course.answers import confusion_matrix, predict_probabilities
from course.errors import DataError
from course.models import build_model, load_weights
from course.training import History, ProgressLine, RecordedRun, recorded_run
from course.training.history import COLUMNS
from course.weights import read_weights

ROOT = Path(__file__).parent.parent


@pytest.fixture
def few(monkeypatch):
    """Three hundred pictures of the carried sample stand for the collection."""

    def pictures(split="train", folder=None):
        whole = data.fashion_mnist_sample(split)
        return dataclasses.replace(whole, images=whole.images[:300], labels=whole.labels[:300])

    monkeypatch.setattr(data, "fashion_mnist", pictures)


def course(*words):
    return cli.main(["train", "--device", "cpu", "--budget", "2e", *map(str, words)])


def test_it_writes_weights_history_figure_and_checkpoint(few, tmp_path, capsys):
    out = tmp_path / "run"
    assert course("--out", out, "--seed", 3) == 0
    assert sorted(os.listdir(out)) == ["checkpoint.pt", "history.csv", "history.png", "run.json", "weights.npz"]
    rows = list(csv.DictReader((out / "history.csv").read_text().splitlines()))
    kept = json.loads((out / "run.json").read_text())
    assert len(rows) == len(kept["rows"]) == 2
    assert "8 steps" in kept["figure"]
    weights, about = read_weights(out / "weights.npz")
    assert weights["conv1.weight"].shape == (8, 1, 7, 7)
    assert about.startswith("python3 -m course train --model small --budget 2e --seed 3 --device cpu; 8 steps on 300")
    assert str(tmp_path) not in about
    assert (out / "history.png").read_bytes().startswith(b"\x89PNG")
    said = capsys.readouterr()
    assert "device: CPU (" in said.out
    assert "the small sample that the course carries" in said.out
    assert sum(line.startswith("epoch ") for line in said.err.splitlines()) == 2


def test_a_folder_with_a_run_is_not_overwritten(few, tmp_path, capsys):
    assert course("--out", tmp_path) == 0
    before = (tmp_path / "weights.npz").read_bytes()
    assert course("--out", tmp_path) == 2
    assert "holds a run already: go on with --resume, or name another folder" in capsys.readouterr().err
    assert course("--out", tmp_path, "--resume") == 0
    np.testing.assert_equal(read_weights(tmp_path / "weights.npz")[0]["conv1.weight"].shape, (8, 1, 7, 7))
    assert (tmp_path / "weights.npz").read_bytes()[:4] == before[:4]


def interrupted(out, monkeypatch):
    """Train, and interrupt at the first step of the second epoch."""

    def interrupt(self, news):
        if news.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ProgressLine, "__call__", interrupt)
        return course("--out", out)


def test_an_interrupted_run_says_how_to_go_on_and_does(few, tmp_path, capsys, monkeypatch):
    assert interrupted(tmp_path / "a", monkeypatch) == 130
    error = capsys.readouterr().err
    assert error == (
        "course: Stopped at step 5, in epoch 2 (25%): the network keeps what it learned up to there; measured on all "
        "300 test pictures. Go on with the same command and --resume.\n"
    )
    assert course("--out", tmp_path / "a", "--resume") == 0
    assert course("--out", tmp_path / "b") == 0
    first, second = (read_weights(tmp_path / name / "weights.npz")[0] for name in "ab")
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


# The record


def test_the_record_is_of_the_network_that_lies_beside_it(few, tmp_path):
    assert course("--out", tmp_path, "--peak-rate", 0.02) == 0
    record, test = recorded_run(tmp_path / "run.json"), data.fashion_mnist("test")
    assert record.command == "python3 -m course train --model small --budget 2e --seed 0 --peak-rate 0.02 --device cpu"
    assert (record.network, record.parameters, record.pictures) == ("small", 22_730, 300)
    assert record.test_data == repr(test)
    assert record.settings["peak_rate"] == 0.02
    assert record.classes == data.CLASS_NAMES
    assert (record.history.finished, record.history.stopped) == (True, "")
    assert [part["step"] for part in record.history.parts] == [0]
    assert record.history.parts[0]["pytorch"]
    network = load_weights(build_model("small", seed=9), read_weights(tmp_path / "weights.npz")[0])
    said = predict_probabilities(network, test.images).argmax(1)
    assert record.history.confusion == confusion_matrix(test.labels, said).tolist()
    assert record.accuracy == pytest.approx(np.mean(said == test.labels), abs=1e-6)
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))
    for row, kept in zip(rows, record.history.rows, strict=True):
        assert [kept[name] for name in COLUMNS] == pytest.approx([float(row[name]) for name in COLUMNS], rel=1e-5)
    assert str(tmp_path) not in (tmp_path / "run.json").read_text()
    assert f"{record.accuracy:.2%} of 300 test pictures" in str(record)


def test_the_records_of_an_interrupted_run_and_of_a_resumed_one_say_so(few, tmp_path, monkeypatch):
    interrupted(tmp_path, monkeypatch)
    halted = recorded_run(tmp_path)
    assert not halted.history.finished
    assert halted.history.stopped.startswith("Stopped at step 5")
    assert halted.history.stopped in str(halted)
    assert sum(map(sum, halted.history.confusion)) == halted.history.rows[-1]["test_pictures"] == 300
    assert course("--out", tmp_path, "--resume") == 0
    record = recorded_run(tmp_path)
    assert (record.history.finished, record.history.stopped) == (True, "")
    assert [part["step"] for part in record.history.parts] == [0, 5]
    assert "resumed after step 5" in str(record)
    assert record.command == halted.command
    assert len(record.history.rows) == 2


def test_resuming_a_finished_run_writes_the_same_record_without_training(few, tmp_path, monkeypatch):
    assert course("--out", tmp_path) == 0
    before = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").unlink()
    monkeypatch.setattr("course.training.loop._train_epoch", no_training)
    monkeypatch.setattr("course.training.device.describe_device", lambda device: "another machine")
    assert course("--out", tmp_path, "--resume") == 0
    assert (tmp_path / "run.json").read_text() == before
    assert "another machine" not in read_weights(tmp_path / "weights.npz")[1]


def test_a_run_that_goes_on_elsewhere_names_both_places(few, tmp_path, monkeypatch):
    interrupted(tmp_path, monkeypatch)
    monkeypatch.setattr("course.training.device.describe_device", lambda device: "another machine")
    assert course("--out", tmp_path, "--resume") == 0
    first, second = recorded_run(tmp_path).history.device.split("; then ")
    assert first.startswith("CPU (")
    assert second.startswith("another machine")


def spoilt(change):
    """Return a small record, as text, after its content was changed."""
    row = dict.fromkeys(COLUMNS, 0.5) | {"epoch": 1, "step": 4, "test_pictures": 4}
    history = History([row], confusion=[[1, 1], [1, 1]], parts=[{"step": 0, "device": "here", "pytorch": "2"}])
    words = dict.fromkeys(("command", "network", "train_data", "test_data"), "words")
    record = RecordedRun(
        **words, parameters=3, pictures=4, settings={"batch_size": 1}, classes=("a", "b"), history=history
    )
    content = json.loads(record.to_json())
    change(content)
    return json.dumps(content)


def test_a_small_record_is_read(tmp_path):
    (tmp_path / "run.json").write_text(spoilt(lambda content: None))
    record = recorded_run(tmp_path)
    assert (record.accuracy, record.history.rows[0]["step"], record.classes) == (0.5, 4, ("a", "b"))
    assert json.loads(record.to_json()) == json.loads((tmp_path / "run.json").read_text())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content.pop("command"), "is damaged: 'command' is missing"),
        (lambda content: content.pop("format"), "is no record of a run"),
        (lambda content: content.update(format="course training run 0"), "is no record of a run"),
        (lambda content: content.update(rows=[]), "is damaged: its rows are not rows of numbers"),
        (lambda content: content["rows"][0].pop(), "is damaged: zip"),
        (lambda content: content["rows"][0].__setitem__(2, "soon"), "its rows are not rows of numbers"),
        (lambda content: content.update(columns=["step"]), "is damaged: its columns are ['step']"),
        (lambda content: content.update(classes=["a"]), "does not count the answers of 1 classes"),
        (lambda content: content.update(confusion=[[3, -1], [1, 1]]), "does not count the answers of 2 classes"),
        (lambda content: content.update(confusion=[[2, 1], [1, 1]]), "has 60.00% of 5 pictures right, and its last"),
        (lambda content: content.update(confusion=[[2, 1], [0, 1]]), "has 75.00% of 4 pictures right, and its last"),
        (lambda content: content.update(accuracy=0.9), "has 50.00% of 4 pictures right"),
        (lambda content: content.update(parts=[{"step": 0}]), "is damaged: 'device' is missing"),
        (lambda content: content.update(parts=3), "is damaged: "),
    ],
)
def test_a_record_that_does_not_agree_with_itself_is_refused(tmp_path, change, says):
    (tmp_path / "run.json").write_text(spoilt(change))
    with pytest.raises(DataError) as refused:
        recorded_run(tmp_path / "run.json")
    assert says in str(refused.value)
    assert str(tmp_path / "run.json") in str(refused.value)
    assert "Name the run.json of a run of 'python3 -m course train'" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is damaged or no record"), (b"\xff\xfe", "is damaged or no record"), (b"[1]", "is no record of a run")],
)
def test_files_that_are_no_record_are_refused(tmp_path, content, says):
    (tmp_path / "other.json").write_bytes(content)
    with pytest.raises(DataError, match=says):
        recorded_run(tmp_path / "other.json")
    with pytest.raises(DataError, match=r"There is no file .*run.json. Name the run.json of a run"):
        recorded_run(tmp_path)


def test_a_carried_record_that_is_gone_comes_from_the_course(tmp_path, monkeypatch):
    monkeypatch.setattr("course.training.record.CARRIED", tmp_path / "book_run.json")
    with pytest.raises(DataError, match=r"There is no file .*git checkout -- course/trained"):
        recorded_run()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--budget", "ten"], "text must be a number above 0 and a unit"),
        (["--budget", "0e"], "text must be a number above 0 and a unit"),
        (["--device", "abacus"], "name must be auto, cuda, mps or cpu"),
        (["--seed", "-1"], "seed must be a whole number, at least 0"),
        (["--batch-size", "0"], "batch_size must be from 1"),
        (["--peak-rate", "nan"], "peak_rate must be a number"),
        (["--peak-rate", "1e30"], "no longer a number"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(few, tmp_path, capsys, words, says):
    assert course("--out", tmp_path / "run", *words) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error
    assert error.startswith("course: ")


def test_bad_checkpoints_and_places_get_exit_code_2(few, tmp_path, capsys):
    (tmp_path / "checkpoint.pt").write_bytes(b"not a checkpoint")
    assert course("--out", tmp_path, "--resume") == 2
    assert "is damaged or is none" in capsys.readouterr().err


def no_training(*arguments, **options):
    raise AssertionError("trained before it was known where to")


@pytest.mark.parametrize("below", ["", "folder", "folder/deep"])
def test_a_place_that_cannot_be_written_is_refused_before_training(few, tmp_path, capsys, monkeypatch, below):
    monkeypatch.setattr("course.training.train", no_training)
    (tmp_path / "file").write_text("x")
    assert course("--out", tmp_path / "file" / below) == 2
    reason = "Not a directory" if below else "it is a file"
    assert capsys.readouterr().err == (
        f"course: A run cannot be kept in {tmp_path / 'file' / below} ({reason}). "
        "Name a folder that can be written with --out.\n"
    )
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("fails", ["mkdir", "exists"])
def test_a_place_that_may_not_be_read_is_refused_before_training(few, tmp_path, capsys, monkeypatch, fails):
    def refuse(path, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("course.training.train", no_training)
    monkeypatch.setattr(Path, fails, refuse)  # the tests may run as root, whom no folder refuses
    assert course("--out", tmp_path / "closed" / "run") == 2
    said = capsys.readouterr().err
    assert "Permission denied" in said
    assert str(tmp_path / "closed" / "run") in said
    assert said.count("\n") == 1


def test_a_folder_without_data_is_told(tmp_path, capsys):
    assert course("--data", tmp_path, "--out", tmp_path / "run") == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_help_imports_no_torch():
    code = (
        "import sys\n"
        "from course import cli\n"
        "try: cli.main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0
    assert "--budget" in answer.stdout


TEAM = """
import sys; sys.path[:0] = ["tests", "."]
import gc, os, torch
import torch.distributed as dist
from torch import nn
from test_training import TRAIN, TEST, SETTINGS
from course.training import train, is_leader
leave = dist.destroy_process_group
def leave_alone():  # DistributedDataParallel, freed after the group, can wait for ever
    assert not any(type(one) is nn.parallel.DistributedDataParallel for one in gc.get_objects())
    leave()
dist.destroy_process_group = leave_alone
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
budget = sys.argv[2]
SETTINGS["budget"] = budget
history = train(model, TRAIN, TEST, **SETTINGS, checkpoint=sys.argv[1] + ".checkpoint", resume=True)
if sys.platform == "linux":
    threads = [open(f"/proc/self/task/{task}/comm").read() for task in os.listdir("/proc/self/task")]
    assert not any("gloo" in name for name in threads), threads  # one that outlives Python can abort it
if is_leader():
    torch.save({"model": model.state_dict(), "rows": history.rows}, sys.argv[1])
"""


def torchrun(*words, cwd=ROOT):
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--rdzv-backend", "c10d"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    return subprocess.run(
        [*launch, "--rdzv-endpoint", "localhost:0", *map(str, words)],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path):
    """With no batch norm and no dropout the average of two halves is the whole: the same weights but for rounding."""
    import torch

    script = tmp_path / "team.py"
    script.write_text(TEAM)
    answer = torchrun(script, tmp_path / "two.pt", "3e")
    assert answer.returncode == 0, answer.stderr
    subprocess.run([sys.executable, script, tmp_path / "one.pt", "3e"], cwd=ROOT, check=True)
    one, two = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("one", "two"))
    for name, tensor in one["model"].items():
        torch.testing.assert_close(two["model"][name], tensor, rtol=1e-4, atol=1e-5)
    for first, second in zip(one["rows"], two["rows"], strict=True):
        assert second["test_accuracy"] == pytest.approx(first["test_accuracy"], abs=0.02)
        assert second["train_loss"] == pytest.approx(first["train_loss"], rel=1e-4)
    # Both processes refuse a damaged checkpoint, though only the first one reads it.
    (tmp_path / "two.pt.checkpoint").write_bytes(b"damaged")
    answer = torchrun(script, tmp_path / "two.pt", "3e")
    assert answer.returncode != 0
    assert "is damaged or is none" in answer.stderr


@pytest.mark.slow
def test_torchrun_takes_the_same_command(tmp_path):
    words = ["-m", "course", "train", "--device", "cpu", "--budget", "1s", "--out", tmp_path / "run"]
    answer = torchrun(*words)
    assert answer.returncode == 0, answer.stderr
    record = recorded_run(tmp_path / "run")
    assert "2 processes" in record.history.device
    assert sum(map(sum, record.history.confusion)) == record.history.rows[-1]["test_pictures"]
    assert answer.stdout.count("network: small") == 1  # one process speaks
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 2
