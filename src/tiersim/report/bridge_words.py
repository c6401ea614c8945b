"""A bridge between two runs in words and rounded figures, for the page and for the terminal alike."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from tiersim.evaluation.bridge import Bridge, Headline, Step
from tiersim.evaluation.causes import Cause
from tiersim.report import text as texts
from tiersim.report.numbers import Numbers, Scale
from tiersim.report.rounding import decimals_for
from tiersim.report.tree import Shown
from tiersim.report.view import Frame

CAUSES: dict[Cause, str] = {
    "version": "diff.cause_version",
    "data": "diff.cause_data",
    "assumption": "diff.cause_assumption",
    "policy": "diff.cause_policy",
    "seed": "diff.cause_seed",
}
ABOUT: dict[Cause, str] = {
    "version": "diff.about_version",
    "data": "diff.about_data",
    "assumption": "diff.about_assumption",
    "policy": "diff.about_policy",
    "seed": "diff.about_seed",
}
MOST = 0.5
"""Share of the whole move from which a step is most of it."""


@dataclass(frozen=True)
class View(Frame[Bridge]):
    """What everything about a bridge is told from."""

    @property
    def document(self) -> str:
        """Title of the document."""
        return self.t("diff.document", name=self.name)

    @property
    def values(self) -> dict[str, str]:
        """The main figures: verdict, gain, range and chance of the new run, the old gain, and the move."""
        new, (old_money, new_money, moved) = self.f.new, headline(self)
        return {
            "diff.verdict": self.t(f"verdicts.{new.verdict}"),
            "diff.gain": new_money,
            "diff.range": self.n.money_range(new.gain.low, new.gain.high),
            "diff.chance": self.n.chance(new.chance, new.replications, (new.no_at, new.go_at)),
            "diff.before": old_money,
            "diff.moved": moved,
        }


@dataclass(frozen=True)
class Told(Bridge):
    """A bridge with its own view, as a notebook shows it."""

    @property
    def kind(self) -> str:
        """Name of the report."""
        return "diff"

    def view(self, lang: str) -> View:
        """View in a language."""
        return view(self, lang)


def told(bridge: Bridge, old: str | Path, new: str | Path) -> Told:
    """A bridge with the command that gives the same pages; of absolute paths only the name is told."""
    names = [Path(path).name if Path(path).is_absolute() else str(path) for path in (old, new)]
    found = Told(**{name: getattr(bridge, name) for name in bridge.__dataclass_fields__})
    words = ["tiersim", "diff", *names, *(["--quick"] if bridge.quick else []), "--to", "reports/"]
    return replace(found, command=shlex.join(words))


@dataclass(frozen=True)
class Row:
    """One row of the table: an end of the bridge or a step, its figures rounded so that they add up.

    ``moved`` and ``error`` are None for the two ends; ``step`` is None for them too.
    """

    label: str
    what: str
    moved: Shown | str | None
    error: str | None
    after: Shown
    step: Step | None


def view(bridge: Bridge, lang: str = "en") -> View:
    """View of a bridge in a language; `ReportError` where there is no text for it."""
    text = texts.load(lang)
    return View(bridge, text, Numbers(text, bridge.currency))


def title(v: View) -> str:
    """The finding in one line, with the step that is most of it where simulating again would say the same."""
    f, moved = v.f, v.f.moved
    old, new, change = headline(v)
    if f.same and not f.unexplained:
        return v.t("diff.title_same", new=new)
    if moved == 0:
        return v.t("diff.title_equal", new=new)
    if old == new:
        return v.t("diff.title_little", old=old, new=new)
    said = v.t("diff.title_up" if moved > 0 else "diff.title_down", money=change, old=old, new=new)
    top = max(f.steps, key=lambda step: step.money / moved)
    sure = top.error is not None and abs(top.money) > top.error
    if not (sure and top.money / moved > MOST):
        return said
    label = causes(v, top)
    others = [row for row in rows(v) if row.step is not None and row.step is not top]
    only = not any(getattr(row.moved, "number", 0.0) for row in others)
    return v.t("diff.all" if only else "diff.most", title=said, cause=label[:1].lower() + label[1:])


def headline(v: View) -> tuple[str, str, str]:
    """Old and new net gain and the size of the move, with the decimals of the table, so that they add up."""
    unit, (first, *_, last) = scale(v), rows(v)
    name = unit.name

    def money(number: float, decimals: int, signed: bool) -> str:
        plain = v.n.plain(abs(number), decimals)
        sign = v.n.plain(math.copysign(1.0, number), 0, signed)[:-1] if number else ""
        amount = v.t("numbers.scaled", number=plain, scale=name) if name else plain
        return v.t("numbers.money", sign=sign, currency=v.n.word, amount=amount)

    old, new = (row.after.number or 0.0 for row in (first, last))
    places = first.after.decimals
    return money(old, places, True), money(new, places, True), money(abs(new - old), places, False)


def causes(v: View, step: Step) -> str:
    """What a step switched."""
    first, *others = (v.t(CAUSES[cause]) for cause in step.causes)
    for other in others:
        first = v.t("diff.both", first=first, second=other)
    return first


def unchanged(step: Step) -> bool:
    """Whether there is nothing to tell of a step."""
    return not step.differs and step.money == 0


def scale(v: View) -> Scale:
    """One unit for all figures of the bridge."""
    f = v.f
    return v.n.scale([f.old.gain.mean, f.new.gain.mean, *(s.money for s in f.steps)])


def rows(v: View) -> list[Row]:
    """Old run, steps, new run. Each figure is rounded so that old + steps = new as they are shown."""
    f, unit = v.f, scale(v)
    ends = [f.old.gain.mean, f.new.gain.mean]
    base = unit.rounded_in
    places = min(2, decimals_for(max(abs(x) for x in ends) / base, 3)) if base > 1 else 0
    one, decimals = base / 10**places, unit.decimals(places)
    first, last = (round(x / one) for x in ends)
    moved = add_up([step.money / one for step in f.steps], last - first)

    def shown(exact: float, count: int, signed: bool = False) -> Shown:
        number = count * one / unit.factor
        return Shown(v.n.plain(number, decimals, signed), exact, number, decimals, "money", signed)

    def end(key: str, headline: Headline, count: int) -> Row:
        what = v.t("diff.what_end", seed=headline.seed, futures=v.n.count(headline.replications))
        return Row(v.t(key), what, None, None, shown(headline.gain.mean, count, True), None)

    found, at = [end("diff.old", f.old, first)], first
    for step, count in zip(f.steps, moved, strict=True):
        at += count
        if unchanged(step):
            blank = v.t("diff.unchanged")
            found.append(Row(causes(v, step), blank, blank, "", shown(step.after, at, True), step))
            continue
        error = v.n.missing if step.error is None else v.n.plain(step.error / unit.factor, decimals)
        found.append(
            Row(causes(v, step), what(v, step), shown(step.money, count, True), error,
                shown(step.after, at, True), step)
        )  # fmt: skip
    return [*found, end("diff.new", f.new, last)]


def add_up(values: list[float], total: int) -> list[int]:
    """`values` as whole numbers of this sum: rounded down, the largest remainders up; 0 stays 0.

    Examples
    --------
    >>> add_up([0.4, 0.4, 0.0, 0.4], 1)
    [1, 0, 0, 0]
    """
    whole = [math.floor(x) for x in values]
    turn = sorted((i for i, x in enumerate(values) if x != 0), key=lambda i: whole[i] - values[i])
    missing = total - sum(whole)
    for k in range(abs(missing)):
        if missing > 0:
            whole[turn[k % len(turn)]] += 1
        else:
            whole[turn[-1 - k % len(turn)]] -= 1
    return whole


def what(v: View, step: Step) -> str:
    """What differs behind a step, in a few words."""
    f, told = v.f, []
    if step.changes:
        key = "diff.value" if len(step.changes) == 1 else "diff.values"
        told.append(v.t(key, n=len(step.changes)))
    if "version" in step.causes:
        if f.old.version != f.new.version:
            old, new = short(f.old.version), short(f.new.version)
            told.append(v.t("diff.what_version", old=old, new=new))
        elif f.unexplained:
            told.append(v.t("diff.what_unexplained"))
        else:
            told.append(v.t("diff.what_installed", version=short(f.present)))
    if "seed" in step.causes:
        if f.old.seed != f.new.seed:
            told.append(v.t("diff.what_seed", old=f.old.seed, new=f.new.seed))
        if f.old.replications != f.new.replications:
            counts = {"old": v.n.count(f.old.replications), "new": v.n.count(f.new.replications)}
            told.append(v.t("diff.what_futures", **counts))
        if not told:
            told.append(v.t("diff.what_quick"))
    return v.t("numbers.phrases").join(told)


def short(version: str) -> str:
    """A version with the first digits of the hash of its sources."""
    name, _, digest = version.partition(" ")
    return f"{name} {digest[:7]}".strip()


def notes(v: View) -> list[str]:
    """What a reader must know about the split, a sentence each."""
    f = v.f
    told = []
    if f.unexplained:
        told.append(v.t("diff.unexplained"))
    if f.simulated:
        told.append(v.t("diff.order"))
    told += [v.t("diff.joined", causes=causes(v, step)) for step in f.joined]
    if f.old.version == f.new.version:
        told.append(v.t("diff.version_same"))
    if f.simulated and f.new.version != f.present:
        told.append(v.t("diff.version_other", present=short(f.present)))
    elif f.simulated and f.old.version != f.present:
        told.append(v.t("diff.version_again", present=short(f.present)))
    if not f.simulated and not f.same and not f.unexplained:
        told.append(v.t("diff.one_cause"))
    if f.quick:
        told.append(v.t("diff.quick", futures=v.n.count(f.replications)))
    if any(change.kind == "words" for change in f.changes):
        told.append(v.t("diff.words"))
    return told


def verdicts(v: View) -> list[str]:
    """The verdicts of both runs and their chances, a sentence each."""
    old, new = (v.t(f"verdicts.{end.verdict}") for end in (v.f.old, v.f.new))
    said = v.t("diff.verdict_same", new=new) if old == new else v.t("diff.verdict_moved", old=old, new=new)
    chances = {
        key: v.n.chance(end.chance, end.replications, (end.no_at, end.go_at))
        for key, end in (("old", v.f.old), ("new", v.f.new))
    }
    return [said, v.t("diff.chance", **chances)]
