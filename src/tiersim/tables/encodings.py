"""Bytes of a text file to UTF-8: marks first, then strict attempts on the whole file, then plausibility."""

from __future__ import annotations

import codecs
import re

import numpy as np
import pyarrow as pa

from tiersim.scenario.spelling import quoted
from tiersim.tables.problems import TableError, refuse

TRIED = ("UTF-8", "UTF-16 (with its mark)", "GB18030")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 24
_SAMPLE = 1 << 20
_CHINESE = 0.85
"""Share of non-ASCII characters that must be everyday Chinese (GB2312) before GB18030 is believed: nearly any
bytes decode as GB18030, Latin text with accents and broken UTF-8 among them."""
_ALLOWED = "a text encoding, for example utf-8, utf-16-le, gb18030, big5, cp1252, shift_jis"


def to_utf8(data: bytes, name: str, encoding: str | None) -> tuple[bytes, str]:
    """The same text in UTF-8 without a mark, and the name of the encoding it was in.

    Raises `TableError` that names what was tried, or where the stated encoding fails.
    """
    if encoding is not None:
        return _stated(data, name, encoding)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _recoded(data, codec if codec != "utf-8" else "utf-8-sig", name, stated=False), codec
    if b"\0" in data[:_SAMPLE]:
        raise _with_zeros(data, name)
    if _is_utf8(data):
        return data, "utf-8"
    fault = _fault(data, "utf-8") or 0
    line = data.count(b"\n", 0, fault) + 1
    why = "GB18030 fails too"
    if _fault(data, "gb18030") is None:
        text = data.decode("gb18030")
        if _plausible(text):
            return text.encode("utf-8"), "gb18030"
        why = "as GB18030 it would not be everyday Chinese"
    raise refuse(
        name,
        f"the encoding is not known: it is not UTF-8 (first wrong byte in this line), {why}",
        line=line,
        got=f"bytes {data[fault : fault + 4].hex(' ')}",
        allowed=f"found without help: {', '.join(TRIED)}; else say encoding= {_ALLOWED}",
    )


def _stated(data: bytes, name: str, encoding: str) -> tuple[bytes, str]:
    try:
        info = codecs.lookup(encoding)
        usable = bool(getattr(info, "_is_text_encoding", True))
    except (LookupError, ValueError, TypeError):
        usable = False
    if not usable or info.name in ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"):
        raise refuse(name, "no such encoding", got=quoted(encoding), allowed=_ALLOWED)
    if info.name == "utf-8":
        if not _is_utf8(data):
            raise _not_stated(data, name, encoding, _fault(data, "utf-8") or 0)
        return data.removeprefix(codecs.BOM_UTF8), "utf-8"
    return _recoded(data, info.name, name, stated=True), info.name


def _recoded(data: bytes, codec: str, name: str, stated: bool) -> bytes:
    try:
        return data.decode(codec).removeprefix("\ufeff").encode("utf-8")
    except UnicodeError as error:
        start = getattr(error, "start", None)
        fault = start if isinstance(start, int) and isinstance(error, UnicodeDecodeError) else 0
    if stated:
        raise _not_stated(data, name, codec, fault)
    raise refuse(
        name,
        f"begins with the mark of {codec.upper()}, but is not {codec.upper()} throughout",
        allowed="save the file again as UTF-8, or say encoding=",
    )


def _not_stated(data: bytes, name: str, encoding: str, fault: int) -> TableError:
    line = data.count(b"\n", 0, fault) + 1
    return refuse(
        name,
        f"is not {encoding}: the first wrong byte is in this line",
        line=line,
        got=f"bytes {data[fault : fault + 4].hex(' ')}",
        allowed=f"leave encoding out to try {', '.join(TRIED)}; or {_ALLOWED}",
    )


def _with_zeros(data: bytes, name: str) -> TableError:
    head = data[:4096]
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[offset::2].count(0) > 0.6 * len(head[offset::2]):
            return refuse(name, "looks like UTF-16 without its mark", allowed=f"encoding={codec}")
    return refuse(
        name,
        "is not a text file: it holds zero bytes",
        allowed="CSV or TSV text (.csv, .tsv, .txt), a workbook (.xlsx), Parquet (.parquet)",
    )


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is UTF-8, without a decoded copy."""
    if data.isascii():
        return True
    ends = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _fault(data: bytes, codec: str) -> int | None:
    """Position of the first byte that `codec` cannot read; ``None`` if there is none. In pieces, for room."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    for low in range(0, max(len(data), 1), _CHUNK):
        piece = data[low : low + _CHUNK]
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=low + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return max(low - held + error.start, 0)
    return None


def _plausible(text: str) -> bool:
    foreign = "".join(re.findall(r"[^\x00-\x7f]+", text[:_SAMPLE])) or "".join(
        re.findall(r"[^\x00-\x7f]+", text)
    )
    known = len(foreign.encode("gb2312", "ignore").decode("gb2312"))
    return known >= _CHINESE * len(foreign)
