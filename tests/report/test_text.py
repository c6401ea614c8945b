"""All words stand in the text file, and every word there is used."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

import tiersim.report.text as texts
from tiersim.report.errors import ReportError

SOURCE = "\n".join(path.read_text() for path in sorted(texts.FOLDER.parent.glob("*.py")))
OPEN = ("numbers", "policies", "tiers", "units", "accounts", "grades", "notes", "worse", "verdicts", "titles",
        "targets")  # fmt: skip


def leaves(tree: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, node in tree.items():
        path = f"{before}.{key}" if before else str(key)
        found |= leaves(node, path) if isinstance(node, dict) else {path: node}
    return found


def test_every_key_in_the_code_exists_and_every_text_is_used() -> None:
    text = texts.load("en")
    known = leaves(text.tree)
    groups = "|".join(text.tree)
    used = set(re.findall(rf'"((?:{groups})\.[a-z0-9_.]+)"', SOURCE))
    assert used
    missing = {key for key in used if key not in known and key not in ("numbers.scales", "numbers.years")}
    assert not missing
    idle = {k for k in known if k not in used and k.split(".")[0] not in OPEN and f'"{k}"' not in SOURCE}
    idle -= {k for k in idle if k.startswith("columns.") and k.split(".")[1] in ("today", "uniform", "plan")}
    idle -= {"language", "first.tile_needs_staff", "first.tile_needs_staff_less"}
    assert not idle


def test_templates_are_well_formed() -> None:
    for key, template in leaves(texts.load("en").tree).items():
        if isinstance(template, str):
            for _, name, spec, conversion in string.Formatter().parse(template):
                assert (name is None or name.isidentifier()) and not spec and not conversion, key


def test_codes_of_the_engine_have_words() -> None:
    from tiersim.engine.accounts import ACCOUNTS

    text = texts.load("en")
    assert all(text.name("accounts", name) != name for name in ACCOUNTS)


def test_every_warning_of_the_evaluation_has_words() -> None:
    from tiersim.evaluation import findings

    code = "\n".join(path.read_text() for path in Path(findings.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'note\(\s*"(\w+)"', code)) | {"no_difference"}
    assert len(keys) > 3
    assert keys <= set(texts.load("en").get("notes"))


def test_a_clients_own_name_stays_as_it_is() -> None:
    assert texts.load("en").name("tiers", "黄金") == "黄金"


def test_missing_language_lists_those_there_are() -> None:
    with pytest.raises(ReportError, match=r"unknown language 'eng'; did you mean en\? Allowed here: .*en"):
        texts.load("eng")


def test_no_sentence_is_buried_in_the_code() -> None:
    """Section code holds keys and class names; three words in a row would be a sentence for a reader."""
    for name in (
        "firstpage",
        "tiertable",
        "turning",
        "sections",
        "evidence",
        "charts",
        "drawing",
        "phrases",
        "view",
    ):
        code = (Path(texts.__file__).parent / f"{name}.py").read_text()
        code = re.sub(r'""".*?"""', "", code, flags=re.S)
        code = re.sub(r"#.*", "", code)
        assert not re.search(r'"[A-Za-z]+ [a-z]+ [a-z]+[^"]*"', code), name
