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
    assert sorted(os.listdir(out)) == ["checkpoint.pt", "history.csv", "history.json", "history.png", "weights.npz"]
    rows = list(csv.DictReader((out / "history.csv").read_text().splitlines()))
    kept = json.loads((out / "history.json").read_text())
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
    assert said.err.count("epoch ") == 2


def test_a_folder_with_a_run_is_not_overwritten(few, tmp_path, capsys):
    assert course("--out", tmp_path) == 0
    before = (tmp_path / "weights.npz").read_bytes()
    assert course("--out", tmp_path) == 2
    assert "holds a run already: go on with --resume, or name another folder" in capsys.readouterr().err
    assert course("--out", tmp_path, "--resume") == 0
    np.testing.assert_equal(read_weights(tmp_path / "weights.npz")[0]["conv1.weight"].shape, (8, 1, 7, 7))
    assert (tmp_path / "weights.npz").read_bytes()[:4] == before[:4]


def test_an_interrupted_run_says_how_to_go_on_and_does(few, tmp_path, capsys, monkeypatch):
    from course.training import ProgressLine

    def interrupt(self, news):
        if news.epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ProgressLine, "__call__", interrupt)
        assert course("--out", tmp_path / "a") == 130
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
    assert "2 processes" in json.loads((tmp_path / "run" / "history.json").read_text())["device"]
    assert answer.stdout.count("network: small") == 1  # one process speaks
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 2
