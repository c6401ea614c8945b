"""Effects by tier, each by the answer that leads, and shrunk toward their mean."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tiersim.experiment.answers.menus import ALL, leading
from tiersim.experiment.checks.shrinkage import Shrunken, shrink
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import RegionPanel, Sample
from tiersim.experiment.samples import Seen


@dataclass(frozen=True, eq=False)
class TierEffects:
    """Effects on the primary outcome at the end, by tier at the start.

    Parameters
    ----------
    tiers : names, the best first.
    customers : of each tier that take part.
    answers, estimates : by tier; an estimate says why there is none.
    shrunken : of the tiers in `told`, in their order; None where fewer than two have an error.
    told : places in `tiers` of those that were shrunk.
    because : why nothing was shrunk; empty if something was.
    """

    tiers: tuple[str, ...]
    customers: tuple[int, ...]
    answers: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    shrunken: Shrunken | None
    told: tuple[int, ...]
    because: str = ""


def by_tier(seen: Seen, arm: int = 1) -> TierEffects:
    """Effects of an arm by tier.

    By region each tier has a panel of its own: customers of the other tiers are left out of its regions.
    Nothing is shrunk then.
    """
    design = seen.design
    asked = design.primary.tiers or range(len(design.scenario.tiers))
    names = tuple(design.scenario.tiers)
    kept = [code for code in asked if not design.test.who.tiers or names[code] in design.test.who.tiers]
    tier = seen.start_panel.tier
    found = [_effect(seen, code, arm) for code in kept]
    told = [k for k, (_, one) in enumerate(found) if one.ok and np.isfinite(one.error) and one.error > 0.0]
    shrunken, because = None, ""
    try:
        if design.by_region:
            # Their effects move together, and shrinkage would take that for agreement: with 2 of 6 regions
            # its ranges of 95 % held the truth in 72 %.
            raise NotEstimable("tiers share the luck of their regions, so that none vouches for the others")
        if len(told) < 2:
            raise NotEstimable("fewer than two tiers have an effect with a standard error")
        effects = [found[k][1].value for k in told]
        shrunken = shrink(effects, [found[k][1].error for k in told])
    except NotEstimable as failure:
        because = failure.why
    return TierEffects(
        tuple(names[code] for code in kept),
        tuple(int((tier == code).sum()) for code in kept),
        tuple(name for name, _ in found),
        tuple(one for _, one in found),
        shrunken,
        tuple(told) if shrunken is not None else (),
        because,
    )


def _effect(seen: Seen, code: int, arm: int) -> tuple[str, Estimate]:
    """The first of the leading answers that has an interval, else the first; asked of one tier."""
    design = seen.design
    names = leading(design, design.primary)
    tried = [(name, _asked(seen, code, name, arm)) for name in names]
    return next((one for one in tried if one[1].ok and np.isfinite(one[1].low)), tried[0])


def _asked(seen: Seen, code: int, name: str, arm: int) -> Estimate:
    answer = ALL[name]
    try:
        made = _sample(seen, code) if answer.unit == "customer" else _regions(seen, code)
    except NotEstimable as failure:
        return Estimate.none(failure.why)
    return answer.answer(made, arm)


def _sample(seen: Seen, code: int) -> Sample:
    design = seen.design
    whole = seen.sample(design.primary, design.stop)
    mine = np.asarray(whole.tier) == code
    if not mine.any():
        raise NotEstimable("nobody of it takes part")
    return whole.take(mine)


def _regions(seen: Seen, code: int) -> RegionPanel:
    """The panel of regions with the customers of one tier alone."""
    design = seen.design
    if design.primary.tiers:
        raise NotEstimable("outcomes of some tiers are not told by region")
    name = list(design.scenario.tiers)[code]
    who = design.test.who.model_copy(update={"tiers": [name]})
    alone = replace(design, test=design.test.model_copy(update={"who": who}))
    return Seen(alone, seen.panel, seen.lot).regions(design.primary, design.stop)
