"""Which column is what: headers in English and Chinese (`headers.toml`), with their units."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from tiersim.errors import Problem
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.columns import CANONICAL
from tiersim.tables.problems import TableError
from tiersim.tables.units import Unit, unit_of


@dataclass(frozen=True)
class Found:
    """One column of the file that serves: its place, its header, and the unit stated there."""

    at: int
    header: str
    unit: Unit


def folded(header: str) -> str:
    """A header without case, blanks, punctuation and full-width forms."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(c for c in plain if c.isalnum() or c in "%$€£")


@cache
def words_of(canonical: str) -> tuple[str, ...]:
    """Words for a column in headers, the exact ones first."""
    entry = _words().get(canonical, {})
    return tuple(word for kind in ("en", "zh", "loose", "last") for word in entry.get(kind, ()))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("tiersim.tables").joinpath("headers.toml").read_text("utf-8"))


@cache
def _known() -> tuple[dict[str, str], ...]:
    """Folded word to canonical column: exact words, loose ones, and those of the last resort."""
    exact = {folded(name): name for name in CANONICAL}
    ranks: list[dict[str, str]] = [exact, {}, {}]
    for rank, kinds in enumerate((("en", "zh"), ("loose",), ("last",))):
        for canonical, entry in _words().items():
            for word in (word for kind in kinds for word in entry.get(kind, ())):
                if not any(folded(word) in earlier for earlier in ranks[:rank]):
                    ranks[rank].setdefault(folded(word), canonical)
    return tuple(ranks)


@lru_cache(maxsize=4096)
def recognise(header: str) -> tuple[str | None, Unit, int]:
    """Canonical name of a header, its unit, and the rank of the word: 0 exact, 1 generic, 2 last resort."""
    plain = unicodedata.normalize("NFKC", header[:200]).strip()
    tries: list[tuple[str, Unit]] = [(plain, Unit())]
    for pattern in (
        r"^(.+?)\s*[\(\[【](.*?)[\)\]】]\s*$",
        r"^(.+?)\s*[/:,_\-]\s*([^/:,_\-]+)$",
        r"^(.+?)\s+(\S+)$",
    ):
        if match := re.match(pattern, plain):
            unit = unit_of(match[2])
            if unit is not None:
                tries.append((match[1], unit))
    if match := re.match(r"^(.+?)[\s_]*(days|weeks|months|years|天|%)$", plain, re.IGNORECASE):
        unit = unit_of(match[2])
        if unit is not None:
            tries.append((match[1], unit))
    if match := re.match(
        r"^(weeks|months|days)\s*(to pay|since last order|since last purchase)$",
        re.sub(r"[_\s]+", " ", plain.casefold()),
    ):
        tries.append((f"days {match[2]}", unit_of(match[1]) or Unit()))
    for rank, known in enumerate(_known()):
        for base, unit in tries:
            canonical = known.get(folded(base))
            if canonical is not None:
                return canonical, unit, rank
    return None, Unit(), len(_known())


def header_score(row: list[str]) -> float:
    """How well cells serve as a header: columns that are known, exact ones a little more."""
    score = 0.0
    for cell in row[:200]:
        canonical, _, rank = recognise(cell) if cell else (None, Unit(), 0)
        score += 0.0 if canonical is None else 1.0 - 0.1 * rank
    return score


@dataclass(frozen=True)
class Mapped:
    """Canonical name to column; what was not used; what two columns claimed; what is but a guess."""

    columns: Mapping[str, Found]
    unused: tuple[str, ...]
    doubled: tuple[tuple[str, tuple[str, ...]], ...]
    guessed: frozenset[str] = frozenset()


def map_headers(headers: list[str], overrides: Mapping[str, str] | None, file: str) -> Mapped:
    """Which column is what. `overrides`: header in the file to canonical name, or to a signal's."""
    problems: list[Problem] = []
    forced = _forced(headers, overrides or {}, file, problems)
    taken: dict[str, Found] = {}
    claims: dict[str, list[tuple[int, Found]]] = {}
    for j, header in enumerate(headers):
        if j in forced:
            _, unit, _ = recognise(header)
            canonical = forced[j]
            if canonical in taken:
                message = f"columns gives {canonical} to two columns"
                problems.append(Problem(file, None, header, message, got=quoted(taken[canonical].header)))
            taken[canonical] = Found(j, header, unit if unit != Unit() else _own_unit(header))
            continue
        name, unit, rank = recognise(header) if header else (None, Unit(), 0)
        if name is not None:
            claims.setdefault(name, []).append((rank, Found(j, header, unit)))
    doubled: list[tuple[str, tuple[str, ...]]] = []
    guessed: set[str] = set()
    for canonical, found in claims.items():
        if canonical in taken:
            continue
        first = min(rank for rank, _ in found)
        best = [f for rank, f in found if rank == first]
        if first == 2:
            guessed.add(canonical)
        if len(best) > 1:
            doubled.append((canonical, tuple(f.header for f in best)))
        else:
            taken[canonical] = best[0]
    if problems:
        raise TableError(problems)
    used = {f.at for f in taken.values()}
    unused = tuple(h for j, h in enumerate(headers) if j not in used and h)
    return Mapped(taken, unused, tuple(doubled), frozenset(guessed))


def _own_unit(header: str) -> Unit:
    """The unit in the brackets of a header whose other words are not known."""
    match = re.search(r"[\(\[【]([^()\[\]【】]*)[\)\]】]\s*$", unicodedata.normalize("NFKC", header))
    return (unit_of(match[1]) if match else None) or Unit()


def _forced(
    headers: list[str], overrides: Mapping[str, str], file: str, problems: list[Problem]
) -> dict[int, str]:
    forced: dict[int, str] = {}
    by_fold = {folded(h): j for j, h in reversed(list(enumerate(headers)))}
    for header, canonical in overrides.items():
        at = headers.index(header) if header in headers else by_fold.get(folded(str(header)))
        if at is None:
            problems.append(
                Problem(
                    file,
                    None,
                    str(header),
                    "no such column",
                    got=quoted(str(header)),
                    allowed=listed(headers),
                    nearest=nearest(str(header), headers),
                )
            )
            continue
        canonical = str(canonical)
        if canonical not in CANONICAL:
            near = nearest(canonical, CANONICAL)
            if near is not None or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", canonical):
                problems.append(
                    Problem(
                        file,
                        None,
                        str(header),
                        "is to be a column that is not known",
                        got=quoted(canonical),
                        nearest=near,
                        allowed=f"{', '.join(CANONICAL)}, or a new word in small letters (a signal)",
                    )
                )
                continue
        forced[at] = canonical
    return forced


def listed(words: list[str] | tuple[str, ...], most: int = 30) -> str:
    """Words for a message, cut where there are too many."""
    shown = ", ".join(quoted(w)[1:-1] for w in words[:most])
    return f"{shown}, ... ({len(words)} in all)" if len(words) > most else shown
