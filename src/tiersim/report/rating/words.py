"""The words of a rating's files, English or Chinese; the other reports have words of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tiersim.report.errors import choose
from tiersim.report.text import Text

FOLDER = Path(__file__).parent / "text"
LANGUAGES = ("en", "zh")


@cache
def load(lang: str) -> Text:
    """Text of a language; `ReportError` that lists the languages there are."""
    from ruamel.yaml import YAML

    choose("language", lang, LANGUAGES)
    return Text(lang, YAML(typ="safe").load((FOLDER / f"{lang}.yaml").read_text(encoding="utf-8")))
