"""Weights from comparisons in pairs: the analytic hierarchy process, one expert or several (T3, Saaty 1980).

What each number means: `tiersim.scenario.priorities`. Here experts become one set of weights, and every step
stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.comparing import combined, expert_matrix
from tiersim.scenario.comparison_faults import comparisons, faults_of, judged_parts
from tiersim.scenario.fields import nearest
from tiersim.scenario.judgements import Ahp, Comparison
from tiersim.scenario.pairwise import Floats, Triad
from tiersim.scenario.priorities import METHODS, Method, Priorities, priorities
from tiersim.scenario.random_index import random_index

__all__ = [
    "AhpResult", "Compared", "Judged", "Priorities", "Triad", "from_scenario", "priorities", "random_index",
    "report_lines",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judged:
    """One expert's judgements.

    Parameters
    ----------
    name, weight : the expert, and how much it counts; shares of the experts sum to 1.
    matrix : as judged, nan where not, shape (n, n).
    parts : priorities of each part of the items that the comparisons join; a single one where they join all.
    """

    name: str
    weight: float
    matrix: Floats
    parts: tuple[Priorities, ...]

    @property
    def consistency_ratio(self) -> float:
        """The ratio of the least consistent part."""
        return max(part.consistency_ratio for part in self.parts)


@dataclass(frozen=True, eq=False)
class Compared:
    """One comparison: items, experts, and the weights that they agree on.

    Parameters
    ----------
    path : where it stands in the section: ``dimensions``, ``within.value``, ...
    items : what was compared.
    experts : in the order of the scenario.
    combine : whether judgements were combined, or priorities.
    group : priorities of the combined judgements; ``None`` where priorities were combined, which leaves no
        matrix whose consistency could be asked.
    method : method of `weights`.
    weights : sum 1, shape (n,).
    by_method : the weights that either method gives.
    accepted : the highest ratio of experts and group is within the limit.
    """

    path: str
    items: tuple[str, ...]
    experts: tuple[Judged, ...]
    combine: Literal["judgements", "priorities"]
    group: Priorities | None
    method: Method
    weights: Floats
    by_method: Mapping[Method, Floats]
    accepted: bool

    @property
    def consistency_ratio(self) -> float:
        """The ratio of the combined judgements; where priorities were combined, the worst expert's."""
        if self.group is not None:
            return self.group.consistency_ratio
        return max(expert.consistency_ratio for expert in self.experts)

    def as_dict(self) -> dict[str, float]:
        """Weight by item."""
        return {item: float(weight) for item, weight in zip(self.items, self.weights, strict=True)}


@dataclass(frozen=True, eq=False)
class AhpResult:
    """Weights of a scenario's section of comparisons.

    Parameters
    ----------
    dimension_weights : weight by dimension, sum 1; ``None`` where dimensions were not compared.
    within : weight by indicator, sum 1, for each dimension whose indicators were compared.
    comparisons : every comparison with its steps, by path.
    method, combine, limit, random_index : as the scenario says them.
    path : where the section stands in the scenario.
    """

    dimension_weights: dict[str, float] | None
    within: dict[str, dict[str, float]]
    comparisons: dict[str, Compared]
    method: Method
    combine: Literal["judgements", "priorities"]
    limit: float
    random_index: str
    path: str = "ahp"

    def within_weights(self, dimension: str, names: Sequence[str]) -> Floats | None:
        """Weights of the scored indicators `names` of a dimension, in that order, sum 1; ``None`` where the
        dimension's indicators were not compared.

        Raises
        ------
        ScenarioError : an item that is not scored there, or an indicator that nobody compares.
        """
        found = self.within.get(dimension)
        if found is None:
            return None
        path, problems = f"{self.path}.within.{dimension}.items", []
        for item in found:
            if item not in names:
                text = f"has {item}, which is no scored indicator of {dimension}"
                problems.append(Problem(None, None, path, text, None, ", ".join(names), nearest(item, names)))
        lacking = [name for name in names if name not in found]
        if lacking:
            text = f"lacks {' and '.join(lacking)}, which {dimension} scores"
            allowed = "every scored indicator of the dimension; rating.indicators leaves one out (false)"
            problems.append(Problem(None, None, path, text, None, allowed))
        if problems:
            raise ScenarioError(problems)
        return np.array([found[name] for name in names])

    def describe(self) -> str:
        """What was compared, by whom, and how far it agrees, as text."""
        return "\n".join(report_lines(self))

    def _repr_html_(self) -> str:
        from tiersim.rating.ahp_report import html

        return html(self)


def from_scenario(ahp: Ahp, path: str = "ahp") -> AhpResult:
    """Weights of a section of comparisons.

    Parameters
    ----------
    path : where the section stands in the scenario, for messages, such as ``rating.ahp``.

    Raises
    ------
    ScenarioError : judgements that cannot be used, or contradict themselves beyond the limit. A scenario from
        a file was checked in the same way when it was read, with file and line.
    """
    problems = [Problem(None, None, *fault) for fault in faults_of(ahp, path)]
    if problems:
        raise ScenarioError(problems)
    found = {at: _compared(ahp, comparison, at) for at, comparison in comparisons(ahp).items()}
    dimensions = found.get("dimensions")
    index = ahp.random_index if isinstance(ahp.random_index, str) else "own"
    return AhpResult(
        dimension_weights=None if dimensions is None else dimensions.as_dict(),
        within={name: found[f"within.{name}"].as_dict() for name in ahp.within},
        comparisons=found,
        method=ahp.method,
        combine=ahp.combine,
        limit=ahp.limit,
        random_index=index,
        path=path,
    )


def _compared(ahp: Ahp, comparison: Comparison, path: str) -> Compared:
    items = list(comparison.items)
    total = sum(expert.weight for expert in comparison.experts.values())
    shares = {name: expert.weight / total for name, expert in comparison.experts.items()}
    matrices = {name: expert_matrix(items, expert, path)[0] for name, expert in comparison.experts.items()}
    experts = tuple(
        Judged(name, shares[name], matrix, judged_parts(items, matrix, ahp))
        for name, matrix in matrices.items()
    )
    group: Priorities | None = None
    if ahp.combine == "judgements":
        whole = combined(matrices, shares)
        group = priorities(whole, ahp.method, items=items, index=ahp.random_index)
        by_method: dict[Method, Floats] = {
            "eigenvector": group.eigenvector,
            "geometric_mean": group.geometric_mean,
        }
    else:
        by_method = {method: _mean_priorities(experts, method) for method in METHODS}
    ratios = [expert.consistency_ratio for expert in experts]
    ratios += [] if group is None else [group.consistency_ratio]
    return Compared(
        path=path,
        items=tuple(items),
        experts=experts,
        combine=ahp.combine,
        group=group,
        method=ahp.method,
        weights=by_method[ahp.method],
        by_method=by_method,
        accepted=max(ratios) <= ahp.limit,
    )


def _mean_priorities(experts: Sequence[Judged], method: Method) -> Floats:
    """Weighted geometric mean of the experts' priorities, sum 1, shape (n,); Forman and Peniwati (1998)."""
    logs = sum(expert.weight * np.log(getattr(expert.parts[0], method)) for expert in experts)
    weights = np.exp(logs)
    mean: Floats = weights / weights.sum()
    mean.setflags(write=False)
    return mean


def report_lines(result: AhpResult) -> list[str]:
    """Weights, methods and consistency ratios in plain sentences; one comparison after the other."""
    from tiersim.rating.ahp_report import lines

    return lines(result)
