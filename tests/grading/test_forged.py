"""A process that knows the protocol sends frames of its own: what it says is data, and earns what its values earn."""

import json
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from course.cell import wire
from course.cell.run import Stage, run_case
from course.checks.bank import training_run
from course.checks.diagnosis.words import Diagnosis
from course.checks.registry import find_exercise
from course.checks.spec import Case, Exercise, Property
from course.grading import run
from course.grading.sandbox import Answer, Limits
from course.grading.submission import Slice

SEED = 31


@pytest.fixture(autouse=True)
def _no_diagnosis(monkeypatch):
    monkeypatch.setattr("course.checks.judge.diagnose", lambda plan, outcomes: Diagnosis())


def frame(value, case, **more):
    """The frame of one outcome, as the worker makes it, but for what is changed."""
    body = bytearray()
    head = {"value": wire.encode(value, body), "error": "", "where": "", "changed": [], "shared": [], "header": False}
    return wire.pack({**head, "left": dict(case.digests), **more}, bytes(body))


def attempt(plan, frames, times=()):
    """What the grader makes of frames."""
    piece = Slice(plan.exercise.name, (), stage=Stage.WRITTEN)
    sandbox = SimpleNamespace(limits=Limits(), level="namespaces")
    return run._judgement(piece, sandbox, plan, Answer("done", "", b"".join(frames), times))


def earned(plan, values, times=(), **more):
    """The share of the points that values earn."""
    frames = [frame(value, case, **more) for value, case in zip(values, plan.cases, strict=True)]
    return run.share_of(plan, attempt(plan, frames, times).report)


def right(plan):
    return [outcome.value for outcome in plan.expected]


def mapped(value, change):
    if isinstance(value, tuple):
        return tuple(mapped(item, change) for item in value)
    if isinstance(value, dict):
        return {name: mapped(item, change) for name, item in value.items()}
    return value if value is None or isinstance(value, str) else change(value)


# --- Kinds and shapes ---------------------------------------------------------------------------------------

WHOLE = ("output_size", "receptive_field", "same_padding", "dense_connections", "receptive_window", "conv_parameters")


@pytest.mark.parametrize("name", WHOLE)
def test_floats_are_no_whole_numbers_whatever_their_width(name):
    plan = find_exercise(name).plan(SEED)
    assert earned(plan, right(plan)) == 1
    assert earned(plan, [mapped(value, np.int64) for value in right(plan)]) == 1
    for kind in (float, np.float64, np.float32, np.float16, bool):
        with np.errstate(over="ignore"):
            assert earned(plan, [mapped(value, kind) for value in right(plan)]) == 0


@pytest.mark.parametrize("name", [*WHOLE, "softmax", "conv2d", "zero_pad", "invariance", "forward_numpy", "max_pool2d"])
def test_what_any_shape_could_be_stretched_to_earns_nothing(name):
    plan = find_exercise(name).plan(SEED)
    for shape in ((0, 1), (0,), (1, 0), (1,) * 4):
        assert earned(plan, [mapped(value, lambda item, shape=shape: np.zeros(shape)) for value in right(plan)]) == 0
        assert earned(plan, [np.full(shape, np.nan)] * len(plan.cases)) == 0


def test_numbers_of_numpy_are_numbers():
    plan = find_exercise("output_size").plan(SEED)
    assert earned(plan, [np.int64(value) for value in right(plan)]) == 1


def test_arrays_that_claim_the_same_bytes_again_and_again_are_refused():
    body = bytes(2**20)
    claims = {"tuple": [{"array": ["<f8", [2**17], 0, False]}] * 5000}
    started = time.process_time()
    with pytest.raises(wire.WireError, match="over and over"):
        wire.decode(claims, memoryview(body))
    assert time.process_time() - started < 0.5


# --- Words ----------------------------------------------------------------------------------------------------


def guessed(plan, value):
    """An observation with all the words right, and the numbers of another draw."""
    rng = np.random.default_rng(0)
    return mapped(value, lambda item: rng.normal(size=np.shape(item)).astype(np.result_type(item)))


@pytest.mark.parametrize("name", ["build_fashion_cnn", "train_step", "evaluate", "numpy_to_torch"])
def test_what_is_claimed_in_words_alone_earns_nothing(name):
    plan = find_exercise(name).plan(SEED)
    assert earned(plan, right(plan)) == 1
    assert earned(plan, [guessed(plan, value) for value in right(plan)]) == 0
    other = right(find_exercise(name).plan(SEED + 1))
    assert earned(plan, other) == 0


@pytest.mark.parametrize(
    ("name", "entry"),
    [("train_step", "weights"), ("evaluate", "loss"), ("build_fashion_cnn", "dropped"),
     ("build_fashion_cnn", "features"), ("numpy_to_torch", "values")],
)  # fmt: skip
def test_each_value_counts(name, entry):
    plan = find_exercise(name).plan(SEED)
    for other in (None, 0.5, "right", np.zeros((0, 1))):
        assert earned(plan, [{**value, entry: other} for value in right(plan)]) < 1
    assert earned(plan, [{**value, "another entry": 0} for value in right(plan)]) <= 1


def test_dropout_is_seen_by_the_numbers_that_it_leaves():
    from torch import nn

    exercise = find_exercise("build_fashion_cnn")
    plan = exercise.plan(SEED)
    for rate in (0.0, 0.3):
        network = exercise.answer(next(one for one in exercise.mistakes if one.name == "another rate of dropout"))()
        for layer in network.modules():
            if isinstance(layer, nn.Dropout):
                layer.p = rate
        seen = run_case(lambda network=network: network, plan.cases[0].arguments, exercise.observe).value
        seen["dropout"] = plan.expected[0].value["dropout"]
        failed = {one.name for one in attempt(plan, [frame(seen, case) for case in plan.cases]).report.results
                  if not one.passed}  # fmt: skip
        assert failed == {"dropout"}


