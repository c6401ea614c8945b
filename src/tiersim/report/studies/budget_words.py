"""What the study of splits found, in sentences whose every number is taken from its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.report.pictures.canvas import listed, percent
from tiersim.report.studies.words import money
from tiersim.study.budget_split import BOTH, NEITHER, STAFF, STRATEGIES

if TYPE_CHECKING:
    from tiersim.study.budget_split import Study

FEW = 16
"""Below so many replications half of them say nothing about the best split."""


def split_words(study: Study, row: int) -> str:
    """A split as people say it: 60/30/10."""
    return "/".join(f"{share:g}" for share in study.shares(row))


def answer(study: Study) -> str:
    """The answer in three sentences: the written split, the best one, and how flat the top is."""
    grid = study.grid
    own, best = study.row(study.own), study.row(study.best)
    order = " / ".join(study.groups)
    first = (
        f"{split_words(study, study.own)} ({order}) brings {money(study, own['gain'], own['gain_error'])} "
        "above today's care"
    )
    if study.best == study.own:
        second = "no other split on the grid brings more"
    else:
        better = grid["verdict"] == "better"
        told = (
            f"{int(better.sum())} of {len(grid) - 1} other splits are better beyond the error"
            if better.any()
            else "no other split is better beyond the error"
        )
        second = (
            f"the best of the grid, {split_words(study, study.best)}, brings "
            f"{money(study, best['gain'], best['gain_error'])}, and {told}"
        )
    flat = len(study.flat)
    third = (
        f"{flat} of {len(grid)} splits are not told apart from the best"
        if flat > 1
        else "the best stands alone"
    )
    return f"{first}; {second}. {third[0].upper()}{third[1:]}."


def findings(study: Study) -> list[str]:
    """One or two sentences on each part."""
    return [*_held_out(study), *_flatness(study), *_worst(study), *_binding(study), *_ends(study)]


def _held_out(study: Study) -> list[str]:
    if study.best == study.own or study.replications < FEW:
        return []
    return [
        f"The best of {len(study.grid)} is partly the luckiest of them. Chosen on half of the replications, "
        f"{split_words(study, study.chosen)} brings {money(study, *study.honest)} more than the split as "
        "written on the other half, which did not choose it."
    ]


def _flatness(study: Study) -> list[str]:
    flat, said = study.flat, []
    for group in study.groups:
        column = flat[f"share of {group}"]
        said.append(f"{group} {column.min():g} to {column.max():g} %")
    own = study.row(study.own)
    place = int((study.grid["gain"] > own["gain"]).sum()) + 1
    text = (
        f"How flat: the splits not told apart from the best have {listed(said)}. As written, the split is "
        f"number {place} of {len(study.grid)} by its mean"
    )
    if study.best != study.own:
        text += f", {money(study, own['short'], own['short_error'])} below the best"
    return [text + "."]


def _worst(study: Study) -> list[str]:
    grid = study.grid
    worst = int(grid["gain"].to_numpy().argmin())
    worse = int((grid["verdict"] == "worse").sum())
    return [
        f"The worst, {split_words(study, worst)}, brings {money(study, study.row(worst)['gain'])} above "
        f"today's care. {worse} of {len(grid) - 1} splits are worse than the one as written beyond the error."
    ]


def _binding(study: Study) -> list[str]:
    grid = study.grid
    counts = grid["binds"].value_counts()
    words = {STAFF: "people only", STRATEGIES: "strategies only", BOTH: "both", NEITHER: "neither"}
    said = [f"{words[kind]} under {int(counts[kind])}" for kind in words if kind in counts]
    own, best = study.row(study.own), study.row(study.best)

    def told(row: dict[str, Any]) -> str:
        cut = str(row["cut"])
        people = f"fewer people than the ratios need in {cut}" if cut else "all the people of the ratios"
        return f"{people}, and {percent(float(row['paid']))} of the strategies' wish paid"

    text = (
        f"What the money cuts, people or strategies, as counted at the start: {listed(said)} splits. As "
        f"written: {told(own)}"
    )
    return [text + (f"; the best: {told(best)}." if study.best != study.own else ".")]


def _ends(study: Study) -> list[str]:
    """What it costs to leave a group with nothing."""
    said = []
    for group in study.groups:
        none = study.grid[study.grid[f"share of {group}"] == 0.0]
        if len(none):
            row = study.row(int(none["gain"].idxmax()))  # type: ignore[call-overload]
            said.append(f"{group} {money(study, row['against'], row['against_error'])}")
    text = "Nothing at all for a group, and the rest split as well as can be, against the split as written: "
    return [text + f"{listed(said)}."] if said else []
