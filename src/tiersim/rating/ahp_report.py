"""Weights from comparisons as text and as tables: both methods, every expert, consistency and its limits."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from tiersim.scenario.priorities import Priorities

if TYPE_CHECKING:
    from tiersim.rating.ahp import AhpResult, Compared

METHOD_WORDS = {"eigenvector": "eigenvector", "geometric_mean": "row geometric mean"}
INDEX_WORDS = {"saaty": "Saaty's", "alonso_lamata": "Alonso and Lamata's", "own": "the scenario's own"}


def lines(result: AhpResult) -> list[str]:
    """Plain sentences, without markup."""
    found: list[str] = []
    for compared in result.comparisons.values():
        found += _comparison(result, compared)
    index = INDEX_WORDS[result.random_index]
    found.append(f"Consistency ratios use {index} random index; accepted up to {result.limit:g}.")
    return found


def _comparison(result: AhpResult, compared: Compared) -> list[str]:
    shown = ", ".join(f"{item} {weight:.3f}" for item, weight in compared.as_dict().items())
    name = f"{result.path}.{compared.path}"
    found = [f"{name}: {shown} ({METHOD_WORDS[compared.method]})."]
    other = next(method for method in compared.by_method if method != compared.method)
    rest = zip(compared.items, compared.by_method[other], strict=True)
    found.append(f"  By {METHOD_WORDS[other]}: " + ", ".join(f"{item} {w:.3f}" for item, w in rest) + ".")
    for expert in compared.experts:
        for part in expert.parts:
            of = "" if len(part.items) == len(compared.items) else f" on {', '.join(part.items)}"
            found.append(f"  {expert.name} (weight {expert.weight:.2f}){of}: {_ratio(part, result.limit)}")
    if compared.group is not None and len(compared.experts) > 1:
        found.append(f"  All together: {_ratio(compared.group, result.limit)}")
    if compared.group is None and len(compared.experts) > 1:
        found.append("  Priorities were combined, so there is no common matrix and no ratio of all together.")
    return found


def _ratio(part: Priorities, limit: float) -> str:
    text = f"consistency ratio {part.consistency_ratio:.3f}"
    if len(part.items) < 3:
        return f"{text}; two items cannot contradict."
    if part.consistency_ratio > limit:
        text += f", above {limit:g} and accepted by the scenario"
        text += f" ({part.contradiction})" if part.contradiction else ""
    if part.gaps:
        pairs = "1 pair was" if part.gaps == 1 else f"{part.gaps} pairs were"
        text += f"; {pairs} not compared, and against the index of full matrices the ratio reads low"
    return text + "."


def weights_table(result: AhpResult) -> pd.DataFrame:
    """One row for each compared item: comparison, item, weight, weights by both methods."""
    rows = [
        {
            "comparison": compared.path,
            "item": item,
            "weight": float(compared.weights[i]),
            "eigenvector": float(compared.by_method["eigenvector"][i]),
            "geometric_mean": float(compared.by_method["geometric_mean"][i]),
        }
        for compared in result.comparisons.values()
        for i, item in enumerate(compared.items)
    ]
    return pd.DataFrame(rows)


def consistency_table(result: AhpResult) -> pd.DataFrame:
    """One row for each expert (and part), and one for all together: ratio, its steps, gaps, worst triad."""
    rows = []
    for compared in result.comparisons.values():
        judged = [(expert.name, expert.weight, part) for expert in compared.experts for part in expert.parts]
        if compared.group is not None:
            judged.append(("all together", 1.0, compared.group))
        rows += [
            {
                "comparison": compared.path,
                "expert": name,
                "expert_weight": weight,
                "items": len(part.items),
                "pairs_missing": part.gaps,
                "lambda_max": part.lambda_max,
                "consistency_index": part.consistency_index,
                "random_index": part.random_index,
                "consistency_ratio": part.consistency_ratio,
                "contradiction": part.contradiction or "",
            }
            for name, weight, part in judged
        ]
    return pd.DataFrame(rows)


def html(result: AhpResult) -> str:
    """Both tables and the remarks, for notebooks; names are escaped."""
    weights = weights_table(result).to_html(index=False, float_format="{:.3f}".format)
    ratios = consistency_table(result).to_html(index=False, float_format="{:.3f}".format)
    remarks = "".join(f"<li>{escape(line.strip())}</li>" for line in lines(result))
    return f"{weights}{ratios}<ul>{remarks}</ul>"
