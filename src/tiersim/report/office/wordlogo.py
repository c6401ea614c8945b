"""The sender's logo in a Word file: a picture of dots as it is, a drawing of lines as the SVG it is."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from tiersim.report.office.wordpage import picture

if TYPE_CHECKING:
    from docx.document import Document as Word

MOST = (45 * 72 / 25.4, 11 * 72 / 25.4)
"""Width and height in points that a logo may take: 45 by 11 millimetres."""
_SVG = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="{key}"/>'
    "</a:ext></a:extLst>"
)
"""How Word 2016 and later are told of an SVG beside the picture that older ones show."""
_SIZE = re.compile(r"\s(width|height)\s*=\s*[\"']\s*([\d.]+)\s*(?:px|pt|mm|cm|in)?\s*[\"']")
_VIEW = re.compile(
    r"\sviewBox\s*=\s*[\"']\s*[-\d.eE]+[\s,]+[-\d.eE]+[\s,]+([\d.eE]+)[\s,]+([\d.eE]+)\s*[\"']"
)


def logo(word: Word, uri: str, name: str) -> Any:
    """A run with the logo of a data URI, in the size it may take; `name` is read out in its place."""
    head, _, data = uri.partition(",")
    raw = base64.b64decode(data)
    if "svg" not in head:
        from PIL import Image

        with Image.open(io.BytesIO(raw)) as opened:
            shape = opened.width / opened.height
        return picture(word, raw, _width(shape), name)
    wide, high = _shape(raw.decode("utf-8", "replace"))
    # Seen by programs that know no SVG: nothing, in the logo's shape.
    run = picture(word, _nothing(*(max(1, round(100 * one / max(wide, high))) for one in (wide, high))),
                  _width(wide / high), name)  # fmt: skip
    part = Part(PackURI("/word/media/logo.svg"), "image/svg+xml", raw, word.part.package)
    key = word.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    (blip,) = run.xpath(".//a:blip")
    blip.append(parse_xml(_SVG.format(key=key)))
    return run


def _width(shape: float) -> float:
    """Width in points of a logo `shape` times as wide as high."""
    return min(MOST[0], MOST[1] * shape)


def _shape(svg: str) -> tuple[float, float]:
    """Width and height of an SVG picture, in units of its own; as a square where it does not say."""
    found = re.search(r"<(?:\w+:)?svg\b[^>]*>", svg)
    told = found[0] if found else ""
    view, sizes = _VIEW.search(told), dict(_SIZE.findall(told))
    if view:
        wide, high = float(view[1]), float(view[2])
    else:
        wide, high = float(sizes.get("width", 1)), float(sizes.get("height", 1))
    return (wide, high) if wide > 0 and high > 0 else (1.0, 1.0)


def _nothing(wide: int, high: int) -> bytes:
    """A PNG that cannot be seen."""
    rows = zlib.compress(b"".join(b"\0" + b"\0\0" * wide for _ in range(high)), 9)  # grey and opacity

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", wide, high, 8, 4, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
