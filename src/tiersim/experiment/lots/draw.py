"""The lot of one replication: who is in which arm, and the rule by which a world follows it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import UNTAKEN, ArmRule, Assignment, Labels
from tiersim.experiment.design import Design
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.lots import alike, regions
from tiersim.experiment.lots.draws import ARM, COMPLIES, by_share, in_order, uniform
from tiersim.experiment.lots.portfolios import portfolios, ratios
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

NO_PART = -1

SETTLED = 1
"""The control's care, from which the treatment starts, is nobody's change: it comes without delay."""


@dataclass(frozen=True, eq=False)
class Lot:
    """Who is in which arm; arrays are of the customers of the start, in the order of their ids, shape (n,).

    Parameters
    ----------
    birth : ids, ascending.
    arm : assigned arm, `NO_PART` for customers outside the experiment.
    stratum, cluster, pair : codes; cluster and pair -1 where there are none.
    assignment : the rule of the world in which the experiment runs.
    treated : codes of pilot regions.
    drawn : number of regions that a lot treats, 0 where none drew them.
    wave : for staged rollouts, week from which each place is treated by (region, industry), a large number
        for never.
    """

    birth: npt.NDArray[np.uint64]
    arm: Ints
    stratum: Ints
    cluster: Ints
    pair: Ints
    assignment: Assignment
    treated: tuple[int, ...] = ()
    drawn: int = 0
    wave: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))


def draw_lot(
    design: Design, seen: Observed, tier: Array, values: dict[str, float], seed: int, replication: int
) -> Lot:
    """Draw the arms of one replication.

    Parameters
    ----------
    seen : the record of the customers of the start.
    tier : their tiers at the start, shape (n,).
    values : the draw of the assumptions.

    Raises
    ------
    NotEstimable
        An arm got nobody.
    """
    order = np.argsort(seen.birth)
    seen, tier = seen.take(order), tier[order].astype(np.int64)
    part = _part(design, seen, tier)
    draw = {"ab_test": _customers, "pilot": _pilot, "rollout": _rollout}[design.kind]
    return draw(design, seen, tier, part, values, (seed, replication))


def _part(design: Design, seen: Observed, tier: Array) -> npt.NDArray[np.bool_]:
    """Whether customers take part."""
    who, population = design.test.who, design.scenario.population
    part = np.ones(len(seen), bool)
    for names, known, codes in (
        (who.tiers, list(design.scenario.tiers), tier),
        (who.regions, list(population.regions), seen.region),
        (who.industries, list(population.industries), seen.industry),
    ):
        if names:
            part &= np.isin(codes, [known.index(name) for name in names])
    return part


def _places(design: Design) -> npt.NDArray[np.bool_]:
    """Whether places take part, shape (regions, industries)."""
    who, population = design.test.who, design.scenario.population
    rows = [not who.regions or name in who.regions for name in population.regions]
    columns = [not who.industries or name in who.industries for name in population.industries]
    return np.outer(rows, columns)


def covariates(design: Design, seen: Observed) -> npt.NDArray[np.float64]:
    """What the lot looks at, of the year before the start, shape (n, k)."""
    columns = {
        "revenue": seen.spend_12m, "orders": seen.orders_12m, "requests": seen.requests_12m,
        "late": seen.complaints_12m, "contacts": seen.contacts_13w, "satisfaction": seen.satisfaction_last,
        "margin": seen.spend_12m * np.nan_to_num(seen.margin_rate),
    }  # fmt: skip
    return np.column_stack([np.asarray(columns[name], float) for name in design.test.lot.on])


def _customers(
    design: Design,
    seen: Observed,
    tier: Array,
    part: Array,
    values: dict[str, float],
    address: tuple[int, int],
) -> Lot:
    birth, codes = np.asarray(seen.birth), {"tier": tier, "region": seen.region, "industry": seen.industry}
    stratum = np.zeros(birth.size, np.int64)
    if design.how != "simple":
        for trait in design.test.lot.by:
            stratum = stratum * 1000 + codes[trait]
    stratum = np.unique(stratum, return_inverse=True)[1].astype(np.int64)
    cluster, pair = np.full(birth.size, -1, np.int64), np.full(birth.size, -1, np.int64)
    unit, known = birth, covariates(design, seen)
    if design.test.unit == "manager":
        cluster = portfolios(birth, tier, np.asarray(seen.region), ratios(design.scenario), *address)
    arm = np.full(birth.size, NO_PART, np.int64)
    mine = np.flatnonzero(part)
    if design.test.unit == "manager":
        # A portfolio lies within a tier and region, so it has one stratum; its means are what is known of it.
        names, first, place = np.unique(cluster[mine], return_index=True, return_inverse=True)
        heads = np.bincount(place)
        filled = np.nan_to_num(known[mine])
        means = np.column_stack([np.bincount(place, column) / heads for column in filled.T])
        unit, strata = names.astype(np.uint64) + np.uint64(2**62), stratum[mine][first]
        got, couple = _arms(design, unit, means, strata, address)
        arm[mine], pair[mine] = got[place], couple[place]
    elif mine.size:
        arm[mine], pair[mine] = _arms(design, birth[mine], known[mine], stratum[mine], address)
    for number, name in enumerate(design.arms):
        if not (arm == number).any():
            raise NotEstimable(f"the lot gave nobody to the arm {name}")
    rules, labels = _rules(design, values, arm, birth, address)
    return Lot(birth, arm, stratum, cluster, pair, Assignment(rules, labels, _paid(design)))


def _arms(
    design: Design, unit: Array, known: Array, stratum: Ints, address: tuple[int, int]
) -> tuple[Ints, Ints]:
    """Arms and pairs of units."""
    none = np.full(unit.size, -1, np.int64)
    if design.how == "simple":
        return by_share(uniform(unit, *address, ARM), design.shares), none
    if design.how == "pairs":
        return alike.pairs(known, stratum, uniform(unit, *address, ARM))
    if design.how == "rerandomised":
        accept = design.test.lot.accept
        return alike.rerandomised(known, unit, stratum, design.shares, accept, *address), none
    return in_order(uniform(unit, *address, ARM), stratum, design.shares), none


def _by_region(design: Design, seen: Observed) -> tuple[Array, Array]:
    """Means of what is known by region, and sizes."""
    count = len(design.scenario.population.regions)
    size = np.bincount(seen.region, minlength=count).astype(float)
    filled = np.nan_to_num(covariates(design, seen))
    sums = np.column_stack([np.bincount(seen.region, column, count) for column in filled.T])
    return sums / np.maximum(size, 1.0)[:, None], size


def _pilot(
    design: Design,
    seen: Observed,
    tier: Array,
    part: Array,
    values: dict[str, float],
    address: tuple[int, int],
) -> Lot:
    names, lot = list(design.scenario.population.regions), design.test.lot
    there = [names.index(name) for name in design.test.who.regions or names]
    known, size = (table[there] for table in _by_region(design, seen))
    drawn = 0
    if design.how == "by_hand":
        chosen = tuple(there.index(names.index(name)) for name in lot.regions)
    else:
        number = lot.number or len(lot.regions)
        drawn = number if design.how in ("simple", "rerandomised") else 0
        if design.how == "alike":
            chosen = regions.alike(known, size, number, *address)
        elif design.how == "rerandomised":
            chosen = regions.rerandomised(known, size, number, lot.accept, *address)
            drawn = (
                0  # the lot was among some sets only, so that an exchange among all of them is not its law
            )
        else:
            chosen = regions.drawn(len(there), number, *address)
    treated = tuple(sorted(there[r] for r in chosen))
    region = np.asarray(seen.region, np.int64)
    arm = np.where(part, np.isin(region, treated).astype(np.int64), NO_PART)
    birth = np.asarray(seen.birth)
    rules, labels = _rules(design, values, arm, birth, address, treated)
    none = np.full(birth.size, -1, np.int64)
    assignment = Assignment(rules, labels, _paid(design))
    return Lot(birth, arm, np.zeros(birth.size, np.int64), region, none, assignment, treated, drawn)


def _rollout(
    design: Design,
    seen: Observed,
    tier: Array,
    part: Array,
    values: dict[str, float],
    address: tuple[int, int],
) -> Lot:
    population = design.scenario.population
    names, industries = list(population.regions), list(population.industries)
    wave = np.full((len(names), len(industries)), NO_PART, np.int64)
    for number, one in enumerate(design.test.waves):
        if one.regions or one.industries:
            rows = [names.index(name) for name in one.regions or names]
            columns = [industries.index(name) for name in one.industries or industries]
            wave[np.ix_(rows, columns)] = number
    for number, one in enumerate(design.test.waves):
        if not one.regions and not one.industries:
            wave[wave == NO_PART] = number
    drawn = 0
    inside = _places(design)
    there = np.flatnonzero(inside.any(axis=1))
    if design.how == "simple":  # the places of the waves are dealt out to the regions that take part by lot
        wave[there] = wave[there][np.argsort(uniform(regions.ids(there.size), *address, ARM))]
        drawn = int((wave[there] >= 0).any(axis=1).sum())
    wave = np.where(inside, wave, NO_PART)
    birth, region = np.asarray(seen.birth), np.asarray(seen.region, np.int64)
    industry = np.asarray(seen.industry, np.int64)
    mine = wave[region, industry]
    arm = np.where(part, (mine >= 0).astype(np.int64), NO_PART)
    control, policy = design.policies[0], design.policies[1]
    share = np.bincount(mine[part & (mine >= 0)], minlength=len(design.test.waves)) / birth.size
    rules = [ArmRule("control", 1.0, ((0, control),))]
    starts = []
    for number, one in enumerate(design.test.waves):
        start = design.begins + round(one.after)
        starts.append(start)
        # Newcomers have no tier yet, so they take no part where tiers do.
        at = [] if design.test.who.tiers else np.argwhere(wave == number).tolist()
        places = tuple((names[r], industries[k]) for r, k in at)
        delay = _delay(design, values, float(share[number]))
        steps = ((0, control), (start, policy)) if policy != control else ((0, control),)
        rules.append(ArmRule(f"wave {number + 1}", 0.0, steps, (), delay, (), SETTLED, places))
    engine = np.where(part, mine + 1, 0)
    labels = Labels(birth, engine, _untaken(design, birth, arm, address))
    begins = np.append(starts, 10**6)[wave]
    none = np.full(birth.size, -1, np.int64)
    units = region * len(industries) + industry if _by_industry(design) else region
    assignment = Assignment(tuple(rules), labels, _paid(design))
    return Lot(birth, arm, np.zeros(birth.size, np.int64), units, none, assignment, (), drawn, begins)


def _by_industry(design: Design) -> bool:
    return any(wave.industries for wave in design.test.waves)


def _paid(design: Design) -> bool:
    return design.test.resistance is not None and design.test.resistance.paid


def _delay(design: Design, values: dict[str, float], share: float) -> int:
    """Longest personal delay of a part that changes over, weeks: twice the mean, in step with its share."""
    resistance = design.test.resistance
    if resistance is None:
        return 0
    slip = values["experiment.resistance.slip"] * share
    if resistance.incentive:
        slip *= 1.0 - values["experiment.resistance.cut"]
    return round(2.0 * slip)


def _untaken(design: Design, birth: Array, arm: Ints, address: tuple[int, int]) -> Ints:
    """Personal delays of who does not comply; -1 for the others, whose delay the arm's rule draws."""
    u = uniform(birth, *address, COMPLIES)
    refuses = (arm > 0) & (u >= design.test.compliance.treated)
    return np.where(refuses, UNTAKEN, -1)


