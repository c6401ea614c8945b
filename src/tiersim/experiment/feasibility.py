"""Could this design answer its question? Power in closed form from measured noise, before an estimator."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tiersim.errors import TiersimError
from tiersim.experiment import inputs
from tiersim.experiment.design import Design, design_of
from tiersim.experiment.diagnosands import Figure
from tiersim.experiment.gates import bounds_of
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.experiment.noise import Noise, measure
from tiersim.experiment.power.analytic import over_looks
from tiersim.experiment.power.better import Better, cheapest, reliefs
from tiersim.experiment.power.bounds import Price
from tiersim.experiment.power.feasible import Feasibility, Worth, feasibility
from tiersim.experiment.power.metric import ChurnMetric, Plan
from tiersim.experiment.power.reading import ChurnReading, InUnits, MeanReading, Reading, smallest_or_inf
from tiersim.experiment.power.renewals import visible_renewals
from tiersim.experiment.power.rule import Rule
from tiersim.experiment.trial import check_answers
from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

REPLICATIONS = 8
"""Replications from which noise is measured, where nobody asks for another number."""


class WrongPower(TiersimError):
    """A power that no design has."""

    exit_code = 2


@dataclass(frozen=True)
class Sight:
    """What a design would see of one arm.

    Parameters
    ----------
    expected : true effect of the plan on this arm, the good direction above 0, with Monte-Carlo error.
    target : size that is to be seen: of the expected effect, else of the break-even; nan if both are 0.
    in_money : whether the outcome has a worth in money.
    cost : of its care over the experiment, in money; nan where the books cannot tell.
    break_even : effect that just pays; below 0 where care costs so much less that a loss would pay.
    error, dof : of the leading answer, with one look.
    judged : None where there is nothing to see, or no answer.
    smallest : smallest effect that is seen with the wanted power; infinite below a floor or where it would be
        more than there is, nan without answer.
    without_floor : that of the t test alone, which trusts that regions' changes are normal.
    go, stop : chance that the gate says so at any look, if the truth is the expected effect and guardrails
        and checks are passed.
    why : why nothing is judged; else empty.
    """

    arm: str
    answer: str
    rule: Rule
    worth: Worth
    price: Price
    plan: Plan
    cost: float
    in_money: bool
    expected: Figure
    target: float
    break_even: float
    error: float
    dof: float
    judged: Feasibility | None
    smallest: float
    without_floor: float
    go: float
    stop: float
    better: Better | None
    why: str


@dataclass(frozen=True)
class Looking:
    """What looks cost: their number, false alarms if each is read as the only one, and the larger sample.

    `inflation` is the larger sample for the wanted power, as a multiple of that of one plain look at the end;
    `real` is the share of false alarms that the bounds of this design have.
    """

    number: int
    naive: float
    inflation: float
    real: float


@dataclass(frozen=True, eq=False)
class DesignPage:
    """One page on a planned experiment, before any estimator is named; `text` writes it.

    `sights` has one entry a treated arm; `floor` is the smallest p-value of exact randomisation, 0 where
    there is none; `due` the customers whose contract comes up, nan without contracts; `simulated` what many
    replications say, where they were asked for.
    """

    scenario: Scenario
    design: Design
    noise: Noise
    power: float
    sights: tuple[Sight, ...]
    floor: float
    looking: Looking
    due: Figure
    expected_due: float
    simulated: Diagnosis | None = None

    @property
    def main(self) -> Sight:
        """The first treated arm."""
        return self.sights[0]

    @property
    def cost(self) -> float:
        """Extra care of all arms over the experiment, in money, 0 if it costs less; nan if not known."""
        total = sum(sight.cost for sight in self.sights)
        return total if math.isnan(total) else max(0.0, total)

    @property
    def verdict(self) -> str:
        """Feasible or not, and what binds; of the first treated arm."""
        judged = self.main.judged
        return judged.verdict if judged is not None else f"not judged: {self.main.why}"

    def figures(self) -> dict[str, float | str]:
        """The figures of the page by name, of the first treated arm; money is in currency units a year."""
        sight, judged = self.main, self.main.judged
        none = math.nan
        better = sight.better
        return {
            "verdict": self.verdict,
            "smallest": sight.smallest,
            "smallest_money": sight.worth.money(sight.smallest) if sight.in_money else none,
            "expected": sight.expected.value,
            "expected_error": sight.expected.error,
            "break_even": sight.break_even,
            "break_even_money": sight.worth.money(sight.break_even) if sight.in_money else none,
            "power": judged.power_expected if judged else none,
            "go": sight.go,
            "stop": sight.stop,
            "floor": self.floor,
            "looks": self.looking.number,
            "naive_false_alarm": self.looking.naive,
            "inflation": self.looking.inflation,
            "due": self.due.value,
            "cost": self.cost,
            "better_cost": better.cost if better else none,
        }

    def text(self) -> str:
        """The page, in lines of at most 80 characters."""
        from tiersim.experiment.page import write

        return write(self)

    def __repr__(self) -> str:
        return f"<DesignPage of {self.scenario.name!r}: {self.design.kind}, {self.verdict}>"


def design(
    scenario: Scenario | str | os.PathLike[str],
    power: float = 0.8,
    replications: int = REPLICATIONS,
    seed: int = 1,
    simulate: int = 0,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> DesignPage:
    """Say of a planned experiment whether it could answer its question, before it is run.

    Noise, expected effect and cost come from a few simulated replications; power is in closed form.

    Parameters
    ----------
    scenario : a scenario with a section ``experiment``, or its file.
    power : wanted chance to see the gain.
    replications : from which noise is measured.
    simulate : replications of a diagnosis beside the closed form; 0 for none.

    Raises
    ------
    ScenarioError
        The scenario is not usable, has no experiment, or asks for answers that do not fit.
    """
    scenario = load_scenario(scenario)
    plan = design_of(scenario)
    check_answers(plan)
    check_power(power, float(plan.test.looks.error))
    noise = measure(scenario, replications, seed, workers, progress)
    simulated = None
    if simulate:
        from tiersim.experiment.diagnose import diagnose

        simulated = diagnose(scenario, simulate, seed, workers, progress)
    return page_of(plan, noise, power, simulated)


def page_of(plan: Design, noise: Noise, power: float = 0.8, simulated: Diagnosis | None = None) -> DesignPage:
    """The page on a design from noise that was measured already."""
    floor = inputs.floor_of(plan)
    contract, heads = plan.scenario.population.contract, noise.mean("heads")
    weeks = plan.stop - plan.begins
    return DesignPage(
        plan.scenario,
        plan,
        noise,
        power,
        tuple(sight(plan, noise, arm, power, floor) for arm in range(1, len(plan.arms))),
        floor,
        _looking(plan, power),
        noise.figure("due"),
        visible_renewals(heads, contract.term, weeks) if contract is not None else math.nan,
        simulated,
    )


def check_power(power: float, level: float = 0.0) -> None:
    """Refuse a wanted power that no test has, or that a test has without any effect.

    Raises
    ------
    WrongPower
        If it is so.
    """
    if not level < power < 1.0:
        raise WrongPower(
            f"power: must lie between {100 * level:g} % (what a test calls without any effect) and 100 %, "
            f"both excluded; got {100 * power:g} %. Usual: 80 %"
        )


def _looking(plan: Design, power: float) -> Looking:
    bounds = bounds_of(plan)
    naive = false_alarm(bounds.looks, bounds.alpha, fractions=bounds.fractions)
    real = bounds.stop_distribution(0.0).power
    return Looking(bounds.looks, naive, inputs.rule_of(plan, power).inflation, real)


def sight(plan: Design, noise: Noise, arm: int, power: float, floor: float) -> Sight:
    """What the planned design would see of an arm."""
    sign, rule = plan.primary.sign, inputs.rule_of(plan, power)
    found = noise.figure("effect", arm)
    expected = Figure(sign * found.value, found.error)
    worth, in_money = inputs.worth_of(noise, arm), bool(noise.of("known", arm).all())
    needed = plan.least_gain + noise.mean("cost", arm) if in_money else 0.0
    break_even = worth.effect(needed)
    size = abs(expected.value) if math.isfinite(expected.value) else 0.0
    target = size or max(0.0, break_even) or math.nan
    error, dof, why = noise.error(arm), noise.dof(arm), ""
    price, planned = inputs.price_of(noise, arm), inputs.plan_of(plan, noise, arm)
    judged, better = None, None
    go = stop = without = smallest = math.nan
    if math.isfinite(error):
        reading = MeanReading(error, dof, rule, 1.0, floor, inputs.room_of(plan, noise, arm))
        without, smallest = (
            smallest_or_inf(replace(reading, floor=0.0), power),
            smallest_or_inf(reading, power),
        )
        if math.isfinite(expected.value):
            go, stop = over_looks(expected.value - break_even, error, dof, inputs.gate_bounds(plan))
    if not math.isfinite(error):
        why = noise.why("why", arm) or "its standard error is not known"
    elif not math.isfinite(target):
        why = "the plan changes nothing of it within this time, and nothing is needed"
    else:
        relief, better = _others(plan, noise, arm, target, power, planned, price, rule)
        judged = feasibility(reading, target, worth, max(0.0, needed), 0.0, power, relief)
    return Sight(
        plan.arms[arm], noise.answer(arm), rule, worth, price, planned, inputs.cost_of(noise, arm), in_money,
        expected, target, break_even, error, dof, judged, smallest, without, go, stop, better, why,
    )  # fmt: skip


def _others(
    plan: Design,
    noise: Noise,
    arm: int,
    target: float,
    power: float,
    planned: Plan,
    price: Price,
    rule: Rule,
) -> tuple[dict[str, Reading], Better | None]:
    """The plan without one of its limits each, and the cheapest design that would do."""
    relief: dict[str, Reading] = {}
    metric = inputs.metric_of(plan, noise, arm, target, True)
    if metric is not None:
        relief = reliefs(metric, planned, rule)
    if isinstance(metric, ChurnMetric):
        # Cuts are told as the points that they take off within the planned time, as the target is.
        points = inputs.points_of_all(plan, noise, arm)
        relief = {
            name: InUnits(found, points) if isinstance(found, ChurnReading) else found
            for name, found in relief.items()
        }
    free = inputs.metric_of(plan, noise, arm, target, False)
    if free is None:
        return relief, None
    bounds = inputs.bounds_for(plan, noise, arm, power)
    return relief, cheapest([free], bounds, price, Rule(rule.alpha), power)
