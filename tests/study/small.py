"""Changes that make scenarios small enough for a study within a test."""

from __future__ import annotations

from typing import Any

MACHINERY: dict[str, Any] = {
    "customers": 160, "baseline.revenue": "64 m / year", "horizon": "1 year", "run_out": "13 weeks",
    "budget.yearly": "2 m / year", "today.staff": 4,
}  # fmt: skip
RETAIL: dict[str, Any] = {
    "customers": 500, "baseline.revenue": "1.8 m / year", "budget.yearly": "70 k / year",
    "today.staff": 1, "market.size": 5000, "run_out": "26 weeks", "horizon": "1 year",
}  # fmt: skip
SOFTWARE: dict[str, Any] = {
    "customers": 160, "baseline.revenue": "10 m / year", "budget.yearly": "1.2 m / year",
    "today.staff": 3, "horizon": "1 year", "run_out": "13 weeks", "win_back.capacity": 2,
}  # fmt: skip
