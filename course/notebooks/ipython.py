"""What a cell is in Python, where it is written for IPython: magics, shell commands, help, prompts.

IPython turns ``%time f()`` into ``get_ipython().run_line_magic('time', 'f()')`` before Python sees it. `transformed`
gives the same (the rules are those of ``IPython.core.inputtransformer2``, against which it is tested), in one pass
over the text, and keeps every line at its number. `python_of` goes on: a magic that runs Python, such as ``%%time``,
becomes the Python that it runs.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

__all__ = ["compiled", "python_of", "transformed"]

# Cell magics that run their body in the notebook's own namespace. After %%timeit nothing is kept, as in IPython.
RUNS_BODY = frozenset({"capture", "debug", "memit", "prun", "pyinstrument", "snakeviz", "time"})
RUNS_LINE = frozenset({"memit", "time"})

TOKEN = re.compile(
    r"""
      (?P<text> '''(?:[^\\]|\\[\s\S])*?(?:'''|\Z) | \"\"\"(?:[^\\]|\\[\s\S])*?(?:\"\"\"|\Z)
              | '(?:[^'\\\n]|\\[\s\S])*(?:'|(?=\n)|\Z|\\\Z) | "(?:[^"\\\n]|\\[\s\S])*(?:"|(?=\n)|\Z|\\\Z) )
    | (?P<comment> \#[^\n]* ) | \\\r?\n | (?P<end> \n ) | (?P<open> [(\[{] ) | (?P<close> [)\]}] )
    | (?P<assign> (?<![=!<>:+\-*/%&|^@~])=(?!=) ) | \w+ | [^\S\n]+ | .
    """,
    re.VERBOSE,
)
MOST_MAGICS = 10  # one above the other
LONGEST_LINE = 5000  # characters of a line with a magic that runs Python
LONGEST_NAME = 1000  # characters of what help is asked for
MAGIC_NAME = re.compile(r"%\s*[^\W\d]")
HELP_AT_END = re.compile(r"(%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*)(\?\??)$")
IPYTHON_PROMPT = re.compile(r"^(((\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)")
PYTHON_PROMPT = re.compile(r"^\s*(>>>|\.\.\.)[ \t]?")


def compiled(source: str) -> ast.Module:
    """Return the syntax tree of Python that compiles as a cell does, where ``await`` may stand outside of functions.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        It does not compile; Python's own reason.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a learner's "\d" must not stop the grader
        tree = ast.parse(source)
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree


def python_of(source: str) -> tuple[str, str]:
    r"""Return the Python that a cell runs, each line at its number, and the name of a magic that runs something else.

    Examples
    --------
    >>> python_of("%%time\nx = 1")
    ('\nx = 1', '')
    >>> python_of("%%bash\nls")
    ('\n', 'bash')
    """
    above = 0
    for _ in range(MOST_MAGICS):
        lines = _without_prompts(source)
        magic = _cell_magic(lines)
        if magic is None:
            break
        name, first, _ = magic
        if name not in RUNS_BODY:
            return "\n" * (above + len(lines) - 1), name
        source, above = "\n".join(lines[first + 1 :]), above + first + 1
    source = transformed(source)
    if "run_line_magic(" in source:
        source = "\n".join(_run_here(line) for line in source.split("\n"))
    return "\n" * above + source, ""


def transformed(source: str) -> str:
    """Return the cell as IPython gives it to Python, with every line at its number.

    Examples
    --------
    >>> transformed("files = !ls")
    "files = get_ipython().getoutput('ls')"
    """
    lines = _without_prompts(source)
    magic = _cell_magic(lines)
    if magic is not None:
        name, first, rest = magic
        body = "\n".join(lines[first + 1 :])
        body += "" if body.endswith("\n") or first + 1 == len(lines) else "\n"
        return "\n" * first + f"get_ipython().run_cell_magic({name!r}, {rest!r}, {body!r})"
    text = "\n".join(lines)
    return text if _is_python(text) else _in_one_pass(text)


def _is_python(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _cell_magic(lines: list[str]) -> tuple[str, int, str] | None:
    """Return a cell magic's name, the number of its line and the rest of that line; None where there is none."""
    first = next((k for k, line in enumerate(lines) if line.strip()), None)
    if first is None or not lines[first].startswith("%%") or re.match(r"%%\w+\?", lines[first]):
        return None
    name, _, rest = lines[first][2:].rstrip().partition(" ")
    return name, first, rest


def _without_prompts(source: str) -> list[str]:
    """Return the lines of a cell without what all are indented by, and without prompts that were copied along."""
    first = [line for line in source.split("\n") if line.strip()][:2]
    prompted = any(IPYTHON_PROMPT.match(line.lstrip()) for line in first)
    if _is_python(source) and not prompted:
        return source.split("\n")
    source = textwrap.dedent(source)
    lines = source.split("\n")
    inside = _inside_text(source) if ">>>" in source else set()
    if any(line.lstrip().startswith(">>>") and k not in inside for k, line in enumerate(lines)):
        lines = [line if k in inside else PYTHON_PROMPT.sub("", line, count=1) for k, line in enumerate(lines)]
    return [IPYTHON_PROMPT.sub("", line, count=1) for line in lines] if prompted else lines


def _inside_text(source: str) -> set[int]:
    """Return the numbers of the lines that begin inside of a string."""
    inside: set[int] = set()
    line = 0
    for token in TOKEN.finditer(source):
        more = token[0].count("\n")
        if token.lastgroup == "text":
            inside.update(range(line + 1, line + more + 1))
        line += more
    return inside


def _in_one_pass(text: str) -> str:
    """Replace what only IPython understands, one statement after the other, from the top."""
    done: list[str] = []
    place = 0
    while place < len(text):
        start = _after_spaces(text, place)
        escaped = text[start : start + 1] in ("!", "?", "%", ",", ";", "/")
        end, assign = _end_of_line(text, start) if escaped else _end_of_statement(text, start)
        if (helped := _help(text[start:end])) is not None:
            new = text[place:start] + helped + "\n" * text.count("\n", start, end)
        elif escaped and (command := _command(text, start)) is not None:
            new, end = text[place:start] + command[0], command[1]
        elif assign is not None and (assigned := _assigned(text, assign)) is not None:
            new, end = text[place:assign] + assigned[0], assigned[1]
        else:
            new = text[place:end]
        done += [new, text[end : end + 1]]
        place = end + 1
    return "".join(done)


def _after_spaces(text: str, start: int) -> int:
    while text[start : start + 1].isspace() and text[start] != "\n":
        start += 1
    return start


def _end_of_line(text: str, start: int) -> tuple[int, None]:
    end = text.find("\n", start)
    return (len(text) if end < 0 else end), None


def _end_of_statement(text: str, start: int) -> tuple[int, int | None]:
    """Return where the logical line that begins here ends, and where its first assignment's right side begins."""
    depth, assign = 0, None
    for token in TOKEN.finditer(text, start):
        kind = token.lastgroup
        if kind == "end" and depth == 0:
            return token.start(), assign
        if kind in ("open", "close"):
            depth = max(depth + (1 if kind == "open" else -1), 0)
        elif kind == "assign" and depth == 0 and assign is None:
            assign = _after_spaces(text, token.end())
            if _is_escaped(text, assign):
                return _end_of_line(text, assign)[0], assign
    return len(text), assign


def _help(line: str) -> str | None:
    if not line.endswith("?"):
        return None
    found = HELP_AT_END.search(line[-LONGEST_NAME:])
    if found is None or _in_comment(line):
        return None
    return _help_call(found[1], found[2])


def _in_comment(line: str) -> bool:
    return any(token.lastgroup in ("comment", "text") and token.end() == len(line) for token in TOKEN.finditer(line))


def _help_call(target: str, marks: str) -> str:
    method = "pinfo2" if marks == "??" else "psearch" if "*" in target else "pinfo"
    return f"get_ipython().run_line_magic({method!r}, {target!r})"


def _whole_command(text: str, start: int) -> tuple[str, int]:
    """Return a command that a backslash may carry on over several lines as one line, and where it ends."""
    parts, end = [], start
    while True:
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        part = text[end:stop]
        if not part.endswith("\\") or stop == len(text):
            break
        parts.append(part.rstrip()[:-1])
        end = stop + 1
    return " ".join([*parts, part.rstrip()]), stop


def _command(text: str, start: int) -> tuple[str, int] | None:
    """Return the call that a line beginning with an escape stands for, and where the line ends."""
    line, end = _whole_command(text, start)
    mark = line[:2] if line[:2] in ("!!", "??") else line[:1]
    content = line[len(mark) :]
    name, _, rest = content.partition(" ")
    words = rest.split()
    if mark == "!":
        call = f"get_ipython().system({content!r})"
    elif mark == "!!":
        call = f"get_ipython().getoutput({content!r})"
    elif mark in ("?", "??"):
        call = _help_call(content, mark) if content else "get_ipython().show_usage()"
    elif mark == "%":
        call = f"get_ipython().run_line_magic({name!r}, {rest!r})"
    elif mark == ",":
        call = '{}("{}")'.format(name, '", "'.join(words))
    elif mark == ";":
        call = f'{name}("{rest}")'
    elif name:
        call = f"{name}({', '.join(words)})"
    else:
        return None
    return call + "\n" * text.count("\n", start, end), end


def _is_escaped(text: str, start: int) -> bool:
    return text[start : start + 1] == "!" or MAGIC_NAME.match(text, start) is not None


def _assigned(text: str, start: int) -> tuple[str, int] | None:
    """Return the call that the right side ``%magic`` or ``!command`` of an assignment stands for, and where it ends."""
    if not _is_escaped(text, start):
        return None
    line, end = _whole_command(text, start)
    name, _, rest = line[1:].partition(" ")
    call = f"getoutput({line[1:]!r})" if line[0] == "!" else f"run_line_magic({name!r}, {rest!r})"
    return f"get_ipython().{call}" + "\n" * text.count("\n", start, end), end


def _run_here(line: str) -> str:
    """Return a line with ``%time x = 1`` in it as the Python that the magic runs."""
    if len(line) > LONGEST_LINE:
        return line
    found = re.match(r"(?P<before>\s*|.*=\s*)get_ipython\(\)\.run_line_magic\((?P<words>.*)\)\s*$", line)
    if found is None:
        return line
    try:
        name, rest = ast.literal_eval(f"({found['words']})")
    except (SyntaxError, ValueError):
        return line
    return f"{found['before']}{rest}" if name in RUNS_LINE and rest and _is_python(rest) else line
