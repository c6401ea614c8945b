"""Rate a client's export by the rules of a scenario."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.rating.earlier import Previous, read_previous
from tiersim.rating.errors import RatingError
from tiersim.rating.fitting import fit
from tiersim.rating.indicators import indicators_of
from tiersim.rating.problems import Limits
from tiersim.rating.rated import Rated, Remark, Texts
from tiersim.rating.rating import RatingMethod
from tiersim.rating.remarks import own_tiers, remarks_of, remarks_on
from tiersim.rating.rfm import RfmTable, fit_rfm
from tiersim.rating.tabling import table_of
from tiersim.scenario.shares import resolve_rest
from tiersim.tables.windows import LAPSE

if TYPE_CHECKING:
    from tiersim.rating.ahp import AhpResult
    from tiersim.scenario.rating import RatingRules
    from tiersim.scenario.schema import Scenario
    from tiersim.tables.export import Export
    from tiersim.tables.observed import Observed


def rate(
    source: Any,
    scenario: Scenario | str | os.PathLike[str],
    *,
    previous: Previous | str | os.PathLike[str] | None = None,
    alias: Callable[[str], str] | None = None,
    set: Any = None,
    rates: Mapping[str, float] | None = None,
    **reading: Any,
) -> Rated:
    """Read an export and rate its customers; nothing is written.

    Parameters
    ----------
    source : file of orders or customers, or a frame.
    scenario : whose rating and tiers hold.
    previous : an earlier rating: its folder, or a table of ids and tiers.
    alias : an id as the earlier rating writes it, where that holds pseudonyms.
    set : changes of the scenario by dotted path, as everywhere.
    rates : value of one unit of another currency in the scenario's.
    reading : as in `tiersim.tables.read_export`: columns, customers, encoding, sheet, as_of, kind, dates,
        clean, today.

    Raises
    ------
    ScenarioError, TableError, RatingError : with all problems of the scenario, of the file, of the rating.
    """
    from tiersim.scenario.load import load, override
    from tiersim.scenario.schema import Scenario
    from tiersim.tables.export import read_export

    rules = scenario if isinstance(scenario, Scenario) else load(scenario, set)
    if isinstance(scenario, Scenario) and set:
        rules = override(scenario, set)
    before = previous if previous is None or isinstance(previous, Previous) else read_previous(previous)
    if before is not None and alias is not None:
        before = replace(before, alias=alias)
    _check_method(rules.rating)
    export = read_export(source, currency=rules.currency, rates=rates, **reading)
    name = "table" if isinstance(source, pd.DataFrame) else Path(source).name
    return rate_export(export, rules, previous=before, source=name)


def rate_export(
    export: Export, scenario: Scenario, *, previous: Previous | None = None, source: str = "table"
) -> Rated:
    """Rate the customers of an export by the rules of a scenario.

    Not rated are, beside the rows that the reader refused: customers younger than ``rating.newcomer_wait``
    (where the export says how long they are customers), and those of whom no scored indicator is known.

    Parameters
    ----------
    previous : an earlier rating: moves then need the hysteresis margin, and its cuts stay. Without one, the
        export's own column of tiers stands for it, where its values are tiers of the scenario.

    Raises
    ------
    RatingError : nobody can be rated, or the method does not work with these customers.
    """
    _check_method(scenario.rating)
    reasons, first, second = _unfit(export, scenario)
    fit_for_it = np.flatnonzero(reasons == "")
    ids = np.asarray(export.ids, object)
    not_rated = _not_rated(export, ids, reasons, first, second)
    if not fit_for_it.size:
        raise RatingError(_nobody(source, reasons, scenario))
    observed = export.observed.take(fit_for_it)
    method, rfm_method = _methods(observed, scenario, previous)
    remarks: list[Remark] = []
    if previous is None:
        previous, remarks = own_tiers(export.table.iloc[fit_for_it], ids[fit_for_it], scenario.tiers)
    before, now = np.full(fit_for_it.size, "", object), np.full(fit_for_it.size, -1, np.int64)
    if previous is not None:
        before = np.array([previous.tiers.get(previous.alias(str(i)), "") for i in ids[fit_for_it]], object)
        code = {name: k for k, name in enumerate(scenario.tiers)}
        _check_previous(previous, code, before)
        now = np.array([code.get(name, -1) for name in before], np.int64)
        remarks += remarks_on(previous, before, scenario)
    rating = method.rate(observed, now if previous is not None else None)
    fresh = previous is None or previous.method is None
    remarks += remarks_of(observed, method, rating.score if fresh else None, len(scenario.tiers))
    rated = Rated(
        ids=ids[fit_for_it],
        observed=observed,
        rating=rating,
        rfm=rfm_method.rate(observed),
        table=pd.DataFrame(),
        not_rated=not_rated,
        quality=export.quality,
        method=method,
        rfm_method=rfm_method,
        scenario=scenario,
        as_of=export.as_of,
        currency=export.currency,
        source=source,
        rows_read=export.rows_read,
        limits=Limits(fall=rfm_method.fall),
        previous=previous,
        ahp=_judged(scenario.rating),
        remarks=tuple(remarks),
    )
    return replace(rated, table=table_of(rated, export.table.iloc[fit_for_it], before, now))


def _check_method(rules: RatingRules) -> None:
    """Refuse the bounds of studies: an oracle reads what no export holds, and a lottery rates nobody."""
    if rules.method in ("oracle", "random"):
        raise RatingError(
            f"rating.method: {rules.method} needs a simulated world and cannot rate an export. "
            "Allowed here: weighted, rfm, topsis, kmeans"
        )


def _methods(
    observed: Observed, scenario: Scenario, previous: Previous | None
) -> tuple[RatingMethod, RfmTable]:
    """The fitted methods: those of the earlier rating, else new ones."""
    rules = scenario.rating
    shares = resolve_rest({name: tier.share for name, tier in scenario.tiers.items()})
    if previous is None or previous.method is None or previous.rfm is None:
        # The table tells RFM whatever the method; its own tiers are not used, so its cuts are the plain ones.
        plain = rules.model_copy(update={"method": "rfm", "cut": "shares", "thresholds": []})
        return fit(observed, rules, scenario.tiers), fit_rfm(observed, plain, shares)
    made_by = previous.method.rate(observed.take(np.zeros(1, np.intp))).method
    if made_by != rules.method:
        raise RatingError(
            f"The earlier rating was made by {made_by} and the scenario says {rules.method}, so its cuts "
            "cannot stay. Give the earlier rating's tiers.csv instead of its folder, and new cuts are made."
        )
    names = tuple(getattr(getattr(previous.method, "cuts", None), "shares", shares))
    if names != tuple(shares):
        raise RatingError(
            f"The earlier rating has the tiers {', '.join(names)}, the scenario has {', '.join(shares)}, so "
            "its cuts cannot stay. Give the earlier rating's tiers.csv instead of its folder."
        )
    return previous.method, previous.rfm


def _check_previous(previous: Previous, code: Mapping[str, int], before: Texts) -> None:
    """Refuse an earlier rating of other tiers, or of other customers: it is another table."""
    there = {tier for tier in previous.tiers.values() if tier}
    if there and not there & set(code):
        shown = ", ".join(sorted(there)[:5])
        raise RatingError(f"The earlier rating has the tiers {shown}; the scenario has {', '.join(code)}")
    if there and not (before != "").any():
        raise RatingError(
            f"None of the {len(previous.tiers)} customers of the earlier rating is in this export; are the "
            "ids written alike in both? (Pseudonyms need --pseudonymise with the same --key-file.)"
        )


def _judged(rules: RatingRules) -> AhpResult | None:
    """The comparisons that the weights come from, if any; a phase's go first."""
    here = rules.phases.get(rules.phase) if rules.phase else None
    judged = rules.ahp
    if here is not None and (here.ahp is not None or here.weights is not None):
        judged = here.ahp
    if judged is None or rules.method == "rfm":
        return None
    from tiersim.rating.ahp import from_scenario

    return from_scenario(judged, "rating.ahp")


