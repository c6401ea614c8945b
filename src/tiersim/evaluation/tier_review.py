"""The findings behind the report ``tier_review``: are customers in the right tiers, what should change?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.evaluation.cautions import FEW, cautions
from tiersim.evaluation.execution import execution_plan
from tiersim.evaluation.goals import goals_found
from tiersim.evaluation.notes import note
from tiersim.evaluation.review.findings import TierReviewFindings
from tiersim.evaluation.review.given import given, purses
from tiersim.evaluation.review.held import held_run, last_year, sizes, tiers_held
from tiersim.evaluation.review.moves import moving
from tiersim.evaluation.review.rules import suggestions
from tiersim.evaluation.review.tracked import tracked, worth
from tiersim.evaluation.review.truth import truth
from tiersim.evaluation.statistics import estimate

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run


def tier_review_findings(
    comparison: Comparison, quick: bool | None = None, **simulation: Any
) -> TierReviewFindings:
    """Everything that a review of the plan's tiers says.

    Figures by the tier that customers hold come from the plan's world with every row, simulated again for
    at most 40 of the comparison's replications (same draws, same outcomes); figures by the tier at the
    start, plan against today's care, from all of them.

    Parameters
    ----------
    quick : the cost of misplaced customers is not simulated; default as the comparison was made.
    simulation : ``workers``, ``progress``, for what is simulated further.

    Raises
    ------
    RunError
        The plan gives the same care to all, nobody is rated in it, or there are fewer than 4 replications.
    """
    from tiersim.evaluation.roi import assumption_rows
    from tiersim.runs.pieces import package_version
    from tiersim.scenario.write import content_hash

    scenario = comparison.scenario
    label = comparison.roles.get("plan", comparison.worlds[-1])
    plan, today = comparison.run(label), comparison.run(comparison.worlds[0])
    _check(comparison, label)
    quick = comparison.quick if quick is None else quick
    run = held_run(comparison, label, **simulation)
    rows, moved = tiers_held(run), moving(run)
    tiers = list(scenario.tiers)
    packages, money, paths = given(run), purses(run), tracked(plan, today)
    first, stop = last_year(plan)
    paths_held = sizes(run)
    return TierReviewFindings(
        name=scenario.name, description=scenario.description, currency=scenario.currency,
        start=scenario.start.isoformat(), first_quarter=plan.quarters[0],
        quarters=plan.quarters[:stop], last_year=plan.quarters[first:stop],
        horizon_years=scenario.horizon / 52, run_out_years=scenario.run_out / 52,
        discount_rate=scenario.money.discount_rate, hurdle=scenario.money.hurdle,
        customers=scenario.customers, revenue=scenario.baseline.revenue,
        plan=label, today=comparison.worlds[0],
        plan_text=plan.scenario.policies[str(plan.policy)].description, tiers=tiers,
        held=rows,
        sizes={
            tier: [estimate(paths_held[:, q, k]) for q in range(stop)] for k, tier in enumerate(tiers)
        },
        moving=moved, tracked=paths, ltv=worth(plan, today), goals=goals_found(comparison, label),
        given=packages, purses=money,
        suggested=suggestions([row for row in rows if row.tier in tiers], moved, packages, money, paths),
        truth=truth(comparison, plan, run, quick, **simulation),
        execution=execution_plan(scenario), assumptions=assumption_rows(scenario),
        replications=comparison.replications, held_replications=run.replications,
        draws=(comparison.replications + 1) // 2, seed=comparison.seed, version=package_version(),
        scenario_sha256=content_hash(scenario), review_every=float(scenario.rating.review_every),
        warnings=_cautions(comparison, plan),
    )  # fmt: skip


def _check(comparison: Comparison, label: str) -> None:
    from tiersim.runs.errors import RunError

    plan = comparison.run(label)
    policy = plan.scenario.policies.get(str(plan.policy))
    if policy is None or policy.care != "tiered":
        tiered = [name for name, one in comparison.scenario.policies.items() if one.care == "tiered"]
        raise RunError(
            f"compare: this report reviews a policy that cares by tier, and {label} does not. Allowed as the "
            f"third of compare (or its last): {', '.join(tiered) or 'none of this scenario'}"
        )
    if comparison.replications < 4:
        raise RunError(f"replications: this report needs at least 4; got {comparison.replications}")


def _cautions(comparison: Comparison, plan: Run) -> list[str]:
    if "plan" in comparison.roles:
        return cautions(comparison, plan, [])
    if comparison.replications < FEW:
        return [note("few_replications", replications=comparison.replications)]
    return []
