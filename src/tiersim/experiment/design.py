"""The design of an experiment, resolved from its section: arms, weeks, outcomes. Nothing is drawn yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.experiment import Experiment, Metric
from tiersim.scenario.load import place_of
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

QUARTER = 13
"""Weeks."""

GOOD_DOWN = frozenset({"churn", "requests", "late", "cost"})
"""Measures of which less is better."""

MONEY = frozenset({"profit", "margin", "revenue", "cost"})
SHARES = frozenset({"churn", "retention", "renewal", "conversion", "upgrade"})
POINTS = frozenset({"satisfaction", "nps"})

DEFAULT_METRICS: dict[str, dict[str, Any]] = {
    "profit": {"measure": "profit", "role": "primary"},
    "margin": {"measure": "margin"},
    "churn": {"measure": "churn", "role": "guardrail", "worst_points": -2},
    "satisfaction": {"measure": "satisfaction", "role": "guardrail", "worst_points": -3},
}
"""Outcomes where a scenario names none: two guardrails protect those who may lose."""


@dataclass(frozen=True)
class Outcome:
    """One outcome, resolved.

    `sign` is 1 where more is better, -1 where less is; `tiers` are codes, empty for all; `window` is None to
    the end of the experiment. `lag` and `window` are whole weeks, as begins, looks and waves are: periods end
    with weeks, and within one nobody knows who has left.
    """

    name: str
    measure: str
    per: str
    role: str
    sign: int
    lag: float
    window: float | None
    tiers: tuple[int, ...]
    worst: float | None
    worst_points: float | None
    worth: float | None

    @property
    def is_money(self) -> bool:
        """Whether a unit of it is money by itself."""
        return self.measure in MONEY and self.per == "customer"

    @property
    def is_share(self) -> bool:
        """Whether it is 0 or 1 by customer."""
        return self.measure in SHARES

    @property
    def unit(self) -> str:
        """What it is counted in."""
        if self.per != "customer":
            return f"{self.measure} an {self.per}" if self.per == "order" else f"{self.measure} a {self.per}"
        if self.measure in SHARES:
            return "share of customers"
        if self.measure in POINTS:
            return "points"
        return "a customer and year"


@dataclass(frozen=True, eq=False)
class Design:
    """An experiment as it is planned. Weeks are counted from the start of the scenario.

    Parameters
    ----------
    arms, policies : names of arms and their policies; the first is the control.
    shares : share of units by arm.
    begins, stop : first week of the experiment, and the week after its last.
    ends : ends of the panel's periods, from the first one after the start to `stop`.
    looks : weeks at which results are looked at; the last is `stop`.
    outcomes : the primary one first.
    """

    scenario: Scenario
    test: Experiment
    arms: tuple[str, ...]
    policies: tuple[str, ...]
    shares: tuple[float, ...]
    begins: int
    stop: int
    ends: tuple[int, ...]
    looks: tuple[int, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def primary(self) -> Outcome:
        """The outcome that decides."""
        return self.outcomes[0]

    @property
    def guardrails(self) -> tuple[Outcome, ...]:
        """Outcomes that must not become worse."""
        return tuple(outcome for outcome in self.outcomes if outcome.role == "guardrail")

    @property
    def kind(self) -> str:
        """ab_test, pilot or rollout."""
        return self.test.kind

    @property
    def by_region(self) -> bool:
        """Whether whole regions are switched over."""
        return self.kind != "ab_test"

    @property
    def how(self) -> str:
        """How units come into arms."""
        lot = self.test.lot
        if lot.how is not None:
            return lot.how
        if not self.by_region:
            return "stratified"
        return "by_hand" if lot.regions or self.test.waves else "simple"

    @property
    def least_gain(self) -> float:
        """Least net gain of a year of rollout that is worth it, currency units."""
        gain = self.test.gate.least_gain
        return float(self.scenario.money.hurdle if gain is None else gain)

    @cached_property
    def before(self) -> float:
        """Length of the window before the experiment, weeks."""
        return float(self.test.before or (self.stop - self.begins))

    @property
    def horizon(self) -> int:
        """Weeks that worlds must run: the experiment, and the time over which a rollout is valued."""
        needed = max(self.stop, self.begins + round(self.test.worth.over))
        return -(-needed // 13) * 13


def design_of(scenario: Scenario) -> Design:
    """The design of a scenario's experiment.

    Raises
    ------
    ScenarioError
        The scenario has no experiment.
    """
    test = scenario.experiment
    if test is None:
        text = "is missing: nothing says what is tested, on whom and for how long"
        allowed = "a section such as {unit: customer, lasts: 26 weeks}; docs/experiments.md shows more"
        file, _ = place_of(scenario, "name")
        raise ScenarioError(Problem(file, None, "experiment", text, None, allowed))
    if test.arms:
        arms, policies = tuple(test.arms), tuple(test.arms.values())
    else:
        plan = scenario.compare[2] if len(scenario.compare) > 2 else scenario.compare[-1]
        arms, policies = ("control", "treated"), (scenario.compare[0], plan)
    shares = resolve_rest(dict(test.shares)) if test.shares else dict.fromkeys(arms, 1.0 / len(arms))
    begins = round(test.begins)
    stop = begins + round(test.lasts)
    looks, outcomes = _looks(scenario, test, begins, stop), _outcomes(scenario, test)
    return Design(
        scenario, test, arms, policies, tuple(shares[arm] for arm in arms), begins, stop,
        _ends(test, begins, stop, looks, outcomes), looks, outcomes,
    )  # fmt: skip


def _looks(scenario: Scenario, test: Experiment, begins: int, stop: int) -> tuple[int, ...]:
    looks, weeks = test.looks, set()
    first_day = scenario.start + timedelta(weeks=begins)
    if looks.at:
        for moment in looks.at:
            after = (moment - first_day).days / 7 if isinstance(moment, date) else float(moment)
            weeks.add(begins + max(1, round(after)))
    elif looks.every is not None:
        at = float(looks.first if looks.first is not None else looks.every)
        while at < stop - begins:
            weeks.add(begins + max(1, round(at)))
            at += looks.every
    return tuple(sorted({week for week in weeks if week < stop} | {stop}))


def _ends(
    test: Experiment, begins: int, stop: int, looks: tuple[int, ...], outcomes: tuple[Outcome, ...]
) -> tuple[int, ...]:
    """Ends of periods: steps of the period forward and backward from the beginning, and all looks.

    Quarters too, at whose ends surveys go out and customers are rated, and the ends of outcomes' windows: in
    the middle of a period there is no state, and events would be split between its two parts.
    """
    step = round(test.period)
    weeks = {*range(begins, 0, -step), *range(begins + step, stop, step), *looks, stop}
    weeks |= set(range(QUARTER, stop, QUARTER))
    for outcome in outcomes:
        first = begins + outcome.lag
        last = first + (outcome.window or 0.0)
        weeks |= {round(week) for week in (first, last) if begins < week < stop}
    weeks |= {begins + round(wave.after) for wave in test.waves}
    return tuple(sorted(week for week in weeks if week > 0))


def _outcomes(scenario: Scenario, test: Experiment) -> tuple[Outcome, ...]:
    metrics = dict(test.metrics)
    if not metrics:
        asked = scenario.mechanisms.surveys and scenario.satisfaction.survey_share > 0.0
        metrics = {
            name: Metric.model_validate(given)
            for name, given in DEFAULT_METRICS.items()
            if given["measure"] != "satisfaction" or asked
        }
    tiers = list(scenario.tiers)
    found = []
    for name, metric in metrics.items():
        good = metric.direction or ("down" if metric.measure in GOOD_DOWN else "up")
        found.append(
            Outcome(
                name,
                metric.measure,
                metric.per,
                metric.role,
                1 if good == "up" else -1,
                float(round(metric.lag)),
                None if metric.window is None else float(max(1, round(metric.window))),
                tuple(tiers.index(tier) for tier in metric.tiers),
                metric.worst,
                metric.worst_points,
                metric.worth,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda outcome: outcome.role != "primary"))
