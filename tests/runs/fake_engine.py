"""A small engine with known answers, in place of the real one: tables of the same shape, closed forms.

Every quarter each tier brings BASE[t] of revenue (paid a quarter later) and costs half of it in goods.
Care costs STAFF[policy] a quarter, and CHANGE once where it is not today's. Under the plan revenue is
higher by the share `lift`, under the spread money by SPREAD. Chance moves revenue in all worlds alike,
and the lift by itself, so that both differences and levels have known variances.
"""

from __future__ import annotations

import zlib
from types import SimpleNamespace

import numpy as np

BASE = np.array([400_000.0, 300_000.0, 200_000.0, 100_000.0])
CUSTOMERS = np.array([20, 60, 120, 200])
STAFF = {"today": 50_000.0, "uniform": 60_000.0, "tiered": 60_000.0}
CHANGE = 40_000.0
SPREAD = 0.01
NEWCOMERS = 5_000.0
DISCOUNT = 0.98
PER_POINT, PER_RESPONSE, CHANCE = 0.004, 0.06, 0.01
POINTS, RESPONSE = "attention.satisfaction", "population.value_correlation.responsiveness"
ACCOUNTS = [
    "revenue", "goods", "service", "bot", "contact", "staff", "on_call", "strategies",
    "hiring", "training", "severance", "one_off", "fees", "compensation", "fixes",
]  # fmt: skip
REGIONS = ["East", "West"]


_known = {}


