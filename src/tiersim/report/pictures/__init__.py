"""Pictures of a rating and of what became of it: each a figure with its alternative text (`Picture.alt`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tiersim.rating.migration import flows_between
from tiersim.report.pictures.behaviour import heatmap, radar
from tiersim.report.pictures.canvas import Picture
from tiersim.report.pictures.matrix import value_matrix
from tiersim.report.pictures.moving import flow, migration
from tiersim.report.pictures.profit import lorenz, lorenz_of_run

if TYPE_CHECKING:
    from tiersim.rating.rated import Rated
    from tiersim.runs.run import Run

__all__ = [
    "Picture",
    "flow",
    "for_rating",
    "for_run",
    "heatmap",
    "lorenz",
    "lorenz_of_run",
    "migration",
    "radar",
    "value_matrix",
]


def for_rating(rated: Rated, known: Collection[str] | None = None) -> dict[str, Picture]:
    """Pictures of rated customers by file name; those that the data cannot give are not there.

    With an earlier rating also the migration since then and its flows.

    Parameters
    ----------
    known : columns of the record that really come from the company's data; default: all.
    """
    import numpy as np

    observed, rating, tiers = rated.observed, rated.rating, rated.tiers
    made: dict[str, Picture] = {}
    margin = np.asarray(observed.margin_rate, np.float64)
    has_margin = (known is None or "margin_rate" in known) and bool(np.isfinite(margin).any())
    spend = np.nan_to_num(np.asarray(observed.spend_12m, np.float64))
    values = spend * np.nan_to_num(margin) if has_margin else spend
    if values.sum() > 0:
        made["lorenz"] = lorenz(values, "gross margin" if has_margin else "spend")
    made["heatmap"] = heatmap(observed, rating, tiers, known)
    made["radar"] = radar(observed, rating, tiers)
    made["value_matrix"] = value_matrix(observed, rating, tiers)
    if rated.previous is not None and rated.previous.tiers:
        now = dict(zip(rated.ids.tolist(), (tiers[code] for code in rating.tier), strict=True))
        since = flows_between(rated.previous.tiers, now, tiers)
        made["migration"], made["flow"] = migration(since), flow(since)
    return made


def for_run(run: Run, quarters: int = 4) -> dict[str, Picture]:
    """Pictures of a run with all rows, by file name."""
    return {
        "lorenz": lorenz_of_run(run),
        "migration": migration(run, quarters),
        "flow": flow(run, quarters),
    }
