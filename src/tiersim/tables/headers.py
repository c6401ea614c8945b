"""Which column is what: headers in English and Chinese (`headers.toml`), with their units."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from tiersim.errors import Problem
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.problems import TableError

TEXT = ("customer", "name", "order_id", "currency", "region", "industry", "owner", "contact", "tier_now")
DATES = ("date", "paid_date", "last_order", "customer_since", "contract_end", "last_contact", "updated")
MONEY = ("amount", "cost", "margin", "spend_12m", "spend_prior_12m", "spend_3y_ago_12m")
SPANS = {"days_to_pay": 1.0, "recency": 1.0, "tenure": 365.25}
"""Durations, and the days of the unit that a number has whose header names none."""
SHARES = ("margin_rate",)
COUNTS = (
    "orders_12m",
    "orders_prior_12m",
    "contacts_13w",
    "requests_12m",
    "complaints_12m",
    "grave_complaints_26w",
    "unresolved_incidents_26w",
    "referrals_12m",
    "nps_last",
    "satisfaction_last",
)
SIGNALS = (
    "market_share",
    "brand_influence",
    "technical_depth",
    "strategic_fit",
    "category_breadth",
    "assets",
    "product_penetration",
    "risk_grade",
    "feature_use",
    "renewal_rate",
    "resolution_rate",
    "interactions",
    "clv",
    "credit_rating",
    "company_size",
    "purchase_stability",
    "contact_stability",
    "feasibility",
    "business_value",
    "wallet_share",
    "referral_quality",
)
CANONICAL = (*TEXT, *DATES, *MONEY, *SPANS, *SHARES, *COUNTS, *SIGNALS)

_CURRENCIES = {
    "元": "CNY",
    "rmb": "CNY",
    "人民币": "CNY",
    "¥": "CNY",
    "yuan": "CNY",
    "美元": "USD",
    "$": "USD",
    "us$": "USD",
    "欧元": "EUR",
    "€": "EUR",
    "英镑": "GBP",
    "£": "GBP",
    "日元": "JPY",
    "港元": "HKD",
    "港币": "HKD",
    "hk$": "HKD",
}
_CODES = (
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "HKD",
    "TWD",
    "SGD",
    "KRW",
    "AUD",
    "CAD",
    "CHF",
    "INR",
    "THB",
    "VND",
)
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "千": 1e3,
    "'000": 1e3,
    "000": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "百万": 1e6,
    "万": 1e4,
    "亿": 1e8,
    "bn": 1e9,
    "billion": 1e9,
}
_SPANS = {
    "day": 1.0,
    "days": 1.0,
    "d": 1.0,
    "天": 1.0,
    "日": 1.0,
    "week": 7.0,
    "weeks": 7.0,
    "w": 7.0,
    "周": 7.0,
    "month": 365.25 / 12,
    "months": 365.25 / 12,
    "月": 365.25 / 12,
    "个月": 365.25 / 12,
    "year": 365.25,
    "years": 365.25,
    "y": 365.25,
    "yr": 365.25,
    "年": 365.25,
}
_IDLE = {
    "次",
    "单",
    "笔",
    "个",
    "家",
    "分",
    "times",
    "次/年",
    "orders",
    "points",
    "score",
    "0-100",
    "0-10",
    "1-5",
    "in",
    "of",
}


@dataclass(frozen=True)
class Unit:
    """Unit that a header states: factor on the numbers, currency, days a unit of time, percent."""

    factor: float = 1.0
    currency: str | None = None
    days: float | None = None
    percent: bool = False


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
    return (*entry.get("en", ()), *entry.get("zh", ()), *entry.get("loose", ()))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("tiersim.tables").joinpath("headers.toml").read_text("utf-8"))


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Folded word to canonical column: exact words, and loose ones."""
    exact = {folded(name): name for name in CANONICAL}
    loose: dict[str, str] = {}
    for canonical, entry in _words().items():
        for word in (*entry.get("en", ()), *entry.get("zh", ())):
            exact.setdefault(folded(word), canonical)
    for canonical, entry in _words().items():
        for word in entry.get("loose", ()):
            if folded(word) not in exact:
                loose.setdefault(folded(word), canonical)
    return exact, loose


