"""One pool as a desk of its own: the same customers, requests and absences under any number of people.

The figures that a staffing question needs are taken from the course of every request, not from a sample,
so that a share of 98 % can be told from one of 97 %. Requests, contacts, account work and absence are drawn
as for the usual course of requests (`tiersim.engine.law`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.desk import jobs
from tiersim.engine import law
from tiersim.engine import usual_jobs as usual
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.desk_tables import HOUR
from tiersim.engine.filing import WEEK_SECONDS
from tiersim.engine.lone_desk import LoneDesk, run_pool
from tiersim.policy.care import Care
from tiersim.scenario.desk import COMPLAINT

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Array = NDArray[Any]
SETTLE_WEEKS = 4
"""Last weeks whose requests are left out, since late answers to them may not have come yet."""


@dataclass(frozen=True)
class Load:
    """Whom a pool serves in one draw of the assumptions, and how much is run.

    `requests` are served if that takes no fewer than `weeks[0]` and no more than `weeks[1]` weeks.
    """

    scenario: Scenario
    values: dict[str, float]
    care: Care
    customers: float
    tickets_year: float
    seed: int
    number: int
    name: str
    requests: int = law.REQUESTS
    weeks: tuple[int, int] = (law.SHORTEST, law.LONGEST)

    def under(self, **changes: Any) -> Load:
        """The same customers under other care, such as ``team=1`` or ``on_call=True``."""
        return replace(self, care=replace(self.care, **changes))

    @property
    def weekly(self) -> float:
        """Requests a week, bot included."""
        return self.customers * self.tickets_year * WEEK_OF_YEAR

    @property
    def run_weeks(self) -> int:
        """Weeks that are run."""
        needed = int(np.ceil(self.requests / max(self.weekly, 1e-9)))
        return min(max(needed, self.weeks[0]), self.weeks[1]) + law.WARM_UP + SETTLE_WEEKS


@dataclass(frozen=True)
class Served:
    """What became of the requests that people answer. Hours are office hours, clock hours round the clock.

    `answered`, `solved`: shares in time. `wait`: mean hours to the answer; `wait_p90` its 90th percentile.
    `unsolved`: share given up. Of solutions that were late or never came: `late_department` had to wait for
    another department, `late_again` else were asked again after an answer that did not help; the rest waited
    for people. `complaints`: share of complaints solved in time, nan without any. `busy`: share of the hours
    of those present in which they worked on requests, contacts and accounts; `asked`: on requests alone.
    """

    requests: int
    answered: float
    solved: float
    wait: float
    wait_p90: float
    unsolved: float
    late_department: float
    late_again: float
    complaints: float
    busy: float
    asked: float


def serve(load: Load, people: int, answer_within: float = 2.0, solve_within: float = 24.0) -> Served:
    """Run the pool of `load` with so many `people`; limits in hours, the same for all classes of requests.

    Parameters
    ----------
    people : at least 1; they are spread over the teams that ``load.care.team`` asks for.
    """
    rng = usual.Draws(load.seed, load.number, load.name)
    run = run_pool(
        load.scenario, load.values, load.care, people, load.customers, load.weekly, load.run_weeks, load.seed,
        load.number, rng,
    )  # fmt: skip
    return _figures(run, load.care.on_call, answer_within, solve_within)


def _figures(run: LoneDesk, clock: bool, answer_within: float, solve_within: float) -> Served:
    column, desk, office = run.course(), run.desk, run.office
    begin, end = law.WARM_UP * WEEK_SECONDS, (run.weeks - SETTLE_WEEKS) * WEEK_SECONDS
    counts = (column["ready"] >= begin) & (column["ready"] < end)
    column = {name: values[counts] for name, values in column.items()}
    last = run.weeks * WEEK_SECONDS

    def since(second: Array) -> Array:
        # What still waits at the end has waited so long at least.
        second = np.where(second >= 0, second, last).astype(np.int64)
        came = column["ready"].astype(np.int64)
        if clock:
            return np.asarray(second - came)
        return np.asarray(usual.office_seconds_of(office, second) - usual.office_seconds_of(office, came))

    n = max(int(counts.sum()), 1)
    wait = since(column["answered_at"]) / HOUR
    closed = column["solved_at"] >= 0
    late = ~closed | (since(column["solved_at"]) > HOUR * solve_within)
    # Each pass to a department, each answer that did not help, and the last one that did is a piece of work.
    passed = column["served"] - column["answers"] - closed > 0
    again = ~passed & (column["answers"] > 0)
    complaint = column["request_class"] == COMPLAINT
    present = max(float(desk.present.sum()), 1.0)
    lates = max(int(late.sum()), 1)
    return Served(
        requests=int(counts.sum()),
        answered=float((wait <= answer_within).sum()) / n,
        solved=1.0 - float(late.sum()) / n,
        wait=float(wait.sum()) / n,
        wait_p90=float(np.quantile(wait, 0.9)) if wait.size else 0.0,
        unsolved=float((column["unsolved"] == 1).sum()) / n,
        late_department=float((late & passed).sum()) / lates,
        late_again=float((late & again).sum()) / lates,
        complaints=1.0 - float(late[complaint].mean()) if complaint.any() else float("nan"),
        busy=float(desk.busy.sum()) / present,
        asked=float(desk.busy[:, : jobs.BOOKED].sum()) / present,
    )
