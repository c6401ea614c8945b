"""All words stand in the text file, and every word there is used."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

import tiersim.report.text as texts
from tiersim.report.errors import ReportError
from tiersim.report.values import HEADLINES

OWN_WORDS = ("rating", "studies", "pictures")
"""Folders whose texts are their own; of the pictures those of experiments use the reports' words."""
SOURCE = "\n".join(
    path.read_text()
    for path in sorted(texts.FOLDER.parent.rglob("*.py"))
    if path.parent.name not in OWN_WORDS or path.name in ("experiments.py", "diagnosis.py")
)
OPEN = ("numbers", "language", "units", "worse", "titles", "tier_suggestions")
"""Looked up by a key that is put together from parts."""


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
    # Groups may be asked for by name, and a few names that look like keys are names of figures or files.
    inner = {".".join(key.split(".")[:n]) for key in known for n in range(1, key.count(".") + 1)}
    figures = {name for one in HEADLINES.values() for name in one.values()} | {"effects.md"}
    figures |= {f"{group}.{name}" for group, names in text.get("value_names").items() for name in names}
    missing = used - set(known) - inner - figures
    assert not missing
    begun = tuple(set(re.findall(rf"""f["\']((?:{groups})[a-z0-9_.]*)\{{""", SOURCE)))
    asked = {f"{group}." for group in re.findall(r'\.(?:name|get|plural)\(\s*"([a-z_.]+)"', SOURCE)}
    said = set(re.findall(r'"([a-z_]+\.[a-z0-9_.]+)"', SOURCE))
    idle = {
        key
        for key in known
        if key not in used | said
        and not ("." not in key and f'"{key}"' in SOURCE)
        and key.split(".")[0] not in OPEN
        and not key.startswith((*begun, *asked))
        and not any(key.startswith(f"{one}.") for one in used | said)
    }
    assert not idle


def test_templates_are_well_formed() -> None:
    for key, template in leaves(texts.load("en").tree).items():
        if isinstance(template, str):
            for _, name, spec, conversion in string.Formatter().parse(template):
                parts = name.split("|") if name else [None]
                assert parts[0] is None or parts[0].isidentifier(), key
                assert len(parts) in (1, 3) and not spec and not conversion, key


@pytest.mark.parametrize(
    ("n", "told"), [("1", "1 week"), ("−1", "−1 week"), ("2", "2 weeks"), ("1.5", "1.5 weeks")]
)
def test_words_go_by_their_number(n: str, told: str) -> None:
    assert texts.load("en")("units.weeks", number=n) == told
    assert texts.load("zh")("units.weeks", number=n) == f"{n}周"


def test_no_count_stands_before_a_plural_alone() -> None:
    """A count that can be one chooses its word; what is always several when it is told need not."""
    several = {"outcomes", "replications", "policies", "looks", "tests", "values", "totals"}
    for key, template in leaves(texts.load("en").tree).items():
        counts = r"\{(?:n|count|number|weeks|quarters|customers|times)\} (?:more )?([a-z]+s)\b"
        found = re.findall(counts, str(template))
        assert not set(found) - several or key.endswith(".many"), (key, found)


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