def unit_of(words: str) -> Unit | None:
    """The unit that `words` (inside brackets, after a slash) state; ``None`` if they are no unit."""
    factor, currency, days, percent = 1.0, None, None, False
    rest = unicodedata.normalize("NFKC", words).strip().casefold()
    pattern = (
        r"us\$|hk\$|[¥$€£%]|'?000|百万|人民币|美元|欧元|英镑|日元|港[元币]|个月|[千万亿元天日周月年次单笔个家分]"
        r"|0-100|0-10|1-5|[a-z]+"
    )
    tokens = re.findall(pattern, rest)
    if not tokens or re.sub(pattern, "", rest).strip(" ./,'"):
        return None
    for token in tokens:
        if token in _SCALES:
            factor *= _SCALES[token]
        elif token in _CURRENCIES:
            currency = _CURRENCIES[token]
        elif token.upper() in _CODES:
            currency = token.upper()
        elif token in _SPANS:
            days = _SPANS[token]
        elif token in ("%", "percent", "pct"):
            percent = True
        elif token not in _IDLE:
            return None
    return Unit(factor, currency, days, percent)


def recognise(header: str) -> tuple[str | None, Unit, bool]:
    """Canonical name of a header, its unit, and whether the word is exact (else a generic one)."""
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
    for known, exact in zip(_known(), (True, False), strict=True):
        for base, unit in tries:
            canonical = known.get(folded(base))
            if canonical is not None:
                return canonical, unit, exact
    return None, Unit(), False


def header_score(row: list[str]) -> float:
    """How well cells serve as a header: columns that are known, exact ones a little more."""
    score = 0.0
    for cell in row[:200]:
        canonical, _, exact = recognise(cell) if cell else (None, Unit(), False)
        score += 0.0 if canonical is None else 1.0 if exact else 0.9
    return score


@dataclass(frozen=True)
class Mapped:
    """Canonical name to column; what was found but not used; what two columns claimed."""

    columns: Mapping[str, Found]
    unused: tuple[str, ...]
    doubled: tuple[tuple[str, tuple[str, ...]], ...]


def map_headers(headers: list[str], overrides: Mapping[str, str] | None, file: str) -> Mapped:
    """Which column is what. `overrides`: header in the file to canonical name, or to a signal's."""
    problems: list[Problem] = []
    forced = _forced(headers, overrides or {}, file, problems)
    taken: dict[str, Found] = {}
    claims: dict[str, list[tuple[bool, Found]]] = {}
    for j, header in enumerate(headers):
        if j in forced:
            _, unit, _ = recognise(header)
            canonical = forced[j]
            if canonical in taken:
                message = f"columns gives {canonical} to two columns"
                problems.append(Problem(file, None, header, message, got=quoted(taken[canonical].header)))
            taken[canonical] = Found(j, header, unit if unit != Unit() else _own_unit(header))
            continue
        name, unit, exact = recognise(header) if header else (None, Unit(), False)
        if name is not None:
            claims.setdefault(name, []).append((exact, Found(j, header, unit)))
    doubled: list[tuple[str, tuple[str, ...]]] = []
    for canonical, found in claims.items():
        if canonical in taken:
            continue
        best = [f for exact, f in found if exact] or [f for _, f in found]
        if len(best) > 1:
            doubled.append((canonical, tuple(f.header for f in best)))
        else:
            taken[canonical] = best[0]
    if problems:
        raise TableError(problems)
    used = {f.at for f in taken.values()}
    unused = tuple(h for j, h in enumerate(headers) if j not in used and h)
    return Mapped(taken, unused, tuple(doubled))


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
