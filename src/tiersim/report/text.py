"""The words of all reports: one folder of YAML files for each language, read by dotted key."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from tiersim.report.catalogue import read
from tiersim.report.errors import choose

FOLDER = Path(__file__).parent / "text"
_CHOICE = re.compile(r"\{(?P<name>\w+)\|(?P<one>[^|{}]*)\|(?P<many>[^|{}]*)\}")
"""Words that go by a number: ``{weeks} {weeks|week|weeks}``."""


def _is_one(value: object) -> bool:
    """Whether a number reads as one, with whatever sign."""
    return str(value).strip("+-−") == "1"


def languages() -> list[str]:
    """Codes of the languages there is text for: all files that English has."""
    whole = {path.name for path in (FOLDER / "en").glob("*.yaml")}
    folders = (path for path in FOLDER.iterdir() if path.is_dir())
    return sorted(path.name for path in folders if whole <= {file.name for file in path.glob("*.yaml")})


class Text:
    """Templates of one language.

    ``text("first.compared", name=...)`` is the template of that key with its names filled in, and words
    by number (``{name|one|many}``) chosen. The result is plain text: whoever puts it on a page escapes it.
    """

    def __init__(self, lang: str, tree: dict[str, Any]) -> None:
        self.lang = lang
        self.tree = tree

    def __call__(self, key: str, **values: object) -> str:
        template = self.get(key)
        if not isinstance(template, str):
            raise KeyError(f"the text in {self.lang!r} has nothing for {key}")
        if not values:
            return template
        told = _CHOICE.sub(lambda word: word["one" if _is_one(values[word["name"]]) else "many"], template)
        return told.format_map(values)

    def get(self, key: str, default: Any = None) -> Any:
        """Whatever stands at `key`, or `default`."""
        node: Any = self.tree
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                return default
            node = node[part]
        return node

    def name(self, group: str, code: str) -> str:
        """The word for a code of ours, or the code itself, which is then a user's own name."""
        names = self.get(group, {})
        return str(names[code]) if code in names else self.said(code)

    def said(self, text: str) -> str:
        """A text of a preset or a field in this language; whatever the catalogue lacks stays as it is."""
        found = read(FOLDER / self.lang).find(text)
        return text if found is None else found

    def label(self, path: str, english: str) -> str:
        """Label of the assumption at a dotted path; `english` where the catalogue lacks it."""
        found = read(FOLDER / self.lang).label(path)
        return english if found is None else found

    def plural(self, key: str, n: float) -> str:
        """``{one, many}`` by number, with ``{n}`` filled in."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=f"{n:g}")


@cache
def load(lang: str) -> Text:
    """Text of a language; `ReportError` that lists the languages there are.

    The files of a language are one resource: each brings its own groups, and none may bring another's.
    """
    from ruamel.yaml import YAML

    choose("language", lang, languages())
    tree: dict[str, Any] = {}
    for path in sorted((FOLDER / lang).glob("*.yaml")):
        own = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        twice = sorted(tree.keys() & own.keys())
        if twice:
            raise ValueError(f"{path.name}: {', '.join(twice)} stand in another file of {lang} too")
        tree |= own
    return Text(lang, tree)
