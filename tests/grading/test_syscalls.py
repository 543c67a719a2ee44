"""The list of system calls: what is not on it is refused, and what it looks at closely is refused but for itself."""

import os
import platform
import re
import sys

import pytest

from course.cell import syscalls
from course.grading import levels
from course.grading.sandbox import Limits, Sandbox

from .hostile import sent_back

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in syscalls.PROCESSORS, reason="a list is for Linux alone"
)
CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def asked(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in arguments))
    return ctypes.get_errno() if result == -1 else 0
def mirror(image):
    return repr({})
"""
X86 = {"clone": 56, "mmap": 9, "kill": 62, "tgkill": 234, "prlimit64": 302, "prctl": 157, "ioctl": 16, "fcntl": 72}
ARM = {"clone": 220, "mmap": 222, "kill": 129, "tgkill": 131, "prlimit64": 261, "prctl": 167, "ioctl": 29, "fcntl": 25}
NUMBERS = X86 if platform.machine() == "x86_64" else ARM
EPERM, ENOSYS = 1, 38


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def kernel_box(request):
    if why := levels.works(request.param):
        pytest.skip(f"the sandbox {request.param} does not work here: {why}")
    with Sandbox(request.param, Limits(seconds=3.0)) as box:
        yield box


def told(box, expression):
    """What an expression gives within the sandbox, as text."""
    return sent_back(box, CALL.format(expression))


def test_every_call_that_is_not_on_the_list_is_refused(lesson, kernel_box):
    column = syscalls.PROCESSORS[platform.machine()][0]
    allowed = {both[column] for both in syscalls.CALLS.values()} | set(NUMBERS.values())
    allowed |= {335, 336}  # on x86_64 of probes: Linux lets them pass by every filter, and kills who is not probed
    others = [number for number in [*range(1000), 2**30, 2**30 + 1, 2**30 + 39, 2**31 - 1] if number not in allowed]
    answers = told(kernel_box, f"sorted({{asked(n, 0, 0, 0, 0, 0, 0) for n in {others}}})")
    assert f"'[{EPERM}, {ENOSYS}]'" in answers


def test_such_calls_are_there_where_nothing_refuses_them(lesson):
    """Semaphores, message queues, shared memory, sockets, files without a name: what the list is for."""
    harmless = (64, 68, 29, 41, 319) if platform.machine() == "x86_64" else (190, 186, 194, 198, 279)
    with Sandbox("limits", Limits(seconds=3.0)) as box:
        answers = told(box, f"[asked(n, 0, 0, 0, 0, 0, 0) for n in {harmless}]")
    assert f"{EPERM}" not in answers.split("'value': '")[1].split("'")[0].strip("[]").split(", ")


ATTEMPTS = {
    "another process": "asked(NUMBERS['clone'], 17, 0, 0, 0, 0)",
    "a signal to its parent": "asked(NUMBERS['kill'], os.getppid() or 2, 0)",
    "a signal to all": "asked(NUMBERS['kill'], -1, 0)",
    "a signal to its group": "asked(NUMBERS['kill'], 0, 0)",
    "a signal to a thread of another": "asked(NUMBERS['tgkill'], os.getpid() + 1, 1, 0)",
    "limits of another": "asked(NUMBERS['prlimit64'], os.getppid() or 2, 7, 0, 0)",
    "a pipe with more room": "asked(NUMBERS['fcntl'], os.pipe()[0], 1031, 2**20)",
    "a lease of a file": "asked(NUMBERS['fcntl'], os.pipe()[0], 1024, 0)",
    "a life beyond its parent's": "asked(NUMBERS['prctl'], 1, 0)",
    "its memory open to others": "asked(NUMBERS['prctl'], 4, 1)",
    "letters typed into a terminal": "asked(NUMBERS['ioctl'], 0, 0x5412, 0)",
    "shared memory without a name": "asked(NUMBERS['mmap'], 0, 4096, 3, 0x21, -1, 0)",
    "a file's pages that stay when it is gone": "asked(NUMBERS['mmap'], 0, 4096, 3, 0x1, os.open('x', 66), 0)",
    "the same, of the other kind": "asked(NUMBERS['mmap'], 0, 4096, 3, 0x23, -1, 0)",
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_calls_are_looked_at_closely(lesson, kernel_box, name):
    expression = ATTEMPTS[name].replace("NUMBERS", repr(NUMBERS))
    assert f"'value': '{EPERM}'" in told(kernel_box, expression)


def test_pages_of_files_cannot_be_thrown_out(lesson, kernel_box):
    """Or one exercise could tell another by them, which reads how long each takes to come back."""
    assert "'value': None" in told(kernel_box, "os.posix_fadvise(os.open('x', 66), 0, 0, 4)")


MANY_THREADS = """
import threading, time
def mirror(image):
    threading.stack_size(32768)  # so small that no limit on memory counts them
    count = 0
    while count < 3000:
        try:
            threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
        except RuntimeError:
            break
        count += 1
    return f"{count} threads"
