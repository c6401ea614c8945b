"""What could make the answer wrong; for regions, how treated and control regions moved before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tiersim.experiment.answers.did import event_study
from tiersim.experiment.answers.pretrend import pretrend
from tiersim.experiment.answers.staggered import QUARTER, staggered_by_time
from tiersim.experiment.estimate import Estimate, NotEstimable, NotSupported
from tiersim.experiment.gates import bounds_of
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Section, el, figure, section
from tiersim.report.pictures import experiments as pictures
from tiersim.report.tree import Child

CHANNELS = ("staff", "budget", "referral", "cuts", "market", "win_back", "sales")
LEVEL = 0.05


@dataclass(frozen=True)
class Moment:
    """Treated against control regions in one period: its middle in weeks since the start, and the effect."""

    week: float
    estimate: Estimate


def doubts(told: Told, lang: str = "en") -> Section:
    """What the answer rests on and what would turn it."""
    v = view(told, lang)
    lines = [*_regions(v), *shared(v), *_people(v), *_time(v), *peeking(v)]
    past = [_event_study(v), _past(v)] if v.design.by_region else []
    return section(
        "doubts",
        v.t("doubts.title"),
        el("ul", *(el("li", line) for line in lines)),
        *past,
        mark=phrases.illustrative(v),
    )


def shared(v: View) -> list[str]:
    """Through what treated customers reach those in the control."""
    scenario = v.design.scenario
    open_ones = [
        name
        for name in CHANNELS
        if getattr(scenario.sharing, name) == "all" and not getattr(scenario.freeze, name)
    ]
    apart = [name for name in CHANNELS if name not in open_ones]

    def words(names: list[str]) -> str:
        return v.t("numbers.list").join(v.t(f"channels.{name}") for name in names)

    said = [v.t("doubts.shared", channels=words(open_ones))] if open_ones else [v.t("doubts.nothing_shared")]
    return [*said, v.t("doubts.apart", channels=words(apart))] if apart else said


def floor_of(v: View) -> float | None:
    """Smallest p-value that the lot of regions can give; None where no lot chose them."""
    from tiersim.experiment.answers.lots import p_floor

    seen = v.run.seen if v.f.run is not None else None
    if seen is None or v.design.kind != "pilot" or not seen.lot.drawn:
        return None
    _, units, _ = seen.places
    return p_floor(int(units.size), len(seen.lot.treated))


def _regions(v: View) -> list[str]:
    if not v.design.by_region:
        return []
    seen = v.run.seen
    _, units, _ = seen.places
    treated = int((seen.first_period(units, np.arange(v.design.stop + 1)) <= v.design.stop).sum())
    said = [v.t("doubts.few", regions=int(units.size), treated=treated)]
    floor = floor_of(v)
    if floor is None:
        return [*said, v.t("doubts.by_hand")] if v.design.how == "by_hand" else said
    level = float(v.design.test.looks.error)
    key = "doubts.floor_never" if floor > level else "doubts.floor"
    return [*said, v.t(key, floor=v.n.number(floor, 2), level=v.n.number(level))]


def _people(v: View) -> list[str]:
    d, said = v.design, []
    given = d.test.compliance
    if given.treated < 1.0 or given.control > 0.0:
        said.append(v.t("doubts.compliance", treated=v.n.percent(given.treated),
                        control=v.n.percent(given.control)))  # fmt: skip
    if d.by_region or d.test.newcomers == "counted":
        said.append(v.t("doubts.newcomers_in"))
    else:
        said.append(v.t("doubts.newcomers_out"))
    if any(one.measure in ("satisfaction", "nps") for one in d.outcomes):
        said.append(v.t("doubts.survey"))
    return said


def _time(v: View) -> list[str]:
    d = v.design
    weeks = d.stop - d.begins
    said = [v.t("doubts.length", weeks=v.weeks(weeks))] if weeks < 52 else []
    if d.scenario.population.contract is not None:
        said.append(v.t("doubts.contracts", weeks=v.weeks(weeks)))
    return [*said, v.t("doubts.lag")]


def peeking(v: View) -> list[str]:
    """What reading every look as if it were the only one would cost."""
    count = len(v.design.looks)
    if count == 1:
        return []
    level = float(v.design.test.looks.error)
    chance = false_alarm(count, level, 2, bounds_of(v.design).fractions)
    return [v.t("doubts.peeking", count=count, chance=v.n.percent(chance, 3), level=v.n.percent(level))]


def moments(v: View) -> list[Moment]:
    """The difference between treated and control regions by period; by time since the start in a rollout."""
    seen, d = v.run.seen, v.design
    panel = seen.regions(d.primary, d.stop)
    if d.kind == "pilot":
        found, start = event_study(panel), int(panel.first[panel.treated].min())
        middle = np.cumsum(panel.weeks) - 0.5 * panel.weeks
        zero = float(panel.weeks[:start].sum())
        return [Moment(float(middle[start + since]) - zero, one) for since, one in sorted(found.items())]
    try:
        since_start = staggered_by_time(panel, past=QUARTER)
    except NotSupported:
        since_start = staggered_by_time(panel, inference="none", past=QUARTER)
    step = float(d.test.period)
    return [Moment((since + 0.5) * step, one) for since, one in sorted(since_start.items())]


def _event_study(v: View) -> Child:
    try:
        shown = [one for one in moments(v) if one.estimate.ok]
        if not shown:
            raise NotEstimable("no period can be compared")
    except NotEstimable as failure:
        return el("p", v.t("past.no_picture", why=v.because(failure.why)))
    before = [one for one in shown if one.week < 0]
    alt = v.t("past.alt", periods=len(shown), before=len(before),
              last=v.effect(v.design.primary, shown[-1].estimate.value))  # fmt: skip
    note = v.t("past.note" if v.design.kind == "pilot" else "past.note_rollout")
    title = v.t("past.figure" if before else "past.figure_after", outcome=v.outcome(v.design.primary))
    return figure(title, alt,
                  pictures.event_study(v, shown), pictures.event_study(v, shown, narrow=True),
                  note=note, chart=chartdata.event_study(v, shown))  # fmt: skip


def _past(v: View) -> Child | None:
    """The test of the past with what it would have missed."""
    if v.design.kind != "pilot":
        return None
    d = v.design
    try:
        found = pretrend(v.run.seen.regions(d.primary, d.stop))
    except NotEstimable as failure:
        return el("p", v.t("past.no_test", why=v.because(failure.why)))
    text = v.t(
        "past.apart" if found.p < LEVEL else "past.alike",
        p=v.p(found.p, said=True),
        slope=v.effect(d.primary, found.value),
        found=v.effect(d.primary, found.details["found"], signed=False),
        bias=v.effect(d.primary, found.details["bias"], signed=False),
        unit=v.unit(d.primary),
    )
    return el("div", el("h3", v.t("past.title")), el("p", text), cls="keep")
