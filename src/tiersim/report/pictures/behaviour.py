"""How the tiers behave: a heat map of indicators and a radar of six value dimensions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tiersim.rating import Rating
from tiersim.report.drawing import INK, QUIET
from tiersim.report.pictures.canvas import LINES, MARKS, Picture, canvas, listed, percent, short
from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]
Show = Literal["number", "percent"]

WEEKS_A_YEAR = 365.25 / 7
DEPTH = ("technical_depth", "feature_use", "product_penetration", "category_breadth")
"""Signals of how deeply a customer works with us, whichever the scenario or the file knows."""


@dataclass(frozen=True)
class Trait:
    """One row of the heat map: how it reads the record, the columns it needs, and how it is shown."""

    label: str
    read: Callable[[Observed], npt.NDArray[Any]]
    needs: tuple[str, ...]
    show: Show = "number"


def basket(observed: Observed) -> Floats:
    """Spend of an order in the last year; nan without orders."""
    orders = np.asarray(observed.orders_12m, np.float64)
    return np.asarray(np.where(orders > 0, observed.spend_12m / np.where(orders > 0, orders, 1.0), np.nan))


TRAITS: tuple[Trait, ...] = (
    Trait("spend a year", lambda o: o.spend_12m, ("spend_12m",)),
    Trait("orders a year", lambda o: o.orders_12m, ("orders_12m",)),
    Trait("spend an order", basket, ("spend_12m", "orders_12m")),
    Trait("gross margin", lambda o: o.margin_rate, ("margin_rate",), "percent"),
    Trait("growth, one year", lambda o: o.growth_1y, ("spend_12m", "spend_prior_12m"), "percent"),
    Trait("growth a year, three years", lambda o: o.growth_3y, ("spend_12m", "spend_3y_ago_12m"), "percent"),
    Trait("weeks since last order", lambda o: o.recency_weeks, ("recency_weeks",)),
    Trait("weeks to pay", lambda o: o.weeks_to_pay, ("weeks_to_pay",)),
    Trait("requests a year", lambda o: o.requests_12m, ("requests_12m",)),
    Trait("contacts a quarter", lambda o: o.contacts_13w, ("contacts_13w",)),
    Trait("years as a customer", lambda o: o.tenure_weeks / WEEKS_A_YEAR, ("tenure_weeks",)),
    Trait("satisfaction, 0 to 100", lambda o: o.satisfaction_last, ("satisfaction_last",)),
)


def heatmap(
    observed: Observed, rating: Rating, tiers: Sequence[str], known: Collection[str] | None = None
) -> Picture:
    """Median of each indicator by tier; the shade says how far it lies from the whole base's.

    The shade is a robust standard score: difference of medians over the base's spread (quartiles' distance
    / 1.349), cut off at 2. The value and the score are printed in each field.

    Parameters
    ----------
    tiers : names from the highest down.
    known : columns of the record that really come from the company's data; default: all.
    """
    import seaborn

    names, rows = list(tiers), []
    traits = [*TRAITS, *(_signal(name) for name in observed.signals)]
    for trait in traits:
        if known is not None and not set(trait.needs) <= set(known):
            continue
        raw = np.asarray(trait.read(observed), np.float64)
        seen = raw[np.isfinite(raw)]
        if seen.size == 0:
            continue
        low, middle, high = np.quantile(seen, [0.25, 0.5, 0.75])
        spread = (high - low) / 1.349
        medians = [_median(raw[rating.tier == code]) for code in range(len(names))]
        scores = [(m - middle) / spread if spread > 0 else 0.0 for m in medians]
        rows.append((trait, float(middle), medians, scores))
    if not rows:
        raise ValueError("no indicator is known of any customer, so there is nothing to show by tier")
    sizes = np.bincount(rating.tier, minlength=len(names))
    scores_of = np.array([scores for *_, scores in rows])
    show = [
        [f"{_shown(t, m)}\n{_score(s)}" for m, s in zip(medians, scores, strict=True)]
        for t, _, medians, scores in rows
    ]
    labels = [f"{t.label}  (all: {_shown(t, middle)})" for t, middle, *_ in rows]
    title = "Behaviour by tier: medians, and distance from the median of all"
    with canvas(2.9 + 0.85 * len(names), 1.2 + 0.42 * len(rows), title, "".join(names)) as (figure, axes):
        seaborn.heatmap(
            np.clip(scores_of, -2, 2), ax=axes, vmin=-2, vmax=2, cmap=_shades(), annot=np.array(show), fmt="",
            annot_kws={"fontsize": 7}, linewidths=1, linecolor="white",
            yticklabels=labels, xticklabels=[f"{t}\n{n:,}" for t, n in zip(names, sizes, strict=True)],
            cbar_kws={"label": "robust standard score (light: below all, dark: above)", "shrink": 0.7},
        )  # fmt: skip
        axes.tick_params(axis="both", length=0, rotation=0)
        axes.xaxis.tick_top()
        axes.set_xlabel("second figure: standard score; below the tier's name: customers")
    strongest = [
        f"{names[0]} {t.label} {_shown(t, medians[0])} against {_shown(t, middle)} of all"
        for t, middle, medians, _ in rows[:3]
    ]
    figure.alt = f"Heat map of {len(rows)} indicators by tier ({', '.join(names)}): {listed(strongest)}."
    return figure


def _shades() -> Any:
    """Blues without their darkest part, so that the middle is light enough for dark print."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["Blues"](np.linspace(0.0, 0.72, 128)))


