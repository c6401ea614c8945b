"""Newcomers are won from leads: channels, sales people, what it costs and what it brings (L1, L2, R22)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine import births
from tiersim.engine.accounts import ACQUISITION, HIRING, SALES, SEVERANCE, WEEKS_PER_QUARTER
from tiersim.engine.layout import OFFSET
from tiersim.engine.leads import FIT, LUCK, MOMENT, SCORE, WIN, make_lead_laws
from tiersim.engine.ledger import join, spread
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.prepare import losses, settle_today
from tiersim.engine.sales import Leads, Team
from tiersim.engine.stages.welcome import welcome
from tiersim.engine.state import Fields
from tiersim.engine.worth import HORIZONS, discounted_margin
from tiersim.policy.acquisition import Effort, effort_of, wins_customers

if TYPE_CHECKING:
    from tiersim.engine.wiring import Stage
    from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

COUNTS = ("leads", "worked", "lost_waiting", "won")
MONEY = ("spend", "sales_cost")
MARGINS = tuple(f"true_margin_{weeks}w" for weeks in HORIZONS)
SUMS: dict[str, type] = {
    **dict.fromkeys((*COUNTS, *MONEY), np.int64),
    **dict.fromkeys((*MARGINS, "true_more_leads"), np.float64),
}
COLUMNS: dict[str, type] = {"quarter": np.int16, "arm": np.int8, "channel": np.int8, **SUMS}


class Winning(Mechanism):
    """Leads come, wait, are worked on and won; the won become customers after the time of decision.

    Nothing here depends on customers, so a quarter's leads are drawn before its weeks. Before the start come
    enough weeks under today's effort that queue and decisions are in their usual course at week 0.
    """

    fields: ClassVar[Fields] = {"offer": (np.int8, ())}

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        scenario, start, slots = parts.scenario, parts.start, parts.slots
        section = scenario.acquisition
        assert section is not None
        yearly = losses(scenario, parts.values, start.solved, start.state)
        if scenario.baseline.arrivals != "replace":
            yearly = float(scenario.baseline.arrivals)
        self.laws = make_lead_laws(
            scenario, parts.values, start.laws.tables, yearly, (parts.address[0], start.draw.number)
        )
        self._pay = (scenario.staff.salary if section.sales.salary is None else section.sales.salary) / 52.0
        self._arms, self._share = slots.arms, slots.arm_shares
        self._shared = scenario.sharing.sales == "all" or len(self._arms) == 1
        self._frozen = scenario.freeze.sales
        self._teams = [Team() for _ in range(1 if self._shared else len(self._arms))]
        today = slots.pairs[0][0]
        self._today = effort_of(scenario, today)
        policies = dict.fromkeys([today, *(policy for arm in self._arms for _, policy in arm.steps)])
        self._efforts = {policy: effort_of(scenario, policy) for policy in policies}
        self._offers = [0.0, *dict.fromkeys(e.discount for e in self._efforts.values() if e.discount > 0.0)]
        self._lasts = round(section.first_order.lasts)
        self._later: dict[str, Array] | None = None
        self._due: dict[int, tuple[int, int, int, int]] = {}
        self._rows: list[dict[str, Array]] = []
        self._clear()

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        return wins_customers(scenario)

    def memory(self) -> dict[str, Array]:
        return {
            "offer_share": np.array(self._offers, np.float32),
            "offer_weeks": np.array([self._lasts], np.int64),
        }

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        return [welcome] if place is Place.DEMAND and len(self._offers) > 1 and not run_out else []

    # -- a quarter of leads -----------------------------------------------------------------------------

    def newcomers(self, first: int, last: int) -> dict[str, Array]:
        """State of those whose first week is in first..last-1, after the leads of these weeks."""
        won = [self._week(week) for week in range(first if first else -self._warm_up, last)]
        fresh = self._customers({name: np.concatenate([part[name] for part in won]) for name in won[0]})
        if self._later is not None:
            fresh = {
                name: np.concatenate([column, fresh[name]], axis=-1) for name, column in self._later.items()
            }
        entry = fresh["entry_week"]
        now, later = (entry >= first) & (entry < last), entry >= last
        self._later = {name: column[..., later] for name, column in fresh.items()}
        self._close(first // WEEKS_PER_QUARTER, last - first)
        return {name: column[..., now] for name, column in fresh.items()}

    @property
    def _warm_up(self) -> int:
        return self.laws.lag + 2 * self.laws.life + WEEKS_PER_QUARTER

    def _effort(self, arm: int, week: int) -> Effort:
        """What is done in an arm in a week; a personal delay of customers is no delay of the company."""
        passed = [policy for begins, policy in self._arms[arm].steps if begins <= week]
        return self._efforts[passed[-1]] if week >= 0 and passed else self._today

    def _week(self, week: int) -> Leads:
        """Leads of a week and what becomes of them; returns those who are won."""
        laws, (seed, rep) = self.laws, self.parts.address
        efforts = [self._effort(arm, week) for arm in range(len(self._arms))]
        leads, counts = laws.draw(seed, rep, week, np.array([laws.times(effort) for effort in efforts]))
        leads["arm"] = self.parts.slots.arms_of(leads["birth"], leads["region"], seed, rep)
        # In an arm that spends less the later leads of the week do not come.
        comes = leads["number"] < counts[leads["arm"], leads["channel"], leads["region"]]
        leads = {name: column[comes] for name, column in leads.items() if name != "number"}
        fates = laws.fates(leads, seed, rep)
        rows = {"fit": FIT, "score": SCORE, "win": WIN, "moment": MOMENT, "luck": LUCK}
        leads |= {name: fates[row] for name, row in rows.items()}
        worked, lost = self._work(leads, week, efforts)
        worked["offer"] = np.zeros(worked["week"].size, np.int8)
        is_won = np.zeros(worked["week"].size, np.bool_)
        for arm, effort in enumerate(efforts):
            here = worked["arm"] == arm
            is_won |= here & laws.is_won(worked, effort.discount)
            worked["offer"][here] = self._offers.index(effort.discount)
        won = {name: column[is_won] for name, column in worked.items()}
        won["entry"] = np.full(won["week"].size, week + laws.lag)
        won["counts"] = np.full(won["week"].size, week >= 0)
        if week >= 0:
            for name, part in zip(COUNTS, (leads, worked, lost, won), strict=True):
                np.add.at(self._sums[name], (part["arm"], part["channel"]), 1)
            self._spend(week, efforts)
        return won

    def _work(self, leads: Leads, week: int, efforts: list[Effort]) -> tuple[Leads, Leads]:
        laws = self.laws
        if self._frozen:
            # Held at what it is today, and without a queue through which one lead could hold up another.
            in_time = leads["luck"] < laws.worked
            return (
                {name: column[in_time] for name, column in leads.items()},
                {name: column[~in_time] for name, column in leads.items()},
            )
        people = [float(share) * effort.people for share, effort in zip(self._share, efforts, strict=True)]
        if self._shared:
            # One team has one way to work: by score as soon as a policy of it asks for that.
            by_score = any(effort.by_score for effort in efforts)
            return self._teams[0].week(leads, week, sum(people) * laws.a_week, laws.life, by_score)
        done = [
            team.week(
                {name: column[leads["arm"] == arm] for name, column in leads.items()},
                week, people[arm] * laws.a_week, laws.life, efforts[arm].by_score,
            )
            for arm, team in enumerate(self._teams)
        ]  # fmt: skip
        worked, lost = (
            {name: np.concatenate([part[which][name] for part in done]) for name in leads} for which in (0, 1)
        )
        return worked, lost

    def _customers(self, won: Leads) -> dict[str, Array]:
        """State of those who are won; what they are worth is counted at once."""
        start, (seed, rep), laws = self.parts.start, self.parts.address, self.laws
        state, _ = births.customers(start.laws, won["birth"], won["entry"], seed, rep, won["region"])
        state["channel"][:] = laws.code[won["channel"]]
        more = laws.log_size[won["channel"]]
        values = self.parts.values
        for name, power in (("needs", values["response.needs"]), ("favour", values["today.favour"])):
            state[name] *= np.exp(power * more).astype(np.float32)
        state["log_basket"] += more.astype(np.float32)
        state["inverse_needs"][:] = 1.0 / state["needs"]
        state["favour_needs"][:] = state["favour"] * state["inverse_needs"]
        settle_today(state, start.today, start.census, values)
        state["offer"] = won["offer"]
        count = won["counts"]
        share = np.array(self._offers)[won["offer"][count]]
        part = {name: column[..., count] for name, column in state.items()}
        worth = discounted_margin(self.parts.scenario, values, start.solved, part, share, self._lasts)
        for name, row in zip(MARGINS, worth, strict=True):
            np.add.at(self._sums[name], (won["arm"][count], won["channel"][count]), row)
        return state

    # -- money --------------------------------------------------------------------------------------------

    def _spend(self, week: int, efforts: list[Effort]) -> None:
        """What a week costs, people busy or not; kept until the week is posted."""
        spent = self._sums["spend"]
        total, wages, hired, dismissed = 0, 0, 0, 0
        values = self.parts.values
        for arm, effort in enumerate(efforts):
            share = float(self._share[arm])
            cents = np.rint(100.0 * share * np.array(effort.spend) / 52.0).astype(np.int64)
            spent[arm] += cents
            total += int(cents.sum())
            pay = round(100.0 * share * effort.people * self._pay)
            self._wages[arm] += pay
            wages += pay
            more = share * (effort.people - self._effort(arm, week - 1).people)
            hired += round(100.0 * max(more, 0.0) * values["staff.hiring_cost"])
            dismissed += round(100.0 * max(-more, 0.0) * values["staff.severance"])
            self._sums["true_more_leads"][arm] += self.laws.more_leads(effort)
        self._due[week] = total, wages, hired, dismissed

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        due = self._due.pop(week, None)
        if due is not None and not run_out:
            post, offset, company = memory["post"], memory["clock"][OFFSET], self.parts.books.company
            for account, cents in zip((ACQUISITION, SALES, HIRING, SEVERANCE), due, strict=True):
                post[account, offset, company] -= cents
        return False

    # -- tables -------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        shape = len(self._arms), self.laws.code.size
        self._sums: dict[str, Array] = {name: np.zeros(shape, kind) for name, kind in SUMS.items()}
        self._wages = np.zeros(shape[0], np.int64)

    def _close(self, quarter: int, weeks: int) -> None:
        """A quarter's rows; people's pay by the leads that they worked on."""
        sums, size = self._sums, len(self._arms) * self.laws.code.size
        for arm_pay, worked, out in zip(
            self._wages.tolist(), sums["worked"], sums["sales_cost"], strict=True
        ):
            weights = worked if worked.any() else self.laws.rate.sum(axis=1)
            out[:] = spread(arm_pay, np.asarray(weights, float))
        sums["true_more_leads"] /= weeks
        arm, channel = np.divmod(np.arange(size), self.laws.code.size)
        row: dict[str, Array] = {
            "quarter": np.full(size, quarter), "arm": arm, "channel": self.laws.code[channel],
            **{name: table.ravel() for name, table in sums.items()},
        }  # fmt: skip
        self._rows.append({name: row[name].astype(kind) for name, kind in COLUMNS.items()})
        self._clear()

    def tables(self) -> dict[str, dict[str, Array]]:
        return {"leads": join(self._rows)}