def _nobody(source: str, reasons: Texts, scenario: Scenario) -> str:
    young = int((reasons == "young").sum())
    text = f"{source}: none of {len(reasons)} customers can be rated"
    if young:
        wait = f"{scenario.rating.newcomer_wait:g} weeks"
        text += (
            f"; {young} have been customers for less than {wait}, which the scenario lets pass before it "
            "rates a newcomer. To rate newcomers too: --set 'rating.newcomer_wait=0 weeks'"
        )
    if young < len(reasons):
        text += f"; of {len(reasons) - young} no indicator that the score reads is known"
    return text


def _unfit(export: Export, scenario: Scenario) -> tuple[Texts, npt.NDArray, npt.NDArray]:
    """Why each customer cannot be rated (empty: it can) and two figures for the sentence."""
    observed, rules = export.observed, scenario.rating
    n = len(observed)
    reasons, first, second = np.full(n, "", object), np.full(n, np.nan), np.full(n, np.nan)
    tenure = np.asarray(observed.tenure_weeks, float)
    young = (tenure < rules.newcomer_wait) & ~_perhaps_older(export)
    reasons[young], first[young], second[young] = "young", tenure[young], rules.newcomer_wait
    if rules.method == "rfm":
        raw = [observed.recency_weeks, observed.orders_12m, observed.spend_12m]
    else:
        raw = [indicator.values(observed) for indicator in indicators_of(rules, observed.signals)]
    known = np.zeros(n, bool)
    for values in raw:
        known |= ~np.isnan(values)
    reasons[~known & ~young] = "nothing"
    return reasons, first, second


def _perhaps_older(export: Export) -> npt.NDArray[np.bool_]:
    """Customers of an order log who may have bought before it begins: their tenure is a lower bound only."""
    n = len(export.observed)
    if export.orders is None or not any(found.key == "tenure_bound" for found in export.quality.findings):
        return np.zeros(n, bool)
    first = np.full(n, np.iinfo(np.int64).max)
    day = export.orders["day"].to_numpy().astype(np.int64)
    np.minimum.at(first, export.orders["customer"].to_numpy(), day)
    return np.asarray(first <= day.min() + LAPSE)


def _not_rated(
    export: Export, ids: Texts, reasons: Texts, first: npt.NDArray, second: npt.NDArray
) -> pd.DataFrame:
    """What the reader refused, and whom the rules leave out."""
    refused = export.refused
    left = np.flatnonzero(reasons != "")
    both = len(refused) + left.size
    return pd.DataFrame(
        {
            "line": pd.array([*refused["line"].tolist(), *[pd.NA] * left.size], dtype="Int64"),
            "customer": np.array([*refused["customer"].tolist(), *ids[left]], object),
            "reason": np.array([*refused["key"].tolist(), *reasons[left]], object),
            "got": np.array([*refused["got"].tolist(), *[""] * left.size], object),
            "first": np.concatenate([np.full(both - left.size, np.nan), first[left]]),
            "second": np.concatenate([np.full(both - left.size, np.nan), second[left]]),
        },
        index=range(both),
    )
