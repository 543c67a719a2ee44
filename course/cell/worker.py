"""The process that runs learners' code: it imports NumPy once, locks itself in, and forks a child for each exercise.

Started as a script by `course.grading.sandbox`, away from the course: no answer, seed or known mistake ever comes
here. It does not even read the jobs: a supervisor that it forks does, one for each job, so that no job finds
anything of an earlier one in its memory. The learner's code runs in a child of the supervisor, which sends plain
data back; the supervisor stops it when its time, its memory or its output is used up.
"""

from __future__ import annotations

import sys

sys.path[:1] = []  # the folder of this file: nothing is imported from there by its name

# ruff: noqa: E402
import contextlib
import gc
import importlib
import json
import os
import select
import types
from collections.abc import Callable
from typing import Any

__all__ = ["main"]

MOST_THREADS = 200  # more than there are, where the user is not the learner's own
MOST_SENT = 300_000  # values beside arrays, in all outcomes of an exercise
PACKAGE = "judged"  # what the modules of the course that run here are called here
USED = (
    "__future__ ast collections copy ctypes dataclasses functools hashlib itertools linecache math operator random re"
    " string traceback typing warnings numpy.fft numpy.linalg numpy.random numpy.lib.stride_tricks"
)


def main() -> None:
    """Read the settings, get ready, lock in, and serve jobs until the input ends."""
    settings = json.loads(sys.argv[1])
    from_grader = os.dup(0)
    to_grader = os.dup(1)
    load_modules(settings["modules"], settings["packages"], USED.split() + settings["imports"])
    if settings["importable"]:
        sys.path.append(settings["packages"])
    confine, watch = sys.modules[f"{PACKAGE}.confine"], sys.modules[f"{PACKAGE}.watch"]
    confine.parent_death()
    settings["events"] = confine.join(*settings["group"]) if settings["group"] else None
    if settings["level"] != "namespaces":
        needed = (os.__file__, sys.modules["numpy"].__file__)
        settings["user"] = confine.usable_user(settings["user"], settings["folder"], needed)
    if settings["level"] == "landlock" and settings["user"] is None:
        settings["processes"] = confine.threads_of(os.getuid()) + MOST_THREADS  # others of this user's count, too
    if settings["level"] == "namespaces":
        sys.modules[f"{PACKAGE}.namespaces"].enter_root(
            settings["standard"], settings["covered"], settings["libraries"]
        )
    elif settings["level"] == "landlock":
        readable = [*visible(settings["standard"], settings["covered"]), *settings["libraries"]]
        writable = [settings["folder"], os.devnull]
        settings["rules"] = sys.modules[f"{PACKAGE}.landlock"].make_rules(readable, writable)
    if settings["level"] != "limits":
        sys.modules[f"{PACKAGE}.syscalls"].compiled()  # once for all children
    wire = sys.modules[f"{PACKAGE}.wire"]
    os.write(to_grader, wire.pack({"ready": True}))
    if not hasattr(os, "fork"):
        supervise_none(from_grader, to_grader, settings)
        return
    gc.collect()
    gc.freeze()  # a collection in a child then leaves the pages alone that it shares with this process
    while True:
        select.select([from_grader], [], [])
        killed = watch.kills(settings)
        child = os.fork()
        if child == 0:
            supervise(from_grader, to_grader, settings)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 3:  # the input ended
            return
        if code != 0:  # where the memory of all was used up, the kernel may have ended the supervisor first
            why = "memory" if watch.kills(settings) > killed else "broken"
            os.write(to_grader, wire.pack({"status": why, "detail": f"the supervisor ended with {code}"}))


def visible(standard: list[str], covered: list[str]) -> list[str]:
    """Return what lies in Python's own folders, without what is covered: a rule for a folder holds for all below it."""
    found = [os.path.join(folder, name) for folder in standard for name in os.listdir(folder)]
    return [path for path in found if path not in covered]


