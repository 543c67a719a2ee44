"""What every explorer stands on: its module for the browser, its still picture, and the answers that Python gives."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import itertools
import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import numpy as np
import traitlets

from ..errors import CourseError, argument_error

__all__ = ["Explorer", "ExplorerError", "called", "raw_picture", "webp_picture", "whose_is"]

HERE = Path(__file__).parent
CORE = ("core.js", "ops.js", "pictures.js")
# Compressed, since a saved notebook holds a copy of the module for each explorer.
UNPACK = (
    "const unpack = async text => import(URL.createObjectURL(new Blob([await new Response(new Blob([Uint8Array.from("
    'atob(text), one => one.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream("gzip"))).text()], '
    '{type: "text/javascript"})));'
)


SHOWN = itertools.count(1)  # numbers the explorers on one page; the same in each run of a notebook


class ExplorerError(CourseError):
    """Something that a reader can mend: shown as one sentence in the explorer, which lives on."""


def needed(module: str) -> str:
    r"""Return a module without comments, and without the functions and constants at its top level that nothing uses.

    Of what files export by name, ``alone`` is kept.

    Examples
    --------
    >>> print(needed("const a = 1; // one\nconst b = 2;\n// the explorer\nexport default { render() { return a; } };"))
    const a = 1;
    export default { render() { return a; } };
    export { alone };
    """
    lines = [line for line in module.splitlines() if line.strip() and not line.strip().startswith(("//", "/*", "*"))]
    lines = [re.sub(r"(?<=[;{},(]) // .*", "", line) for line in lines]
    pieces = re.split(r"^(?=(?:async function|function|const|let|export) )", "\n".join(lines), flags=re.MULTILINE)
    pieces = [piece for piece in pieces if piece and not piece.startswith("export {")]
    names = [re.match(r"(?:async )?(?:function|const|let) (\w+)", piece) for piece in pieces]
    kept = {number for number, name in enumerate(names) if name is None or name[1] == "alone"}
    new = kept
    while new:
        words = {word for number in new for word in re.findall(r"\w+", pieces[number])}
        new = {number for number, name in enumerate(names) if name and name[1] in words} - kept
        kept |= new
    return "".join(pieces[number] for number in sorted(kept)).rstrip() + "\nexport { alone };"


@lru_cache
def packed(script: str, parts: tuple[str, ...] = ()) -> str:
    """Return core, styles and one explorer's JavaScript as one module, without comments, compressed, in base64."""
    own = (HERE / script).with_suffix(".css")
    styles = " ".join(file.read_text(encoding="utf-8") for file in (HERE / "core.css", own) if file.exists())
    styles = " ".join(re.sub(r"(?s)/\*.*?\*/", "", styles).split())
    texts = [f"const STYLES = {json.dumps(styles)};"]
    texts += [(HERE / name).read_text(encoding="utf-8") for name in (*CORE, *parts, script)]
    lines = needed("\n".join(texts)).splitlines()
    module = "\n".join(line.strip() for line in lines)
    return base64.b64encode(gzip.compress(module.encode(), mtime=0)).decode("ascii")


class Explorer(anywidget.AnyWidget):
    """A picture that a reader touches. The browser draws it, and asks Python only for what Python alone knows.

    A kind of explorer is a subclass that names its JavaScript in `script`. That file holds
    ``export default { render({ model, el }) { ... } }``, and may use all of core.js, ops.js and pictures.js,
    and of further files that the subclass names in `parts`.

    Parameters
    ----------
    title : str
        Shown above the picture, and the explorer's name for a screen reader.
    description : str
        What the still picture shows, in words.
    still : bytes
        A small picture (PNG or WebP) of how the explorer begins, shown where it cannot run.
    given : dict, optional
        What the browser starts from: numbers, text, lists, dicts and bytes. Saved with the notebook: keep it small.
    view : dict, optional
        What the reader chooses, as it is at first. The browser keeps it up to date.
    answers : dict of str to callable, optional
        What Python can be asked: each takes the question (dict) and its buffers (list of memoryview), and returns
        (dict, list of bytes). What it raises is shown to the reader as a sentence.

    Examples
    --------
    >>> class Greys(Explorer):
    ...     script = "waiting.js"
    >>> explorer = Greys("Grey", "A grey square.", b"")
    >>> print(explorer._repr_mimebundle_()["text/plain"])
    Grey: A grey square.
    """

    script: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = ()
    title = traitlets.Unicode().tag(sync=True)
    given = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        title: str,
        description: str,
        still: bytes,
        given: dict[str, Any] | None = None,
        view: dict[str, Any] | None = None,
        answers: dict[str, Callable[[dict[str, Any], list[Any]], tuple[dict[str, Any], list[Any]]]] | None = None,
    ) -> None:
        self.description = description
        self.still = still
        self._answers = dict(answers or {})
        module = f'{UNPACK}\nexport default (await unpack("{packed(self.script, self.parts)}")).default;\n'
        super().__init__(title=title, given=given or {}, view=view or {}, _esm=module)
        self.on_msg(self._answer)

    def _answer(self, _: Any, question: Any, buffers: list[Any]) -> None:
        if not isinstance(question, dict) or question.get("asks") not in self._answers:
            return
        try:
            # What the reader's function prints would end up in whatever cell ran last.
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                content, out = self._answers[question["asks"]](question, buffers)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # exit() would stop the kernel
            content, out = {"trouble": sentence_of(error)}, []
        self.send({"answers": question.get("id"), **content}, out)

    def _repr_mimebundle_(self, **_: Any) -> Any:
        bundle = super()._repr_mimebundle_()
        live, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        data = {
            **(live or {}),
            "text/html": self._standing_alone(),
            "text/plain": f"{self.title}: {self.description}",
        }
        return (data, metadata) if metadata else data

    def _standing_alone(self) -> str:
        """Return HTML with the still picture; where programs may run, the explorer takes its place."""
        kind = "webp" if self.still[8:12] == b"WEBP" else "png"
        picture = f"data:image/{kind};base64,{base64.b64encode(self.still).decode('ascii')}"
        name = f"{type(self).__name__.lower()}-{next(SHOWN)}"
        state = json.dumps({"title": self.title, "given": self.given, "view": self.view}, default=_in_json)
        shown = (
            f"<strong>{escape(self.title)}</strong> (to move it, run the cell)<br>"
            f'<img alt="{escape(self.description, quote=True)}" style="max-width:100%" src="{picture}">'
        )
        return (
            f'<div id="{name}">{shown}</div><script type="module">{UNPACK}\n'
            f'const {{ default: explorer, alone }} = await unpack("{packed(self.script, self.parts)}");\n'
            f'alone(explorer, document.getElementById("{name}"), {state.replace("</", "<" + chr(92) + "/")});</script>'
        )


