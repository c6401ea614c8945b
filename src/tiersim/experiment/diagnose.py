"""Would this design find the truth? Many replications of an experiment, held against its twins."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tiersim.experiment.answers.answer import check_menu
from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.checks.check import Check
from tiersim.experiment.checks.placebo import placebo as judge_placebo
from tiersim.experiment.design import Design, design_of
from tiersim.experiment.diagnosands import SIGNIFICANT, Figure, Replications, decisions, mean, share
from tiersim.experiment.gates import REASONS, VERDICTS
from tiersim.experiment.trial import check_answers, trial
from tiersim.runs.pieces import WorldPlan, engine_version
from tiersim.runs.simulation import run_worlds
from tiersim.runs.tables import Columns
from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.store import Store
    from tiersim.scenario.schema import Scenario

Estimand = Literal["as_run", "all_none"]

LABEL = "experiment"


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What a design would say, over replications, and the truth that it would be said of.

    `data` holds the tables as plain arrays, one row a replication and more: ``estimates``, ``gates``,
    ``checks``, ``truth``, ``money``.
    """

    scenario: Scenario
    design: Design
    seed: int
    replications: int
    data: dict[str, Columns]

    @cached_property
    def pairs(self) -> np.ndarray:
        """Draw of the assumptions of each replication."""
        return np.arange(self.replications) // 2

    def truth(self, outcome: str | None = None, arm: int = 1, estimand: Estimand = "as_run") -> np.ndarray:
        """True effect on an outcome by replication, shape (replications,)."""
        table, number = self.data["truth"], self._outcome(outcome)
        self._check_arm(arm)
        rows = (table["outcome"] == number) & (table["arm"] == arm)
        return np.asarray(table[f"true_{estimand}"][rows])

    def value(self, arm: int = 1) -> np.ndarray:
        """True net value of treating all against none by replication, currency units (R23)."""
        self._check_arm(arm)
        table = self.data["money"]
        return np.asarray(table["true_value"][table["arm"] == arm])

    def cost(self) -> np.ndarray:
        """True net value of the experiment itself up to its end by replication; below 0 it cost money."""
        table = self.data["money"]
        return np.asarray(table["true_cost"][table["arm"] == 1])

    def replies(
        self,
        answer: str,
        outcome: str | None = None,
        arm: int = 1,
        look: int | None = None,
        placebo: bool = False,
        estimand: Estimand = "as_run",
    ) -> Replications:
        """One answer over replications.

        Parameters
        ----------
        look : from 1; default the last.
        placebo : of a policy that does nothing, so that the truth is 0.

        Raises
        ------
        KeyError
            Nobody asked for this answer.
        """
        table, number = self.data["estimates"], self._outcome(outcome)
        self._check_arm(arm)
        if answer not in ALL:
            raise KeyError(f"no answer {answer!r}; there are {', '.join(ALL)}")
        rows = (
            (table["outcome"] == number) & (table["arm"] == arm) & (table["placebo"] == placebo)
            & (table["look"] == (look or len(self.design.looks)))
            & (table["answer"] == list(ALL).index(answer))
        )  # fmt: skip
        at = table["replication"][rows]
        if at.size == 0:
            at_look = "" if look is None else f" at look {look}"
            raise KeyError(f"{answer} was not asked about {self.design.outcomes[number].name}{at_look}")
        columns = {}
        for name in ("value", "low", "high", "p"):
            columns[name] = np.full(self.replications, np.nan)
            columns[name][at] = table[name][rows]
        zero = np.zeros(self.replications)
        truth = zero if placebo else self.truth(self.design.outcomes[number].name, arm, estimand)
        return Replications(**columns, truth=truth, pair=self.pairs)

    def _check_arm(self, arm: int) -> None:
        if not 1 <= arm < len(self.design.arms):
            raise KeyError(f"no treated arm {arm}; there are 1 to {len(self.design.arms) - 1}")

    def _outcome(self, name: str | None) -> int:
        names = [outcome.name for outcome in self.design.outcomes]
        if name is None:
            return 0
        if name not in names:
            raise KeyError(f"no outcome {name!r}; there are {', '.join(names)}")
        return names.index(name)

    def asked(self, outcome: str | None = None, arm: int = 1) -> list[str]:
        """Answers given to an outcome at the end."""
        table, number = self.data["estimates"], self._outcome(outcome)
        rows = (
            (table["outcome"] == number) & (table["arm"] == arm) & (table["look"] == len(self.design.looks))
        )
        there = set(np.unique(table["answer"][rows]).tolist())
        return [name for code, name in enumerate(ALL) if code in there]

    def answers(self, estimand: Estimand = "as_run") -> pd.DataFrame:
        """One row an outcome, arm and answer: every diagnosand with its Monte-Carlo error in ``*_error``.

        ``false_alarm`` is the share that finds an effect of a policy that does nothing; ``placebo`` what the
        answer shows of it on average.
        """
        import pandas as pd

        level = float(self.design.test.looks.error)
        rows = []
        for outcome in self.design.outcomes:
            for arm in range(1, len(self.design.arms)):
                for name in self.asked(outcome.name, arm):
                    found = self.replies(name, outcome.name, arm, estimand=estimand)
                    figures = found.figures(level)
                    nothing = self.replies(name, outcome.name, arm, placebo=True)
                    figures["false_alarm"] = share(
                        nothing.significant(level), np.ones(self.replications), self.pairs
                    )
                    figures["placebo"] = mean(nothing.value, self.pairs)
                    row: dict[str, Any] = {
                        "outcome": outcome.name, "arm": self.design.arms[arm], "answer": name,
                        "menu": ALL[name].menu, "leads": self._leads(name, outcome.name, arm),
                    }  # fmt: skip
                    rows.append(row | _flat(figures))
        return pd.DataFrame(rows)

    def _leads(self, answer: str, outcome: str, arm: int) -> bool:
        table = self.data["estimates"]
        rows = (
            (table["outcome"] == self._outcome(outcome)) & (table["arm"] == arm)
            & (table["answer"] == list(ALL).index(answer)) & (table["look"] == len(self.design.looks))
        )  # fmt: skip
        return bool(table["leads"][rows].any())

    def significant(self, level: float = 0.05, outcome: str | None = None, arm: int = 1) -> np.ndarray:
        """Whether the answer that gates read tells an effect apart from 0 at the end, by replication."""
        table = self.data["estimates"]
        rows = (
            table["leads"] & (table["outcome"] == self._outcome(outcome)) & (table["arm"] == arm)
            & ~table["placebo"] & (table["look"] == len(self.design.looks))
        )  # fmt: skip
        found = np.zeros(self.replications, bool)
        found[table["replication"][rows]] = np.nan_to_num(table["p"][rows], nan=1.0) <= level + SIGNIFICANT
        return found

    def verdicts(self, placebo: bool = False) -> pd.DataFrame:
        """One row a menu and arm: how often it goes, holds and stops, how often wrongly, and what it costs.

        With `placebo` the policy does nothing: any *go* is a false alarm over all looks.
        """
        import pandas as pd

        rows = []
        for menu in ("naive", "sound"):
            for arm in range(1, len(self.design.arms)):
                code, _ = self.said(menu, arm, placebo)
                go, stop = code == VERDICTS.index("go"), code == VERDICTS.index("stop")
                years = self.design.test.worth.over / 52.0
                worth = np.zeros(code.size) if placebo else self.value(arm)
                figures = decisions(go, stop, worth, self.pairs, self.design.least_gain * years)
                rows.append({"menu": menu, "arm": self.design.arms[arm]} | _flat(figures))
        return pd.DataFrame(rows)

    def placebo(self, answer: str, outcome: str | None = None, arm: int = 1) -> Check:
        """The A/A test of an answer: how often it finds an effect of a policy that does nothing."""
        found = self.replies(answer, outcome, arm, placebo=True)
        p = found.p[found.ok & np.isfinite(found.p)]
        kind = ALL[answer].supports[0]
        return judge_placebo(p, float(self.design.test.looks.error), kind in ("randomisation", "placebo"))

    def said(self, menu: str, arm: int = 1, placebo: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Code of the verdict (place in ``go, hold, stop``) and look of it, by replication."""
        check_menu(menu)
        self._check_arm(arm)
        table = self.data["gates"]
        rows = (table["menu"] == (menu == "sound")) & (table["arm"] == arm) & (table["placebo"] == placebo)
        return np.asarray(table["verdict"][rows]), np.asarray(table["look"][rows])

    def stops(self, menu: str = "sound", arm: int = 1) -> pd.DataFrame:
        """Share of verdicts by look and kind: the distribution of the time at which the experiment ends."""
        import pandas as pd

        code, look = self.said(menu, arm)
        weeks = [week - self.design.begins for week in self.design.looks]
        table = {
            name: [float(np.mean((look == k) & (code == number))) for k in range(1, len(weeks) + 1)]
            for number, name in enumerate(VERDICTS)
        }
        return pd.DataFrame({"week": weeks, **table})

    def reasons(self, menu: str = "sound", arm: int = 1) -> pd.Series[float]:
        """Share of replications by the reason that the gate gave."""
        import pandas as pd

        check_menu(menu)
        self._check_arm(arm)
        table = self.data["gates"]
        rows = (table["menu"] == (menu == "sound")) & (table["arm"] == arm) & ~table["placebo"]
        counts = np.bincount(table["reason"][rows], minlength=len(REASONS)) / max(int(rows.sum()), 1)
        return pd.Series(counts, index=list(REASONS), name="share")

    def failures(self) -> pd.DataFrame:
        """Why answers were not estimable: outcome, answer, reason, how often."""
        import pandas as pd

        table = self.data["estimates"]
        rows = (table["why"] != "") & ~table["placebo"]
        names, outcomes = list(ALL), [outcome.name for outcome in self.design.outcomes]
        frame = pd.DataFrame(
            {
                "outcome": [outcomes[k] for k in table["outcome"][rows]],
                "answer": [names[k] for k in table["answer"][rows]],
                "because": table["why"][rows],
            }
        )
        return frame.value_counts().rename("count").reset_index()

    def __repr__(self) -> str:
        return (
            f"<Diagnosis of {self.scenario.name!r}: {self.design.kind}, {self.replications} replications, "
            f"seed {self.seed}>"
        )


def _flat(figures: dict[str, Figure]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, figure in figures.items():
        found[name], found[f"{name}_error"] = figure.value, figure.error
    return found


def diagnose(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = 500,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
    store: Store | Literal["default"] | None = "default",
) -> Diagnosis:
    """Simulate an experiment many times, answer by both menus, and hold the answers against the truth.

    Parameters
    ----------
    scenario : a scenario with a section ``experiment``, or its file.
    replications : two share a draw of the assumptions.
    workers : how many replications at once; default one a core. The result does not depend on it.
    progress : called with (done, total); None shows a bar on a terminal, False nothing.

    Raises
    ------
    ScenarioError
        The scenario is not usable, has no experiment, or asks for answers that do not fit.
    """
    scenario = load_scenario(scenario)
    design = design_of(scenario)
    check_answers(design)
    run = run_worlds(
        scenario, [WorldPlan(LABEL, None)], replications, seed, "full", workers, progress, store, trial,
        experiment_version(),
    )[0]  # fmt: skip
    return Diagnosis(scenario, design, seed, replications, run.data)


@lru_cache(maxsize=1)
def experiment_version() -> str:
    """Version of the engine and hash of all sources by which an experiment is read."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.rglob("*.py")):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(text)}\n".encode())
        digest.update(text)
    return f"{engine_version()} experiment {digest.hexdigest()[:20]}"
