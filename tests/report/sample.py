"""Made-up findings with every part filled in, so that pages can be tested without a simulation."""

from __future__ import annotations

from dataclasses import replace

from tiersim.evaluation.execution import PlanEntry
from tiersim.evaluation.findings import (
    AccountRow,
    AssumptionRow,
    CashPoint,
    Estimate,
    Flip,
    MoveRow,
    QuarterRow,
    RoiFindings,
    TierRow,
    Worse,
)
from tiersim.evaluation.notes import note


def estimate(mean: float, half: float, p: float, error: float | None = None) -> Estimate:
    return Estimate(mean, mean - half, mean + half, p, half / 14 if error is None else error)


def quarters() -> list[str]:
    return [f"{2026 + i // 4} Q{i % 4 + 1}" for i in range(25)]


def _cash() -> tuple[list[CashPoint], list[QuarterRow]]:
    flows = [-1.1, -0.7, -0.3, 0.05, 0.25, 0.4, 0.5, 0.55, 0.5, 0.6, 0.55, 0.6]
    flows += [0.5, 0.45, 0.4, 0.3, 0.28, 0.22, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05, 0.03]
    points, rows, total = [], [], 0.0
    for i, (label, flow) in enumerate(zip(quarters(), flows, strict=True)):
        total += flow
        spread = 0.35 + 0.16 * i
        inside = i < 12
        points.append(
            CashPoint(label, inside, total * 1e6, (total - spread) * 1e6, (total + 1.1 * spread) * 1e6)
        )
        base = 31.2e6 if inside else 27.0e6 - 0.2e6 * i
        rows.append(QuarterRow(label, inside, base, base + 0.45 * flow * 1e6, base + flow * 1e6))
    return points, rows


def _flips() -> list[Flip]:
    def flip(path: str, label: str, unit: str, numbers: tuple[float, ...], gains: tuple[float, float],
             at: float | None, grade: str, confirmed: bool = False) -> Flip:  # fmt: skip
        value, low, high = numbers
        return Flip(path, label, unit, value, at, low, high, *gains, grade, "nobody knows", confirmed)

    return [
        flip("attention.order_rate", "Lift of the order rate by a manager's standard hours", "change",
             (0.03, 0.004, 0.085), (-0.6e6, 8.9e6), 0.009, "claimed", True),
        flip("churn.satisfaction_effect", "Fall of churn by point of satisfaction", "number",
             (0.02, 0.008, 0.04), (0.9e6, 7.4e6), 0.004, "assumed", True),
        flip("population.value_correlation.responsiveness",
             "Does care move big customers more", "correlation",
             (0.0, -0.4, 0.4), (-0.3e6, 6.6e6), -0.35, "assumed"),
        flip("staff.leaving", "Share of the staff that leaves in a year", "share",
             (0.12, 0.06, 0.22), (4.9e6, 2.4e6), None, "assumed"),
        flip("today.favour", "Care today goes with revenue to this power", "number",
             (0.7, 0.4, 1.0), (5.2e6, 2.2e6), None, "assumed"),
        flip("service.cost", "Parts, travel and other cost of one request, beside wages", "money",
             (420.0, 250.0, 700.0), (4.4e6, 3.3e6), None, "fitted"),
        flip("population.wallet_room", "Share of the rest that could be won", "share",
             (0.3, 0.15, 0.5), (3.1e6, 4.8e6), None, "assumed"),
    ]  # fmt: skip