def _in_json(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    raise TypeError(f"{type(value).__name__} cannot be shown without a kernel")


def sentence_of(error: BaseException) -> str:
    """Return what to tell the reader of something that was raised."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Python was interrupted before it had an answer. Move something to ask again."
    return f"Python could not answer: {type(error).__name__}: {error}"


def whose_is(function: Callable[..., Any]) -> str:
    """Return how a sentence calls a function: until an exercise is right, the course's stands in for the reader's.

    Examples
    --------
    >>> whose_is(called), whose_is(abs)
    ("the course's called", 'your abs')
    """
    from ..checks import whose

    name = getattr(function, "__name__", "function")
    return whose(function, "function" if name == "<lambda>" else name)


def called(function: Callable[..., Any], *arguments: Any, shape: Sequence[int] | None = None) -> np.ndarray:
    """Call a reader's function on arrays, and return what it gives as an array of numbers.

    Parameters
    ----------
    function : callable
        The reader's own.
    *arguments
        What it is called with; arrays are copied, so that it may write into them.
    shape : sequence of int, optional
        What its result must have.

    Raises
    ------
    ExplorerError
        It raised, or returned something else than such an array. The sentence names the function.

    Examples
    --------
    >>> called(np.negative, np.ones(2), shape=(2,))
    array([-1., -1.])
    >>> called({}.update)
    Traceback (most recent call last):
    ...
    course.widgets.explorer.ExplorerError: Your update returned None. It must return an array of numbers.
    """
    whose = whose_is(function)
    whose = whose[0].upper() + whose[1:]
    given = [one.copy() if isinstance(one, np.ndarray) else one for one in arguments]
    try:
        result = function(*given)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        if isinstance(error, KeyboardInterrupt):
            raise ExplorerError(f"{whose} was interrupted before it was done.") from error
        raise ExplorerError(f"{whose} raised {type(error).__name__}: {error}") from error
    try:
        array = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError):
        array = None
    if array is None or result is None:
        what = "None" if result is None else f"a {type(result).__name__}"
        raise ExplorerError(f"{whose} returned {what}. It must return an array of numbers.")
    if shape is not None and array.shape != tuple(shape):
        raise ExplorerError(f"{whose} returned an array of shape {array.shape}; here it must be {tuple(shape)}.")
    if not np.isfinite(array).all():
        raise ExplorerError(
            f"{whose} returned {array[~np.isfinite(array)][0]} somewhere. It must return finite numbers."
        )
    return array


def raw_picture(name: str, pixels: np.ndarray) -> dict[str, Any]:
    """Return a small picture for `given`, exact to the pixel.

    Parameters
    ----------
    name : str
        What the reader chooses it by.
    pixels : ndarray of shape (height, width) or (height, width, 3)
        uint8 from 0 to 255, or floats from 0 to 1.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or 0 in pixels.shape:
        fix = "Give a grey picture (height, width) or a colour picture (height, width, 3)."
        raise argument_error("raw_picture", "pixels", "be one picture", pixels, fix)
    if pixels.dtype != np.uint8:
        pixels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return {"name": name, "rows": pixels.shape[0], "columns": pixels.shape[1], "bytes": pixels.tobytes()}


def webp_picture(pixels: np.ndarray, longest: int, quality: int = 50) -> bytes:
    """Return a picture as a WebP file, made smaller where a side is longer: a photograph of 320 × 213 takes some 8 KB.

    Parameters
    ----------
    pixels : uint8 array of shape (height, width), (height, width, 3) or (height, width, 4)
    longest : int
        The longer side is brought to this many pixels, if it has more.
    quality : int
        From 1 to 100, as Pillow's.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "webp", quality=quality, method=6)
    return buffer.getvalue()
