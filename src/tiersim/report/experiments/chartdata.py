"""Charts of experiments as data, for formats whose charts can be edited; each beside its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tiersim.report.chartdata import band, values
from tiersim.report.pictures.guardrails import guard_ends
from tiersim.report.tree import Chart, Series

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.experiment.attributed import Attribution
    from tiersim.experiment.reading import Row
    from tiersim.experiment.tiers import TierEffects
    from tiersim.report.experiments.decided import Class
    from tiersim.report.experiments.diagnosed import Found
    from tiersim.report.experiments.doubts import Moment
    from tiersim.report.experiments.gains import Gain, Guard
    from tiersim.report.experiments.view import View


def by_look(v: View, gain: Gain) -> Chart:
    """Net gain a year at each look with the interval that holds over all, and what is needed."""
    ends = [x for look in gain.looks for x in (look.gain, look.low, look.high)] + [gain.least]
    scale = v.n.scale(ends) if gain.money else v.scale(v.design.primary, ends)
    looks = [look for look in gain.looks if np.isfinite(look.gain)]
    rows = [(look.gain, look.low, look.high) for look in looks]
    told = v.t("looks.needed", gain=v.n.money(gain.least)) if gain.money else v.t("looks.no_effect")
    needed = Series(told, values([gain.least] * len(looks), scale.factor))
    series = band(v.t("looks.gain" if gain.money else "looks.gain_effect"), rows, scale.factor)
    weeks = tuple(v.n.count(look.week) for look in looks)
    return Chart("line", weeks, (series, needed), scale.unit, v.t("looks.axis"))


def guardrails(v: View, guards: Sequence[Guard]) -> Chart:
    """Guardrails of one unit with their intervals, and their limits in the same unit."""
    scale = v.scale(guards[0].outcome, guard_ends(guards))
    rows = [(guard.effect.value, guard.effect.low, guard.effect.high) for guard in guards]
    limits = Series(v.t("guards.limit"), values((guard.limit for guard in guards), scale.factor))
    names = tuple(v.outcome(guard.outcome) for guard in guards)
    return Chart("dots", names, (band(v.t("guards.effect"), rows, scale.factor), limits), scale.unit)


def forest(v: View, rows: Sequence[Row], truth: float) -> Chart:
    """All answers with their intervals; the truth, which has none, last."""
    outcome = v.design.primary
    found = [(row.estimate.value, row.estimate.low, row.estimate.high) for row in rows]
    scale = v.scale(outcome, [truth, *(x for three in found for x in three if np.isfinite(x))])
    names = (*(v.answer(row.answer) for row in rows), v.t("answers.truth_line"))
    series = band(v.outcome(outcome), [*found, (truth, None, None)], scale.factor)
    return Chart("dots", names, (series,), scale.unit)


def tiers(v: View, found: TierEffects) -> Chart:
    """Effects by tier: as seen and after shrinkage."""
    shrunken = found.shrunken
    assert shrunken is not None
    told = [found.estimates[at] for at in found.told]
    seen = [(one.value, one.low, one.high) for one in told]
    drawn = [tuple(map(float, row)) for row in zip(shrunken.value, shrunken.low, shrunken.high, strict=True)]
    scale = v.scale(v.design.primary, [x for row in (*seen, *drawn) for x in row if np.isfinite(x)])
    both = (
        band(v.t("by_tier.mark_seen"), seen, scale.factor),
        band(v.t("by_tier.mark_shrunken"), [(a, b, c) for a, b, c in drawn], scale.factor),
    )
    return Chart("dots", tuple(v.tier(found.tiers[at]) for at in found.told), both, scale.unit)


def event_study(v: View, moments: Sequence[Moment]) -> Chart:
    """Treated against control regions by period, before and after the start."""
    rows = [(one.estimate.value, one.estimate.low, one.estimate.high) for one in moments]
    scale = v.scale(v.design.primary, [x for row in rows for x in row if np.isfinite(x)])
    made = band(v.outcome(v.design.primary), rows, scale.factor)
    weeks = tuple(float(one.week) for one in moments)
    key = "past.axis" if any(week < 0 for week in weeks) else "past.axis_after"
    series = Series(made.name, made.values, made.low, made.high, weeks)
    return Chart("points", (), (series,), scale.unit, v.t(key))


def errors(v: View, names: Sequence[str], arm: int) -> Chart:
    """Estimate less truth by answer: mean and central 95 %."""
    rows = []
    for name in names:
        reply = v.found.replies(name, None, arm)
        gap = (reply.value - reply.truth)[reply.ok]
        low, high = (float(x) for x in np.quantile(gap, [0.025, 0.975]))
        rows.append((float(gap.mean()), low, high))
    scale = v.scale(v.design.primary, [x for row in rows for x in row])
    series = band(v.t("replies.bias"), rows, scale.factor)
    return Chart("dots", tuple(map(v.answer, names)), (series,), v.t("replies.axis", unit=scale.unit))


def scatter(v: View, names: Sequence[str], arm: int) -> Chart:
    """What was said by what was true, one mark a replication, and where both are the same."""
    replies = [v.found.replies(name, None, arm) for name in names]
    xs, ys = ([getattr(one, key)[one.ok] for one in replies] for key in ("truth", "value"))
    scale = v.scale(v.design.primary, [float(x) for x in np.concatenate([*xs, *ys])])
    made = [
        Series(v.answer(name), values(y, scale.factor), x=tuple(float(one) / scale.factor for one in x))
        for name, x, y in zip(names, xs, ys, strict=True)
    ]
    same = tuple(sorted({x for one in made for x in one.x}))
    made.append(Series(v.t("replies.equal"), same, x=same))
    said, true = (v.t(f"replies.{key}_axis", unit=scale.unit) for key in ("said", "true"))
    return Chart("points", (), tuple(made), said, true)


def regret(v: View, one: Found) -> Chart:
    """Money lost against a team that knows the truth, with two simulation errors either way."""
    told = [
        (v.t("diagnosed.menu_sound"), one.sound["regret"], one.sound["regret_error"]),
        (v.t("diagnosed.menu_naive"), one.naive["regret"], one.naive["regret_error"]),
        (v.t("diagnosed.never"), one.sound["regret_never"], one.sound["regret_never_error"]),
        (v.t("diagnosed.always"), one.sound["regret_always"], one.sound["regret_always_error"]),
    ]
    rows = [_widened(float(value), float(error)) for _, value, error in told]
    scale = v.n.scale([x for row in rows for x in row])
    series = band(v.t("diagnosed.regret"), rows, scale.factor)
    return Chart("bar", tuple(name for name, _, _ in told), (series,), scale.unit)


def _widened(value: float, error: float) -> tuple[float, float, float]:
    """A loss with two simulation errors either way; it is never below nothing."""
    wide = 2 * error if np.isfinite(error) else 0.0
    return value, max(value - wide, 0.0), value + wide


def stops(v: View, frame: pd.DataFrame) -> Chart:
    """Share of tests that end at each look in per cent, by verdict."""
    made = tuple(
        Series(v.t(f"run_verdicts.{name}"), values(100 * frame[name].to_numpy(float)))
        for name in ("go", "stop", "hold")
    )
    weeks = tuple(v.n.count(week) for week in frame["week"])
    return Chart("column", weeks, made, v.t("decisions.stops_unit"), v.t("decisions.stops_axis"))


def power(v: View, made: Sequence[Class]) -> Chart:
    """How often the effect is found in per cent, by the size of the true effect."""
    scale = v.scale(v.design.primary, [one.middle for one in made])
    rows = [_widened(100 * one.power, 100 * one.error) for one in made]
    drawn = band(v.t("replies.power"), [(mean, low, min(high, 100.0)) for mean, low, high in rows])
    x = tuple(one.middle / scale.factor for one in made)
    series = Series(drawn.name, drawn.values, drawn.low, drawn.high, x)
    across = v.t("decisions.power_axis", unit=scale.unit)
    return Chart("scatter", (), (series,), v.t("decisions.power_unit"), across)


def waterfall(v: View, split: Attribution) -> Chart:
    """From nothing to the whole error of the naive answer, cause by cause."""
    told = [(v.t(f"hazards.{part.hazard.name}"), part.figure.value) for part in split.parts]
    told += [(v.t("split.rest"), split.rest.value), (v.t("split.whole"), split.whole.value)]
    scale = v.scale(v.design.primary, [value for _, value in told])
    names = tuple(name for name, _ in told)
    series = Series(v.t("split.axis", unit=scale.unit), values((x for _, x in told), scale.factor))
    return Chart("waterfall", names, (series,), scale.unit, totals=(names[-1],))
