"""Keyed pseudonyms: the same key gives a customer the same name, and nobody without the key can find it."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tiersim.report.errors import ReportError, ReportFailed

KEY_BYTES = 32
LENGTH = 16
"""Hexadecimal digits of a pseudonym: 64 bits, so that two of a million customers hardly ever share one."""


@dataclass(frozen=True)
class Pseudonyms:
    """Ids and names to pseudonyms by HMAC-SHA256.

    Parameters
    ----------
    key : at least `KEY_BYTES` bytes; kept out of what is printed.
    """

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Eight digits that tell keys apart and say nothing about the key."""
        return hmac.new(self.key, b"tiersim: which key is this", hashlib.sha256).hexdigest()[:8]

    def one(self, text: str, kind: str = "customer") -> str:
        """Pseudonym of one text, such as ``K9f86d081884c7d65``; of nothing, nothing.

        `kind` keeps an owner apart from a customer of the same name. The letter in front keeps a spreadsheet
        from reading a pseudonym as a number.
        """
        if not text:
            return ""
        digest = hmac.new(self.key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()
        return ("K" if kind == "customer" else "P") + digest[:LENGTH]

    def all(self, texts: Iterable[object], kind: str = "customer") -> npt.NDArray[np.object_]:
        """Pseudonyms of many texts, in order."""
        return np.array([self.one(str(text), kind) for text in texts], dtype=object)


def from_file(path: str | os.PathLike[str], output: str | os.PathLike[str]) -> tuple[Pseudonyms, bool]:
    """Pseudonyms by the key in a file, and whether the file was made here.

    A file that does not exist is made with a random key that only its owner may read.

    Raises
    ------
    ReportError : the file lies in the output folder, or holds too short a key.
    ReportFailed : it cannot be read or written.
    """
    file = Path(path)
    if Path(output).resolve() in (file.resolve(), *file.resolve().parents):
        raise ReportError(
            f"{file}: the key must not lie in the output folder {output}, or whoever gets the pseudonyms "
            "gets the key with them. Name a file elsewhere."
        )
    try:
        if not file.exists():
            key = os.urandom(KEY_BYTES)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as target:
                target.write(key.hex() + "\n")
            return Pseudonyms(key), True
        content = file.read_bytes()
    except OSError as error:
        raise ReportFailed(f"{file}: the key cannot be used: {error.strerror}") from None
    key = _decoded(content)
    if len(key) < KEY_BYTES:
        raise ReportError(
            f"{file}: holds a key of {len(key)} bytes, which is too short; at least {KEY_BYTES} are needed. "
            "Name a file that does not exist yet, and a key is made."
        )
    return Pseudonyms(key), False


def _decoded(content: bytes) -> bytes:
    """The bytes that a key file stands for: hexadecimal as written here, or any bytes as they are."""
    try:
        return bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        return content.strip()