def _signal(name: str) -> Trait:
    return Trait(name.replace("_", " "), lambda o: o.signals[name], ())


def _median(values: Floats) -> float:
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if seen.size else float("nan")


def _shown(trait: Trait, value: float) -> str:
    return percent(value) if trait.show == "percent" else short(value)


def _score(score: float) -> str:
    if not np.isfinite(score):
        return ""
    return f"{'−' if score < -0.05 else '+' if score > 0.05 else ''}{abs(score):.1f}"


def percentiles(values: npt.ArrayLike) -> Floats:
    """Share of customers below, and half of those equal, shape (n,); nan stays nan."""
    raw = np.asarray(values, np.float64)
    known = np.sort(raw[np.isfinite(raw)])
    if known.size == 0:
        return np.full(raw.shape, np.nan)
    below, upto = np.searchsorted(known, raw, "left"), np.searchsorted(known, raw, "right")
    return np.where(np.isfinite(raw), (below + upto) / (2.0 * known.size), np.nan)


def dimensions(observed: Observed) -> dict[str, Floats]:
    """Percentile of each customer on the six dimensions of value; nan where a customer's is not known.

    Frequency: orders a year. Basket: spend an order. Growth: a year over three years, else over one. Depth:
    mean percentile of what is known of the depth of use (technical depth, features, products, categories)
    and of requests. Loyalty: years as a customer. Satisfaction: the last survey answer.
    """
    long = np.where(np.isfinite(observed.growth_3y), observed.growth_3y, observed.growth_1y)
    depth = [percentiles(observed.signals[name]) for name in DEPTH if name in observed.signals]
    depth.append(percentiles(observed.requests_12m))
    return {
        "frequency": percentiles(observed.orders_12m),
        "basket": percentiles(basket(observed)),
        "growth": percentiles(long),
        "depth of\ninteraction": _mean(np.array(depth), axis=0),
        "loyalty\n(tenure)": percentiles(observed.tenure_weeks),
        "satisfaction": percentiles(observed.satisfaction_last),
    }


def _mean(values: Floats, axis: int | None = None) -> Any:
    """Mean of what is known; nan where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmean(values, axis=axis)


def radar(observed: Observed, rating: Rating, tiers: Sequence[str]) -> Picture:
    """Six dimensions of value by tier, as mean percentile among all customers; 50 is the middle.

    A dimension that is known of nobody is drawn as the middle and named so.
    """
    names, found = list(tiers), dimensions(observed)
    mean = {
        label: [
            _mean(v[rating.tier == code]) if (rating.tier == code).any() else np.nan
            for code in range(len(names))
        ]
        for label, v in found.items()
    }
    labels = [
        label if np.isfinite(values).any() else f"{label}\n(not known)" for label, values in mean.items()
    ]
    angle = np.linspace(0, 2 * np.pi, len(labels), endpoint=False)
    closed = np.append(angle, angle[0])
    title = "Six dimensions of value by tier"
    with canvas(5.4, 4.6, title, "".join(names), subplot_kw={"projection": "polar"}) as (figure, axes):
        axes.set_theta_offset(np.pi / 2)
        axes.set_theta_direction(-1)
        axes.plot(np.linspace(0, 2 * np.pi, 200), np.full(200, 50.0), color=INK, linewidth=0.8)
        for code, name in enumerate(names):
            values = np.array([100 * np.nan_to_num(v[code], nan=0.5) for v in mean.values()])
            axes.plot(closed, np.append(values, values[0]), color="#0b5c8a" if code % 2 == 0 else "#8a6d0b",
                      linestyle=LINES[code % len(LINES)], linewidth=1.4, marker=MARKS[code % len(MARKS)],
                      markersize=4.5, label=f"{name}  ({int((rating.tier == code).sum()):,})")  # fmt: skip
        axes.set_xticks(angle, labels)
        axes.tick_params(axis="x", pad=8)
        axes.set_ylim(0, 100)
        axes.set_yticks([25, 50, 75, 100], ["25", "50: all", "75", "100"], fontsize=6.5)
        axes.set_rlabel_position(30)
        axes.grid(color="#d5dade", linewidth=0.5)
        axes.spines["polar"].set_color(QUIET)
        figure.legend(title="tier (customers)", loc="outside right upper")
        figure.supxlabel("mean percentile among all customers", fontsize=8, color=QUIET)
    parts = [
        f"{label.split(chr(10))[0]} {', '.join(f'{n} {100 * v:.0f}' for n, v in zip(names, vs, strict=True))}"
        for label, vs in mean.items()
        if np.isfinite(vs).any()
    ]
    figure.alt = f"Radar of mean percentiles by tier: {'; '.join(parts)}."
    return figure
