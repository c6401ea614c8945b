"""The pages after the first: cash, cost and moves."""

from __future__ import annotations

from tiersim.evaluation.findings import Estimate, RoiFindings
from tiersim.report import chartdata, charts, phrases
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.numbers import known
from tiersim.report.tree import Child
from tiersim.report.view import View, view

NOT_CARE = ("revenue", "fees", "goods")


def cash_flow(findings: RoiFindings, lang: str = "en") -> Section:
    """Cash by quarter, and the net gain with and without the run-out."""
    v = view(findings, lang)
    rows = v.f.quarters
    gains = {row.quarter: row.plan - row.today for row in rows}
    best, worst = (pick(gains, key=gains.__getitem__, default="") for pick in (max, min))
    alt = v.t(
        "cash.quarters_alt",
        best=v.n.quarter(best) if best else v.n.missing,
        best_value=v.money(gains.get(best), signed=True),
        worst=v.n.quarter(worst) if worst else v.n.missing,
        worst_value=v.money(gains.get(worst), signed=True),
    )
    heading = v.t("cash.quarters_title", positive=sum(x > 0 for x in gains.values()), all=len(gains))
    return section(
        "cash",
        v.t("cash.title"),
        figure(
            heading,
            alt,
            charts.quarterly(v),
            charts.quarterly(v, narrow=True),
            chart=chartdata.quarterly(v),
        ),
        _quarters(v),
        el("p", v.t("cash.quarters_note"), cls="note"),
        _without_run_out(v),
        mark=phrases.illustrative(v),
    )


def _quarters(v: View) -> Child:
    rows = v.f.quarters
    scale = v.n.scale([x for r in rows for x in (r.today, r.plan)])
    policies = ["today", "uniform", "plan"] if v.has_uniform else ["today", "plan"]
    columns = [Column(v.t("columns.quarter"), "name")]
    for role in policies:
        told = v.t(f"columns.{role}")
        head, exact = (v.t("columns.in_unit", name=told, unit=unit) for unit in (scale.unit, v.n.word))
        columns.append(Column(head, key=role, sums=True, exact=exact))
    columns += [
        Column(v.t("columns.difference"), key="difference", formula="{plan} - {today}", sums=True),
        Column(v.t("columns.cumulative"), key="cumulative", formula="{above} + {difference}"),
    ]
    body, total = [], 0.0
    for row in rows:
        total += row.plan - row.today
        cells = [v.n.cell(getattr(row, role), scale) for role in policies]
        body.append(
            [
                v.n.quarter(row.quarter),
                *cells,
                v.n.cell(row.plan - row.today, scale, True),
                v.n.cell(total, scale, True),
            ]
        )
    classes = ["" if row.in_horizon else "run-out" for row in rows]
    return table(columns, body, cls="tight", row_classes=classes)


def _without_run_out(v: View) -> Child:
    f = v.f
    if known(f.gain.mean) and f.gain.mean > 0 and 0 <= f.gain_horizon.mean <= f.gain.mean:
        share = v.n.percent(f.gain_horizon.mean / f.gain.mean)
        heading = v.t("cash.horizon_title", share=share)
    else:
        heading = v.t(
            "cash.horizon_title_negative",
            without=v.money(f.gain_horizon.mean, signed=True),
            with_run_out=v.money(f.gain.mean, signed=True),
        )
    pair = (f.gain, f.gain_horizon)
    columns = [
        Column(v.t("columns.measure"), "name"),
        Column(v.t("columns.with_run_out")),
        Column(v.t("columns.without_run_out")),
    ]
    body = [
        [v.t("cash.row_gain"), *(v.money(e.mean, signed=True) for e in pair)],
        [v.t("cash.row_range"), *(v.range(e) for e in pair)],
        [v.t("first.tile_chance"), *(v.chance(p) for p in (f.p_hurdle, f.p_hurdle_horizon))],
    ]
    return el(
        "div",
        el("h3", heading),
        table(columns, body),
        el("p", v.t("cash.horizon_note"), cls="note"),
        cls="keep",
    )


