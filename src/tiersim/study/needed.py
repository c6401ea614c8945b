"""How many people a level of service takes: a search over desks of their own, draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tiersim.engine.law import MOST_PEOPLE, law_of
from tiersim.engine.prepare import prepare
from tiersim.policy.care import WHOLE_POOL, salary_of, tier_care
from tiersim.policy.plan import reference_plan, volume_cost
from tiersim.policy.requests import bot_share
from tiersim.scenario.desk import CLASSES
from tiersim.study.alone import Load, Served, serve

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario

TEAMS = {"own manager": 1, "team of 3": 3, "pool": WHOLE_POOL}
CLOCKS = {"office hours": False, "round the clock": True}
DOCUMENTS = (5, 20, 30)
"""Customers a manager in the three highest tiers by the management plan (P5)."""
BOTS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
REQUESTS, QUICK_REQUESTS = 8_000, 1_500


@dataclass(frozen=True)
class Level:
    """A level of service: hours to answer and solution, and the share that must be in time."""

    answer: float = 2.0
    solve: float = 24.0
    share: float = 0.98


class Pool:
    """A load served by any number of people, each number run once."""

    def __init__(self, load: Load, level: Level) -> None:
        self.load, self.level = load, level
        self._known: dict[int, Served] = {}

    def at(self, people: int) -> Served:
        """What became of the requests with so many people."""
        if people not in self._known:
            self._known[people] = serve(self.load, people, self.level.answer, self.level.solve)
        return self._known[people]

    @property
    def most(self) -> int:
        """As many people as customers, 200 at most: more would hardly find anything to do."""
        return int(max(1, min(MOST_PEOPLE, self.load.customers)))

    def fewest(self, enough: Callable[[Served], bool]) -> int | None:
        """The fewest people with which it is enough, or None if it is not even with the most.

        Doubles until it is enough, then halves the gap; right up to noise where more people serve better.
        """
        if not enough(self.at(self.most)):
            return None
        low, high = 0, 1
        while not enough(self.at(high)):
            low, high = high, min(2 * high, self.most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(self.at(middle)) else (middle, high)
        return high


def loads(scenario: Scenario, draws: int, seed: int, quick: bool = False) -> list[dict[str, Load]]:
    """Load of each tier in each draw of the assumptions, as the plan cares for it at the start."""
    policy = scenario.policies[reference_plan(scenario)]
    found = []
    for number in range(draws):
        start = prepare(scenario, seed, 2 * number)
        values, census = start.draw.values, start.census
        found.append(
            {
                name: Load(
                    scenario, values, tier_care(scenario, policy, k, values, census),
                    float(census.customers[k]), census.mean("tickets", k), seed, number, f"staffing {name}",
                    QUICK_REQUESTS if quick else REQUESTS, (26, 26) if quick else (26, 156),
                )
                for k, name in enumerate(scenario.tiers)
                if census.customers[k] > 0
            }
        )  # fmt: skip
    return found


def people_needed(drawn: Sequence[dict[str, Load]], level: Level, clocks: Sequence[str]) -> pd.DataFrame:
    """People that answer in time, by tier, team, clock and draw.

    Columns: tier, team, clock, draw, customers, hours_asked (work on requests that is asked, h a week),
    planned (people at the plan's own ratio), people (nan: no number is enough), then the figures of `Served`
    with those people (with the most there can be, if none is enough), `best_answered` and `best_solved` with
    the most there can be; undisturbed: people of a pool round the clock that are enough if requests were
    their only work (nan elsewhere, and where no number is enough).
    """
    import pandas as pd

    rows = []
    for draw, tiers in enumerate(drawn):
        for tier, load in tiers.items():
            for clock in clocks:
                for team, size in TEAMS.items():
                    pool = Pool(load.under(team=size, on_call=CLOCKS[clock]), level)
                    people = pool.fewest(lambda served: served.answered >= level.share)
                    shown = pool.most if people is None else people
                    best, served = pool.at(pool.most), pool.at(shown)
                    free = _undisturbed(pool, level) if CLOCKS[clock] and size == WHOLE_POOL else None
                    rows.append(
                        {
                            "tier": tier, "team": team, "clock": clock, "draw": draw,
                            "customers": load.customers, "planned": load.customers / load.care.ratio,
                            "people": _counted(people), "undisturbed": _counted(free),
                            "best_answered": best.answered, "best_solved": best.solved,
                            "best_complaints": best.complaints, "best_unsolved": best.unsolved,
                            "best_department": best.late_department, "best_again": best.late_again,
                        }
                        | _columns(served)
                    )  # fmt: skip
    return pd.DataFrame(rows)


def _undisturbed(pool: Pool, level: Level) -> int | None:
    """People that are enough if nobody had contacts or account work that can hold up who is on duty."""
    free = Pool(pool.load.under(account_hours=0.0, personal_rate=0.0), level)
    return free.fewest(lambda served: served.answered >= level.share)


def _counted(people: int | None) -> float:
    return float("nan") if people is None else float(people)


def _columns(served: Served) -> dict[str, Any]:
    return {field.name: getattr(served, field.name) for field in fields(served)}


def at_ratios(drawn: Sequence[dict[str, Load]], level: Level) -> pd.DataFrame:
    """What the management plan's ratios give in office hours, by tier, team and draw.

    Columns: tier, ratio, team, draw, people, the figures of `Served`, and pool_people: the fewest people of
    one pool that answer as large a share in time (nan: no number is enough).
    """
    import pandas as pd

    rows = []
    for draw, tiers in enumerate(drawn):
        for (tier, load), ratio in zip(tiers.items(), DOCUMENTS, strict=False):
            people = max(1, round(load.customers / ratio))
            together = Pool(load.under(team=WHOLE_POOL, on_call=False), level)
            for team, size in TEAMS.items():
                served = serve(load.under(team=size, on_call=False), people, level.answer, level.solve)
                same = together.fewest(lambda other, least=served.answered: other.answered >= least)  # type: ignore[misc]
                rows.append(
                    {"tier": tier, "ratio": ratio, "team": team, "draw": draw, "people": people,
                     "pool_people": float("nan") if same is None else float(same)}
                    | _columns(served)
                )  # fmt: skip
    return pd.DataFrame(rows)


def bot_shares(
    drawn: Sequence[dict[str, Load]], level: Level, tiers: Sequence[str], shares: Sequence[float] = BOTS
) -> pd.DataFrame:
    """What a bot saves and costs one pool in office hours, by tier, share of enquiries it solves, and draw.

    Columns: tier, bot, draw, by_bot (share of all requests), people (nan: no number is enough), cost a year
    (pay, requests, contacts), felt (points of satisfaction a request, bot's own included).
    """
    import pandas as pd

    rows = []
    for draw, loaded in enumerate(drawn):
        for tier in tiers:
            for share in shares:
                # What is promised is the level that is asked for.
                promised = (level.answer,) * len(CLASSES), (level.solve,) * len(CLASSES)
                load = loaded[tier].under(
                    team=WHOLE_POOL, on_call=False, bot=share, answer=promised[0], solve=promised[1]
                )
                people = Pool(load, level).fewest(lambda served: served.answered >= level.share)
                row: dict[str, Any] = {"tier": tier, "bot": share, "draw": draw, "people": float("nan")}
                row["by_bot"] = bot_share(load.scenario, load.values, share)
                row["cost"] = row["felt"] = float("nan")
                if people is not None:
                    volume = volume_cost(load.scenario, load.care, load.values, load.tickets_year)
                    pay = sum(salary_of(load.scenario, load.care, load.values))
                    felt = law_of(
                        load.scenario, load.values, load.care, people, load.customers, load.tickets_year,
                        load.seed, load.number, load.name,
                    ).felt  # fmt: skip
                    row |= {"people": float(people), "felt": felt,
                            "cost": people * pay + load.customers * volume}  # fmt: skip
                rows.append(row)
    return pd.DataFrame(rows)
