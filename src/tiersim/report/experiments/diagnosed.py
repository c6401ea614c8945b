"""The first page of a diagnosis: would this design find the truth, and what would its mistakes cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tiersim.experiment.answers.menus import leading
from tiersim.experiment.diagnosands import Figure, share
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.attributed import naive_of
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, box, el, figure, section, table, tile
from tiersim.report.pictures import diagnosis as pictures
from tiersim.report.tree import Child

FINDS, HARDLY = 0.8, 0.5
"""Shares of tests that find the effect from which a design finds the truth, and below which it does not."""
FEW = 100
"""Replications below which shares are too rough to decide on."""


@dataclass(frozen=True)
class Found:
    """What a diagnosis says of one arm: power of the leading answer, and rows of decisions by menu."""

    arm: int
    lead: str
    power: Figure
    sound: Mapping[Any, Any]
    naive: Mapping[Any, Any]

    @property
    def class_(self) -> str:
        """Whether the design finds the truth: finds, partly, misses."""
        if not np.isfinite(self.power.value) or self.power.value < HARDLY:
            return "misses"
        return "finds" if self.power.value >= FINDS else "partly"


def found_of(v: View, arm: int = 1) -> Found:
    """Power of the answer that leads, and decisions, of one arm."""
    found, design = v.found, v.design
    names = [name for name in leading(design, design.primary) if name in found.asked(None, arm)]
    sure = found.significant(float(design.test.looks.error), None, arm)
    power = share(sure, np.ones(found.replications), found.pairs)
    frame = found.verdicts()
    rows = frame[frame["arm"] == design.arms[arm]].to_dict("records")
    by_menu = {row["menu"]: row for row in rows}
    return Found(arm, names[0], power, by_menu["sound"], by_menu["naive"])


def diagnosis_page(told: Told, lang: str = "en") -> Section:
    """The answer in a sentence, tiles with their simulation error, naive beside sound."""
    v = view(told, lang)
    each = [found_of(v, arm) for arm in v.arms]
    lead = each[0]
    few = v.found.replications < FEW
    return section(
        "answer",
        None,
        el("p", v.t("kinds.diagnosis"), v.t("numbers.dot"), v.name, cls="kind"),
        *(el("header", el("h1", title(v, one)), _badge(v, one)) for one in each),
        el("p", _tested(v), cls="lead"),
        *(_tiles(v, one) for one in each),
        *(_menus(v, one) for one in each),
        _regret(v, lead),
        el("div", _worth(v, lead), _naive(v, lead), _limits(v), cls="three"),
        el("p", v.t("diagnosed.few", count=v.found.replications), cls="conventions") if few else None,
        el("p", v.t("diagnosed.conventions", currency=v.n.currency_name,
                    needed=v.n.money(v.design.least_gain)), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions"),
        mark=phrases.illustrative(v),
        cls="page first",
    )  # fmt: skip


def title(v: View, one: Found) -> str:
    """Whether the design would find the truth, in one line."""
    return v.t(f"diagnosed.title_{one.class_}", plan=v.policy(one.arm), power=v.share(one.power.value))


def _badge(v: View, one: Found) -> Child:
    word = v.t(f"diagnosed.{one.class_}")
    cls = {"finds": "go", "partly": "pilot", "misses": "no"}[one.class_]
    return el("p", word, cls=f"verdict {cls}", aria_label=phrases.named(v, v.t("verdicts.label"), word))


def _tested(v: View) -> str:
    d = v.design
    return v.t(
        "diagnosed.tested",
        question=v.question,
        count=v.n.count(v.found.replications),
        plan=v.t("numbers.list").join(v.policy(arm) for arm in v.arms),
        today=v.policy(0),
        unit=v.t(f"lot_units.{d.test.unit}"),
        weeks=v.weeks(d.stop - d.begins),
        looks=v.t.plural("diagnosed.looks", float(len(d.looks))),
    )


def pm(v: View, row: Mapping[Any, Any], name: str) -> str:
    """A share of a row with its simulation error."""
    return v.share(float(row[name]), float(row[f"{name}_error"]))


def _points(v: View, error: float) -> str:
    """A simulation error in percentage points; nothing where all tests agree."""
    return v.t("diagnosed.points", error=v.n.number(100 * error, 2)) if error > 0.0 else ""


def _tiles(v: View, one: Found) -> Child:
    row = one.sound
    tiles = [
        tile(v.t("diagnosed.power"), v.share(one.power.value),
              v.t("diagnosed.power_note", error=_points(v, one.power.error),
                  answer=v.answer(one.lead))),
        tile(v.t("diagnosed.wrong"), v.share(float(row["wrong_go"])),
              v.t("diagnosed.wrong_note", error=_points(v, float(row["wrong_go_error"])))),
        tile(v.t("diagnosed.missed"), v.share(float(row["good_missed"])),
              v.t("diagnosed.missed_note", error=_points(v, float(row["good_missed_error"])))),
        tile(v.t("diagnosed.regret"), v.n.money(float(row["regret"])),
              v.t("diagnosed.regret_note", error=v.n.money(float(row["regret_error"])),
                  never=v.n.money(float(row["regret_never"])),
                  always=v.n.money(float(row["regret_always"])))),
    ]  # fmt: skip
    return el("div", *tiles, cls="tiles")


ROWS = ("go", "hold", "stop", "right", "wrong_go", "good_missed", "good_stopped")


def _menus(v: View, one: Found) -> Child:
    columns = [
        Column(v.t("diagnosed.share"), "name"),
        Column(v.t("diagnosed.menu_sound")),
        Column(v.t("diagnosed.menu_naive")),
    ]
    rows = [[v.t(f"decision_names.{name}"), pm(v, one.sound, name), pm(v, one.naive, name)] for name in ROWS]
    rows.append([
        v.t("decision_names.regret"),
        v.money(float(one.sound["regret"]), float(one.sound["regret_error"])),
        v.money(float(one.naive["regret"]), float(one.naive["regret_error"])),
    ])  # fmt: skip
    return el("div", el("h3", v.t("diagnosed.menus_title", plan=v.policy(one.arm))),
              table(columns, rows, cls="tight"), cls="keep")  # fmt: skip


def _regret(v: View, one: Found) -> Child:
    alt = v.t(
        "diagnosed.regret_alt",
        sound=v.n.money(float(one.sound["regret"])),
        naive=v.n.money(float(one.naive["regret"])),
        never=v.n.money(float(one.sound["regret_never"])),
        always=v.n.money(float(one.sound["regret_always"])),
    )
    return figure(v.t("diagnosed.regret_figure"), alt, pictures.regret(v, one),
                  pictures.regret(v, one, narrow=True), chart=chartdata.regret(v, one))  # fmt: skip


def _worth(v: View, one: Found) -> Child:
    worth = v.found.value(one.arm)
    needed = v.design.least_gain * v.years
    text = v.t(
        "diagnosed.worth",
        years=v.n.years(v.years),
        value=v.n.money(float(np.mean(worth)), signed=True),
        low=v.n.money(float(np.quantile(worth, 0.025)), signed=True),
        high=v.n.money(float(np.quantile(worth, 0.975)), signed=True),
        good=v.share(float(np.mean(worth > needed))),
        cost=v.n.money(float(np.mean(v.found.cost())), signed=True),
    )
    return box(v.t("diagnosed.worth_title"), [text])


def _naive(v: View, one: Found) -> Child:
    name = naive_of(v.found, one.arm)
    if name is None:
        return box(v.t("diagnosed.naive_title"), [v.t("diagnosed.naive_none")])
    figures = v.found.replies(name, None, one.arm).figures(float(v.design.test.looks.error))
    bias, primary = figures["bias"], v.design.primary
    text = v.t(
        "diagnosed.naive",
        answer=v.answer(name),
        bias=v.with_error(primary, bias.value, bias.error),
        unit=v.unit(primary),
        truth=v.effect(primary, figures["truth"].value),
        wrong=pm(v, one.naive, "wrong_go"),
    )
    return box(v.t("diagnosed.naive_title"), [text])


def _limits(v: View) -> Child:
    reasons = v.found.reasons()
    order = reasons.sort_values(ascending=False, kind="stable")
    words = v.t.get("short_reasons")
    index = list(reasons.index)
    lines = [
        v.t("diagnosed.reason", share=v.share(float(value)), reason=words[index.index(str(name))])
        for name, value in order.items()
        if value > 0
    ][:3]
    return box(v.t("diagnosed.reasons_title"), lines)
