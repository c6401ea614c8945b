"""One run of an experiment, as a team would have it: the panel, what answers say, the gate; and the truth."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tiersim.experiment.answers.answer import check_menu
from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.checking import judged
from tiersim.experiment.checks.multiple import Decision
from tiersim.experiment.design import Design, design_of
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.gates import REASONS, Verdict, bounds_of
from tiersim.experiment.looks.inference import z_of_t
from tiersim.experiment.reading import Reading, for_gate, read
from tiersim.experiment.samples import Seen
from tiersim.experiment.trial import check_answers
from tiersim.experiment.truth import all_none, as_run, cost_as_run, value
from tiersim.experiment.worlds import Worlds, simulate_worlds
from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Experiment:
    """One run of an experiment.

    `seen` and `reading` are what a team would have; `worlds` hold the twins, and with them the truth.
    """

    scenario: Scenario
    seed: int
    replication: int
    worlds: Worlds
    reading: Reading

    @property
    def design(self) -> Design:
        """The design that was run."""
        return self.worlds.design

    @property
    def seen(self) -> Seen:
        """The observed panel and the lot."""
        return self.worlds.seen

    def estimate(
        self, outcome: str | None = None, arm: int = 1, look: int | None = None, answer: str | None = None
    ) -> tuple[str, Estimate]:
        """Name and estimate of an answer; default the leading one about the primary outcome at the end."""
        names = [one.name for one in self.design.outcomes]
        if outcome is not None and outcome not in names:
            raise KeyError(f"no outcome {outcome!r}; there are {', '.join(names)}")
        number = 0 if outcome is None else names.index(outcome)
        at = look or len(self.design.looks)
        for row in self.reading.estimates:
            if (row.outcome, row.arm, row.look) == (number, arm, at):
                if row.leads if answer is None else row.answer == answer:
                    return row.answer, row.estimate
        raise KeyError(f"{answer or 'the leading answer'} was not asked about {names[number]} at look {at}")

    def verdict(self, menu: str = "sound", arm: int = 1) -> Verdict:
        """What the gate says: ``sound``, or ``naive`` for a report without control."""
        for name, one, found in self.reading.verdicts:
            if (name, one) == (menu, arm):
                return found
        check_menu(menu)
        raise KeyError(f"no treated arm {arm}; there are 1 to {len(self.design.arms) - 1}")

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """One row an answer: week, outcome, arm, estimate with its inference, and why there is none."""
        import pandas as pd

        design = self.design
        rows = []
        for row in self.reading.estimates:
            found = row.estimate
            rows.append(
                {
                    "week": design.looks[row.look - 1] - design.begins,
                    "outcome": design.outcomes[row.outcome].name,
                    "arm": design.arms[row.arm],
                    "answer": row.answer,
                    "menu": ALL[row.answer].menu,
                    "leads": row.leads,
                    "estimate": found.value,
                    "error": found.error,
                    "low": found.low,
                    "high": found.high,
                    "p": found.p,
                    "floor": found.floor,
                    "base": found.base,
                    "because": found.failed,
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """One row a menu and arm: verdict, reason, week, ends of the net gain of a year of rollout.

        Where the primary outcome has no worth in money (``in_money`` is false) they are ends of its effect
        for the better.
        """
        import pandas as pd

        design = self.design
        return pd.DataFrame(
            [
                {
                    "menu": menu, "arm": design.arms[arm], "verdict": found.verdict,
                    "reason": REASONS[found.reason], "week": design.looks[found.look - 1] - design.begins,
                    "low": found.low, "high": found.high, "in_money": found.in_money,
                }
                for menu, arm, found in self.reading.verdicts
            ]
        )  # fmt: skip

    @cached_property
    def decision(self) -> Decision:
        """Outcomes of the first treated arm at the end, judged in their declared roles."""
        return judged(self.design, {one.name: self.estimate(one.name)[1] for one in self.design.outcomes})

    @cached_property
    def truth(self) -> pd.DataFrame:
        """One row an outcome and arm: the true effect as run, and of all against none (R23)."""
        import pandas as pd

        design, worlds = self.design, self.worlds
        return pd.DataFrame(
            [
                {
                    "outcome": outcome.name,
                    "arm": design.arms[arm],
                    "true_as_run": as_run(self.seen, worlds.run, worlds.none, outcome, arm),
                    "true_all_none": all_none(self.seen, worlds.everybody[arm - 1], worlds.none, outcome),
                }
                for arm in range(1, len(design.arms))
                for outcome in design.outcomes
            ]
        )

    def true_value(self, arm: int = 1) -> float:
        """True net value of a rollout to all, over the time that the design says, currency units."""
        return value(self.design, self.worlds.everybody[arm - 1], self.worlds.none)

    def true_cost(self) -> float:
        """True net value of the experiment itself up to its end; below 0 it cost money."""
        return cost_as_run(self.design, self.worlds.run, self.worlds.none)

    @cached_property
    def by_look(self) -> pd.DataFrame:
        """The primary outcome at each look: estimate, its interval that holds over all looks, the bound.

        ``z`` is the normal score of the same tail as t, since bounds are those of normal scores.
        """
        import pandas as pd

        bounds, rows = bounds_of(self.design), []
        for number, week in enumerate(self.design.looks, 1):
            name, found = self.estimate(look=number)
            wide = for_gate(self.seen, name, self.design.primary, 1, found, number)
            told = found.ok and found.error > 0 and found.dof >= 1
            z = z_of_t(found.value / found.error, found.dof) if told else np.nan
            rows.append(
                {
                    "week": week - self.design.begins, "answer": name, "estimate": found.value,
                    "error": found.error, "low": wide.low, "high": wide.high, "z": z,
                    "bound": bounds.upper[number - 1],
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        found = self.verdict()
        return f"<Experiment {self.scenario.name!r}: {self.design.kind}, verdict {found.verdict}>"


def experiment(
    scenario: Scenario | str | os.PathLike[str], seed: int = 1, replication: int = 0
) -> Experiment:
    """Run an experiment once, with its twin worlds.

    Parameters
    ----------
    scenario : a scenario with a section ``experiment``, or its file.
    replication : which of the worlds of this seed; the same customers and luck as in `diagnose`.

    Raises
    ------
    ScenarioError
        The scenario is not usable, has no experiment, or asks for answers that do not fit.
    """
    scenario = load_scenario(scenario)
    check_answers(design_of(scenario))
    worlds = simulate_worlds(scenario, seed, replication)
    return Experiment(scenario, seed, replication, worlds, read(worlds.seen))