def uniforms(scenario, seed, replication):
    return _drawn(scenario, seed, replication // 2)[0]


def values(scenario, seed, replication):
    return _drawn(scenario, seed, replication // 2)[1]


def _drawn(scenario, seed, draw):
    """Positions and values of a draw; kept, as they are asked for often."""
    kept = _known.setdefault(id(scenario), (scenario, {}))[1]
    if (seed, draw) not in kept:
        kept[seed, draw] = _uniforms(scenario, seed, draw), _values(scenario, seed, draw)
    return kept[seed, draw]


def _uniforms(scenario, seed, draw):
    """Position of each assumption that differs, the same for both replications of a draw."""
    from tiersim.scenario.assumption import walk_assumptions

    found = {}
    for path, assumption, _ in walk_assumptions(scenario):
        if assumption.is_uncertain:
            key = [seed, draw, zlib.crc32(path.encode())]
            found[path] = float(np.random.default_rng(key).uniform())
    return found


def _values(scenario, seed, draw):
    from tiersim.scenario.assumption import walk_assumptions

    u = _uniforms(scenario, seed, draw)
    return {path: found.quantile(u.get(path, 0.5)) for path, found, _ in walk_assumptions(scenario)}


def chance(seed, replication):
    """Two standard normal numbers: of the level of revenue and of the lift."""
    return np.random.default_rng([seed, 77, replication]).standard_normal(2)


def lift(scenario, seed, replication):
    """Share by which the plan raises revenue."""
    drawn = values(scenario, seed, replication)
    own = chance(seed, replication)[1]
    return PER_POINT * drawn[POINTS] + PER_RESPONSE * drawn[RESPONSE] + CHANCE * own


def replicate(scenario, worlds, seed, replication):
    return [_world(scenario, world, seed, replication) for world in worlds]


def interrupted(scenario, worlds, seed, replication):
    """As `replicate`, but the user presses Ctrl-C in replication 13."""
    if replication == 13:
        raise KeyboardInterrupt
    return replicate(scenario, worlds, seed, replication)


def _world(scenario, world, seed, replication):
    policy = world.policy or next(iter(scenario.policies))
    care = scenario.policies[policy].care
    name = {"informal": "today", "uniform": "uniform", "tiered": "tiered"}[care]
    level = 1 + 0.05 * chance(seed, replication)[0]
    factor = {"today": 0.0, "uniform": SPREAD}.get(name)
    factor = lift(scenario, seed, replication) if factor is None else factor
    quarters = round((scenario.horizon + scenario.run_out) / 13)
    horizon = round(scenario.horizon / 13)
    tiers, company = len(scenario.tiers), len(scenario.tiers) + 1
    rows = []

    def post(order, cash, cohort, tier_now, tier0, region, account, amount):
        rows.append((order, cash, 0, cohort, tier_now, tier0, region, ACCOUNTS.index(account), amount))

    for quarter in range(quarters):
        for tier in range(tiers):
            for region, part in enumerate((0.75, 0.25)):
                sold = BASE[tier] * level * (1 + factor) * part
                post(quarter, quarter + 1, 1, tier, tier, region, "revenue", sold)
                post(quarter, quarter, 1, (tier + 1) % tiers, tier, region, "goods", -sold / 2)
        post(quarter, quarter, 0, tiers, tiers, 0, "revenue", NEWCOMERS)
        paid = STAFF[name] if quarter < horizon else STAFF["today"]
        post(quarter, quarter, 0, company, company, -1, "staff", -paid)
    if name != "today":
        post(0, 0, 0, company, company, -1, "one_off", -CHANGE)
    return SimpleNamespace(
        label=world.label,
        replication=replication,
        tables={
            "ledger": _ledger(rows),
            "kpis": _kpis(name, quarters, horizon, tiers),
            "moves": _moves(name, tiers),
            "staff": _staff(name, quarters),
            "desk": _desk(name, list(scenario.policies).index(policy), horizon, tiers),
            "funds": _funds(quarters),
            "start": _start(tiers),
            "lorenz": _lorenz(),
            "draws": _draws(scenario, seed, replication),
        },
        names={
            "tiers": [*scenario.tiers, "new", "company"],
            "regions": REGIONS,
            "accounts": ACCOUNTS,
            "arms": [world.label],
            "pools": ["managers", "agents"],
            "policies": list(scenario.policies),
            "classes": ["standard", "technical", "commercial", "complaint"],
            "groups": ["all"],
            "rules": ["first rating", "review", "favoured", "quota", "appeal"],
            "paths": list(values(scenario, seed, replication)),
        },
    )


def _ledger(rows):
    names = ["order_quarter", "cash_quarter", "arm", "cohort", "tier_now", "tier0", "region", "account"]
    columns = {
        name: np.array([row[at] for row in rows], dtype=np.int16 if "quarter" in name else np.int8)
        for at, name in enumerate(names)
    }
    cents = np.array([round(100 * row[8]) for row in rows], dtype=np.int64)
    columns["cents"] = cents
    columns["pv"] = cents / 100 * DISCOUNT ** columns["cash_quarter"].astype(np.float64)
    return columns


KPIS = [
    "customer_weeks", "active", "new", "true_lost_service", "true_lost_price", "true_lost_product",
    "true_lost_budget", "true_lost_other", "true_lost_bankruptcy", "orders", "tickets", "late",
    "answer_hours", "contacts", "true_satisfaction", "wallet_share", "renewals_due", "renewed",
    "referrals", "asked", "answered", "promoters", "detractors", "csat", "capped", "lapsed",
    "self_served", "by_bot", "solved", "solved_late", "unsolved", "let_go", "true_won_back",
]  # fmt: skip
FLOATS = ("answer_hours", "true_satisfaction", "wallet_share", "csat")


def _kpis(name, quarters, horizon, tiers):
    rows = []
    for quarter in range(quarters):
        for tier in range(tiers):
            for region in (0, 1):
                weeks = CUSTOMERS[tier] * 13 // 2
                late = 2 if name == "tiered" and tier == tiers - 1 else 1
                row = dict.fromkeys(KPIS, 0)
                row |= {
                    "customer_weeks": weeks,
                    "active": CUSTOMERS[tier] // 2,
                    "true_lost_service": 1,
                    "true_lost_price": 1 if name == "today" else 0,
                    "tickets": 10,
                    "late": late,
                    "true_satisfaction": weeks * (70.0 + (5.0 if name == "tiered" else 0.0)),
                    "renewals_due": 8,
                    "renewed": 6,
                    "answered": 10,
                    "promoters": 5,
                    "detractors": 2,
                    "capped": weeks // 10 if name == "tiered" else 0,
                }
                rows.append((quarter, 0, 1, (tier + region) % tiers, tier, region, row))
    columns = {
        key: np.array([row[at] for row in rows], dtype=np.int16)
        for at, key in enumerate(("quarter", "arm", "cohort", "tier_now", "tier0", "region"))
    }
    for key in KPIS:
        dtype = np.float64 if key in FLOATS else np.int64
        columns[key] = np.array([row[6][key] for row in rows], dtype=dtype)
    return columns


def _moves(name, tiers):
    week = np.array([13, 26, 26, 160] if name == "tiered" else [], dtype=np.int32)
    size = week.size
    return {
        "week": week,
        "birth": np.arange(size, dtype=np.uint64) + np.uint64(2**63),
        "arm": np.zeros(size, dtype=np.int8),
        "from_tier": np.array([1, 2, tiers, 1], dtype=np.int8)[:size],
        "to_tier": np.array([0, 1, 3, 2], dtype=np.int8)[:size],
        "tier0": np.array([1, 2, tiers, 1], dtype=np.int8)[:size],
        "rule": np.array([1, 1, 0, 3], dtype=np.int8)[:size],
    }


def _staff(name, quarters):
    quarter = np.repeat(np.arange(quarters, dtype=np.int16), 2)
    peak = np.tile([10.0, 4.0], quarters) + (name != "today") * (quarter == 3)
    whole = {key: np.zeros(quarter.size, dtype=np.int32) for key in ("hired", "left", "dismissed")}
    return {
        "quarter": quarter,
        "arm": np.full(quarter.size, -1, dtype=np.int8),
        "pool": np.tile(np.array([0, 1], dtype=np.int8), quarters),
        "heads": peak,
        "peak": peak,
        **whole,
        "utilisation": np.full(quarter.size, 0.7),
        "tickets": np.full(quarter.size, 20),
        "late": np.full(quarter.size, 2),
        "answer_hours": np.full(quarter.size, 40.0),
        "backlog_hours": np.zeros(quarter.size),
        "present_hours": np.full(quarter.size, 1000.0),
        "request_hours": np.full(quarter.size, 500.0),
        "contact_hours": np.full(quarter.size, 150.0),
        "account_hours": np.full(quarter.size, 50.0),
        "missed_contacts": np.full(quarter.size, 2.0),
        "waiting": np.full(quarter.size, 3.0),
        "waiting_mean": np.full(quarter.size, 2.5),
        "skill": np.tile([0.2, -0.1], quarters),
    }


DESK = {
    "filed": 10, "sorted": 9, "sorted_late": 1, "answered": 8, "half_warned": 4, "most_warned": 3, "late": 2,
    "solved": 6, "solved_late": 3, "unsolved": 2, "followed": 4, "followed_in_time": 3, "moved": 1,
    "asked_again": 4, "passed_on": 3, "sort_hours": 4.5, "answer_hours": 16.0, "solve_hours": 72.0,
    "answer_p90_hours": 4.0, "solve_p90_hours": 20.0, "open": 1,
}  # fmt: skip
"""A quarter of a tier's standard enquiries; of technical ones more are late, and by more."""


def _desk(name, policy, horizon, tiers):
    """No desk in the run-out; under the plan the lowest tier waits longer and nobody of it is solved."""
    rows = []
    for quarter in range(horizon):
        for tier in range(tiers):
            for kind in (0, 1):
                row = dict(DESK) | ({"late": 4, "answer_p90_hours": 8.0} if kind else {})
                if name == "tiered" and tier == tiers - 1:
                    row |= {"solved": 0, "solve_hours": 0.0, "solve_p90_hours": np.nan, "solved_late": 10}
                rows.append((quarter, 0, policy, tier, kind, row))
    columns = {
        key: np.array([row[at] for row in rows], dtype=np.int16)
        for at, key in enumerate(("quarter", "arm", "policy", "tier", "request_class"))
    }
    for key, value in DESK.items():
        dtype = np.float64 if isinstance(value, float) else np.int32
        columns[key] = np.array([row[5][key] for row in rows], dtype=dtype)
    return columns


def _funds(quarters):
    quarter = np.arange(quarters, dtype=np.int16)
    money = {
        key: np.full(quarters, 100, dtype=np.int64)
        for key in ("cap", "staff", "reserved", "strategies", "unspent")
    }
    zero = np.zeros(quarters, dtype=np.int8)
    return {"quarter": quarter, "arm": zero, "group": zero, **money, "funded": np.ones(quarters)}


def _start(tiers):
    return {
        "tier": np.arange(tiers, dtype=np.int8),
        "customers": CUSTOMERS.astype(np.int64),
        "revenue_year": 4 * BASE,
        "margin_year": 2 * BASE,
        "revenue_trailing": 4 * BASE,
        "expected_churn": np.full(tiers, 0.1),
        "true_satisfaction": np.full(tiers, 70.0),
    }


def _lorenz():
    share = np.linspace(0.0, 1.0, 21)
    return {"share_customers": share, "share_profit": share**3}


def _draws(scenario, seed, replication):
    drawn, u = values(scenario, seed, replication), uniforms(scenario, seed, replication)
    return {
        "path": np.arange(len(drawn), dtype=np.int16),
        "u": np.array([u.get(path, 0.5) for path in drawn]),
        "value": np.array(list(drawn.values())),
    }


def margin_pv(quarters):
    """Present value of a margin of 1 of revenue: paid a quarter later, half of it goods at once."""
    q = np.arange(quarters)
    return float(np.sum(DISCOUNT ** (q + 1) - 0.5 * DISCOUNT**q))


def care_pv(quarters):
    """Present value of 1 paid each quarter."""
    return float(np.sum(DISCOUNT ** np.arange(quarters)))


def gain_today(scenario, seed, replication, horizon_only=False):
    """Closed form of plan - today, but for rounding to cents."""
    horizon = round(scenario.horizon / 13)
    quarters = horizon if horizon_only else round((scenario.horizon + scenario.run_out) / 13)
    sold = BASE.sum() * (1 + 0.05 * chance(seed, replication)[0])
    extra = (STAFF["tiered"] - STAFF["today"]) * care_pv(horizon)
    return sold * lift(scenario, seed, replication) * margin_pv(quarters) - extra - CHANGE
