"""Section on the rating: indicators, weights, method, cuts, and how customers move (R3, T1 to T6)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field, field_validator, model_validator

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.indicators import INDICATORS, SETS, Dimension
from tiersim.scenario.judgements import Ahp
from tiersim.scenario.moving import Appeals, Confirmation, MoveRule, Triggers
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Count, Name, NonNegative, Positive, Share, Weeks

Normalisation = Literal["rank", "minmax", "vector", "robust_z"]
Missing = Literal["neutral", "worst", "left_out"]
Phase = Literal["start_up", "expansion", "maturity", "downturn"]
RfmAxis = Literal["recency", "frequency", "money"]


class Weights(Part):
    """Weights of the three dimensions of the score; scaled to sum 1."""

    value: NonNegative = 0.5
    potential: NonNegative = 0.25
    relationship: NonNegative = 0.25

    @model_validator(mode="after")
    def _some(self) -> Weights:
        if self.value + self.potential + self.relationship <= 0:
            raise ValueError("at least one weight must be above 0")
        return self


class IndicatorRule(Part):
    """What a scenario changes of an indicator, or says of a signal that it scores."""

    dimension: Dimension | None = Field(default=None, description="dimension that it belongs to")
    direction: Literal["benefit", "cost"] | None = Field(default=None, description="is more better, or less?")
    weight: NonNegative | None = Field(
        default=None, description="weight inside its dimension; 0 leaves it out"
    )
    normalisation: Normalisation | None = Field(default=None, description="instead of the rating's")
    missing: Missing | None = Field(default=None, description="instead of the rating's")


class Segment(Part):
    """One segment of the RFM table: bounds on the three digits; the first that fits is the customer's."""

    name: Name
    recency: tuple[Count, Count] | None = Field(default=None, description="lowest and highest digit")
    frequency: tuple[Count, Count] | None = Field(default=None, description="lowest and highest digit")
    money: tuple[Count, Count] | None = Field(default=None, description="lowest and highest digit")
    fell: bool | None = Field(default=None, description="a marked fall against the prior period, or none")
    rose: bool | None = Field(default=None, description="bought more than in the prior period, or did not")

    @property
    def bounded(self) -> bool:
        """Whether some customers do not fit."""
        return any(getattr(self, key) is not None for key in type(self).model_fields if key != "name")


def _alike() -> dict[RfmAxis, float]:
    return {"recency": 1.0, "frequency": 1.0, "money": 1.0}


class Rfm(Part):
    """Recency, frequency and money, each by a digit (T2). Cut points are in days, orders and money a year."""

    bins: Count = Field(default=5, ge=2, le=9, description="digits 1 to this")
    recency: list[Positive] | None = Field(
        default=None, description="days up to which each digit holds, from the best; default: quantiles"
    )
    frequency: list[Positive] | None = Field(
        default=None,
        description="orders a year from which each digit holds, from the best; default: quantiles",
    )
    money: list[Positive] | None = Field(
        default=None,
        description="money a year from which each digit holds, from the best; default: quantiles",
    )
    ties: Literal["better", "worse", "middle"] = Field(
        default="better", description="digit of equal values that a quantile would part: all get one, which?"
    )
    weights: dict[RfmAxis, NonNegative] = Field(
        default_factory=_alike, description="weights of the digits in the score"
    )
    fall: Share = Field(
        default=0.3, description="fall of a year's purchases against the year before that marks a churn risk"
    )
    segments: list[Segment] = Field(
        default_factory=list,
        description="ordered; the last takes who is left; default: those of the loyalty template",
    )

    @field_validator("weights")
    @classmethod
    def _some_weight(cls, weights: dict[RfmAxis, float]) -> dict[RfmAxis, float]:
        if not sum(weights.values()) > 0:
            raise ValueError("at least one weight must be above 0")
        return weights


class PhaseRule(Part):
    """Weights in a phase of the company: stated, or from comparisons."""

    weights: Weights | None = None
    ahp: Ahp | None = None


def _phases() -> dict[Phase, PhaseRule]:
    """Weights by phase as the plan template describes them in words; the figures are assumed.

    A young company weighs potential above value, in expansion growth goes before keeping, in maturity
    satisfaction and loyalty lead, in a downturn purchases weigh less and loyalty more.
    """
    figures: dict[Phase, tuple[float, float, float]] = {
        "start_up": (0.25, 0.5, 0.25),
        "expansion": (0.35, 0.4, 0.25),
        "maturity": (0.35, 0.2, 0.45),
        "downturn": (0.3, 0.2, 0.5),
    }
    return {
        phase: PhaseRule(weights=Weights(value=value, potential=potential, relationship=relationship))
        for phase, (value, potential, relationship) in figures.items()
    }


class PhaseChange(Part):
    """From a date on, the company is in another phase."""

    after: Weeks = Field(ge=0, description="time after the start")
    phase: Phase


class KMeans(Part):
    """Clusters instead of cuts."""

    starts: Count = Field(default=10, ge=1, le=100, description="random starts, of which the best is kept")
    seed: Count = Field(default=1, description="seed of the starts")


