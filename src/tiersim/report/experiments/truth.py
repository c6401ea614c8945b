"""What only the simulation knows: the true effects, the worth of a rollout, and who judged it rightly."""

from __future__ import annotations

from tiersim.experiment.truth import all_none, as_run
from tiersim.report import phrases
from tiersim.report.experiments.answer import gain_text
from tiersim.report.experiments.gains import Gain, gain_of
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.tree import Child


def truth(told: Told, lang: str = "en") -> Section:
    """Three estimands kept apart: as run, all against none, and the value of the rollout."""
    v = view(told, lang)
    parts: list[object] = []
    for arm in v.arms:
        gain = gain_of(v.run, arm)
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [_effects(v, arm), el("p", v.t("truth.note"), cls="note"), _money(v, gain)]
    return section(
        "truth",
        v.t("truth.title"),
        el("p", v.t("truth.lead"), cls="lead"),
        *parts,
        mark=phrases.illustrative(v),
    )


def _effects(v: View, arm: int) -> Child:
    run, design = v.run, v.design
    columns = [
        Column(v.t("answers.outcome"), "name"),
        Column(v.t("design.counted"), "text"),
        Column(v.t("truth.said")),
        Column(v.t("answers.interval")),
        Column(v.t("truth.as_run")),
        Column(v.t("truth.held"), "text"),
        Column(v.t("truth.all_none")),
    ]
    rows = []
    for outcome in design.outcomes:
        _, found = run.estimate(outcome.name, arm)
        true = as_run(run.seen, run.worlds.run, run.worlds.none, outcome, arm)
        whole = all_none(run.seen, run.worlds.everybody[arm - 1], run.worlds.none, outcome)
        held = v.n.missing
        if found.ok and found.low == found.low:
            held = v.t("words.yes" if found.low <= true <= found.high else "words.no")
        rows.append([
            v.outcome(outcome), v.unit(outcome), v.effect(outcome, found.value if found.ok else None),
            v.interval(outcome, found.low, found.high), v.effect(outcome, true), held,
            v.effect(outcome, whole),
        ])  # fmt: skip
    return table(columns, rows, cls="tight")


def _money(v: View, gain: Gain) -> Child:
    run = v.run
    worth, needed = run.true_value(gain.arm), v.design.least_gain * v.years
    years = v.n.years(v.years)
    rows = [(v.t("truth.value", years=years), v.n.money(worth, signed=True))]
    if gain.money:
        rows.append((v.t("truth.reckoned"), gain_text(v, gain, gain.decided.gain)))
    rows += [
        (v.t("truth.needed", years=years), v.n.money(needed)),
        (v.t("truth.cost"), v.n.money(run.true_cost(), signed=True)),
        (v.t("truth.sound"), _judged(v, gain.verdict.verdict, worth > needed)),
        (v.t("truth.naive"), _judged(v, gain.naive.verdict, worth > needed)),
    ]
    key = "truth.pays" if worth > needed else "truth.does_not"
    columns = [Column(v.t("columns.measure"), "name"), Column(v.t("columns.value"), "text")]
    heading = v.t(key, plan=v.policy(gain.arm), years=years, value=v.n.money(worth, signed=True))
    return el("div", el("h3", heading), table(columns, rows),
              el("p", v.t("truth.value_note"), cls="note"), cls="keep")  # fmt: skip


def _judged(v: View, verdict: str, good: bool) -> str:
    """A verdict, and whether the truth bears it out."""
    if verdict == "hold":
        key = "truth.held_good" if good else "truth.held_bad"
    else:
        key = "truth.right" if (verdict == "go") == good else "truth.wrong"
    return v.t(key, verdict=v.t(f"run_verdicts.{verdict}"))
