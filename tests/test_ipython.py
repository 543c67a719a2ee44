"""What only IPython understands becomes the Python that IPython makes of it, and no text takes long."""

import ast
import subprocess
import sys
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course import bootstrap
from course.notebooks.ipython import compiled, python_of, transformed

PYTHON = [
    "x = 1", "def f(x):\n    return x + 1", "for k in range(3):\n    print(k)", "text = '''\n%time\n!ls\n'''",
    'print(f"{x!r}")', "y = [1,\n     2]", "# %%time", "x = 5 % 3", "if x:\n    pass\nelse:\n    y = '#'",
]  # fmt: skip
SPECIAL = [
    "%time x = 1", "%timeit \\\n  f(x)", "!pip install -q \\\n  numpy \\\n  scipy", "!ls -la", "files = !ls",
    "a, b = !ls | head -2", "np.*pad*?", "x?", "x.y??", "?x", "??x", "/print 1 2", ",f a b", ";f a b", "??", "?",
    "%matplotlib inline", "y = %time f(3)", "!echo it's", "%%time", "%%bash\necho", "!!ls", "!", "%", "x[0]?",
    "foo(a,\n   b)?", "x = %who_ls \\\n  int", "d['k'] = !ls", "x += !ls", "x: int = !ls", "%foo 'unclosed",
    "result = %timeit -o f()", ">>> z = 1\n... z", "In [3]: y = 2", "    ...: z = 3", "a = b = !ls", "x == !ls",
    "x = 1  # why?", "'why?'", "%%capture out\n%%time\nz = 1", "%magic?", "s = 'a\\\nb'", "print(x)?",
]  # fmt: skip


def python(source):
    """The syntax tree of Python, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(source))
        except (SyntaxError, ValueError):
            return None


def by_ipython(source):
    """What IPython makes of a cell; of one whose indents fit nowhere it makes nothing: then the cell as it is."""
    from IPython.core.inputtransformer2 import TransformerManager

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return TransformerManager().transform_cell(source)
        except SyntaxError:
            return source


@given(st.lists(st.tuples(st.sampled_from(PYTHON + SPECIAL), st.sampled_from(["", "", "    "])), min_size=1,
                max_size=5))  # fmt: skip
@example([("In [3]: y = 2", "")])
@example([("x = 1", ""), ("    ...: z = 3", "    "), ("x = 1", "    ")])
@example([("x = 1", ""), ("x = 1", ""), ("    ...: z = 3", "    "), ("x = 1", "    ")])
@example([("", ""), ("%%time", ""), ("!ls", "")])
@example([("if x:", ""), ("!ls", "    "), ("y?", "    ")])
@settings(max_examples=300, deadline=None)
def test_a_cell_becomes_what_ipython_makes_of_it(pieces):
    source = "\n".join(f"{space}{line}" for text, space in pieces for line in text.split("\n"))
    wanted = python(by_ipython(source))
    if wanted is not None:
        assert python(transformed(source)) == wanted
    assert transformed(source).count("\n") <= source.count("\n")


@pytest.mark.parametrize(
    "special", ["!pip install \\\n  a \\\n  b", "%timeit \\\n  f()", "f(a,\n  b)?", "%%time\n", "y?"]
)
def test_every_line_stays_at_its_number(special):
    made = python_of(f"{special}\nx = 1\ndef f():\n    return 1")[0]
    line = special.count("\n") + 1
    assert made.split("\n")[line:] == ["x = 1", "def f():", "    return 1"]


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("%%time\nx = 1", ("\nx = 1", "")),
        ("%%capture out\n\n%%time\nx = 1", ("\n\n\nx = 1", "")),
        ("%time x = 1", ("x = 1", "")),
        ("y = %time f(2)", ("y = f(2)", "")),
        ("if x:\n    %time y = 2", ("if x:\n    y = 2", "")),
        ("%%writefile a.py\nx = 1", ("\n", "writefile")),
        ("%%timeit\nx = 1", ("\n", "timeit")),
    ],
)
def test_a_magic_that_runs_python_is_the_python_that_it_runs(source, made):
    assert python_of(source) == made


PARTS = ["x = %time f(\n", ">>> '\n", "In [1]: '''\n", "f'''\n%x", "x = (\n", "'''?\n", "%%time\n", "a.", '"\\',
         "!echo (\n", "!ls \\\n", "x ", "*", "\\\n", "(", "=%a\n", "%time "]  # fmt: skip
ALL_PARTS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from course import bootstrap
from course.notebooks.ipython import python_of
for part in {parts!r}:
    python_of(part * (150_000 // len(part)) + "?\\n!x")
    print(repr(part))
"""


def test_no_text_is_the_work_of_minutes():
    """All of these take some seconds; a pattern that is quadratic takes minutes for any one of them."""
    pytest.importorskip("resource")
    run = subprocess.run([sys.executable, "-c", ALL_PARTS.format(parts=PARTS)], capture_output=True, text=True,
                         cwd=bootstrap.ROOT, check=False)  # fmt: skip
    assert run.returncode == 0, f"stopped after {run.stdout}"


@pytest.mark.parametrize("source", ["def f(a, a): pass", "def f():\n    x = 1\n    global x", "return 1", "x = ("])
def test_what_does_not_compile_is_refused_for_pythons_own_reason(source):
    with pytest.raises(SyntaxError):
        compiled(source)


def test_await_may_stand_outside_of_functions():
    compiled("import asyncio\nawait asyncio.sleep(0)")
