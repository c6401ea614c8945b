"""What kind of thing each key of a scenario is: data, assumption or policy, or words that move no number.

*Data* are what the client counts today: customers, the day on which they are counted, figures at the start,
shares of tiers, regions, causes. An *assumption* is what nobody counts: effects, correlations, costs, the
discount rate, how long effects go on after the plan, how the model works. *Policy* is what somebody decides:
policies, strategies, budget, staff, the plan and its dates, and from where on a plan is a go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tiersim.scenario.fields import Place

Cause = Literal["version", "data", "assumption", "policy", "seed"]
"""Why a headline moved."""

Class = Literal["data", "assumption", "policy", "words"]
"""What a key of a scenario is; *words* (titles, descriptions, sources) move no number."""

IN_SCENARIO: tuple[Cause, ...] = ("data", "assumption", "policy")
ORDER: tuple[Cause, ...] = ("version", *IN_SCENARIO, "seed")
"""In which one cause after the other is switched from the old to the new."""

BOTH = "data|assumption"
DECIDED = "policy|assumption"

KEYS: dict[str, str] = {
    "tiersim": "words",
    "name": "words",
    "description": "words",
    "start": "data",
    "horizon": "policy",
    "run_out": "assumption",
    "burn_in": "assumption",
    "currency": "data",
    "customers": "data",
    "baseline": "data",
    "money": "assumption",
    "money.hurdle": "policy",
    "money.go_at": "policy",
    "money.no_at": "policy",
    "money.concentrated_at": "policy",
    "market": BOTH,
    "population": BOTH,
    "churn": BOTH,
    "satisfaction": "assumption",
    "satisfaction.survey_share": "policy",
    "wallet": "assumption",
    "referral": "assumption",
    "acquisition": BOTH,
    "acquisition.score.interactions.weight": "policy",
    "acquisition.score.company_size.weight": "policy",
    "acquisition.score.decision_maker.weight": "policy",
    "acquisition.first_order.lasts": "policy",
    "attention": "assumption",
    "response": "assumption",
    "service": "assumption",
    "service.classes.*.urgent": "policy",
    "service.classes.*.feasible": "policy",
    "service.classes.*.paid": "policy",
    "desk": "policy",
    "staff": DECIDED,
    "today": BOTH,
    "tiers": "policy",
    "tiers.*.share": "data",
    "rating": DECIDED,
    "data": "assumption",
    "lifecycle": "policy",
    "budget": DECIDED,
    "strategies": DECIDED,
    "strategies.*.description": "words",
    "effects": "assumption",
    "one_off": DECIDED,
    "plan": "policy",
    "crises": "assumption",
    "warning": DECIDED,
    "win_back": DECIDED,
    "shocks": "assumption",
    "campaigns": DECIDED,
    "campaigns.*.description": "words",
    "contact": "assumption",
    "products": BOTH,
    "loyalty": DECIDED,
    "loyalty.levels.*.description": "words",
    "exit": "policy",
    "incentive": "assumption",
    "policies": "policy",
    "policies.*.description": "words",
    "compare": "policy",
    "goals": "words",
    "evaluation": "words",
    "experiment": DECIDED,
    "experiment.question": "words",
    "arms": "policy",
    "sharing": "assumption",
    "freeze": "assumption",
    "mechanisms": "assumption",
}
"""Dotted key (``*`` for a name or a number) -> class of what stands there and below it.

``a|b``: a plain value is *a*, a value with a source and a grade is *b*. The longest key that fits decides.
"""


def class_of(path: Sequence[str], place: Place | None) -> Class:
    """Class of what stands at a path of the schema.

    Parameters
    ----------
    path : keys from the top; names of entries of maps and numbers in lists may stand as ``*``.
    place : what the schema says about it; whether it is an assumption with source and grade decides where
        a section holds both.

    Raises
    ------
    KeyError : no key of `KEYS` fits.
    """
    for length in range(len(path), 0, -1):
        found = [value for key, value in KEYS.items() if _fits(key.split("."), path[:length])]
        if found:
            plain, _, sourced = found[0].partition("|")
            chosen = sourced if sourced and place is not None and place.whole else plain
            return chosen  # type: ignore[return-value]
    raise KeyError(f"no class for {'.'.join(path)}")


def _fits(key: Sequence[str], path: Sequence[str]) -> bool:
    return len(key) == len(path) and all(k in ("*", p) for k, p in zip(key, path, strict=True))
