"""The first page of a test or pilot: what to do, how large the gain is, and how sure that is."""

from __future__ import annotations

from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.gains import Gain, Guard, gain_of
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Section, box, el, figure, section, tile
from tiersim.report.numbers import known
from tiersim.report.pictures import experiments as pictures
from tiersim.report.tree import Child

CLASSES = {"go": "go", "hold": "pilot", "stop": "no"}
"""Verdicts by the look of their badge."""


def first_page(told: Told, lang: str = "en") -> Section:
    """Title and verdict of each arm, tiles, the gain by look, guardrails, checks, and what else was said."""
    v = view(told, lang)
    gains = [gain_of(v.run, arm) for arm in v.arms]
    lead = gains[0]
    sentences = [compared(v), *(because(v, gain) for gain in gains)]
    return section(
        "answer",
        None,
        el("p", v.t(f"kinds.{v.f.kind}"), v.t("numbers.dot"), v.name, cls="kind"),
        *(el("header", el("h1", title(v, gain)), badge(v, gain.verdict.verdict)) for gain in gains),
        el("p", v.t("numbers.sentences").join(sentences), cls="lead"),
        *(_tiles(v, gain) for gain in gains),
        *(_by_look(v, gain) for gain in gains),
        el("div", _guards(v, lead), _checks(v), _naive(v, lead), cls="three"),
        el("p", v.t("first_run.conventions", currency=v.n.currency_name, looks=_looks(v)), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions"),
        mark=phrases.illustrative(v),
        cls="page first",
    )  # fmt: skip


def badge(v: View, verdict: str) -> Child:
    """The verdict in its fixed word."""
    word = v.t(f"run_verdicts.{verdict}")
    return el(
        "p", word, cls=f"verdict {CLASSES[verdict]}", aria_label=phrases.named(v, v.t("verdicts.label"), word)
    )


def gain_text(v: View, gain: Gain, x: float) -> str:
    """A gain in money a year; in the outcome's unit where it has no worth in money."""
    if gain.money:
        return v.n.money(x, signed=True)
    return v.effect(v.design.primary, x)


def gain_range(v: View, gain: Gain, low: float, high: float) -> str:
    """Both ends of a gain."""
    if gain.money and known(low) and known(high):
        return v.n.money_range(low, high)
    return v.interval(v.design.primary, low, high)


def title(v: View, gain: Gain) -> str:
    """What to do, the gain and its interval, in one line."""
    look = gain.decided
    if not known(look.gain):
        return v.t("first_run.title_nothing", policy=v.policy(gain.arm), why=v.t.said(look.effect.failed))
    return v.t(
        f"first_run.title_{gain.verdict.verdict}" + ("" if gain.money else "_effect"),
        policy=v.policy(gain.arm),
        gain=gain_text(v, gain, look.gain),
        range=gain_range(v, gain, look.low, look.high),
        outcome=v.outcome(v.design.primary),
        unit=v.unit(v.design.primary),
    )


def because(v: View, gain: Gain) -> str:
    """Why the verdict is what it is, with what is needed."""
    needed = v.t("first_run.any_gain")
    if gain.money:
        needed = v.t("first_run.needed", gain=v.n.money(gain.least))
    reason = v.t.get("reasons")[gain.verdict.reason].format(needed=needed)
    ended = "first_run.ended_early" if gain.verdict.look < len(v.design.looks) else "first_run.ended"
    return v.t(ended, reason=reason, week=v.weeks(gain.decided.week))


def compared(v: View) -> str:
    """What was tested on whom and for how long."""
    d = v.design
    return v.t(
        "first_run.compared",
        question=v.question,
        customers=v.n.count(float(v.run.seen.cohort.sum())),
        plan=v.t("numbers.list").join(v.policy(arm) for arm in v.arms),
        today=v.policy(0),
        weeks=v.weeks(d.stop - d.begins),
    )


def _tiles(v: View, gain: Gain) -> Child:
    look, outcome = gain.decided, v.design.primary
    spread = gain_range(v, gain, look.low, look.high)
    tiles = [
        tile(v.t("first_run.tile_gain" if gain.money else "first_run.tile_effect_alone"),
              gain_text(v, gain, look.gain), v.t("first_run.tile_gain_note", range=spread)),
        tile(v.t("first_run.tile_needed"), v.n.money(gain.least) if gain.money else "0",
              v.t("first_run.tile_needed_note" if gain.money else "first_run.tile_needed_effect")),
    ]  # fmt: skip
    if gain.money:
        found = look.effect
        note = v.t("first_run.tile_effect_note", unit=v.unit(outcome),
                   range=v.interval(outcome, found.low, found.high))  # fmt: skip
        name = v.t("first_run.tile_effect", outcome=v.outcome(outcome))
        tiles.append(tile(name, v.effect(outcome, found.value), note))
    return el("div", *tiles, cls="tiles")


def _by_look(v: View, gain: Gain) -> Child:
    last = gain.looks[-1]
    key = "looks.figure" if gain.money else "looks.figure_effect"
    alt = v.t(
        "looks.alt",
        looks=len(gain.looks),
        gain=gain_text(v, gain, last.gain),
        range=gain_range(v, gain, last.low, last.high),
        needed=gain_text(v, gain, gain.least),
    )
    return figure(
        v.t(key, plan=v.policy(gain.arm)), alt, pictures.by_look(v, gain),
        pictures.by_look(v, gain, narrow=True), chart=chartdata.by_look(v, gain),
    )  # fmt: skip


def _looks(v: View) -> str:
    """What several looks do to the ranges; nothing where there is one."""
    count, guarded = len(v.design.looks), v.design.test.looks.spending != "none"
    if count == 1:
        return ""
    return v.t("first_run.conventions_looks" if guarded else "first_run.conventions_unguarded", count=count)


def guard_line(v: View, guard: Guard) -> str:
    """One guardrail in a line."""
    if not guard.effect.ok:
        return v.t("guards.line_none", outcome=v.outcome(guard.outcome), why=v.t.said(guard.effect.failed))
    return v.t(
        "guards.line",
        outcome=v.outcome(guard.outcome),
        state=v.t(f"guards.{guard.state}"),
        effect=v.effect(guard.outcome, guard.effect.value),
        range=v.interval(guard.outcome, guard.effect.low, guard.effect.high),
        unit=v.unit(guard.outcome),
        limit=v.effect(guard.outcome, guard.limit),
    )


def _guards(v: View, gain: Gain) -> Child:
    lines = [guard_line(v, guard) for guard in gain.guards]
    return box(v.t("guards.title"), lines or [v.t("guards.none")])


def _checks(v: View) -> Child:
    lines = [
        v.t(
            "checks.line",
            check=v.t.name("check_names", one.name),
            state=v.t("checks.passed" if one.passed else "checks.failed"),
        )
        for one in v.run.reading.checks
    ]
    return box(v.t("checks.title"), lines or [v.t("checks.none")])


def _naive(v: View, gain: Gain) -> Child:
    said = v.t(
        "first_run.naive",
        verdict=v.t(f"run_verdicts.{gain.naive.verdict}"),
        gain=gain_text(v, gain, gain.naive.low),
        week=v.weeks(v.design.looks[gain.naive.look - 1] - v.design.begins),
    )
    return box(v.t("first_run.naive_title"), [said])