class RatingRules(Part):
    """Observed record to tier (R3)."""

    method: Literal["weighted", "rfm", "topsis", "kmeans", "oracle", "random"] = Field(
        "weighted",
        description="*oracle* sees the truth and *random* sees nothing: bounds for studies, not methods",
    )
    cut: Literal["shares", "thresholds", "natural_breaks"] = Field(
        "shares",
        description="shares at the start or natural breaks become thresholds that stay, or stated ones",
    )
    thresholds: list[Share] = Field(
        default_factory=list, description="cut: thresholds; scores from which each tier but the last begins"
    )
    indicator_set: Literal["general", "machinery", "bank", "retail", "saas"] = Field(
        "general", description="indicators that are scored; *indicators* changes single ones"
    )
    indicators: dict[Name, IndicatorRule | Literal[False]] = Field(
        default_factory=dict, description="changes to the set; false leaves one out"
    )
    normalisation: Normalisation | None = Field(
        default=None, description="raw values to scores; default rank; TOPSIS must say it"
    )
    missing: Missing = Field(
        "neutral",
        description="a missing value counts as the middle one or the worst, or its weight goes to the others",
    )
    weights: Weights = Field(default_factory=Weights, description="weights of the dimensions")
    ahp: Ahp | None = Field(default=None, description="weights from comparisons instead of stated ones")
    phase: Phase | None = Field(default=None, description="phase of the company at the start")
    phases: dict[Phase, PhaseRule] = Field(
        default_factory=_phases, description="weights by phase of the company; the default's are assumed"
    )
    phase_changes: list[PhaseChange] = Field(default_factory=list, description="later phases, in order")
    rfm: Rfm = Field(default_factory=Rfm)
    kmeans: KMeans = Field(default_factory=KMeans)
    review_every: Weeks = Field(default=13.0, ge=4, description="periodic review: whole months or quarters")
    hysteresis: Share = Field(
        default=0.02,
        description="score beyond a cut that a move needs, up or down; where scores do not spread over "
        "0 to 1 (minmax, vector, robust_z, TOPSIS), of the spread that they had at the start",
    )
    newcomers: Name | None = Field(
        default=None, description="tier whose package a newcomer gets; default the last"
    )
    newcomer_wait: Weeks = Field(default=26.0, ge=0, description="time before a newcomer is rated")
    visible: bool = Field(default=True, description="customers see their level, so a downgrade hurts")
    recut: bool = Field(
        default=False,
        description="make cuts anew at each review (interference; default: cuts stay, as they do where "
        "customers are too few or too alike)",
    )
    rules: list[MoveRule] = Field(
        default_factory=lambda: [MoveRule(name="review", check="review", then="rate")],
        min_length=1,
        description="ordered rules by which customers move",
    )
    triggers: Triggers = Field(default_factory=lambda: Triggers.model_validate({}))
    quota: dict[Name, Share] = Field(
        default_factory=dict, description="largest share of customers in a tier (interference)"
    )
    grace: Weeks = Field(
        default=0.0, ge=0, description="time for which a downgrade must hold before it is made"
    )
    confirmation: Confirmation | None = Field(default=None, description="who must agree to a move")
    favoured: Assumption[Share] = Field(
        default_factory=lambda: {"value": 0.0, "source": "no favouritism unless stated", "grade": "assumed"},
        validate_default=True,
        description="customers a year whom their manager proposes for a higher tier than the rating gives",
    )
    appeals: Appeals | None = Field(default=None, description="appeals against a downgrade")

    def scored(self, signals: Collection[str], compared: Collection[str] = ()) -> dict[str, float]:
        """Weight inside its dimension of each indicator that is scored: the set after the changes.

        A signal of the set that `signals` does not hold is left out, unless the scenario names it itself or
        has it `compared` with others.
        """
        weights = dict(SETS[self.indicator_set])
        for name, rule in self.indicators.items():
            if not isinstance(rule, IndicatorRule):
                weights.pop(name, None)
            elif rule.weight is not None or name not in weights:
                weights[name] = 1.0 if rule.weight is None else rule.weight
        return {
            name: weight
            for name, weight in weights.items()
            if weight > 0
            and (
                name in self.indicators
                or name in compared
                or name in signals
                or (name in INDICATORS and not INDICATORS[name].signal)
            )
        }

    def dimension_of(self, name: str) -> Dimension | None:
        """Dimension of an indicator; None where neither the scenario nor the list of known ones says it."""
        rule = self.indicators.get(name)
        stated = rule.dimension if isinstance(rule, IndicatorRule) else None
        return stated or (INDICATORS[name].dimension if name in INDICATORS else None)

    @field_validator("review_every")
    @classmethod
    def _months(cls, weeks: float) -> float:
        months = weeks * 3 / 13
        if abs(months - round(months)) > 1e-9:
            raise ValueError("reviews happen at ends of months: 1 month, 1 quarter, 6 months, 1 year, ...")
        return weeks
