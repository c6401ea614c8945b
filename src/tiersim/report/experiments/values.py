"""The main figures of a test or pilot by name, as its first page shows them."""

from __future__ import annotations

from tiersim.report.experiments.answer import gain_range, gain_text
from tiersim.report.experiments.gains import gain_of
from tiersim.report.experiments.view import View


def of_experiment(v: View) -> dict[str, str]:
    """Figures that a commentary may refer to; of several arms those of the first, and each arm's by its name.

    Empty for a diagnosis, which has no one answer.
    """
    if v.f.run is None:
        return {}
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
            found |= {f"experiment.{v.design.arms[arm]}.{name}": shown for name, shown in own.items()}
    return found
