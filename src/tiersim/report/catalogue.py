"""Words of presets and fields in other languages.

The label of an assumption is found by its path in the scenario, which does not change when the English is
worded anew. Names, sources and descriptions of presets have no key of their own: they are found by the
English text. A user's own words are in no catalogue and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = "catalogue"
"""Folder of a language that holds these words, beside those of the pages."""
_HOLE = re.compile(r"\{(name|text|n|file)(\d*)\}")
_FORMS = {"name": ".+?", "text": ".+", "n": "[-+−0-9.,:%e ]+", "file": r"[^ ]+\.ya?ml"}


@dataclass(frozen=True)
class Pattern:
    """English with holes, and the same in another language.

    What stands in ``{text}`` has to be in the catalogue too, else the pattern does not fit; ``{name}`` may be
    a user's own word; ``{n}`` are figures and ``{file}`` is a file. A digit behind tells several apart.
    """

    english: re.Pattern[str]
    said: str

    @classmethod
    def of(cls, english: str, said: str) -> Pattern:
        """Pattern from two templates with the same holes."""
        parts, at = [], 0
        for hole in _HOLE.finditer(english):
            parts.append(re.escape(english[at : hole.start()]))
            parts.append(f"(?P<{hole[1]}{hole[2]}>{_FORMS[hole[1]]})")
            at = hole.end()
        parts.append(re.escape(english[at:]))
        return cls(re.compile("".join(parts), re.DOTALL), said)


class Catalogue:
    """English texts and patterns with what they are in one language."""

    def __init__(
        self,
        texts: Mapping[str, str],
        patterns: Sequence[tuple[str, str]] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.texts = dict(texts)
        self.patterns = [Pattern.of(*pair) for pair in patterns]
        self.labels = dict(labels or {})
        self._paths = [(_path(path), said) for path, said in self.labels.items()]

    def label(self, path: str) -> str | None:
        """Label of the assumption at a dotted path, or ``None`` where there is none.

        A star in a path of the catalogue is a name that a scenario chooses: it is looked up too, and fills
        the places ``{0}``, ``{1}`` of the label in order.

        Examples
        --------
        >>> words = Catalogue({"visits": "拜访"}, labels={"strategies.*.price": "{0}：费用"})
        >>> [words.label(f"{path}.price") for path in ("strategies.visits", "strategies.own", "x")]
        ['拜访：费用', 'own：费用', None]
        """
        for place, said in self._paths:
            fit = place.fullmatch(path)
            if fit is not None:
                names = (name.replace("_", " ") if self.find(name) is None else name for name in fit.groups())
                return said.format(*(self.find(name) or name for name in names))
        return None

    def find(self, text: str) -> str | None:
        """What `text` is in this language, or ``None`` where nobody knows.

        Examples
        --------
        >>> no_record = ("{text}; no record", "{text}，无记录")
        >>> words = Catalogue({"big accounts bargain": "大客户议价能力强"}, [no_record])
        >>> words.find("big accounts bargain; no record"), words.find("my own words; no record")
        ('大客户议价能力强，无记录', None)
        """
        if text in self.texts:
            return self.texts[text]
        for pattern in self.patterns:
            fit = pattern.english.fullmatch(text)
            if fit is None:
                continue
            parts = {key: self._part(key, found) for key, found in fit.groupdict().items()}
            if None not in parts.values():
                return pattern.said.format_map(parts)
        return None

    def _part(self, key: str, found: str) -> str | None:
        if key.startswith(("n", "file")) and not key.startswith("name"):
            return found
        known = self.find(found)
        return known if known is not None or key.startswith("text") else found


def _path(path: str) -> re.Pattern[str]:
    return re.compile("([^.]+)".join(re.escape(part) for part in path.split("*")))


@cache
def read(folder: Path) -> Catalogue:
    """Catalogue of a language's folder of words; an empty one where it has none."""
    from ruamel.yaml import YAML

    def tree(name: str) -> Any:
        path = folder / FOLDER / f"{name}.yaml"
        return YAML(typ="safe").load(path.read_text(encoding="utf-8")) if path.is_file() else {}

    texts = {**tree("names"), **tree("sentences")}
    patterns: list[tuple[str, str]] = []
    for sayings in (tree("sources"), tree("messages")):
        texts |= sayings.get("texts", {})
        patterns += [(str(english), str(said)) for english, said in sayings.get("patterns", [])]
    return Catalogue({str(key): str(said) for key, said in texts.items()}, patterns, tree("labels"))
