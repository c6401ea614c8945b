"""Poor survey answers are answered in person within so long, where a package says so (P2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import N
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.record import Records
from tiersim.engine.stages.feedback import book_feedback, usual_feedback
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage
from tiersim.policy.feedback import POOR
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class Feedback(Mechanism):
    """Who answers a survey poorly is called in the week after it."""

    fields: ClassVar[Fields] = {"feedback_due": (np.int8, ())}

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        hours = [care.feedback for care in parts.slots.cares]
        self._within = np.array([round(3600.0 * h) for h in hours], np.int64)
        self._work = np.array([np.ceil(3600.0 * parts.values["service.feedback_time"])]).astype(np.int64)
        scenario = parts.scenario
        self._queues = scenario.mechanisms.tickets and not scenario.freeze.staff
        self._before: Array | None = None

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Surveys are made, and some package promises an answer to poor ones."""
        on = scenario.mechanisms
        promises = [tier.feedback_within for tier in scenario.tiers.values()]
        for policy in scenario.policies.values():
            promises += [wish.feedback_within for wish in (*policy.tiers.values(), policy.package)]
        promised = any(within is not None for within in promises)
        return promised and on.feedback and on.surveys and on.satisfaction

    def memory(self) -> dict[str, Array]:
        """Seconds of work, and of the promise by cell (0: none)."""
        return {"feedback_par": self._work, "feedback_within": self._within}

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """Today's care promises nothing, so the run-out has none."""
        if run_out or not self._within.any():
            return []
        if self._queues:
            return [book_feedback] if place is Place.BOOKED else []
        return [usual_feedback] if place is Place.FELT else []

    def end_week(self, memory: dict[str, Array], week: int, run_out: bool) -> None:
        """Before the quarter's survey: put the last answers aside, so that the new ones can be told."""
        if week % WEEKS_PER_QUARTER == WEEKS_PER_QUARTER - 1:
            last = memory["answer_last"][: memory["clock"][N]]
            self._before = last.copy()
            last.fill(np.nan)

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """Who has answered poorly is due in the next week."""
        assert self._before is not None
        # Who was seated since is not with us yet.
        n = self._before.size
        last = memory["answer_last"][:n]
        answered = ~np.isnan(last)
        memory["feedback_due"][:n] = answered & (np.rint(last / np.float32(10.0)) < POOR)
        np.copyto(last, self._before, where=~answered)
        self._before = None

    def switch_back(self, memory: dict[str, Array]) -> None:
        """Nobody is called after the horizon."""
        memory["feedback_due"].fill(0)
