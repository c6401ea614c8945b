"""A logo that is what its name says, as data inside the page: nothing is fetched, nothing runs."""

from __future__ import annotations

import base64
import re
import warnings
from pathlib import Path
from xml.parsers import expat

MAX_BYTES = 2_000_000
MAX_PIXELS = 20_000_000
ALLOWED = "a PNG, JPEG or SVG picture of at most 2 MB"
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}
_REFUSED = {
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "set",
    "animate",
    "animatetransform",
    "handler",
}
_INSIDE = re.compile(r"url\(\s*['\"]?\s*#", re.I)
_URL = re.compile(r"url\(|@import|javascript:|expression\(", re.I)


class NoLogo(ValueError):
    """A file that is no usable logo; the message says why."""


def data_uri(path: Path) -> str:
    """The picture as a data URI.

    Raises
    ------
    NoLogo : it cannot be read, is no picture, too large, or an SVG that does more than draw.
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except (OSError, ValueError) as error:
        raise NoLogo(f"cannot be read: {getattr(error, 'strerror', None) or 'no usable file name'}") from None
    if size > MAX_BYTES:
        raise NoLogo("is larger than 2 MB")
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    kind = _svg(raw) if head == b"<" else _raster(raw)
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


def _raster(raw: bytes) -> str:
    import io

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=tuple(_KINDS)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise NoLogo(f"has more than {MAX_PIXELS // 10**6} million pixels")
                kind = _KINDS[str(picture.format)]
                picture.load()
    except NoLogo:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NoLogo("is no picture that can be read") from None
    return kind


def _svg(raw: bytes) -> str:
    """Kind of an SVG that only draws: no scripts, no document type, nothing from elsewhere."""
    depth = 0
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        plain = name.rpartition(":")[2].lower()
        if depth == 0 and plain != "svg":
            raise NoLogo("is no SVG picture")
        depth += 1
        inside.append(plain)
        if plain in _REFUSED:
            raise NoLogo(f"holds <{plain}>, and a logo may only draw")
        for key, value in attributes.items():
            attribute = key.rpartition(":")[2].lower()
            if attribute.startswith("on"):
                raise NoLogo(f"holds {attribute}=..., and a logo may only draw")
            if attribute in ("href", "src") and not re.match(r"\s*(#|data:image/(png|jpeg);base64,)", value):
                raise NoLogo(f"refers to {value[:60]!r}, and a logo may not fetch anything")
            if not key.startswith("xmlns"):
                _check_text(value)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        inside.pop()

    def text(data: str) -> None:
        styles.append(data) if inside and inside[-1] == "style" else None

    def refuse(*_: object) -> None:
        raise NoLogo("holds a document type or an instruction, which a logo does not need")

    styles: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise NoLogo(f"is no SVG picture: line {error.lineno} cannot be read") from None
    except LookupError:
        raise NoLogo("is no SVG picture: its encoding is unknown") from None
    _check_text("".join(styles))
    return "image/svg+xml"


def _check_text(value: str) -> None:
    if "\\" in value and _URL.search(value.replace("\\", "")) is None and re.search(r"\\[0-9a-fA-F]", value):
        raise NoLogo("spells its style with escapes, which a logo does not need")
    if _URL.search(_INSIDE.sub("", value)):
        raise NoLogo("refers to something outside itself, and a logo may not fetch anything")
