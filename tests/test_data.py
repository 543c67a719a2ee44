import gzip
import hashlib
import http.server
import socketserver
import threading
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import data, download
from course.errors import ArgumentError, DataError

WHOLE = all(data.locate(data.SYSTEM_FOLDER, file) for file in data.FILES.values())
needs_whole = pytest.mark.skipif(not WHOLE, reason="the package dataset-fashion-mnist is not installed")
CONTENT = np.random.default_rng(0).integers(0, 256, 200_000, dtype=np.uint8).tobytes()
PACKED = gzip.compress(CONTENT, mtime=0)
FILE = data.File("part.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Server(http.server.BaseHTTPRequestHandler):
    """Serves one file; `faults` says for each request in turn what goes wrong with it."""

    faults: ClassVar[list] = []
    asked: ClassVar[list] = []
    body = PACKED

    def do_GET(self):
        fault = self.faults.pop(0) if self.faults else ""
        self.asked.append(self.headers.get("Range"))
        start = int(self.headers["Range"][6:-1]) if "Range" in self.headers and fault != "no ranges" else 0
        body = self.body if fault != "damaged" else b"\x00" * len(self.body)
        if fault == "absent":
            self.send_error(404)
            return
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : len(body) // 2] if fault == "drop" else body[start:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def address():
    """The address of a server on this machine whose faults and requests are on `Server`."""
    Server.faults, Server.asked = [], []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_whole_download_is_kept_and_not_made_twice(address, tmp_path):
    seen = []
    path = download.fetch_file(FILE, tmp_path, [address], lambda *report: seen.append(report))
    assert path.read_bytes() == PACKED
    assert seen[-1] == ("part.gz", len(PACKED), len(PACKED))
    download.fetch_file(FILE, tmp_path, [address])
    assert Server.asked == [None]
    assert [one.name for one in tmp_path.iterdir()] == ["part.gz"]


@pytest.mark.parametrize(
    "faults", [["drop"], ["drop", "no ranges"], ["damaged"], ["no ranges"], ["drop", "drop"], ["damaged", "drop"]]
)
def test_a_download_recovers_from_faults(address, tmp_path, faults):
    Server.faults = list(faults)
    assert download.fetch_file(FILE, tmp_path, [address]).read_bytes() == PACKED


def test_a_download_goes_on_where_it_stopped(address, tmp_path):
    Server.faults = ["drop"] * 3
    with pytest.raises(DataError, match=r"part\.gz could not be fetched .*it goes on where it stopped"):
        download.fetch_file(FILE, tmp_path, [address])
    assert [one.name for one in tmp_path.iterdir()] == ["part.gz.part"]  # nothing that looks whole
    half = (tmp_path / "part.gz.part").stat().st_size
    assert download.fetch_file(FILE, tmp_path, [address]).read_bytes() == PACKED
    assert Server.asked[-1] == f"bytes={half}-"


def test_a_part_that_is_already_whole_is_used(address, tmp_path):
    (tmp_path / "part.gz.part").write_bytes(PACKED)
    assert download.fetch_file(FILE, tmp_path, [address]).read_bytes() == PACKED


@given(junk=st.binary(min_size=1, max_size=300), keep=st.integers(0, len(PACKED)))
def test_a_damaged_file_is_never_taken_for_whole(tmp_path_factory, junk, keep):
    path = tmp_path_factory.mktemp("damaged") / FILE.name
    path.write_bytes(PACKED[:keep] + junk)
    if PACKED.startswith(PACKED[:keep] + junk) and keep + len(junk) == len(PACKED):
        return
    if keep == len(PACKED) and not junk.strip(b"\x00"):  # padding behind the end, which does no harm
        assert data.read_checked(path, FILE) == CONTENT
        return
    with pytest.raises(DataError, match="damaged"):
        data.read_checked(path, FILE)


def test_damaged_bytes_are_never_kept(address, tmp_path):
    Server.faults = ["damaged"] * 3
    with pytest.raises(DataError, match="what the server sent is damaged"):
        download.fetch_file(FILE, tmp_path, [address])
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FILE.name).write_bytes(PACKED[:-1])
    assert download.fetch_file(FILE, tmp_path, [address]).read_bytes() == PACKED


def test_the_next_address_is_asked(address, tmp_path):
    Server.faults = ["absent"]
    assert download.fetch_file(FILE, tmp_path, [address, address]).read_bytes() == PACKED


def test_no_server_at_all_is_one_sentence(tmp_path):
    with pytest.raises(
        DataError, match=r"part\.gz could not be fetched \(no answer from the server: .*Connect and run"
    ):
        download.fetch_file(FILE, tmp_path, ["http://127.0.0.1:9/"])
    assert list(tmp_path.iterdir()) == []


class Raw(socketserver.BaseRequestHandler):
    """Answers every request with the same bytes, whatever they are, and then hangs or hangs up."""

    answer = b""
    hangs = False

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(self.answer)
        if self.hangs:
            self.request.recv(1)  # until the other side has had enough


