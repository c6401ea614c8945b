"""Other ways to rate the same customers, each as overrides of a scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiersim.errors import TiersimError
from tiersim.rating.indicators import indicators_of
from tiersim.scenario.rating import IndicatorRule

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

OWN = "own rating"
GROUPS = ("method", "accuracy", "review", "rules")
WHOLE = ("rating.ahp", "data.wrong")
ACCURACIES = (0.95, 0.9, 0.85, 0.8)
REVIEWS = ("1 month", "3 months", "6 months", "1 year")


@dataclass(frozen=True)
class Variant:
    """One way to rate: its group, its name for readers, what it changes, and what that means in words."""

    group: str
    name: str
    overrides: Mapping[str, Any]
    about: str

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario rated in this way."""
        # Overrides are laid over what is there: what they replace as a whole goes first.
        whole = {path: None for path in WHOLE if self.overrides.get(path)}
        scenario = scenario.override(whole) if whole else scenario
        return scenario.override(dict(self.overrides)) if self.overrides else scenario


def variants(scenario: Scenario, groups: Collection[str] = GROUPS) -> list[Variant]:
    """The scenario's own rating first, then all others of some groups.

    Raises
    ------
    TiersimError : an unknown group.
    """
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown:
        raise TiersimError(
            f"no such group of variants: {', '.join(unknown)}. Allowed here: {', '.join(GROUPS)}"
        )
    makers = {"method": methods, "accuracy": accuracies, "review": reviews, "rules": rules}
    own = Variant("own", OWN, {}, "as the scenario rates")
    return [own, *(variant for group in GROUPS if group in groups for variant in makers[group](scenario))]


def methods(scenario: Scenario) -> list[Variant]:
    """Each method and set of weights, and the two bounds."""

    def weights(name: str, about: str, **changes: Any) -> Variant:
        # A phase of the company has weights of its own, which would go before these.
        plain: dict[str, Any] = {"rating.method": "weighted", "rating.ahp": None, "rating.phase": None,
                 "rating.phase_changes": []}  # fmt: skip
        return Variant("method", name, plain | changes, about)

    def method(name: str, about: str, kind: str, **changes: Any) -> Variant:
        cut = _cut_for(scenario, kind)
        return Variant("method", name, {"rating.method": kind} | cut | changes, about)

    equal = {"value": 1, "potential": 1, "relationship": 1}
    return [
        weights("equal weights", "value, potential and relationship count the same",
                **{"rating.weights": equal}),
        weights("AHP weights", "three offices compare the dimensions in pairs", **{"rating.ahp": OFFICES}),
        method("RFM", "recency, frequency and money by fifths", "rfm",
               **{"rating.ahp": None, "rating.phase": None, "rating.phase_changes": []}),
        method("TOPSIS", "closeness to the best customer there could be, vector normalisation", "topsis",
               **{"rating.normalisation": "vector"}),
        method("K-means", "clusters of customers instead of cuts", "kmeans"),
        weights("purchases only", "a year's spend and nothing else", **purchases_only(scenario)),
        method("oracle", "upper bound: reads the true margin and responsiveness that no company sees",
               "oracle"),
        method("random", "lower bound: tiers by lot, from which nobody moves", "random"),
    ]  # fmt: skip


def _cut_for(scenario: Scenario, method: str) -> dict[str, Any]:
    """Overrides without which a method could not be asked, or would be cut by what means nothing to it."""
    rules, found = scenario.rating, dict[str, Any]()
    if rules.cut == "thresholds" or (
        rules.cut == "natural_breaks" and method in ("kmeans", "oracle", "random")
    ):
        found |= {"rating.cut": "shares", "rating.thresholds": []}
    if method == "kmeans":
        found |= {"rating.quota": None} if rules.quota else {}
        found |= {"rating.missing": "neutral"} if rules.missing == "left_out" else {}
        found |= {
            f"rating.indicators.{name}.missing": None
            for name, rule in rules.indicators.items()
            if isinstance(rule, IndicatorRule) and rule.missing == "left_out"
        }
    return found


