"""An earlier rating, which a new one follows: who was in which tier, and the cuts that stay."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiersim.rating.errors import RatingError
from tiersim.rating.rating import RatingMethod
from tiersim.rating.rfm import RfmTable
from tiersim.rating.saved import from_dict

RECORD = "rating.json"
TIERS = "tiers.csv"

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def _itself(customer: str) -> str:
    return customer


@dataclass(frozen=True, eq=False)
class Previous:
    """An earlier rating.

    Parameters
    ----------
    tiers : tier of each customer by id (or by pseudonym).
    method, rfm : the fitted methods with normalisation and cuts, which then stay (R3); None fits anew.
    key_id : of the key of its pseudonyms; None where ids stand as they are.
    alias : an id as the earlier rating writes it.
    own : whether the tiers come from a column of the export itself.
    rules : hashes of the rules by which it was made, by key; None where they are not known.
    doubled : ids that stand there several times with different tiers; the last counts.
    """

    tiers: Mapping[str, str] = field(default_factory=dict)
    method: RatingMethod | None = None
    rfm: RfmTable | None = None
    key_id: str | None = None
    alias: Callable[[str], str] = _itself
    own: bool = False
    rules: Mapping[str, Any] | None = None
    doubled: int = 0


def read_previous(path: str | os.PathLike[str]) -> Previous:
    """An earlier rating: its folder (tiers and cuts), or a table of ids and tiers (tiers alone).

    Raises
    ------
    RatingError : there is no such file or folder, or it holds no rating.
    TableError : the table cannot be read, or has no columns of ids and tiers.
    """
    place = Path(path)
    if not place.is_dir():
        tiers, doubled = _tiers(place)
        return Previous(tiers, key_id=_key_beside(place), doubled=doubled)
    record = place / RECORD
    try:
        saved = json.loads(record.read_text(encoding="utf-8"))
        method, rfm = from_dict(saved["method"]), from_dict(saved["rfm"])
        key_id, rules = saved["key_id"], saved.get("rules")
        rules = rules if isinstance(rules, dict) else None
    except OSError as error:
        raise RatingError(
            f"{record}: cannot be read: {error.strerror}; is it the folder of a rating?"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, RatingError):
            raise RatingError(f"{record}: {error}") from None
        raise RatingError(f"{record}: is no record of a rating, or a damaged one") from None
    if not isinstance(rfm, RfmTable):
        raise RatingError(f"{record}: is no record of a rating, or a damaged one")
    if not (place / TIERS).is_file():
        raise RatingError(
            f"{place}: holds no {TIERS}, so nobody's earlier tier is known; rate that export once more with "
            "--format csv,xlsx, or give a table of ids and tiers"
        )
    tiers, doubled = _tiers(place / TIERS)
    return Previous(tiers, method, rfm, key_id, rules=rules, doubled=doubled)


def _key_beside(file: Path) -> str | None:
    """Key of the pseudonyms in a tier table of ours that still lies in the folder of its rating."""
    if file.name != TIERS:
        return None
    try:
        found = json.loads((file.parent / RECORD).read_text(encoding="utf-8"))["key_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _tiers(file: Path) -> tuple[dict[str, str], int]:
    """Tier by id from a table with a column of each, ours or not; how many ids contradict themselves."""
    from tiersim.tables.files import read_raw
    from tiersim.tables.headers import listed, words_of
    from tiersim.tables.problems import refuse

    # Our own headings first: a tier table also has a column of the tier before.
    wanted = {
        "customer": ["customer", "客户编号", *words_of("customer")],
        "tier": ["tier", "客户等级", *words_of("tier_now")],
    }

    def fits(cells: list[str]) -> float:
        here = {cell.strip().casefold() for cell in cells}
        return float(sum(any(word in here for word in words) for words in wanted.values()))

    raw = read_raw(file, fits)
    heads = [head.strip().casefold() for head in raw.headers]
    columns = []
    for what, words in wanted.items():
        at = next((heads.index(word) for word in words if word in heads), None)
        if at is None:
            raise refuse(
                raw.name, f"an earlier rating needs a column of the {what}",
                got=f"columns {listed(raw.headers)}", allowed=f"a column called {listed(words[:4])}",
            )  # fmt: skip
        columns.append([_plain(text or "") for text in raw.columns[at].to_pylist()])
    found: dict[str, str] = {}
    doubled = set()
    for customer, tier in zip(*columns, strict=True):
        if customer and found.setdefault(customer, tier) != tier:
            doubled.add(customer)
            found[customer] = tier
    return found, len(doubled)


def _plain(text: str) -> str:
    """A cell as it was before a CSV made it harmless."""
    shown = text.strip()
    return shown[1:] if shown.startswith("'") and shown[1:].lstrip(" ").startswith(_FORMULA) else shown
