"""The words of the reports on experiments: their own, beside those that all reports share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tiersim.report import text as texts
from tiersim.report.errors import choose
from tiersim.report.text import Text

FOLDER = Path(__file__).parent / "text"


def languages() -> list[str]:
    """Codes of the languages there is text for."""
    return sorted({path.stem for path in FOLDER.glob("*.yaml")} & set(texts.languages()))


@cache
def load(lang: str) -> Text:
    """Text of a language; `ReportError` that lists the languages there are."""
    from ruamel.yaml import YAML

    choose("language", lang, languages())
    own = YAML(typ="safe").load((FOLDER / f"{lang}.yaml").read_text(encoding="utf-8"))
    return Text(lang, {**texts.load(lang).tree, **own})