def findings(**changes: object) -> RoiFindings:
    """A plan that pays, with a range; any field can be changed by name."""
    cash, rows = _cash()
    by = ("today", "uniform", "tiered")

    def account(name: str, *values: float) -> AccountRow:
        return AccountRow(name, dict(zip(by, (v * 1e6 for v in values), strict=True)))

    base = RoiFindings(
        name="Heavy machinery supplier",
        description="Today's care, the plan's money spread evenly, and by tier.",
        policies={"today": "today", "uniform": "uniform", "plan": "tiered"},
        policy_texts={
            "today": "Managers look after whom they know; big accounts get more of it.",
            "uniform": "One package for everybody, the plan's money in equal parts, one pool.",
            "tiered": "Managers 1:5, 1:20 and 1:30, contacts weekly to quarterly, budget 60/30/10.",
        },
        start="2026-01-05",
        first_quarter="2026 Q1",
        last_quarter="2028 Q4",
        horizon_years=3.0,
        run_out_years=3.0,
        customers=1200,
        revenue=480e6,
        margin=0.26,
        currency="CNY",
        discount_rate=0.08,
        hurdle=0.0,
        go_at=0.9,
        no_at=0.5,
        budget_yearly=12e6,
        baseline_gate=False,
        verdict="pilot",
        gain=Estimate(4.12e6, -1.3e6, 9.7e6, 0.83, 0.31e6),
        p_hurdle=0.83,
        gain_horizon=Estimate(1.9e6, -2.1e6, 5.8e6, 0.74, 0.25e6),
        p_hurdle_horizon=0.74,
        more_money=Estimate(1.35e6, -1.6e6, 4.4e6, 0.71, 0.2e6),
        p_hurdle_uniform=0.71,
        better_aimed=Estimate(2.77e6, -0.6e6, 6.3e6, 0.88, 0.2e6),
        payback_quarter="2028 Q1",
        payback_never=0.17,
        deepest_cash=Estimate(-2.1e6, -3.4e6, -1.2e6, 0.0, 0.1e6),
        deepest_quarter="2026 Q3",
        money_needed=5.4e6,
        extra_yearly={"today": 0.0, "uniform": 5.7e6, "tiered": 5.4e6},
        spent_yearly={"today": 5.6e6, "uniform": 11.2e6, "tiered": 11.0e6},
        peak_staff={"today": 24.0, "uniform": 41.0, "tiered": 43.0},
        roi_percent=Estimate(38.0, -12.0, 91.0, 0.83, 4.0),
        tiers=[
            TierRow("S", 60, 168e6, 101e6, 103.9e6, Estimate(2.9e6, 0.2e6, 5.8e6, 0.98, 1e5),
                    Estimate(2.6e6, 0.1e6, 5.2e6, 0.97, 1e5), 0.071, 0.052, 71.2, 78.4, 0.18, 0.04),
            TierRow("A", 180, 144e6, 86.2e6, 87.9e6, Estimate(1.7e6, -0.4e6, 4.0e6, 0.93, 1e5),
                    Estimate(0.9e6, -0.5e6, 2.4e6, 0.9, 1e5), 0.088, 0.077, 69.9, 73.8, 0.21, 0.09),
            TierRow("B", 420, 120e6, 70.4e6, 70.2e6, Estimate(-0.21e6, -1.4e6, 0.9e6, 0.35, 1e5),
                    Estimate(-0.4e6, -1.5e6, 0.8e6, 0.2, 1e5), 0.104, 0.105, 69.0, 68.4, 0.22, 0.24),
            TierRow("C", 540, 48e6, 26.8e6, 26.5e6, Estimate(-0.31e6, -1.0e6, 0.4e6, 0.2, 1e5),
                    Estimate(-0.5e6, -1.2e6, 0.2e6, 0.1, 1e5), 0.131, 0.136, 68.1, 66.2, 0.23, 0.29),
        ],
        cash=cash,
        quarters=rows,
        accounts=[
            account("revenue", 481.2, 486.0, 492.4),
            account("fees", 0.0, 0.0, 0.13),
            account("goods", -356.1, -359.6, -364.2),
            account("service", -6.8, -6.7, -6.6),
            account("bot", -0.02, -0.03, -0.05),
            account("contact", -1.1, -1.9, -2.2),
            account("staff", -4.8, -8.1, -8.3),
            account("on_call", 0.0, 0.0, -0.24),
            account("strategies", 0.0, -2.3, -2.1),
            account("hiring", -0.12, -0.31, -0.34),
            account("training", 0.0, -0.1, -0.12),
            account("severance", 0.0, 0.0, -0.03),
            account("one_off", 0.0, -0.5, -0.5),
            account("compensation", -0.08, -0.08, -0.05),
            account("fixes", 0.0, -0.1, -0.1),
        ],
        moves=[
            MoveRow("S", "A", 14.2), MoveRow("A", "S", 17.9), MoveRow("A", "B", 31.4),
            MoveRow("B", "A", 36.2),
            MoveRow("B", "C", 58.8), MoveRow("C", "B", 49.0), MoveRow("new", "C", 121.0),
            MoveRow("new", "B", 60.3),
            MoveRow("new", "A", 9.1), MoveRow("new", "S", 1.2),
        ],
        range_from_assumptions=0.86,
        range_from_weak=0.81,
        gain_without_weak=Estimate(-9.8e6, -11.2e6, -8.5e6, 0.0, 1e5),
        flips=_flips(),
        worse_off=[
            Worse("C", 540, "satisfaction", 68.1, 66.2),
            Worse("C", 540, "late", 0.23, 0.29),
            Worse("B", 420, "profit", 70.4e6, 70.2e6),
            Worse("C", 540, "churn", 0.131, 0.136),
        ],
        capped_share=0.004,
        profit_top20=0.64,
        lorenz=[(i / 20, 1 - (1 - i / 20) ** 4.6) for i in range(21)],
        assumptions=[
            AssumptionRow(flip.path, flip.label, "central value and range", flip.source, flip.grade,
                          "machinery.yaml:12" if flip.grade == "fitted" else "preset business")
            for flip in _flips() * 5
        ],
        replications=200,
        draws=100,
        seed=1,
        variance_ratio=14.2,
        replications_for={500_000.0: 80, 200_000.0: 480},
        scenario_sha256="3f9ac1d27be04f6a8c55e1d0927ab3344f0b8ce1a5d6f7f0b1c2d3e4f5a6b7c8",
        version="0.1.0",
        command="tiersim report roi scenarios/machinery.yaml --seed 1 --replications 200",
        warnings=[
            note("capped", share=0.012),
            note("unbounded", policy="tiered", team="B", share=0.12, weeks=6.3),
        ],
        execution=[
            PlanEntry(what="nurturing", who="sales lead", first="2026-04-06", last="2026-12-28", weeks=38,
                      resources="40 sessions", expects="+8 %", policies="", moved=False),
            PlanEntry(what="service rules", who="", first="2026-03-02", last="2027-12-27", weeks=95,
                      resources="", expects="", policies="tiered", moved=False),
        ],
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]
