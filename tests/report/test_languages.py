"""Every language says everything that English says, with the same places for numbers and names."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest

from tiersim.report import text as texts

KEPT = {
    "tiersim", "verify", "ROI", "NPS", "CSAT", "SHA", "CNY", "USD", "EUR", "HKD", "JPY", "GBP",
    "Excel", "PDF", "PowerPoint", "Word", "evidence",
}  # fmt: skip
"""Words that stay as they are in Chinese."""
CURRENCIES = ("numbers.currencies.", "numbers.currency_names.")
"""A language names those it has words for; the code stands for the others."""
OTHERS = [lang for lang in texts.languages() if lang != "en"]


def leaves(tree: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, node in tree.items():
        path = f"{before}.{key}" if before else str(key)
        found |= leaves(node, path) if isinstance(node, dict) else {path: node}
    return {path: node for path, node in found.items() if not path.startswith(CURRENCIES)}


def places(template: Any) -> Any:
    if isinstance(template, str):
        return {name.split("|")[0] for _, name, _, _ in string.Formatter().parse(template) if name}
    return len(template) if isinstance(template, list) and not isinstance(template[0], list) else None


def test_chinese_is_there() -> None:
    assert texts.languages() == ["en", "zh"]


@pytest.mark.parametrize("lang", OTHERS)
def test_same_keys_and_places(lang: str) -> None:
    english, other = leaves(texts.load("en").tree), leaves(texts.load(lang).tree)
    assert set(english) == set(other)
    assert {k: places(english[k]) for k in english} == {k: places(other[k]) for k in english}


def test_nothing_is_left_in_english() -> None:
    for key, template in leaves(texts.load("zh").tree).items():
        if key in ("html_lang", "fonts") or key.endswith(".owner") or isinstance(template, bool):
            continue
        for line in template if isinstance(template, list) else [template]:
            words = re.findall(r"[A-Za-z]{3,}", re.sub(r"\{.*?\}|“tiersim [a-z_ ]+”", "", str(line)))
            assert set(words) <= KEPT, key
