"""From a design and its measured noise to what power is reckoned with: rule, metric, plan, price, bounds."""

from __future__ import annotations

import math
from dataclasses import replace

from tiersim.experiment.design import Design
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.gates import bounds_of
from tiersim.experiment.looks.bounds import Bounds as LookBounds
from tiersim.experiment.looks.peeking import price
from tiersim.experiment.noise import Noise
from tiersim.experiment.power.bounds import Bounds, Price
from tiersim.experiment.power.feasible import Worth
from tiersim.experiment.power.floors import p_floor
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.metric import CUSTOMER, REGION, ChurnMetric, MeanMetric, Metric, Plan
from tiersim.experiment.power.renewals import YEAR, visible_cut
from tiersim.experiment.power.rule import Rule

LEAVING = frozenset({"churn", "retention", "renewal"})
"""Shares that are read by who leaves."""

WEEKS = (13, 26, 39, 52, 78, 104)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
MOST_CUT = 0.95


def rule_of(design: Design, power: float) -> Rule:
    """Level and looks: bounds that hold the level cost a larger sample, naive ones do not.

    Always-valid bounds cost it with a single look too: they are promised for looks that nobody planned.

    Parameters
    ----------
    power : at which the larger sample is told; power itself is that of the bounds at any effect.
    """
    error, bounds = float(design.test.looks.error), bounds_of(design)
    if bounds.kind == "none":
        return Rule(error)
    return Rule(error, inflation=max(1.0, price(bounds, power).inflation), bounds=bounds)


def gate_bounds(design: Design) -> LookBounds:
    """Bounds by which the gate reads the primary outcome; the last look's alone if it may not stop early."""
    bounds = bounds_of(design)
    if design.test.gate.stop_early:
        return bounds
    last = bounds.upper[-1]
    return replace(bounds, fractions=(1.0,), upper=(last,), lower=(-last,), spent=bounds.spent[-1:])


def floor_of(design: Design) -> float:
    """Smallest p-value of exact randomisation; 0 without: only a simple lot of regions has one."""
    regions, treated = pilot(design)
    return p_floor(regions, treated) if regions and design.how == "simple" else 0.0


def pilot(design: Design) -> tuple[int, int]:
    """Regions that take part and those that pilot; (0, 0) where no lot of regions is drawn at once."""
    if design.kind != "pilot":
        return 0, 0
    test = design.test
    there = len(test.who.regions or design.scenario.population.regions)
    return there, len(test.lot.regions) or int(test.lot.number or 0)


def plan_of(design: Design, noise: Noise, arm: int) -> Plan:
    """The planned design in figures, of one arm and the control.

    A staged rollout stands as a pilot in which half of its regions are treated.
    """
    heads, weeks, looks = noise.mean("heads", arm), design.stop - design.begins, len(design.looks)
    name = design.primary.name
    if design.by_region:
        regions, treated = pilot(design)
        if not regions:
            # Waves by industry may all lie in one region; two places are the least that can be compared.
            regions = max(2, len(design.test.who.regions or design.scenario.population.regions))
            treated = regions // 2
        part = heads * treated / regions
        return Plan(REGION, heads, part, regions, treated, weeks, looks, False, name)
    mine = noise.mean("mine", arm)
    both = mine + heads * design.shares[0]
    cuped = kept(noise, arm) < 1.0 and not is_churn(design)
    return Plan(CUSTOMER, min(heads, both), mine, 0, 0, weeks, looks, cuped, name)


def is_churn(design: Design) -> bool:
    """Whether power takes the primary outcome as a cut of churn, which has no past by customer."""
    return design.primary.measure in LEAVING and not design.by_region


def kept(noise: Noise, arm: int) -> float:
    """Share of the variance that the past leaves, at most 1."""
    found = noise.mean("kept", arm)
    return min(1.0, found) if math.isfinite(found) else 1.0


def worth_of(noise: Noise, arm: int) -> Worth:
    """Money a year of an effect on all who take part; where it is unknown, the effect itself."""
    heads = noise.mean("heads", arm)
    if not noise.of("known", arm).all():
        return Worth(heads, 1.0 / heads)
    return Worth(heads, abs(noise.mean("factor", arm)) / heads)


def price_of(noise: Noise, arm: int) -> Price:
    """Extra cost of care by treated customer and week, as the books show it; 0 where it is not known."""
    care = noise.mean("care", arm)
    return Price(max(0.0, care) / YEAR if math.isfinite(care) else 0.0)


def cost_of(noise: Noise, arm: int) -> float:
    """Extra cost of an arm's care over the experiment, in money; nan where it is not known.

    It is that of the weeks in which its customers are really treated, so that a later wave costs less.
    """
    return noise.mean("care", arm) / YEAR * noise.mean("weeks", arm)


def room_of(design: Design, noise: Noise, arm: int) -> float:
    """Largest gain that there can be: of a share what is missing to its end, else infinite."""
    if not design.primary.is_share:
        return math.inf
    level = noise.mean("level", arm)
    return level if design.primary.sign < 0 else 1.0 - level


