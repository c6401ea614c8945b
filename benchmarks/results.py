"""What a run leaves behind: numbers by name."""

from __future__ import annotations

from benchmarks import desk
from benchmarks.measure import Measured
from benchmarks.peers import OURS, REFERENCE

CACHED_UP_TO = 50_000
"""Customers whose ten float32 columns (2 MB) are counted as cached; beyond, the bound reads memory."""


def numbers(measured: Measured) -> dict[str, float]:
    """All figures, by dotted name; rates in alive customer-weeks per second of CPU time, one thread."""
    out: dict[str, float] = {"weeks": measured.plan.weeks}
    for peer, z in measured.worst_z.items():
        out[f"agreement.worst_z.{peer}"] = z
    bounds = {}
    if measured.bound is not None:
        b = measured.bound
        out["bound.words_per_s"] = 4e9 / b.block_ns
        out["bound.exp_ns"] = b.exp_ns
        out["bound.normal_quantile_ns"] = b.quantile_ns
        out["bound.triad_cached_gb_s"] = b.cached_gb_s
        out["bound.triad_memory_gb_s"] = b.memory_gb_s
        for size, traits in measured.traits.items():
            parts = b.customer_week_ns(traits, cached=size <= CACHED_UP_TO)
            bounds[size] = 1e9 / sum(parts.values())
            for part, ns in parts.items():
                out[f"bound.{size}.{part}_ns"] = ns
            out[f"bound.{size}.customer_weeks_per_s"] = bounds[size]
    for size, timings in measured.timings.items():
        for peer, timing in timings.items():
            out[f"rate.{size}.{peer}.best"] = timing.best()
            out[f"rate.{size}.{peer}.median"] = timing.median()
            out[f"rate.{size}.{peer}.best_wall"] = timing.best_wall()
            out[f"ratio.{size}.{peer}.over_{REFERENCE}"] = (
                timing.best() / timings[REFERENCE].best() if REFERENCE in timings else float("nan")
            )
            if OURS in timings and peer != OURS:
                out[f"ratio.{size}.{OURS}.over_{peer}"] = timings[OURS].best() / timing.best()
            if size in bounds:
                out[f"share_of_bound.{size}.{peer}"] = timing.best() / bounds[size]
    for peer, by_workers in measured.threads.items():
        out[f"threads.{measured.plan.thread_size}.{peer}.best"] = (
            by_workers[2].best_wall() / by_workers[1].best_wall()
        )
        out[f"threads.{measured.plan.thread_size}.{peer}.median"] = (
            by_workers[2].median_wall() / by_workers[1].median_wall()
        )
    for size, (stages, world) in measured.starter_over_slim.items():
        out[f"starter_over_slim.{size}.stages"] = stages
        out[f"starter_over_slim.{size}.world"] = world
    for size, (stages, world) in measured.everything_over_slim.items():
        out[f"everything_over_slim.{size}.stages"] = stages
        out[f"everything_over_slim.{size}.world"] = world
    for contrast, ratio in measured.variance_ratios.items():
        out[f"variance_ratio.{contrast}"] = ratio
    for size, share in measured.rating_share.items():
        out[f"rating_share.{size}"] = share
    for name, ratio in measured.rating.items():
        out[f"rating.{measured.plan.rated_customers}.{name}"] = ratio
    if measured.desk is not None:
        out |= desk.numbers(measured.desk)
    return {name: value for name, value in out.items() if value == value}
