"""Sentences of the data-quality summary (`wordings.toml`), in English and Chinese, by key."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def _all() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files("tiersim.tables").joinpath("wordings.toml").read_text("utf-8"))


def reason(key: str, lang: str = "en") -> str:
    """Why a row is refused."""
    return _all()["reasons"][key]["zh" if lang == "zh" else "en"]


def sentence(key: str, lang: str = "en") -> str:
    """Sentence of a finding, with names in braces for its values; a reason is one too."""
    texts = _all()
    return (texts["findings"].get(key) or texts["reasons"][key])["zh" if lang == "zh" else "en"]