def mean_metric(design: Design, noise: Noise, arm: int, effect: float, error: float | None) -> MeanMetric:
    """A mean by customer, with levels and weeks that give the measured spread and worth of the past.

    With ``s`` the lasting share of the variance over ``w`` weeks, the correlation with a mean of ``b`` weeks
    before is s / sqrt(s + (1 - s) w / b); its square is solved for s (derived here).

    Parameters
    ----------
    error : standard error that the planned design has; the spread is scaled so that the plan has it. None
        takes the measured spread as it is.
    """
    weeks = design.stop - design.begins
    before = max(1, round(design.before if design.by_region else YEAR))
    variance, r2 = noise.mean("sd", arm) ** 2, 1.0 - kept(noise, arm)
    share = lasting_share(r2, weeks / before)
    # What does not last can't be nothing, or two weeks of a customer would be the same.
    weekly = math.sqrt(max(1.0 - share, 1e-6) * variance * weeks)
    lasting = math.sqrt(share * variance)
    change, plan = noise.mean("change", arm), plan_of(design, noise, arm)
    wander = 0.0
    regions = plan.regions or len(design.test.who.regions or design.scenario.population.regions)
    if math.isfinite(change):
        # The window before was as long as `design.before`.
        whole = change / (1.0 / weeks + 1.0 / max(1.0, design.before))
        wander = math.sqrt(max(0.0, whole - weekly**2 * regions / plan.customers))
    made = MeanMetric(design.primary.name, effect, worth_of(noise, arm), lasting, weekly, wander, 0.0, before)
    if error is None:
        return made
    scale = error / made.read(plan, Rule()).error
    return replace(made, lasting=lasting * scale, weekly=weekly * scale, regional=wander * scale)


def lasting_share(r2: float, ratio: float) -> float:
    """Share of a customer's variance that lasts, from the squared correlation with its past.

    Solves s^2 = r2 (s + (1 - s) ratio) for s in 0-1; `ratio` is the length of the window by that of the past.

    Examples
    --------
    >>> round(lasting_share(0.64, 1.0), 10), lasting_share(0.0, 0.5)
    (0.8, 0.0)
    """
    r2 = min(max(r2, 0.0), 1.0)
    half = 0.5 * r2 * (1.0 - ratio)
    return min(1.0, half + math.sqrt(half**2 + r2 * ratio))


def churn_metric(design: Design, noise: Noise, arm: int, effect: float) -> ChurnMetric | None:
    """A cut of churn, from the share that leaves in the window; None where nobody does."""
    weeks = float(design.stop - design.begins)
    level = noise.mean("level", arm)
    gone = level if design.primary.measure == "churn" else 1.0 - level
    if not 0.0 < gone < 1.0:
        return None
    contract = design.scenario.population.contract
    term, decision = (float(contract.term), "term") if contract is not None else (1.0, "moment")
    if design.primary.measure == "renewal" and contract is not None:
        churn = 1.0 - (1.0 - gone) ** (YEAR / max(term, weeks))
    else:
        churn = 1.0 - (1.0 - gone) ** (YEAR / weeks)
    cut = min(MOST_CUT, effect / points_of_all(design, noise, arm))
    worth = worth_of(noise, arm)
    heads = noise.mean("heads", arm)
    return ChurnMetric(
        design.primary.name, cut, Worth(heads, worth.money(effect) / (cut * heads)), churn, term, decision,
        Groups(1.0, 1.0),
    )  # fmt: skip


def points_of_all(design: Design, noise: Noise, arm: int) -> float:
    """Share that a cut of all churn takes off who leaves in the window: under contracts a part of it only."""
    level = noise.mean("level", arm)
    gone = level if design.primary.measure == "churn" else 1.0 - level
    contract, weeks = design.scenario.population.contract, float(design.stop - design.begins)
    term, decision = (float(contract.term), "term") if contract is not None else (1.0, "moment")
    return gone * visible_cut(0.5, term, weeks, decision) / 0.5


def metric_of(design: Design, noise: Noise, arm: int, effect: float, as_planned: bool) -> Metric | None:
    """The primary outcome as power takes it; None where its noise is not known.

    Parameters
    ----------
    effect : gain that is to be seen, above 0, in the outcome's unit.
    as_planned : scaled so that the planned design has the standard error that was measured.
    """
    if is_churn(design):
        return churn_metric(design, noise, arm, effect)
    sd, error = noise.mean("sd", arm), noise.error(arm)
    if not math.isfinite(sd) or sd <= 0.0 or not math.isfinite(error):
        return None
    if design.by_region and not math.isfinite(noise.mean("change", arm)):
        return None
    # Portfolios and regions make an error of their own, which a lot by customer would not have.
    scaled = as_planned or (not design.by_region and design.test.unit == "customer")
    try:
        made = mean_metric(design, noise, arm, effect, error if scaled else None)
    except NotEstimable:
        return None
    # Only a simple lot of regions is read by exact randomisation; another plan of the search draws one.
    return replace(made, exact=floor_of(design) > 0.0) if as_planned and design.by_region else made


def bounds_for(design: Design, noise: Noise, arm: int, power: float) -> Bounds:
    """What could be chosen in this company: up to all who may take part, up to two years, this many looks."""
    heads, plan = noise.mean("heads", arm), plan_of(design, noise, arm)
    rule, looks = rule_of(design, power), len(design.looks)
    there = plan.regions or len(design.test.who.regions or design.scenario.population.regions)
    can = there >= 3 and math.isfinite(noise.mean("change", arm))
    regions = tuple(range(3, there + 1)) if can and design.primary.measure not in LEAVING else ()
    customers = {max(3, round(heads * part)) for part in (0.125, 0.25, 0.5, 0.75, 1.0)}
    own = plan.treated_customers / plan.customers
    return Bounds(
        tuple(sorted(customers)),
        regions,
        heads / there,
        tuple(sorted({*WEEKS, plan.weeks})),
        tuple(sorted({*SHARES, min(0.5, round(own, 3))})),
        tuple(sorted({1, looks})) if rule.bounds is not None else (1,),
        (False, True),
        (CUSTOMER, REGION) if regions else (CUSTOMER,),
        rules={looks: rule, 1: rule.with_one_look()},
    )
