"""The answers by customer, by name."""

from __future__ import annotations

from tiersim.experiment.answers.adjusted import adjusted, cuped
from tiersim.experiment.answers.answer import Answer, Call
from tiersim.experiment.answers.clustered import clustered, clustered_adjusted, clustered_weighted
from tiersim.experiment.answers.difference import difference
from tiersim.experiment.answers.naive import before_after, top_tier_only, treated_untreated, year_on_year
from tiersim.experiment.answers.paired import paired
from tiersim.experiment.answers.ratio import ratio, ratio_adjusted
from tiersim.experiment.answers.share import share


def _by_customer(name: str, menu: str, needs: set[str], supports: tuple[str, ...], call: Call) -> Answer:
    return Answer(name, menu, "customer", frozenset(needs), supports, call)


_STUDENT = ("t", "normal")
_PRINTED = ("t", "none")

ANSWERS: dict[str, Answer] = {
    answer.name: answer
    for answer in (
        _by_customer("before_after", "naive", {"same_before"}, _PRINTED, before_after),
        _by_customer("treated_untreated", "naive", set(), _PRINTED, treated_untreated),
        _by_customer("year_on_year", "naive", {"year_ago"}, _PRINTED, year_on_year),
        _by_customer("top_tier_only", "naive", {"same_before", "tier"}, _PRINTED, top_tier_only),
        _by_customer("difference", "sound", set(), _STUDENT, difference),
        _by_customer("cuped", "sound", {"before"}, _STUDENT, cuped),
        _by_customer("adjusted", "sound", {"before"}, _STUDENT, adjusted),
        _by_customer("ratio", "sound", {"denominator"}, _STUDENT, ratio),
        _by_customer("ratio_adjusted", "sound", {"denominator", "before"}, _STUDENT, ratio_adjusted),
        _by_customer("share", "sound", set(), ("normal", "randomisation"), share),
        _by_customer("paired", "sound", {"pair"}, _STUDENT, paired),
        _by_customer("clustered", "sound", {"cluster"}, ("cluster",), clustered),
        _by_customer("clustered_adjusted", "sound", {"cluster", "before"}, ("cluster",), clustered_adjusted),
        _by_customer("clustered_weighted", "sound", {"cluster"}, ("cluster",), clustered_weighted),
    )
}
"""Every answer by customer: what reports print first, then what a lot makes valid."""