def load_modules(files: dict[str, str], packages: str, imports: list[str]) -> None:
    """Import NumPy and what exercises use, and the modules of the course that run here, each from its own file."""
    from importlib.util import module_from_spec, spec_from_file_location

    sys.dont_write_bytecode = True
    sys.path.insert(0, packages)
    for name in imports:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.path.remove(packages)
    package = types.ModuleType(PACKAGE)
    package.__path__ = []
    sys.modules[PACKAGE] = package
    for name, path in files.items():
        spec = spec_from_file_location(f"{PACKAGE}.{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    sys.modules[f"{PACKAGE}.standins"].put_up()


def read_job(descriptor: int) -> tuple[dict[str, Any], memoryview] | None:
    """Read one frame and not a byte more; None at the end of the input."""
    wire = sys.modules[f"{PACKAGE}.wire"]

    def exactly(size: int) -> bytes:
        parts = []
        while size:
            part = os.read(descriptor, min(size, 2**20))
            if not part:
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    head = exactly(wire.HEAD.size)
    if not head:
        return None
    rest = exactly(sum(wire.HEAD.unpack(head)))
    return next(wire.frames_in(head + rest)) if rest else None


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def supervise(from_grader: int, to_grader: int, settings: dict[str, Any]) -> None:
    """Run one job in a child, stop the child where it exceeds a limit, and pass on what it sent. Never returns."""
    try:
        wire, confine, watch = (sys.modules[f"{PACKAGE}.{name}"] for name in ("wire", "confine", "watch"))
        confine.parent_death()
        job = read_job(from_grader)
        if job is None:
            os._exit(3)
        os.close(from_grader)
        if settings["events"] is not None:
            confine.go_first()
        settings["address_space"] = watch.address_space() + settings["memory"]
        if settings["level"] == "namespaces":
            sys.modules[f"{PACKAGE}.namespaces"].own_namespaces(settings["user"], settings["room"])
        else:
            confine.adopt_orphans()
        settings["seconds"] = max(settings["seconds"], job[0].get("seconds", 0))
        settings["supervisor"] = os.getpid()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            learner(job, writing, settings)
        os.close(writing)
        status, data = watch.collect(reading, child, settings["seconds"], settings)
        if settings["level"] != "namespaces":  # there it is gone with its namespaces
            confine.end_all()
            confine.empty(settings["folder"])
        write_all(to_grader, wire.pack(status, data if len(data) <= wire.MOST_BODY else b""))
        os._exit(0)
    except BaseException as error:  # whatever happens, the grader gets an answer: the worker says "broken"
        with contextlib.suppress(OSError):
            os.write(2, f"supervisor: {type(error).__name__}: {error}\n".encode())
        os._exit(4)


def supervise_none(from_grader: int, to_grader: int, settings: dict[str, Any]) -> None:
    """Run one job here and end: for a system without fork, where the grader watches the time."""
    job = read_job(from_grader)
    if job is not None:
        wire = sys.modules[f"{PACKAGE}.wire"]
        parts: list[bytes] = []
        answer(job, parts.append)
        write_all(to_grader, wire.pack({"status": "done", "detail": ""}, b"".join(parts)))


def learner(job: tuple[dict[str, Any], memoryview], writing: int, settings: dict[str, Any]) -> None:
    """Give up all rights, run the learner's code, and send what it gave. Never returns."""
    try:
        confine, level = sys.modules[f"{PACKAGE}.confine"], settings["level"]
        os.setsid()
        if level != "namespaces":
            os.chdir(settings["folder"])
            if settings["user"] is not None:
                confine.become(*settings["user"])
        rules = [settings["rules"]] if level == "landlock" else []
        events = [] if settings["events"] is None else [settings["events"]]
        confine.quiet_descriptors(writing, *rules, *events)
        room = settings["room"] // (8 if level == "landlock" else 1)  # files without a name are not seen there
        processes = None if level == "limits" and settings["user"] is None else settings["processes"]
        confine.limit(settings["seconds"], settings["address_space"], room, processes)
        if level == "landlock":
            sys.modules[f"{PACKAGE}.landlock"].obey(*rules)
        confine.give_up_rights(() if level == "namespaces" or settings["user"] is None else settings["user"][1])
        confine.parent_death()
        if level != "namespaces" and os.getppid() != settings["supervisor"]:
            os._exit(5)  # it ended meanwhile
        if "parts" in job[0]:
            os.write(writing, sys.modules[f"{PACKAGE}.watch"].LOCKED)
            one_by_one(job, writing, settings)
        else:
            confine.quiet_descriptors(writing)
            lock(writing, settings)
            answer(job, lambda data: write_all(writing, data))
        os._exit(0)
    except BaseException:
        os._exit(5)


def lock(writing: int, settings: dict[str, Any]) -> None:
    """Take the last step before a learner's code runs, and say so."""
    if settings["level"] != "limits":
        sys.modules[f"{PACKAGE}.syscalls"].allow_only_these()
    os.write(writing, sys.modules[f"{PACKAGE}.watch"].LOCKED)


def one_by_one(job: tuple[dict[str, Any], memoryview], writing: int, settings: dict[str, Any]) -> None:
    """Run several exercises of one learner, each in a process that finds nothing of the one before.

    This process, above theirs, runs no code of the learner's. Each exercise has a pipe of its own, so that none can
    speak for another; what it leaves in the folder is taken away before the next begins.
    """
    wire, confine, watch = (sys.modules[f"{PACKAGE}.{name}"] for name in ("wire", "confine", "watch"))
    for part in job[0]["parts"]:
        part["decoded"] = get_ready(part, job[1])
    for part in job[0]["parts"]:
        reading, own = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                confine.parent_death()
                confine.quiet_descriptors(own)
                lock(own, settings)
                answer((part, job[1]), lambda data: write_all(own, data))  # noqa: B023 (called in this child alone)
                os._exit(0)
            except BaseException:
                os._exit(5)
        os.close(own)
        status, data = watch.collect(reading, child, part["seconds"], settings)
        os.close(reading)
        confine.empty(".")
        write_all(writing, wire.pack(status, data if len(data) <= wire.MOST_BODY else b""))


def get_ready(content: dict[str, Any], body: memoryview) -> list[dict[str, Any]]:
    """Load what the job brings along, put the stand-in for the course there, and return the cases."""
    wire, make = sys.modules[f"{PACKAGE}.wire"], None
    for name, source in content["sources"].items():
        if f"{PACKAGE}.{name}" in sys.modules:
            make = make or sys.modules[f"{PACKAGE}.{name}"].__dict__.get("Made")
            continue
        module = types.ModuleType(f"{PACKAGE}.{name}")
        module.__package__ = PACKAGE
        sys.modules[module.__name__] = module
        exec(compile(source, f"{name}.py", "exec"), module.__dict__)
        make = make or module.__dict__.get("Made")
    if "course" not in sys.modules:
        sys.modules["course"] = stand_in(content["lent"])
    return [wire.decode(case, body, make) for case in content["cases"]]


def answer(job: tuple[dict[str, Any], memoryview], send: Callable[[bytes], None]) -> None:
    """Make the learner's function from its cells, call it on every case, and send each outcome at once."""
    content, body = job
    run, wire = sys.modules[f"{PACKAGE}.run"], sys.modules[f"{PACKAGE}.wire"]
    cases = content["decoded"] if "decoded" in content else get_ready(content, body)
    function, problem = function_of(content["exercise"], content["cells"])
    if problem:
        send(wire.pack({"problem": problem[:600]}))
    if function is None:
        return
    left = [MOST_SENT]
    for case, named in zip(cases, content["named"], strict=True):
        outcome = call(run, function, case, content["observe"], named)
        sent = bytearray()
        try:
            value = wire.encode(outcome.value, sent, left)
            head = {"value": value, "error": outcome.error[:600], "where": outcome.where[:300]}
            names = {"changed": list(outcome.changed), "shared": list(outcome.shared), "left": dict(outcome.left),
                     "header": outcome.header}  # fmt: skip
            send(wire.pack({**head, **names}, bytes(sent)))
        except (TypeError, ValueError, RecursionError, MemoryError, wire.WireError) as error:
            said = f"{type(error).__name__}: {error}"[:600]
            send(wire.pack({"value": None, "error": said, "where": ""}))


def call(run: Any, function: Callable, case: dict[str, Any], observe: str | None, named: list[str]) -> Any:
    """Run one case; what no function should raise becomes an error like any other."""
    try:
        return run.run_case(function, case, observe, tuple(named))
    except BaseException as error:
        return run.Outcome(error=f"{type(error).__name__}: {error}")


def function_of(name: str, cells: list[list[Any]]) -> tuple[Callable | None, str]:
    """Run the cells' statements one by one, and return the function and the first thing that went wrong."""
    import __future__

    import ast
    import linecache
    import random
    import warnings

    random.seed(0)
    sys.modules["numpy"].random.seed(0)  # the same work gets the same grade, whenever it is graded
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
    warnings.simplefilter("ignore")
    space: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    problem, flags = "", 0
    for number, source in cells:
        filename = f"<cell {number}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            statements = ast.parse(source).body
        except (SyntaxError, ValueError) as error:
            problem = problem or f"{type(error).__name__}: {error}"
            continue
        for statement in statements:
            # No call needs a function's annotations: what they name may be a package that is not there.
            defines = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            postponed = flags | (__future__.annotations.compiler_flag if defines else 0)
            try:
                exec(compile(ast.Module([statement], []), filename, "exec", postponed, dont_inherit=True), space)
                if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                    for feature in statement.names:  # as in IPython, it counts for every cell below
                        flags |= getattr(__future__, feature.name).compiler_flag
            except BaseException as error:
                problem = problem or f"cell {number}, line {statement.lineno}: {type(error).__name__}: {error}"
    function = space.get(name)
    if not callable(function):
        return None, problem or f"{name} is not a function"
    return function, problem


def stand_in(lent: dict[str, dict[str, Any]]) -> types.ModuleType:
    """Return the module that stands for the course while work is graded: nothing in it gives an answer.

    Parameters
    ----------
    lent : dict
        Modules of the course that the lesson lends: for each its source, and the names that it shows of it.
    """
    course = types.ModuleType("course", "The course, while work is graded.")
    away = "is not there while your work is graded: use functions of your own"

    def check(function: Any, *arguments: Any, **options: Any) -> Any:
        return function

    def nothing(*arguments: Any, **options: Any) -> None:
        return None

    def whose(function: Any, name: str) -> str:
        return f"your {name}"

    def missing(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"course.{name} {away}")

    class Away:
        @staticmethod
        def find_spec(name: str, path: Any = None, target: Any = None) -> None:
            if name.startswith("course."):
                raise ImportError(f"{name} {away}")

    sys.meta_path.insert(1, Away)  # below the stand-ins for what only shows something
    course.__path__ = []  # "from course import ops" then asks for course.ops
    standins = sys.modules[f"{PACKAGE}.standins"]
    offers: dict[str, Any] = dict.fromkeys(("guesses", "hint", "predict", "progress", "reveal"), nothing)
    offers |= {"check": check, "track": standins.Bar, "whose": whose}
    course.__dict__.update({**offers, "__getattr__": missing, "__all__": list(offers)})
    for name, part in lent.items():
        whole = types.ModuleType(f"{PACKAGE}.{name}")
        whole.__package__ = PACKAGE
        sys.modules[whole.__name__] = whole
        exec(compile(part["source"], f"{name}.py", "exec"), whole.__dict__)
        shown = types.ModuleType(f"course.{name}")
        shown.__dict__.update({word: whole.__dict__[word] for word in part["names"]})
        if part["names"]:
            sys.modules[shown.__name__] = course.__dict__[name] = shown
    for name in standins.COURSE:
        sys.modules[f"course.{name}"] = course.__dict__[name] = standins.Module(f"course.{name}")
    return course


if __name__ == "__main__":
    main()