"""


def test_threads_are_few(lesson, kernel_box):
    found = re.search(r"(\d+) threads", sent_back(kernel_box, MANY_THREADS))
    assert 0 < int(found[1]) < 300


def test_what_exercises_need_is_allowed(lesson, kernel_box):
    thread = "[__import__('threading').Thread(target=print).start(), 'started'][1]"
    for expression, wanted in (
        (thread, "'started'"),
        ("os.kill(os.getpid(), 0)", "None"),
        ("open('x', 'w').write('abc')", "3"),
        ("[os.mkdir('d'), os.listdir('.')][1]", "['d']"),
        ("len(os.urandom(5))", "5"),
        ("__import__('tempfile').TemporaryFile(dir='.').write(b'abc')", "3"),
        ("[__import__('time').sleep(0.001), 1][1]", "1"),
        ("__import__('decimal').Decimal('0.1') * 3", "0.3"),
    ):
        assert wanted in told(kernel_box, expression), expression


FOREIGN = {
    "open(PATH).read()", "open(PATH, 'w')", "open(PATH, 'a')", "os.truncate(PATH, 0)", "os.unlink(PATH)",
    "os.rename(PATH, PATH + 'x')", "os.rename(PATH, 'mine')", "os.link(PATH, 'mine')", "os.symlink(PATH, 'mine')",
    "os.chmod(PATH, 0)", "os.utime(PATH, (0, 0))", "os.chown(PATH, 1, 1)", "os.listdir(FOLDER)",
    "os.mkdir(FOLDER + '/made')", "os.rmdir(FOLDER)", "open(FOLDER + '/made', 'w')", "os.mkfifo(FOLDER + '/made')",
    "os.setxattr(PATH, 'user.x', b'x')", "os.execv('/bin/sh', ['sh', '-c', 'rm ' + PATH])",
    "__import__('sqlite3').connect(FOLDER + '/made').execute('create table x (y)')",
}  # fmt: skip


def seen(path, folder):
    """All that others can find out of a file and its folder."""
    about = [(one.st_mode, one.st_uid, one.st_gid, one.st_nlink, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
             for one in (os.stat(path), os.stat(folder))]  # fmt: skip
    return about, path.read_text(), os.listdir(folder)


@pytest.mark.parametrize("action", sorted(FOREIGN))
def test_no_file_of_others_is_read_or_changed(lesson, kernel_box, tmp_path, action):
    folder = tmp_path / "of others"
    folder.mkdir(mode=0o777)
    os.chmod(folder, 0o777)
    path = folder / "grades"
    path.write_text("the grades of all")
    os.chmod(path, 0o666)
    before = seen(path, folder)
    source = f"import os\nPATH, FOLDER = {str(path)!r}, {str(folder)!r}\ndef mirror(image):\n    return repr({action})"
    answers = sent_back(kernel_box, source)
    assert "the grades" not in answers
    assert "'value': None" in answers  # it was refused
    assert seen(path, folder) == before