def _rules(
    design: Design,
    values: dict[str, float],
    arm: Ints,
    birth: Array,
    address: tuple[int, int],
    treated: tuple[int, ...] = (),
) -> tuple[tuple[ArmRule, ...], Labels]:
    """Arms of the world, and labels of the customers of the start; the last arm is of who takes no part."""
    population, who = design.scenario.population, design.test.who
    control, crossing = design.policies[0], design.test.compliance.control
    names = list(population.regions)
    rules = []
    for number, (name, policy) in enumerate(zip(design.arms, design.policies, strict=True)):
        steps = ((0, control), (design.begins, policy)) if policy != control else ((0, control),)
        share = float((arm == number).mean())
        delay = _delay(design, values, share) if number else 0
        if design.by_region:
            inside = [n for n in who.regions or names if (names.index(n) in treated) == (number > 0)]
            open_places = ((), ()) if who.tiers else (tuple(inside), tuple(who.industries))
            rules.append(ArmRule(name, 0.0, steps, open_places[0], delay, open_places[1], SETTLED))
        else:
            # Newcomers have no tier yet, so they take no part where tiers do.
            open_to = 0.0 if who.tiers or who.regions or who.industries else design.shares[number]
            rules.append(ArmRule(name, open_to, steps, (), delay, (), SETTLED))
    alone = all(rule.share == 0.0 for rule in rules)
    if not design.by_region and (who.regions or who.industries) and not who.tiers:
        # Newcomers of the places that take part are dealt by the arms' shares, the others stay outside.
        rules = [replace(rule, share=share) for rule, share in zip(rules, design.shares, strict=True)]
        rules += _outside(design, control)
    elif alone and (not design.by_region or who.industries or who.regions or who.tiers):
        rules.append(ArmRule("outside", 1.0, ((0, control),)))
    if len(rules) == len(design.arms) and (arm < 0).any():  # who found no partner
        rules.append(ArmRule("outside", 0.0, ((0, control),)))
    engine = np.where(arm < 0, len(design.arms), arm)
    if crossing > 0.0:
        crosses = (arm == 0) & (uniform(birth, *address, COMPLIES) < crossing)
        engine = np.where(crosses, 1, engine)
    return tuple(rules), Labels(birth, engine, _untaken(design, birth, arm, address))


def _outside(design: Design, control: str) -> list[ArmRule]:
    """Arms of the places that take no part: other regions, and other industries of those that do."""
    population, who = design.scenario.population, design.test.who
    steps = ((0, control),)
    found = []
    others = tuple(name for name in population.regions if who.regions and name not in who.regions)
    if others:
        found.append(ArmRule("outside", 0.0, steps, others))
    rest = tuple(name for name in population.industries if who.industries and name not in who.industries)
    if rest:
        found.append(ArmRule("outside industries", 0.0, steps, tuple(who.regions), 0, rest))
    return found
