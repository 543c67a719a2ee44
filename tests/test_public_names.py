"""What each module offers: `__all__` is whole, sorted, true, and documented."""

import ast
import importlib
import importlib.util
import inspect
from pathlib import Path

import pytest

import course
from course import cli

COURSE = Path(course.__file__).resolve().parent
PATHS = sorted(path for path in COURSE.rglob("*.py") if path.name != "__main__.py")


def module_name(path):
    parts = ("course", *path.relative_to(COURSE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = [module_name(path) for path in PATHS]
COMMANDS = [
    name for name in NAMES if name.startswith("course.commands.") and not name.rpartition(".")[2].startswith("_")
]
OFFERING = [
    name for name, path in zip(NAMES, PATHS, strict=True)
    if not name.startswith("course.commands") and (path.name != "__init__.py" or "__all__" in path.read_text())
    and not name.rpartition(".")[2].startswith("_")
]  # fmt: skip


@pytest.mark.parametrize("name", OFFERING)
def test_all_names_what_there_is(name):
    module = importlib.import_module(name)
    assert hasattr(module, "__all__"), f"{name} needs an __all__"
    assert len(set(module.__all__)) == len(module.__all__)
    if name != "course":  # its names are loaded from elsewhere: the test below
        assert [one for one in module.__all__ if not hasattr(module, one)] == []


@pytest.mark.parametrize("name", OFFERING)
def test_what_is_offered_is_documented(name):
    if name == "course":
        return
    module = importlib.import_module(name)
    offered = {one: getattr(module, one) for one in module.__all__}
    called = {one: thing for one, thing in offered.items() if inspect.isfunction(thing) or inspect.isclass(thing)}
    assert [one for one, thing in called.items() if not (thing.__doc__ or "").strip()] == []


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_nobody_imports_with_a_star_and_every_module_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    stars = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    assert stars == []


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_module_is_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 450, f"{path.name} has {lines} lines: split it by subject"


@pytest.mark.parametrize("name", course.__all__)
def test_the_names_of_a_notebook_are_there(name):
    source = course._EXPORTS[name]
    if importlib.util.find_spec(source) is None:
        pytest.skip(f"there is no {source} yet")
    assert getattr(course, name) is getattr(importlib.import_module(source), name)
    assert name in dir(course)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'course' has no attribute 'nothing'"):
        _ = course.nothing


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_keeps_its_contract(name):
    module = importlib.import_module(name)
    assert name.rpartition(".")[2] in cli.COMMANDS
    assert module.HELP.strip().endswith(".")
    assert module.EXAMPLE.startswith(f"python3 -m course {name.rpartition('.')[2]}")
    assert callable(module.add_arguments)
    assert callable(module.run)
