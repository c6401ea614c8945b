"""Jobs that a usual desk is given: requests and planned work over some weeks, for which teams and when."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from tiersim.desk import jobs
from tiersim.desk.calendar import opened_before
from tiersim.desk.rules import Office
from tiersim.engine import filing as f
from tiersim.engine.desk_tables import HOUR
from tiersim.kernel import kernel
from tiersim.policy.care import Care
from tiersim.random import text_id, u01d, words
from tiersim.random.streams import DESK
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@kernel
def _uniforms(seed, number, birth, call, out):  # type: ignore[no-untyped-def]
    for k in range(0, out.size, 4):
        w = words(seed, number, birth, call, DESK, k)
        for j in range(min(4, out.size - k)):
            out[k + j] = u01d(w[j])


class Draws:
    """Uniform draws of a usual desk: each call has its own address (seed, parameter draw, name, call)."""

    def __init__(self, seed: int, number: int, name: str) -> None:
        self._address = seed, number, np.uint64(text_id(f"usual desk {name}"))
        self._calls = 0

    def uniform(self, n: int) -> npt.NDArray[np.float64]:
        """The next `n` draws."""
        out = np.empty(n)
        self._calls += 1
        _uniforms(*self._address, self._calls, out)
        return out

    def choose(self, chance: Array, n: int) -> npt.NDArray[np.int64]:
        """`n` numbers 0, 1, ... with these chances."""
        at = np.searchsorted(np.cumsum(chance), self.uniform(n) * chance.sum(), side="right")
        return np.minimum(at, chance.size - 1)


def whole(columns: dict[str, Array]) -> dict[str, Array]:
    """All columns of filed jobs; those not given are 0."""
    n = columns["ready"].size
    return {name: columns.get(name, np.zeros(n, kind)) for name, kind in jobs.FILED.items()}


def requests_of(
    scenario: Scenario, care: Care, table: dict[str, Array], rng: Draws, weekly: float, weeks: int,
    office: Office, chance: Array,
) -> tuple[dict[str, Array], Array]:  # fmt: skip
    """Requests that people answer, and which of them a bot has handed over."""
    # So many as are expected, at times of their own: a Poisson process, given its number.
    n = round(weekly * weeks)
    kind = np.searchsorted(table["class_par"][f.A_CUMULATIVE], rng.uniform(n), side="right")
    kind = np.minimum(kind, len(CLASSES) - 1)
    grave = rng.uniform(n) < table["class_par"][f.A_GRAVE, kind]
    able = care.bot * table["class_par"][f.A_BOT, kind]
    stays = grave | (rng.uniform(n) >= able)
    kind, grave, handed = kind[stays], grave[stays], (~grave & (able > 0))[stays]
    n = kind.size
    spread = table["request_par"][f.SPREAD]
    work = table["class_par"][f.A_WORK, kind] * np.exp(spread * ndtri(rng.uniform(n)) - spread**2 / 2)
    ready = in_office(office, rng.uniform(n), weeks)
    anytime = rng.uniform(n) < table["request_par"][f.OUT_OF_HOURS]
    ready = np.where(anytime, np.floor(rng.uniform(n) * weeks * f.WEEK_SECONDS).astype(np.int64), ready)
    order = np.argsort(ready, kind="stable")
    sorting = 0 if care.bot > 0 else int(table["request_par"][f.SORTING])
    columns = {
        "customer": np.full(n, -1),
        "birth": np.arange(n, dtype=np.uint64),
        "kind": np.full(n, jobs.REQUEST),
        "request_class": kind[order],
        "grave": grave[order],
        "team": rng.choose(chance, n),
        "spare": np.full(n, -1),
        "move_at": np.full(n, -1),
        "rank": np.where(grave[order] & scenario.desk.grave_first, 0, 1),
        "ready": ready[order],
        "sorting": np.full(n, sorting),
        "work": np.maximum(np.ceil(HOUR * work), 1)[order],
        "drop_at": np.full(n, -1),
    }
    return columns, handed[order]


def work_of(
    scenario: Scenario, values: dict[str, float], care: Care, rng: Draws, served: float, weeks: int,
    office: Office, chance: Array,
) -> dict[str, Array]:  # fmt: skip
    """Contacts and account work of the planned load, dropped at the end of their week if not begun."""
    parts = []
    for kind, hours, piece in (
        (jobs.CONTACT, care.personal_rate * values["service.contact_time"], values["service.contact_time"]),
        (jobs.ACCOUNT, care.account_hours, scenario.desk.piece),
    ):
        n = round(served * hours * weeks / piece) if hours > 0 else 0
        ready = in_office(office, rng.uniform(n), weeks)
        parts.append((np.full(n, kind), ready, np.full(n, max(int(np.ceil(HOUR * piece)), 1))))
    kinds, comes, work = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(comes, kind="stable")
    n, comes = order.size, comes[order]
    return {
        "customer": np.full(n, -1), "kind": kinds[order], "team": rng.choose(chance, n),
        "spare": np.full(n, -1), "move_at": np.full(n, -1), "ready": comes, "work": work[order],
        "drop_at": (comes // f.WEEK_SECONDS + 1) * f.WEEK_SECONDS,
    }  # fmt: skip


def teams_of_seats(heads: int, teams: int, chance: Array) -> npt.NDArray[np.int64]:
    """Team of each person: as even as the teams' parts of the customers allow."""
    seats = np.floor(chance * heads).astype(np.int64)
    rest = heads - int(seats.sum())
    seats[np.argsort(-(chance * heads - seats), kind="stable")[:rest]] += 1
    return np.repeat(np.arange(teams, dtype=np.int64), seats)


def served_by(chance: Array, team: Array) -> Array:
    """Customers' shares by team, where a team without people leaves its customers to the largest."""
    seats = np.bincount(team, minlength=chance.size)
    served = np.where(seats > 0, chance, 0.0)
    served[int(np.argmax(seats))] += chance[seats == 0].sum()
    return np.asarray(served / served.sum())


def in_office(office: Office, u: Array, weeks: int) -> npt.NDArray[np.int64]:
    """Seconds at the quantiles `u` of the office hours of the first `weeks` weeks."""
    before = opened_before(office)
    total = before[np.searchsorted(office.opens, weeks * f.WEEK_SECONDS)]
    at = np.floor(u * total).astype(np.int64)
    span = np.searchsorted(before, at, side="right") - 1
    return np.asarray(office.opens[span] + at - before[span])


def office_seconds_of(office: Office, seconds: Array) -> npt.NDArray[np.int64]:
    """Office seconds before each of some seconds of the clock."""
    before = opened_before(office)
    span = np.searchsorted(office.opens, seconds, side="right") - 1
    first = np.maximum(span, 0)
    inside = np.minimum(seconds, office.closes[first]) - office.opens[first]
    return np.where(span < 0, 0, before[first] + inside)
