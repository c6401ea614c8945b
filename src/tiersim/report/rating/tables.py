"""Tables of a rating as they are shown: headings and sentences in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.report.rating.actions import OVERDUE_DAYS, URGENT, as_days, due_dates
from tiersim.report.rating.sentences import Sentences, shown_figures, shown_share, told
from tiersim.tables.wordings import reason as refusal

if TYPE_CHECKING:
    from tiersim.rating.rated import Rated
    from tiersim.report.rating.pseudonyms import Pseudonyms

OWN_REASONS = ("young", "nothing")
"""Why the rating leaves customers out; all other reasons are the reader's."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What may be shown of the persons in a rating.

    Parameters
    ----------
    names : whether customers' names stand in the tables.
    pseudonyms : ids and owners are replaced by these; names and contact persons never stand then.
    """

    names: bool = False
    pseudonyms: Pseudonyms | None = None

    def customers(self, ids: pd.Series) -> pd.Series:
        """Ids, or their pseudonyms."""
        if self.pseudonyms is None:
            return ids
        return pd.Series(self.pseudonyms.all(ids), index=ids.index, dtype=object)

    def owners(self, owners: pd.Series) -> pd.Series:
        """Owners, or their pseudonyms: a team can still be told from another."""
        if self.pseudonyms is None:
            return owners
        hidden = self.pseudonyms.all(owners.fillna("").astype(str), "owner")
        return pd.Series(hidden, index=owners.index, dtype=object)

    @property
    def person_columns(self) -> tuple[str, ...]:
        """Columns of persons that may stand, beside the owner."""
        return ("name",) if self.names and self.pseudonyms is None else ()


def tier_table(rated: Rated, words: Sentences, shown: Shown) -> pd.DataFrame:
    """The tier table, highest tier and score first (template 1 of the loyalty plan)."""
    data = rated.table
    columns: dict[str, object] = {"customer": shown.customers(data["customer"])}
    columns |= {name: data[name] for name in shown.person_columns if name in data}
    columns["recency"] = _whole(data["recency_days"].round(0))
    columns["frequency"] = _whole(data["frequency"])
    columns["money"] = data["money"].round(2)
    columns["rfm"] = data["rfm"]
    columns["segment"] = told(words.segment, data["segment"])
    if rated.previous is not None:
        columns["before"] = data["before"]
    columns["tier"] = data["tier"]
    if rated.previous is not None:
        margin = rated.margin
        columns["move"] = told(lambda move, old: words.move(move, old, margin), data["move"], data["before"])
    columns["score"] = data["score"].round(4)
    columns["reason"] = _reasons(words, data)
    columns["problem"] = _problems(words, data)
    columns["gaps"] = told(words.gaps, data["gaps"])
    return _headed(columns, words)


def action_table(rated: Rated, words: Sentences, shown: Shown) -> pd.DataFrame:
    """The action list, by date; dates are datetime64."""
    data = rated.table
    n = len(data)
    packages = list(rated.scenario.tiers.values())
    code = data["tier_code"].to_numpy()
    every = np.array([package.contact_every for package in packages], float)
    automatic = np.array([package.contact_automatic for package in packages])[code]
    urgent = data["problem"].isin(URGENT).to_numpy() | data["fell"].to_numpy()
    last = as_days(data.get("last_contact"), n)
    due, why, late = due_dates(code, urgent, last, every, rated.as_of)
    owners = data["owner"] if "owner" in data else pd.Series([""] * n, index=data.index, dtype=object)
    columns: dict[str, object] = {
        "date": due.astype("datetime64[s]"),
        "urgent": np.where(urgent, words.text("due.yes"), ""),
        "customer": shown.customers(data["customer"]),
    }
    columns |= {name: data[name] for name in shown.person_columns if name in data}
    columns |= {
        "tier": data["tier"],
        "segment": told(words.segment, data["segment"]),
        "owner": shown.owners(owners),
        "action": told(words.action, data["problem"], automatic),
        "problem": _problems(words, data),
        "reason": _reasons(words, data),
        "due": told(
            lambda key, weeks, days: words.due(key, weeks, days, OVERDUE_DAYS),
            why,
            every[code],
            np.where(np.isnan(late), -1.0, late),
        ),
        "last_contact": last.astype("datetime64[s]"),
    }
    order = np.lexsort((np.arange(n), code, ~urgent, due.astype(np.int64)))
    return _headed(columns, words).iloc[order].reset_index(drop=True)


def _reasons(words: Sentences, data: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Why each customer has its tier."""
    return told(words.reason, data["reason"], shown_share(data["reason_share"].to_numpy()))


def _problems(words: Sentences, data: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The main problem of each customer."""
    problem = data["problem"].to_numpy(object)
    first, second = data["problem_first"].to_numpy(), data["problem_second"].to_numpy()
    return told(words.problem, problem, *shown_figures(problem, first, second))


def not_rated_table(rated: Rated, words: Sentences, shown: Shown) -> pd.DataFrame:
    """Rows that could not be rated, with the reason; line numbers are those of the file."""
    data = rated.not_rated
    customer = data["customer"].fillna("").astype(str)
    got = [""] * len(data) if shown.pseudonyms is not None else data["got"]
    sentences = told(partial(_not_rated, words), data["reason"], got, data["first"], data["second"])
    columns: dict[str, object] = {
        "line": data["line"],
        "customer": shown.customers(customer),
        "why_not": sentences,
    }
    return _headed(columns, words)


def _not_rated(words: Sentences, reason: str, got: str, first: float, second: float) -> str:
    if reason not in OWN_REASONS:
        sentence = refusal(reason, words.text.lang)
        return f"{sentence}: {got}" if got else sentence
    number = words.numbers.number
    return words.text(f"not_rated.{reason}", weeks=number(first, 2), wait=number(second, 2))


def reason_of(rated: Rated, words: Sentences, reason: str) -> str:
    """Why rows are not rated, without the figures of a single one."""
    if reason not in OWN_REASONS:
        return refusal(reason, words.text.lang)
    wait = words.numbers.number(rated.scenario.rating.newcomer_wait, 2)
    return words.text(f"not_rated.{reason}_all", wait=wait)


def quality_table(rated: Rated, words: Sentences, shown: Shown) -> pd.DataFrame:
    """What was found in the records; examples hold data of customers, so pseudonyms leave them out."""
    text = words.text
    rows = [
        (text("quality.severities.info"), text(f"quality.{key}"), count, "")
        for key, count in (
            ("rows", rated.rows_read),
            ("seen", rated.seen),
            ("rated", len(rated)),
            ("not_rated", rated.left_out),
        )
    ]
    for severity, issue, count, example in rated.quality.rows(text.lang):
        shown_example = "" if shown.pseudonyms is not None else example
        rows.append((text(f"quality.severities.{severity}"), issue, count, shown_example))
    columns = zip(*rows, strict=True)
    return _headed(dict(zip(("severity", "issue", "count", "example"), columns, strict=True)), words)


def _whole(values: pd.Series) -> pd.Series:
    """Counts without a decimal point, if all of them are whole; an unknown one stays empty."""
    known = values.dropna()
    return values.astype("Int64") if np.isfinite(known).all() and (known == known.round()).all() else values


def _headed(columns: dict[str, object], words: Sentences) -> pd.DataFrame:
    kept = {
        name: values.array if isinstance(values, pd.Series) else values for name, values in columns.items()
    }
    frame = pd.DataFrame(kept)
    return frame.rename(columns={name: words.head(name) for name in columns})
