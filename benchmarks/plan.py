"""How much is measured: the full plan of `make bench`, and a quick one for every change."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import desk


@dataclass(frozen=True)
class Plan:
    """Sizes and rounds of one run of the benchmark."""

    weeks: int
    sizes: tuple[int, ...]
    """Customers; peers that work on arrays run all of them."""
    object_sizes: tuple[int, ...]
    """The sizes that peers with an object per customer run too."""
    rounds: int
    object_rounds: int
    thread_size: int
    thread_rounds: int
    agree_customers: int
    agree_weeks: int
    agree_replications: int
    bound_seconds: float
    whole_sizes: tuple[int, ...]
    """Customers of the whole starter, whose week is compared with the slim one."""
    whole_rounds: int
    contrast_draws: int
    """Parameter draws of the variance ratios."""
    rated_customers: int
    """Customers of the export that is rated."""
    rated_rounds: int
    desk: desk.DeskPlan

    def rounds_of(self, by_object: bool, size: int) -> int:
        """Rounds of a peer at a size; 0 where it does not run."""
        if not by_object:
            return self.rounds
        if size not in self.object_sizes:
            return 0
        return self.object_rounds if size == max(self.object_sizes) else self.rounds


FULL = Plan(
    weeks=104,
    sizes=(2_000, 20_000, 200_000),
    object_sizes=(2_000, 20_000),
    rounds=7,
    object_rounds=3,
    thread_size=20_000,
    thread_rounds=9,
    agree_customers=1_000,
    agree_weeks=52,
    agree_replications=40,
    bound_seconds=1.0,
    whole_sizes=(1_200, 20_000),
    whole_rounds=5,
    contrast_draws=60,
    rated_customers=1_000_000,
    rated_rounds=3,
    desk=desk.FULL,
)
QUICK = Plan(
    weeks=52,
    sizes=(2_000, 20_000),
    object_sizes=(2_000,),
    rounds=3,
    object_rounds=3,
    thread_size=20_000,
    thread_rounds=3,
    agree_customers=300,
    agree_weeks=26,
    agree_replications=24,
    bound_seconds=0.3,
    whole_sizes=(1_200,),
    whole_rounds=2,
    contrast_draws=4,
    rated_customers=20_000,
    rated_rounds=2,
    desk=desk.QUICK,
)
