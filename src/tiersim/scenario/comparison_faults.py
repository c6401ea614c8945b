"""Whether comparisons in pairs can be used: complete enough, and not contradicting each other (T3)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from tiersim.scenario.comparing import (
    OVER,
    combined,
    expert_matrix,
    item_faults,
    parts_apart,
)
from tiersim.scenario.faults import Fault
from tiersim.scenario.judgements import Ahp, Comparison, Expert
from tiersim.scenario.pairwise import Floats, groups
from tiersim.scenario.priorities import Priorities, priorities

DIMENSIONS = ("value", "potential", "relationship")


def faults_of(ahp: Ahp, path: str = "ahp") -> Iterator[Fault]:
    """Faults of one section: of form, of gaps, of sizes without a random index, of consistency."""
    if ahp.dimensions is None and not ahp.within:
        yield path, "compares nothing", None, "dimensions, within, or both", None
    for inner, comparison in comparisons(ahp).items():
        here = f"{path}.{inner}"
        if inner == "dimensions" and sorted(comparison.items) != sorted(DIMENSIONS):
            allowed = f"each once: {', '.join(DIMENSIONS)}"
            text = "must be the three dimensions"
            yield f"{here}.items", text, ", ".join(comparison.items), allowed, None
        yield from _comparison_faults(ahp, comparison, path, here)


def comparisons(ahp: Ahp) -> dict[str, Comparison]:
    """Every comparison of a section by its path in it: ``dimensions``, ``within.value``, ..."""
    top = {"dimensions": ahp.dimensions} if ahp.dimensions is not None else {}
    return top | {f"within.{name}": comparison for name, comparison in ahp.within.items()}


def _comparison_faults(ahp: Ahp, comparison: Comparison, path: str, here: str) -> Iterator[Fault]:
    faults = list(item_faults(comparison, here))
    matrices: dict[str, Floats] = {}
    if not faults:
        for name, expert in comparison.experts.items():
            matrices[name], found = expert_matrix(comparison.items, expert, f"{here}.experts.{name}")
            faults += found
    if isinstance(ahp.random_index, Mapping):
        sizes = {len(comparison.items)}.union(*(_sizes(matrix) for matrix in matrices.values()))
        for size in sorted(size for size in sizes - set(ahp.random_index) if size > 2):
            text, got = (
                f"has no value for {size} items, as {here} needs",
                ", ".join(map(str, ahp.random_index)),
            )
            allowed = "a value by size, or saaty, alonso_lamata"
            faults.append((f"{path}.random_index", text, got or "none", allowed, None))
    if faults:
        yield from faults
        return
    gaps = list(_gap_faults(ahp, comparison, matrices, here))
    yield from gaps or _inconsistent(ahp, comparison, matrices, path, here)


def _sizes(matrix: Floats) -> set[int]:
    return {len(group) for group in groups(matrix)}


def _gap_faults(
    ahp: Ahp, comparison: Comparison, matrices: Mapping[str, Floats], here: str
) -> Iterator[Fault]:
    """Judgements are combined before priorities are sought, so only all together must join the items."""
    items = comparison.items
    if ahp.combine == "judgements":
        weights = {name: expert.weight for name, expert in comparison.experts.items()}
        apart = parts_apart(items, combined(matrices, weights))
        if apart is not None:
            yield here, apart, None, "enough pairs to lead from every item to every other", None
        return
    for name, matrix in matrices.items():
        apart = parts_apart(items, matrix)
        if apart is not None:
            text = f"{apart.replace('nobody compares', 'does not compare')}, but priorities are combined"
            allowed = "for each expert pairs that join all items; or combine: judgements"
            yield f"{here}.experts.{name}", text, None, allowed, None


def judged_parts(items: list[str], matrix: Floats, ahp: Ahp) -> tuple[Priorities, ...]:
    """Priorities of each part that an expert's comparisons join; one with all items where they join all."""
    parts = [group for group in groups(matrix) if len(group) > 1]
    return tuple(
        priorities(
            matrix[group][:, group], ahp.method, items=[items[i] for i in group], index=ahp.random_index
        )
        for group in parts
    )


def _inconsistent(
    ahp: Ahp, comparison: Comparison, matrices: Mapping[str, Floats], path: str, here: str
) -> Iterator[Fault]:
    if ahp.allow_inconsistent:
        return
    seen = False
    for name, matrix in matrices.items():
        expert = comparison.experts[name]
        for part in judged_parts(comparison.items, matrix, ahp):
            if part.consistency_ratio > ahp.limit:
                seen = True
                yield _refusal(part, ahp, path, f"{here}.experts.{name}{_key(expert)}", "")
    if seen or len(matrices) == 1 or ahp.combine == "priorities":
        return
    weights = {name: expert.weight for name, expert in comparison.experts.items()}
    whole = combined(matrices, weights)
    group = priorities(whole, ahp.method, items=comparison.items, index=ahp.random_index)
    if group.consistency_ratio > ahp.limit:
        yield _refusal(group, ahp, path, here, "all experts together: ")


def _key(expert: Expert) -> str:
    """Where an expert's judgements stand: the key to mend."""
    if expert.matrix is not None and not expert.pairs:
        return ".matrix"
    return ".pairs" if expert.pairs and expert.matrix is None else ""


def _refusal(found: Priorities, ahp: Ahp, path: str, at: str, who: str) -> Fault:
    why = found.contradiction or _farthest(found)
    text = f"is inconsistent: {who}{why}"
    got = f"consistency ratio {found.consistency_ratio:.2f}"
    allowed = f"at most {ahp.limit:g} ({path}.limit), or {path}.allow_inconsistent: true"
    return at, text, got, allowed, None


def _farthest(found: Priorities) -> str:
    """The judgement farthest from the priorities, where gaps leave no triad whole."""
    weights, matrix = found.weights, found.matrix
    worst, most = (0, 1), -1.0
    for i in range(len(matrix)):
        for j in range(len(matrix)):
            # Seen from its larger side, since a person thinks of 5 sooner than of 1/5.
            if i != j and matrix[i, j] >= 1:
                miss = abs(math.log(matrix[i, j] * weights[j] / weights[i]))
                if miss > most:
                    worst, most = (i, j), miss
    i, j = worst
    others = float(weights[i] / weights[j])
    return (
        f"{found.items[i]}{OVER}{found.items[j]} {matrix[i, j]:.3g}, but all comparisons together "
        f"make it {others:.2f}"
    )
