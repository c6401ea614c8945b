"""The page on a planned experiment, in words: what it asks, what it can see, and what would do better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tiersim.experiment import inputs
from tiersim.experiment.diagnosands import share
from tiersim.experiment.page_better import better_lines
from tiersim.experiment.power.feasible import CUSTOMERS, FLOOR, LOOKS, NOISY, REGIONS, RENEWALS, SHORT
from tiersim.experiment.power.floors import p_floor, reaches, smallest_pilot
from tiersim.experiment.words import MISSING, effect, lines, listed, money, number, percent, row
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.experiment.feasibility import DesignPage, Sight
    from tiersim.experiment.power.feasible import Feasibility

LIMITS = {
    FLOOR: "no result of so few regions could ever be rare enough",
    LOOKS: "one look at the end",
    RENEWALS: "too few contracts come up within it; a longer one",
    SHORT: "a longer one",
    REGIONS: "more regions of this size",
    CUSTOMERS: "ten times the customers",
    NOISY: "neither more time nor more customers alone would do within reason",
}
"""What a limit means, and what would be without it; `_limit` says whether that would do."""


CHOSEN = {
    "simple": "by a lot",
    "rerandomised": "by a lot among the sets most like the rest",
    "alike": "those most like the rest",
}
"""How pilot regions come to be, where nobody names them."""

NO_LOT = {
    "by_hand": "the regions were chosen by hand and not by a lot",
    "alike": "the regions were chosen and not drawn by a lot",
    "rerandomised": "the lot was among some sets of regions only",
}
"""Why there is no exact randomisation."""


def write(page: DesignPage) -> str:
    """All lines of the page."""
    parts = [
        [f"{page.scenario.name}: could this experiment answer its question?", ""],
        _head(page),
        ["", "What it can see"],
        *(_sight(page, sight) for sight in page.sights),
        ["", "What limits it"],
        _limits(page),
        ["", "A better design"],
        better_lines(page),
    ]
    if page.simulated is not None:
        parts += [["", "Simulated"], _simulated(page)]
    parts += [[""], _source(page)]
    return "\n".join(line for part in parts for line in part)


def _head(page: DesignPage) -> list[str]:
    design, test = page.design, page.design.test
    question = test.question or f"does {design.policies[1]} do better than {design.policies[0]}?"
    out = row("Question", question)
    of = f" (Of arm {page.main.arm}; the others' stand below.)" if len(page.sights) > 1 else ""
    out += row("Verdict", _verdict(page.main) + of)
    out += row("Who", _who(page))
    out += row("Arms", "; ".join(f"{a}: {p}" for a, p in zip(design.arms, design.policies, strict=True)))
    begins = f"from week {design.begins} on, " if design.begins else "from the start, "
    looks = [str(week - design.begins) for week in design.looks]
    many = "one look at the end" if len(looks) == 1 else f"looks after {listed(looks)} weeks"
    out += row("When", f"{begins}for {write_weeks(design.stop - design.begins)}; {many}")
    outcome = design.primary
    guards = [one.name for one in design.guardrails]
    kept = f"; not to become worse: {listed(guards)}" if guards else ""
    way = ", less is better" if outcome.sign < 0 else ""
    return out + row("Decided by", f"{outcome.name} ({outcome.unit}{way}){kept}")


def _verdict(sight: Sight) -> str:
    judged = sight.judged
    if judged is None:
        return f"not judged: {sight.why}."
    text = judged.verdict[0].upper() + judged.verdict[1:]
    if judged.binds:
        named = "" if judged.binds in judged.verdict else f" ({judged.binds})"
        text += f"{named}: {_limit(judged)}"
    return f"{text}."


def _limit(judged: Feasibility) -> str:
    """What a limit means: without it the plan would do only if it then sees the effect."""
    text = LIMITS[judged.binds]
    if judged.binds in (FLOOR, NOISY):
        return text
    return f"{text} would do" if judged.enough else f"{text} would help, but would not do alone"


def _who(page: DesignPage) -> str:
    design, heads = page.design, page.noise.mean("heads")
    if design.kind == "rollout":
        waves = design.test.waves
        return f"{number(heads, 3)} customers, whole regions or industries in {len(waves)} waves"
    if design.by_region:
        regions, treated = inputs.pilot(design)
        names = design.test.lot.regions
        chosen = f"{listed(names)}, by hand" if names else CHOSEN[design.how]
        return f"{number(heads, 3)} customers in {regions} regions, of which {treated} pilot ({chosen})"
    mine = [page.noise.mean("mine", arm) for arm in range(1, len(design.arms))]
    sizes = [max(0.0, heads - sum(mine)), *mine]
    arms = ", ".join(f"{name} {number(size, 3)}" for name, size in zip(design.arms, sizes, strict=True))
    unit = "by account manager" if design.test.unit == "manager" else "by customer"
    return f"{number(heads, 3)} customers, a lot {unit}: {arms}"


def _sight(page: DesignPage, sight: Sight) -> list[str]:
    design, currency = page.design, page.scenario.currency
    outcome, heads = design.primary, page.noise.mean("heads")
    out = [f"  Arm {sight.arm}:"] if len(page.sights) > 1 else []
    if sight is not page.main:
        out += row("Verdict", _verdict(sight))

    def worth(value: float) -> str:
        own = effect(value, outcome, currency)
        if not sight.in_money or not math.isfinite(value):
            return own
        return f"{money(sight.worth.money(value), currency)} a year for all {number(heads, 3)} ({own})"

    if math.isnan(sight.error):
        return out + row("Smallest gain", f"nothing: {sight.why}")
    if math.isinf(sight.smallest):
        out += row("Smallest gain", f"none of any size: {_nothing(page, sight)}")
    else:
        out += row("Smallest gain", f"{worth(sight.smallest)}, seen with a chance of {percent(page.power)}")
    if sight.in_money:
        care = page.noise.mean("cost", design.arms.index(sight.arm))
        parts = f"least gain {money(design.least_gain, currency)}"
        if outcome.measure == "profit":
            parts += "; what care costs more is part of profit"
        else:
            parts += f", care costs {money(abs(care), currency)} {'less' if care < 0.0 else 'more'}"
        out += row("Break-even", f"{worth(sight.break_even)}: {parts}")
    else:
        out += row(
            "Break-even", "none in money: the outcome has no worth, so the gate reads its direction only"
        )
    error = f"± {effect(2.0 * sight.expected.error, outcome, currency)} from so few replications"
    out += row("Expected", f"{worth(sight.expected.value)}, {error}")
    if sight.judged is not None:
        what = "the expected effect" if sight.expected.value else "the break-even"
        out += row("Chance to see it", f"{percent(sight.judged.power_expected)} ({what})")
    if not math.isnan(sight.go):
        hold = max(0.0, 1.0 - sight.go - sight.stop)
        when = "over all looks" if len(design.looks) > 1 and design.test.gate.stop_early else "at the end"
        text = f"go {percent(sight.go)}, stop {percent(sight.stop)}, hold {percent(hold)} {when}, if "
        out += row("The gate says", text + "the expected effect is true and guardrails and checks are passed")
    return out


def _limits(page: DesignPage) -> list[str]:
    design, noise = page.design, page.noise
    out = row("P-value floor", _floor(page))
    if not math.isnan(page.expected_due):
        heads, weeks = noise.mean("heads"), design.stop - design.begins
        text = (
            f"{number(page.due.value, 3)} of {number(heads, 3)} contracts come up within {weeks} weeks "
            f"({number(page.expected_due, 3)} if they were spread evenly); the others are bound by theirs"
        )
        if design.primary.measure in inputs.LEAVING:
            text += ", so that a cut of churn shows in these alone"
        out += row("Renewals", text)
    out += row("Looks", _looks(page))
    currency, outcome = page.scenario.currency, design.primary
    text = f"s.d. over customers {effect(noise.mean('sd'), outcome, currency)}; "
    text += f"the past explains {percent(1.0 - inputs.kept(noise, 1))} of the variance"
    change = noise.mean("change")
    if math.isfinite(change):
        text += f"; s.d. of regions' changes {effect(math.sqrt(change), outcome, currency)}"
    out += row("Noise", text)
    return out + row("It costs", _cost(page))


def _nothing(page: DesignPage, sight: Sight) -> str:
    """Why no effect of any size would be seen."""
    if not reaches(page.floor, sight.rule.level):
        return "see the p-value floor"
    room = inputs.room_of(page.design, page.noise, page.design.arms.index(sight.arm))
    return f"not even {effect(room, page.design.primary, page.scenario.currency)}, all that there is"


def _cost(page: DesignPage) -> str:
    if math.isnan(page.cost):
        return f"{MISSING}: what care costs more cannot be compared in these books"
    if page.cost == 0.0:
        return "nothing: treated customers' care costs no more than that of the others"
    arms = "" if len(page.sights) == 1 else ", all arms together"
    waves = ", each wave from its own week on" if page.design.kind == "rollout" else ""
    return (
        f"{money(page.cost, page.scenario.currency)} for the care of those treated{arms}{waves}, as the "
        "books show it"
    )


def _floor(page: DesignPage) -> str:
    alpha = float(page.design.test.looks.error)
    how = page.design.how
    if page.design.kind == "rollout":
        return "not reckoned for waves" + ("; their order was not drawn by a lot" if how == "by_hand" else "")
    if page.design.by_region and page.floor == 0.0:
        return f"none: {NO_LOT[how]}, so that only the t test is left, which trusts that changes are normal"
    if page.floor == 0.0:
        return "none: a lot by customer has more outcomes than anybody could count"
    regions, treated = inputs.pilot(page.design)
    text = f"{page.floor:.3f}: {treated} of {regions} regions can never go below it"
    if reaches(page.floor, alpha):
        return f"{text}, and {alpha:g} is asked for, so it does not bind"
    others = {k: p_floor(regions, k) for k in range(1, regions)}
    fit = [k for k, floor in others.items() if reaches(floor, alpha)]
    text += f", and {alpha:g} is asked for. What would: "
    if fit:
        text += f"{fit[0]} of these {regions} regions ({others[fit[0]]:.3f})"
    else:
        many, pilots = smallest_pilot(alpha)
        text += f"{pilots} of {many} regions ({p_floor(many, pilots):.3f}), or a lot by customer"
    small = effect(page.main.without_floor, page.design.primary, page.scenario.currency)
    dof = number(page.main.dof, 2)
    trust = f". Who trusts that regions' changes are normal sees {small} (t with {dof} degrees of freedom)"
    return text + (trust if math.isfinite(page.main.without_floor) else "")


def _looks(page: DesignPage) -> str:
    found, test = page.looking, page.design.test
    error, valid = percent(float(test.looks.error)), test.looks.spending == "always_valid"
    more = percent(found.inflation - 1.0)
    if found.number == 1 and valid:
        return (
            f"one, at the end; always-valid bounds hold {error} over looks that nobody planned too, and ask "
            f"for {more} more sample even so"
        )
    if found.number == 1:
        return "one, at the end: no false alarms by looking often"
    naive = f"read naively, {found.number} looks at {error} each give {percent(found.naive, 3)} false alarms"
    if test.looks.spending == "none":
        return f"{naive}, and this design reads them so (looks.spending: none)"
    kind = {"obrien_fleming": "O'Brien-Fleming", "pocock": "Pocock"}.get(test.looks.spending, "always-valid")
    kept = f"{error} (these looks use {percent(found.real)} of it)" if valid else error
    return f"{naive}; {kind} bounds keep {kept} and ask for {more} more sample"


def _simulated(page: DesignPage) -> list[str]:
    done = page.simulated
    assert done is not None
    sure = done.significant(float(page.design.test.looks.error))
    found = share(sure, np.ones(sure.size), done.pairs)
    text = f"an effect is found in {percent(found.value)} ± {percent(1.96 * found.error)} of "
    text += f"{done.replications} replications (the end read as the only look)"
    out = row("Power", text)
    table = done.verdicts()
    row_of = table[table["menu"] == "sound"].iloc[0]
    text = ", ".join(
        f"{word} {percent(float(row_of[word]))} ± {percent(1.96 * float(row_of[f'{word}_error']))}"
        for word in ("go", "hold", "stop")
    )
    return out + row("The gate says", f"{text}, guardrails, checks and all looks included")


def _source(page: DesignPage) -> list[str]:
    many = page.noise.replications
    return lines(
        f"Noise, expected effect and cost come from {many} simulated replications (seed {page.noise.seed}) "
        "of this experiment and of the same customers without it; power is in closed form. The effect is "
        "taken to be the same at any length, and the noise of regions to forget from week to week."
    )
