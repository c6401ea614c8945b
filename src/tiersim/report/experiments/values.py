"""The main figures of a test, a pilot or a diagnosis by name, as its first page shows them."""

from __future__ import annotations

from tiersim.report.experiments.answer import gain_range, gain_text
from tiersim.report.experiments.gains import gain_of
from tiersim.report.experiments.view import View


def of_experiment(v: View) -> dict[str, str]:
    """Figures that a commentary may refer to; of several arms those of the first, and each arm's by its name.

    A diagnosis tells of the design instead of the gain of one run.
    """
    if v.f.run is None:
        return _of_diagnosis(v)
    found = {
        "experiment.customers": v.n.count(float(v.run.seen.cohort.sum())),
        "experiment.weeks": v.weeks(v.design.stop - v.design.begins),
    }
    for arm in v.arms:
        gain = gain_of(v.run, arm)
        look = gain.decided
        own = {
            "verdict": v.t(f"run_verdicts.{gain.verdict.verdict}"),
            "gain": gain_text(v, gain, look.gain),
            "range": gain_range(v, gain, look.low, look.high),
            "effect": v.effect(v.design.primary, look.effect.value),
        }
        if gain.money:
            own["needed"] = v.n.money(gain.least)
        if arm == v.arms[0]:
            found |= {f"experiment.{name}": shown for name, shown in own.items()}
        if len(v.arms) > 1:
            found |= {f"experiment.{name}.{v.design.arms[arm]}": shown for name, shown in own.items()}
    return found


def _of_diagnosis(v: View) -> dict[str, str]:
    from tiersim.report.experiments.diagnosed import found_of, pm

    found = {
        "diagnosis.tests": v.n.count(v.found.replications),
        "diagnosis.needed": v.n.money(v.design.least_gain),
    }
    for arm in v.arms:
        one = found_of(v, arm)
        own = {
            "verdict": v.t(f"diagnosed.{one.class_}"),
            "power": v.share(one.power.value),
            "wrong": v.share(float(one.sound["wrong_go"])),
            "missed": v.share(float(one.sound["good_missed"])),
            "right": pm(v, one.sound, "right"),
            "regret": v.n.money(float(one.sound["regret"])),
            "regret_range": v.money(float(one.sound["regret"]), float(one.sound["regret_error"])),
        }
        if arm == v.arms[0]:
            found |= {f"diagnosis.{name}": shown for name, shown in own.items()}
        if len(v.arms) > 1:
            found |= {f"diagnosis.{name}.{v.design.arms[arm]}": shown for name, shown in own.items()}
    return found