OFFICES = {
    "dimensions": {
        "items": ["value", "potential", "relationship"],
        "experts": {
            "sales": {"pairs": {"value over potential": 2, "value over relationship": 3,
                                "potential over relationship": 2}},
            "service": {"pairs": {"value over potential": 2, "value over relationship": "1/2",
                                  "potential over relationship": "1/3"}},
            "finance": {"pairs": {"value over potential": 5, "value over relationship": 4,
                                  "potential over relationship": 1}},
        },
    }
}  # fmt: skip
"""Made-up judgements, for a set of weights unlike the scenario's; assumed."""


def purchases_only(scenario: Scenario) -> dict[str, Any]:
    """Overrides by which nothing but the spend of a year counts."""
    value = [i.name for i in indicators_of(scenario.rating, list(scenario.population.signals))
             if i.dimension == "value" and i.name != "spend_12m"]  # fmt: skip
    off = dict.fromkeys(value, False)
    return {"rating.indicators": off, "rating.weights": {"value": 1, "potential": 0, "relationship": 0}}


def accuracies(scenario: Scenario) -> list[Variant]:
    """Shares of records that are mixed up with another customer's, with and without cleaning."""
    found = []
    for accuracy in ACCURACIES:
        wrong = {
            "value": f"{100 * (1 - accuracy):.0f} %",
            "source": "varied by the study; nobody has measured it",
            "grade": "assumed",
        }
        for clean in (False, True):
            name = f"{100 * accuracy:.0f} % right" + (", cleaned" if clean else "")
            found.append(
                Variant(
                    "accuracy", name, {"data.wrong": wrong, "data.cleaning": clean},
                    "share of customers whose purchases are their own in the record" +
                    (", before cleaning finds some errors" if clean else ""),
                )
            )  # fmt: skip
    return found


def reviews(scenario: Scenario) -> list[Variant]:
    """Periodic reviews from monthly to yearly, but for the scenario's own period."""
    made = [(period, scenario.override({"rating.review_every": period})) for period in REVIEWS]
    own = scenario.rating.review_every
    return [
        Variant("review", f"every {period.removeprefix('1 ')}", {"rating.review_every": period},
                "time between two periodic reviews")
        for period, changed in made
        if changed.rating.review_every != own
    ]  # fmt: skip


def rules(scenario: Scenario) -> list[Variant]:
    """Triggers beside the review, and time that a downgrade must hold."""
    triggered = [*TRIGGERS, {"name": "review", "then": "rate"}]
    return [
        Variant("rules", "with triggers", {"rating.rules": triggered},
                "also moved by a rise of 30 % in two quarters, a fall of half in a year, or an unsolved "
                "incident"),
        Variant("rules", "with grace", {"rating.grace": "6 months"},
                "a downgrade is made only once it has held for six months"),
        Variant("rules", "triggers and grace", {"rating.rules": triggered, "rating.grace": "6 months"},
                "both"),
        Variant("rules", "no margin", {"rating.hysteresis": 0}, "a move needs no margin beyond the cut"),
    ]  # fmt: skip


TRIGGERS: tuple[Mapping[str, Any], ...] = (
    {"name": "growth", "check": "quarter", "then": "up", "keep": "6 months",
     "when": {"growth_at_least": "30 %", "quarters": 2, "grave_complaints_at_most": 0}},
    {"name": "fall", "check": "quarter", "then": "down", "keep": "6 months",
     "when": {"yearly_fall_at_least": "50 %"}},
    {"name": "incident", "check": "month", "then": "down", "keep": "3 months",
     "when": {"unresolved_at_least": 1}},
)  # fmt: skip
"""The plan's triggers (T6); growth is measured as the scenario's ``rating.triggers`` says."""