def raw(head, body=b"", status="200 OK"):
    return f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode("latin-1") + body


LOOP = "Location: http://127.0.0.1:{port}/part.gz\r\nContent-Length: 0"
ANSWERS = {
    "nothing": (b"", "no answer from the server"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", "no answer from the server: SSH-2.0"),
    "binary": (bytes(range(128, 256)) * 9, "no answer from the server"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", "stopped|broke|damaged"),
    "endless head": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "no answer from the server: got more than 100"),
    "no number": (raw("Content-Length: many", PACKED[:99]), "damaged"),
    "below zero": (raw("Content-Length: -5", PACKED[:99]), "damaged"),
    "too short": (raw(f"Content-Length: {len(PACKED)}", PACKED[:99]), "it stopped after 99 bytes"),
    "too long": (raw("X: y", PACKED + bytes(2**18)[:-1] + b"x"), "damaged"),
    "broken chunks": (raw("Transfer-Encoding: chunked", b"zz\r\nabc"), "the connection broke"),
    "half a chunk": (raw("Transfer-Encoding: chunked", b"ff\r\nabc"), "the connection broke"),
    "empty": (raw("Content-Length: 0"), "damaged"),
    "a web page": (raw("Content-Type: text/html", b"\n <!DOCTYPE html><p>Sign in</p>"), "it sent a web page in place"),
    "packed twice": (raw("Content-Encoding: gzip", gzip.compress(PACKED)), "damaged"),
    "another file": (raw("X: y", gzip.compress(bytes(len(CONTENT)))), "damaged"),
    "gone": (raw("X: y", status="404 Not Found"), "the server answered 404 Not Found"),
    "broken": (raw("X: y", status="500 \x1b[31mNo\x07"), r"the server answered 500  ?\[31mNo"),
    "a loop": (raw(LOOP, status="302 Found"), "the server answered 302 .*infinite loop"),
    "to a file": (raw("Location: file:///etc/passwd", status="302 Found"), "the server answered 302 .*not allowed"),
    "to nowhere": (raw("Location: http://[::1", status="301 No"), "no address of a server|answered 301"),
}  # fmt: skip


@pytest.fixture
def raw_address():
    """The address of a server that sends `Raw.answer`."""
    Raw.hangs = False
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Raw) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ANSWERS)
def test_every_broken_answer_is_one_sentence_and_leaves_no_file(raw_address, tmp_path, name, monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    answer, says = ANSWERS[name]
    Raw.answer = answer.replace(b"{port}", raw_address.split(":")[2].strip("/").encode())
    with pytest.raises(DataError, match=rf"^part\.gz could not be fetched \(.*({says}).*\)\. Connect and") as caught:
        download.fetch_file(FILE, tmp_path, [raw_address])
    assert str(caught.value).isprintable()
    assert not (tmp_path / "part.gz").exists()


def test_a_server_that_says_nothing_is_left(raw_address, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    monkeypatch.setattr(Raw, "hangs", True)
    for Raw.answer in (b"", raw("Content-Length: 9999", b"abc")):
        with pytest.raises(
            DataError, match=r"could not be fetched \((no answer from the server|the connection broke): .*"
        ):
            download.fetch_file(FILE, tmp_path, [raw_address])
    assert [path.name for path in tmp_path.iterdir()] == ["part.gz.part"]


def test_a_server_that_speaks_no_tls_is_one_sentence(address, tmp_path):
    with pytest.raises(DataError, match=r"could not be fetched \(no answer from the server: .*SSL"):
        download.fetch_file(FILE, tmp_path, [address.replace("http:", "https:")])


@pytest.mark.parametrize(
    "url",
    ["localhost:80", "nothing", "", "://x", "http://", "http:///", "http://[::1", "http://a:b:c", "http://a b/", "gopher://a",
     "http://127.0.0.1:99999", "http://127.0.0.1/ü\n", "http://" + "a" * 70 + ".invalid", "http://ü\ud800", "http://.invalid",
     "http://127.0.0.1:9", "ftp://127.0.0.1:9/", "file:///nowhere", "data:,x", "http://no-such-host.invalid/"],
)  # fmt: skip
def test_an_address_that_is_none_is_one_sentence(tmp_path, url, monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    with pytest.raises(DataError, match=r"^part\.gz could not be fetched \(.+\)\. Connect and run") as caught:
        download.fetch_file(FILE, tmp_path, [url])
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_sentence(address, tmp_path):
    (tmp_path / "part.gz.part").mkdir()
    with pytest.raises(DataError, match=r"part\.gz cannot be written \(Is a directory\)\. Make room, or name another"):
        download.fetch_file(FILE, tmp_path, [address])


@pytest.mark.parametrize("home", ["", None])
def test_without_a_home_folder_there_is_no_cache_and_the_rest_goes_on(monkeypatch, home):
    for name in ("COURSE_CACHE", "COURSE_DATA", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    if home is None:  # nor does the system know the user
        monkeypatch.setattr(data.os.path, "expanduser", lambda path: path)
    else:
        monkeypatch.setenv("HOME", home)
    monkeypatch.setattr(data, "SYSTEM_FOLDER", Path("/nowhere"))
    assert [words for words, _ in data.places()] == ["the system's copy"]
    assert data.fashion_mnist("test").is_sample
    with pytest.raises(DataError, match=r"There is no home folder .* name a folder in COURSE_CACHE, or with --to"):
        download.fetch()
    with pytest.raises(DataError, match="There is no home folder for ~nobody-of-this-name/x"):
        download.fetch("~nobody-of-this-name/x")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot be made .* Name another with --to"):
        download.fetch(tmp_path / "file" / "folder")


def test_the_sample_is_balanced_and_says_that_it_is_the_sample(own_cache):
    for split, each in (("train", 600), ("test", 100)):
        garments = data.fashion_mnist(split)  # no other place has any
        assert garments.is_sample
        assert "sample" in garments.source
        assert "sample" in repr(garments)
        assert garments.images.shape == (10 * each, 28, 28)
        assert garments.images.dtype == garments.labels.dtype == np.uint8
        assert np.bincount(garments.labels).tolist() == [each] * 10


@needs_whole
def test_the_sample_is_part_of_the_whole(tmp_path):
    data.make_sample(tmp_path / "sample.npz", data.SYSTEM_FOLDER)
    with np.load(tmp_path / "sample.npz") as anew, np.load(data.SAMPLE) as carried:
        for name in anew.files:
            np.testing.assert_array_equal(anew[name], carried[name])


@needs_whole
def test_the_order_of_the_places(own_cache, tmp_path, monkeypatch):
    system = Path("/usr/share/datasets/fashion-mnist")
    assert data.fashion_mnist("test").is_sample
    monkeypatch.setattr(data, "SYSTEM_FOLDER", system)
    assert data.fashion_mnist("test").source == "the system's copy"
    own_cache.mkdir(parents=True)
    for file in data.FILES.values():
        (own_cache / file.name).symlink_to(system / file.name)
    assert data.fashion_mnist("test").source == "the course's cache"
    named = tmp_path / "named"
    named.mkdir()
    for file in data.FILES.values():  # unpacked files will do too
        (named / file.name.removesuffix(".gz")).write_bytes(gzip.decompress((system / file.name).read_bytes()))
    assert data.fashion_mnist("test", folder=named).source == "the folder that you named"
    monkeypatch.setenv("COURSE_DATA", str(named))
    garments = data.fashion_mnist("test")
    assert garments.source == "the folder that you named"
    assert len(garments) == 10_000
    assert not garments.is_sample


def test_a_named_folder_without_the_files_is_an_error_and_not_the_sample(own_cache, tmp_path):
    with pytest.raises(
        DataError, match=r"has no file train-images-idx3-ubyte\.gz\. Run 'python3 -m course data fetch --to "
    ):
        data.fashion_mnist("train", folder=tmp_path)


def test_a_half_downloaded_file_names_itself_and_the_remedy(own_cache):
    own_cache.mkdir(parents=True)
    for file in data.FILES.values():
        (own_cache / file.name).write_bytes(gzip.compress(b"x" * 1000)[:20])
    with pytest.raises(DataError, match=r"t10k-images.*damaged or only half there.*data fetch', which replaces it"):
        data.fashion_mnist("test")


def test_a_damaged_sample_is_an_error(monkeypatch, tmp_path, own_cache):
    monkeypatch.setattr(data, "SAMPLE", tmp_path / "sample.npz")
    with pytest.raises(DataError, match="missing or damaged"):
        data.fashion_mnist_sample()
    (tmp_path / "sample.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match="missing or damaged"):
        data.fashion_mnist_sample()


@pytest.mark.parametrize("function", [data.fashion_mnist, data.fashion_mnist_sample])
def test_an_unknown_split_is_refused(function):
    with pytest.raises(
        ArgumentError, match=f'^{function.__name__}: split must be "train" or "test"; got split = .val.'
    ):
        function("val")


@pytest.mark.parametrize(
    ("platform", "variables", "tail"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/convolution-course"),
        ("linux", {"XDG_CACHE_HOME": ""}, ".cache/convolution-course"),
        ("darwin", {}, "Library/Caches/convolution-course"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/convolution-course"),
        ("linux", {"COURSE_CACHE": "/mine"}, "/mine"),
    ],
)
def test_the_cache_lies_where_the_system_keeps_caches(monkeypatch, platform, variables, tail):
    monkeypatch.delenv("COURSE_CACHE", raising=False)
    monkeypatch.setattr(data.sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert data.cache_folder().as_posix().endswith(tail)
