"""Words of presets and fields in other languages, looked up by the English text itself.

A user's own words are in no catalogue and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = "catalogue.yaml"
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

    def __init__(self, texts: Mapping[str, str], patterns: Sequence[tuple[str, str]] = ()) -> None:
        self.texts = dict(texts)
        self.patterns = [Pattern.of(*pair) for pair in patterns]

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


@cache
def read(folder: Path) -> Catalogue:
    """Catalogue of a language's folder of words; an empty one where it has none."""
    path = folder / FILE
    if not path.is_file():
        return Catalogue({})
    from ruamel.yaml import YAML

    tree = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return Catalogue(tree["texts"], [(str(english), str(said)) for english, said in tree["patterns"]])
