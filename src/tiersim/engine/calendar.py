"""When customers are looked at: months end after weeks 4, 9 and 13 of a quarter (T6)."""

from __future__ import annotations

from collections.abc import Sequence

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.scenario.rating import RatingRules

MONTHS = 3
"""Months of a quarter."""


def end_of_month(month: int) -> int:
    """Week that begins when so many months are over; month 0 ends with the start."""
    return round(month * WEEKS_PER_QUARTER / MONTHS)


class Calendar:
    """Kinds of look that are due by week: "review", "quarter", "month"; none that no rule asks for."""

    def __init__(self, rules: RatingRules, weeks: int) -> None:
        asked = {rule.check for rule in rules.rules}
        every = round(rules.review_every * MONTHS / WEEKS_PER_QUARTER)
        self.reviews_a_year = 12.0 / every
        self._checks: dict[int, frozenset[str]] = {}
        self._month_ends = set()
        month = 1
        while end_of_month(month) <= weeks:
            due = {"month"} | ({"quarter"} if month % MONTHS == 0 else set())
            checks = (due & asked) | ({"review"} if month % every == 0 else set())
            week = end_of_month(month)
            self._month_ends.add(week)
            if checks:
                self._checks[week] = frozenset(checks)
            month += 1

    def checks(self, week: int) -> frozenset[str]:
        """What is due at the beginning of `week`, when the week before has ended."""
        return self._checks.get(week, frozenset())

    def ends_month(self, week: int) -> bool:
        """Whether a month ends here."""
        return week in self._month_ends

    def weeks(self, check: str) -> Sequence[int]:
        """All weeks with a look of a kind."""
        return [week for week, checks in self._checks.items() if check in checks]
