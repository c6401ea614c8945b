"""A logistic model of who will leave, trained on nothing but what the company saw before the plan (L5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import N
from tiersim.engine.memory import half_life_factor
from tiersim.engine.observe import lapsed
from tiersim.engine.stages.health import SIGN_COUNT, all_signs
from tiersim.engine.stages.use import FAST_HALF_LIFE, SLOW_HALF_LIFE, use
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage, argument_names
from tiersim.scenario.schema import Scenario
from tiersim.scenario.warning import SIGNS

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

USE_FIELDS: Fields = {"use_fast": (np.float32, ()), "use_slow": (np.float32, ())}
LEARNT = 9
"""Quarters before the start of which the model learns."""
ROWS = 20_000
"""Customers of a quarter that it learns from, at most."""
YOUNGEST = 26
"""Weeks of relation before which a customer is not learnt from."""


@dataclass(frozen=True, eq=False)
class Foresight:
    """log odds to leave = intercept + sum of slopes x (sign - mean) / scale, each at most 4 away from 0.

    Arrays by sign, shape (SIGN_COUNT,); slopes are 0 for signs that are not among the indicators.
    """

    intercept: float
    slopes: Floats
    mean: Floats
    scale: Floats


def is_watched(scenario: Scenario) -> bool:
    """Whether customers' health is looked at."""
    return scenario.warning is not None and scenario.mechanisms.warning


def use_memory(values: dict[str, float]) -> dict[str, Array]:
    """Parameters of the stage `use`."""
    noise = values["warning.use.noise"]
    give = [1.0 - half_life_factor(weeks) for weeks in (FAST_HALF_LIFE, SLOW_HALF_LIFE)]
    less = math.log1p(-values["warning.use.winding_down"])
    return {"use_par": np.array([noise, noise**2 / 2.0, less, *give], np.float32)}


def signs_wanted(scenario: Scenario) -> npt.NDArray[np.int8]:
    """1 for each sign that is an indicator, or that a rule looks at."""
    assert scenario.warning is not None
    rules = [trivial_rule(scenario), *scenario.warning.rules.values()]
    wanted = {*scenario.warning.indicators, *(rule.indicator for rule in rules)}
    return np.array([sign in wanted for sign in SIGNS], np.int8)


def trivial_rule(scenario: Scenario) -> Any:
    """The plain rule that all detectors are compared with."""
    from tiersim.scenario.warning import Rule

    assert scenario.warning is not None
    if scenario.warning.trivial is not None:
        return scenario.warning.trivial
    if scenario.population.contract is not None:
        return Rule(indicator="renewal", at_most=60 / 7, grade="red")
    return Rule(indicator="silence", at_least=30 / 7, grade="red")


class PastLooks:
    """Looks at customers at ends of quarters before the start, and at what was then seen of them later."""

    fields = USE_FIELDS
    weeks = WEEKS_PER_QUARTER * (LEARNT + 2)

    def __init__(self, scenario: Scenario, values: dict[str, float]) -> None:
        self._scenario, self._values = scenario, values
        self._contracts = scenario.population.contract is not None
        self._on = signs_wanted(scenario)
        self._looks: list[tuple[int, Array, Array]] = []
        self._gone: dict[int, Array] = {}
        self._every = 1

    def memory(self, count: int) -> dict[str, Array]:
        """Arrays of a burn-in for `count` candidates, who begin with usual use; forgets any before it."""
        self._looks, self._gone = [], {}
        self._every = max(1, math.ceil(count / ROWS))
        usual = {name: np.ones(count, np.float32) for name in USE_FIELDS}
        return {**usual, **use_memory(self._values)}

    def stages(self) -> list[Stage]:
        """What is added to each week of the last years."""
        return [use]

    def close_quarter(self, memory: dict[str, Array], quarter: int) -> None:
        """Remember what is seen at a quarter's end, and who is seen to be gone."""
        if quarter < -LEARNT:
            return
        n = int(memory["clock"][N])
        end = 13 * (quarter + 1)
        entered = (memory["entry_week"][:n] + YOUNGEST <= end)[:: self._every]
        if self._contracts:
            gone = memory["alive"][: n : self._every] == 0
        else:
            gone = lapsed(memory, n, end)[:: self._every]
        self._gone[quarter] = gone
        x = np.empty((SIGN_COUNT, gone.size), np.float32)
        named = {**memory, "sign_on": self._on, "every": self._every, "out": x}
        all_signs(*(named[name] for name in argument_names(all_signs)))
        self._looks.append((quarter, x, entered & ~gone))

    def learn(self) -> Foresight:
        """Fit the model; with contracts on losses of the next quarter, else on lapses two quarters on."""
        assert self._scenario.warning is not None
        later = 1 if self._contracts else 2
        rows = [(x[:, who].T, self._gone[q + later][who]) for q, x, who in self._looks
                if q + later in self._gone]  # fmt: skip
        used = np.array([sign in self._scenario.warning.indicators for sign in SIGNS])
        x = np.concatenate([part for part, _ in rows]).astype(float)[:, used]
        y = np.concatenate([part for _, part in rows])
        return _fit(x, y, used)


def _fit(x: Floats, y: npt.NDArray[np.bool_], used: npt.NDArray[np.bool_]) -> Foresight:
    slopes, mean, scale = np.zeros(SIGN_COUNT), np.zeros(SIGN_COUNT), np.ones(SIGN_COUNT)
    rate = (float(y.sum()) + 0.5) / (y.size + 1.0)
    intercept = math.log(rate / (1.0 - rate))
    if y.any() and not y.all():
        from sklearn.linear_model import LogisticRegression

        known = ~np.isnan(x)
        many = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, x, 0.0).sum(axis=0) / many
        spread = np.sqrt(np.where(known, (x - centre) ** 2, 0.0).sum(axis=0) / many)
        spread = np.where(spread > 1e-9, spread, 1.0)
        # What is not known says nothing: it stands at the mean.
        standard = np.where(known, np.clip((x - centre) / spread, -4.0, 4.0), 0.0)
        model = LogisticRegression(max_iter=500).fit(standard, y)
        intercept, slopes[used] = float(model.intercept_[0]), model.coef_[0]
        mean[used], scale[used] = centre, spread
    return Foresight(intercept, slopes, mean, scale)
