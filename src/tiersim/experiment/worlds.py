"""The worlds of one replication of an experiment: as it runs, nobody treated, everybody treated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tiersim.engine.assignment import ArmRule, Assignment, Labels
from tiersim.engine.layout import CLOCK_SIZE, REPLICATION, RING, SEED, N
from tiersim.engine.observe import observe
from tiersim.engine.prepare import Start, prepare
from tiersim.engine.watch import Watch
from tiersim.engine.world import Simulation, World
from tiersim.experiment.design import Design, design_of
from tiersim.experiment.lots.draw import NO_PART, Lot, draw_lot
from tiersim.experiment.samples import Seen
from tiersim.experiment.truth import Twin
from tiersim.scenario.schema import Scenario
from tiersim.tables.observed import Observed


@dataclass(frozen=True, eq=False)
class Worlds:
    """Worlds of one replication: the experiment as it runs, nobody treated, all treated by each policy."""

    design: Design
    lot: Lot
    run: Twin
    none: Twin
    everybody: tuple[Twin, ...]

    @property
    def seen(self) -> Seen:
        """What answers may look at."""
        return Seen(self.design, self.run.panel, self.lot)


@dataclass(frozen=True, eq=False)
class Opening:
    """One replication at its start: what lots look at, and from where all its worlds set out.

    `scenario` is cut to the time that the worlds run.
    """

    design: Design
    scenario: Scenario
    start: Start
    record: Observed
    seed: int
    replication: int

    def lot(self, address: int | None = None) -> Lot:
        """Who is treated when; by another `address` than the replication's, another draw.

        Raises
        ------
        NotEstimable
            The lot leaves an arm without anybody.
        """
        at = self.replication if address is None else address
        tier, values = self.start.state["tier_now"], self.start.draw.values
        return draw_lot(self.design, self.record, tier, values, self.seed, at)

    def world(self, label: str, assignment: Assignment, weeks: int | None = None) -> Twin:
        """Simulate a world; `weeks`: leave off at the end of their quarter."""
        watch = Watch(self.scenario, self.design.ends)
        with np.errstate(under="ignore"):
            simulation = Simulation(
                self.scenario, self.start, World(label, assignment), self.seed, self.replication, watch
            )
            ledger = simulation.run(weeks)["ledger"]
        panel, hidden = watch.panel()
        return Twin(
            panel, hidden, {name: ledger[name] for name in ("order_quarter", "account", "cents", "pv")}
        )

    def nobody(self) -> Twin:
        """The world in which nobody is treated."""
        return self.world("none", Assignment.everyone(self.design.policies[0]))

    def everybody(self, lot: Lot, arm: int = 1) -> Twin:
        """The world in which all who take part are treated."""
        return self.world("all", _everybody(self.design, lot, arm))


def opening(scenario: Scenario, seed: int, replication: int) -> Opening:
    """Draw one replication of an experiment up to its start."""
    design, cut = simulated(scenario)
    start = prepare(cut, seed, replication)
    clock = np.zeros(CLOCK_SIZE, np.int64)
    clock[[N, RING, SEED, REPLICATION]] = cut.customers, start.ring, seed, replication
    contracts = cut.population.contract is not None
    record, _ = observe({**start.state, "clock": clock}, 0, contracts, start.laws.signals.names)
    return Opening(design, cut, start, record, seed, replication)


@lru_cache(maxsize=16)
def simulated(scenario: Scenario) -> tuple[Design, Scenario]:
    """The design, and the scenario cut to the time that its worlds run."""
    design = design_of(scenario)
    update = {"horizon": float(design.horizon), "run_out": float(design.test.worth.run_out)}
    return design, scenario.model_copy(update=update)


def simulate_worlds(scenario: Scenario, seed: int, replication: int, truth: bool = True) -> Worlds:
    """Simulate one replication.

    Parameters
    ----------
    truth : also the worlds without treatment and with all treated; without, the experiment stands for them.

    Raises
    ------
    NotEstimable
        The lot left an arm without anybody.
    """
    first = opening(scenario, seed, replication)
    design, lot = first.design, first.lot()
    # What comes after the experiment's end in its own world nobody asks for.
    run = first.world("experiment", lot.assignment, design.stop)
    arms = range(1, len(design.arms))
    if not truth:
        return Worlds(design, lot, run, run, (run,) * len(arms))
    return Worlds(design, lot, run, first.nobody(), tuple(first.everybody(lot, arm) for arm in arms))


def _everybody(design: Design, lot: Lot, arm: int) -> Assignment:
    """All who take part treated from the beginning, at once and with full compliance; newcomers as there."""
    control, policy = design.policies[0], design.policies[arm]
    later = design.begins > 0 and policy != control  # who is under a policy already does not begin it again
    steps = ((0, control), (design.begins, policy)) if later else ((0, policy),)
    rule = ArmRule("all", 1.0, steps)
    if (lot.arm != NO_PART).all():
        return Assignment((rule,))
    who = design.test.who
    if who.tiers:  # newcomers have no tier yet
        inside, outside = ArmRule("all", 0.0, steps), ArmRule("outside", 1.0, ((0, control),))
    elif not who.regions and not who.industries:  # only some whom the lot left over take no part
        inside, outside = rule, ArmRule("outside", 0.0, ((0, control),))
    else:
        inside = ArmRule("all", 0.0, steps, tuple(who.regions), 0, tuple(who.industries))
        outside = ArmRule("outside", 1.0, ((0, control),))
    number = np.where(lot.arm == NO_PART, 1, 0)
    return Assignment((inside, outside), Labels(lot.birth, number, np.full(lot.birth.size, -1)))