def costs(findings: RoiFindings, lang: str = "en") -> Section:
    """Cost by account and policy, and what is spent."""
    v = view(findings, lang)
    roles = [role for role in ("today", "uniform", "plan") if role in v.f.policies]
    extra = [name for name in v.f.policies.values() if name not in {v.f.policies[role] for role in roles}]
    names = [v.f.policies[role] for role in roles] + extra
    heads = [v.t.name("policies", name) for name in names]
    plan, today = (v.f.policies.get(role, role) for role in ("plan", "today"))
    changes = {r.account: r.by_policy.get(plan, 0.0) - r.by_policy.get(today, 0.0) for r in v.f.accounts}
    costs_only = {k: x for k, x in changes.items() if k not in NOT_CARE}
    largest = max(costs_only, key=lambda k: abs(costs_only[k]), default="")
    less = known(v.f.money_needed) and v.f.money_needed < 0
    heading = v.t(
        "costs.finding_less" if less else "costs.finding_more",
        money=v.money(abs(v.f.money_needed)),
        account=v.t.name("accounts", largest).lower(),
        change=v.money(-costs_only.get(largest, 0.0), signed=True),
    )
    values = [x for row in v.f.accounts for x in row.by_policy.values()]
    scale = v.n.scale(values)
    columns = [
        Column(v.t("columns.account"), "name"),
        *(
            Column(head, key=f"policy_{n}", sums=True, exact=v.t("columns.in_unit", name=head, unit=v.n.word))
            for n, head in enumerate(heads)
        ),
        Column(v.t("columns.difference"), formula=_difference(names, plan, today), sums=True),
    ]
    body = [
        [
            v.t.name("accounts", row.account),
            *(v.n.cell(row.by_policy.get(name), scale) for name in names),
            v.n.cell(changes[row.account], scale, True),
        ]
        for row in v.f.accounts
    ]
    sums = [sum(row.by_policy.get(name, 0.0) for row in v.f.accounts) for name in names]
    net = [
        v.t("costs.net"),
        *(v.n.cell(x, scale) for x in sums),
        v.n.cell(sum(changes.values()), scale, True),
    ]
    classes = [""] * len(body) + ["total"]
    spent = [
        [v.t("costs.spent"), *(v.money(_of(v, v.f.spent_yearly, name)) for name in names)],
        [v.t("costs.staff"), *(v.n.count(_of(v, v.f.peak_staff, name)) for name in names)],
    ]
    return section(
        "costs",
        v.t("costs.title"),
        el("h3", heading),
        table(columns, [*body, net], row_classes=classes),
        el("p", v.t("costs.note", unit=scale.unit), cls="note"),
        el(
            "div",
            el("h3", v.t("costs.spent_title")),
            table([Column(v.t("columns.measure"), "name"), *(Column(h) for h in heads)], spent),
            el("p", v.t("costs.budget_note", budget=v.money(v.f.budget_yearly)), cls="note"),
            cls="keep",
        ),
        mark=phrases.illustrative(v),
    )


def _difference(names: list[str], plan: str, today: str) -> str:
    """Formula of the last column, where both policies have one."""
    if plan not in names or today not in names:
        return ""
    return f"{{policy_{names.index(plan)}}} - {{policy_{names.index(today)}}}"


def _of(v: View, figures: dict[str, float], name: str) -> float | None:
    role = next((role for role, policy in v.f.policies.items() if policy == name), name)
    return figures.get(name, figures.get(role))


def moves(findings: RoiFindings, lang: str = "en") -> Section:
    """Who moves between tiers, the gain by tier, and how unequal profit is."""
    v = view(findings, lang)
    order = [row.tier for row in v.f.tiers]
    found = {(m.from_tier, m.to_tier): m.customers for m in v.f.moves}
    tiers = order + sorted({t for pair in found for t in pair} - set(order))

    rank = {tier: i for i, tier in enumerate(order)}
    ranked = [(rank[b] - rank[a], n) for (a, b), n in found.items() if a in rank and b in rank]
    gone = {pair: n for pair, n in found.items() if pair[0] != pair[1]}
    heading = v.t("moves.finding_none")
    if gone:
        up, down = sum(n for step, n in ranked if step < 0), sum(n for step, n in ranked if step > 0)
        heading = v.t("moves.finding", up=v.n.count(up), down=v.n.count(down))
    from_tiers = [t for t in tiers if any(a == t for a, _ in gone)] or tiers
    to_tiers = [t for t in tiers if any(b == t for _, b in gone)] or tiers
    columns = [Column(v.t("columns.from_to"), "name"), *(Column(v.tier(t)) for t in to_tiers)]
    body = [
        [v.tier(a), *("" if a == b else v.n.number(found.get((a, b), 0.0)) for b in to_tiers)]
        for a in from_tiers
    ]
    top = v.n.percent(v.f.profit_top20)
    return section(
        "moves",
        v.t("moves.title"),
        el(
            "div", el("h3", heading), table(columns, body), el("p", v.t("moves.note"), cls="note"), cls="keep"
        ),
        _tier_chart(v),
        figure(
            v.t("moves.lorenz_title", share=top),
            v.t("moves.lorenz_alt", share=top),
            charts.lorenz(v),
            note=v.t("moves.lorenz_note"),
            chart=chartdata.lorenz(v),
        )
        if v.f.lorenz
        else None,
        mark=phrases.illustrative(v),
    )


def _tier_chart(v: View) -> Child | None:
    best = max(v.f.tiers, key=lambda row: row.gain.mean, default=None)
    if best is None:
        return None

    def row(name: str, e: Estimate) -> str:
        gain = v.money(e.mean, signed=True)
        return v.t("moves.tier_chart_row", tier=v.tier(name), gain=gain, range=v.range(e))

    return figure(
        v.t("moves.tier_chart_title", tier=v.tier(best.tier), gain=v.money(best.gain.mean, signed=True)),
        v.t("moves.tier_chart_alt", rows=v.t("numbers.parts").join(row(r.tier, r.gain) for r in v.f.tiers)),
        charts.tiers(v),
        charts.tiers(v, narrow=True),
        chart=chartdata.tiers(v),
    )