# --- Inputs left alone, settings ------------------------------------------------------------------------------


def test_inputs_are_compared_on_this_side():
    plan = find_exercise("conv2d").plan(SEED)
    values = right(plan)
    whole = earned(plan, values)
    for left in ({}, None, [], {"x": 3}, dict.fromkeys(plan.cases[0].digests, "0" * 32)):
        report = attempt(plan, [frame(value, case, left=left) for value, case in zip(values, plan.cases, strict=True)])
        assert not report.report.results[-1].passed
        assert 0 < run.share_of(plan, report.report) < whole
    said = earned(plan, values, changed=["PyTorch's gradient mode", "x", "no such thing"])
    assert said < whole  # against itself, it is believed


def test_inputs_left_alone_earn_nothing_by_themselves():
    plan = find_exercise("conv2d").plan(SEED)
    assert earned(plan, [None] * len(plan.cases)) == 0
    assert earned(plan, [value * 0 for value in right(plan)]) == 0


def test_what_a_call_left_is_seen():
    def changes(image, sizes):
        image[0, 0] += 1
        sizes.append(3)

    case = Case({"image": np.zeros((2, 2)), "sizes": [1, (2, 3)]})
    assert run_case(changes, case.arguments).changed == ("image", "sizes")
    same = run_case(lambda image, sizes: None, case.arguments)
    assert same.changed == ()
    assert dict(same.left) == case.digests


def test_a_view_that_is_passed_off_as_a_new_array_gains_no_more_than_its_value():
    """With padding 0 the picture itself is the right value: sent back, it earns nothing."""
    plan = find_exercise("zero_pad").plan(SEED)
    assert earned(plan, [case.arguments["image"] for case in plan.cases]) == 0


# --- Time -----------------------------------------------------------------------------------------------------


def timed_plan(within=2.0):
    prop = Property("sum", "It is the sum.", lambda rng: [Case({"x": rng.normal(size=3)}) for _ in range(2)],
                    within=within)  # fmt: skip
    return Exercise("output_size", lambda x: x.sum(), [prop], [], []).plan(SEED)


def test_in_time_is_what_the_clock_of_the_grader_says():
    plan = timed_plan()
    sizes = np.cumsum(
        [len(frame(value, case, seconds=0.0)) for value, case in zip(right(plan), plan.cases, strict=True)]
    )
    ends = [int(size) for size in sizes]

    def passes(*times):
        return earned(plan, right(plan), tuple(zip(ends, times, strict=True)), seconds=0.0) == 1

    assert passes(1.0, 2.5)
    assert not passes(1.0, 3.5)
    assert not passes(2.5, 2.6)
    assert not passes(9.0, 9.0)  # nobody knows which of the two took that long
    assert not passes(float("nan"), float("nan"))


def test_where_nobody_saw_the_bytes_come_the_whole_time_counts():
    plan = timed_plan(within=0.05)
    data = b"".join(frame(value, case) for value, case in zip(right(plan), plan.cases, strict=True))

    def answers(pause):
        def job(content, body):
            time.sleep(pause)
            return Answer("done", "", data)

        return run._timed(SimpleNamespace(run=job), ({}, b""))

    slow, fast = answers(0.2), answers(0.0)
    assert run._outcomes(slow, plan)[1][1].seconds > 0.05
    assert run._outcomes(fast, plan)[1][1].seconds < 0.05
    assert replace(slow, times=((1, 0.0), (len(data), 0.01))).times[0] == (1, 0.0)


# --- A network that is asked, a run that learns -----------------------------------------------------------------


def test_a_network_shows_no_layers():
    plan = find_exercise("probe_receptive_field").plan(SEED)
    piece = Slice("probe_receptive_field", ())
    sent = json.dumps(run._part(piece, plan, bytearray())["cases"])
    for word in ("conv", "layer", "stride", "padding", "dilation", "weight_2", "gate", "kernel"):
        assert word not in sent
    network = plan.cases[0].arguments["network"].build()
    assert getattr(network, "__closure__", None) is None
    assert not hasattr(network, "__dict__")
    assert not hasattr(network, "layers")


def test_no_list_of_pictures_answers_for_a_run_and_no_class_is_sent():
    exercise = training_run.EXERCISE
    images, labels = training_run.sample()
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    case = exercise.plan(SEED).cases[-1]
    asked = case.arguments["test_images"].options["values"]
    turned = [np.roll(one, (down, right), (0, 1)) for one in (asked, asked[:, :, ::-1]) for down in (-1, 0, 1)
              for right in (-1, 0, 1)]  # fmt: skip
    for pictures in turned:
        found = [known.get(np.ascontiguousarray(image).tobytes()) for image in pictures]
        assert found.count(None) >= 0.98 * len(found)
    guess = {"form": "classes", "answers": np.zeros(len(asked), np.int64)}
    assert training_run.is_accurate(case, guess) is not None
    assert training_run.is_accurate(case, {"form": "classes", "answers": case.known["answers"]}) is None
    assert training_run.is_accurate(case, {"form": "classes", "answers": None}) is not None
    body = bytearray()
    wire.encode(dict(case.arguments), body)
    assert case.known["answers"].tobytes() not in bytes(body)
