"""What would settle an uncertain assumption: a pilot, records, a survey, request tickets or the accounts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tiersim.evaluation.findings import Flip

UNKNOWN = "judgement"
"""Where no rule fits: somebody who knows has to be asked."""


@cache
def rules() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Keys of a path (``*`` for a name) and the kind of measurement, as ``measurements.yaml`` has them."""
    from ruamel.yaml import YAML

    found = YAML(typ="safe").load(Path(__file__).with_name("measurements.yaml").read_text("utf-8"))
    return tuple((tuple(rule["path"].split(".")), rule["by"]) for rule in found["rules"])


def measured_by(path: str) -> str:
    """Kind of measurement that would settle the assumption at a dotted path.

    Examples
    --------
    >>> measured_by("churn.bankruptcy"), measured_by("churn.satisfaction_effect"), measured_by("horizon")
    ('records', 'survey', 'judgement')
    """
    keys = path.split(".")
    fitting = [
        (len(rule), by)
        for rule, by in rules()
        if len(rule) <= len(keys) and all(r in ("*", k) for r, k in zip(rule, keys, strict=False))
    ]
    return max(fitting)[1] if fitting else UNKNOWN


def most_moving(flips: list[Flip], most: int) -> list[Flip]:
    """What should be measured first: what turns the answer, nearest first, then what moves the gain most."""
    turning = [flip for flip in flips if flip.break_even is not None]
    others = [flip for flip in flips if flip.break_even is None and flip.gain_high - flip.gain_low != 0.0]
    known = [flip for flip in others if abs(flip.gain_high - flip.gain_low) < float("inf")]
    return [*turning, *sorted(known, key=lambda f: -abs(f.gain_high - f.gain_low))][:most]
