"""The page of the study "Which split of the budget?".

``python -m tiersim.report.studies.budget`` writes it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.atomic import write_all
from tiersim.report.pictures.canvas import Picture, percent, short
from tiersim.report.studies.budget_words import answer, findings, split_words
from tiersim.report.studies.staffing import _filled as filled
from tiersim.report.studies.staffing import _rows as table

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.budget_split import Study

REPLICATIONS = 16
DPI = 100
SHOWN = 8
"""Rows of the table at either end."""
ASSUMED = (
    "population.value_correlation.responsiveness", "response.curvature", "response.half_life",
    "response.needs", "attention.satisfaction", "attention.order_rate", "attention.standard_hours",
    "churn.satisfaction_effect", "satisfaction.late_shock", "wallet.reversion", "staff.salary",
    "today.favour",
)  # fmt: skip
"""What the answer rests on most, by path, beside the strategies' prices and effects."""


@dataclass(frozen=True, eq=False)
class Results:
    """All that the page shows."""

    study: Study
    pictures: dict[str, Picture]

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def findings(self) -> list[str]:
        return findings(self.study)


def results(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = REPLICATIONS,
    seed: int = 1,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> Results:
    """Simulate everything that the page shows.

    Parameters
    ----------
    replications : of each split, on the same draws.
    quick : six splits beside the one as written.
    """
    from tiersim.study.budget_split import budget_split

    return drawn(budget_split(scenario, replications, seed, quick=quick, progress=progress))


def drawn(study: Study) -> Results:
    """Results with their pictures."""
    from tiersim.report.pictures import budget

    return Results(study, {"map": budget.splits(study), "along": budget.along(study)})


def write_page(found: Results, folder: str | os.PathLike[str], command: str = "") -> Path:
    """Write ``studies/budget.md`` and ``images/split-*.png`` into a folder, all or nothing."""
    folder = Path(folder)
    page = folder / "studies" / "budget.md"
    files = {page: markdown(found, command).encode()}
    for name, picture in found.pictures.items():
        files[folder / "images" / f"split-{name}.png"] = picture.png(DPI)
    write_all(files)
    return page


def markdown(found: Results, command: str = "") -> str:
    """The page as text; pictures lie in ``../images``."""
    study, scenario = found.study, found.study.scenario
    run = (
        f"{scenario.name}: {scenario.customers:,} customers, {scenario.currency} "
        f"{short(scenario.budget.yearly)} a year; {len(study.grid)} splits in steps of {study.step} %, "
        f"{study.replications} replications each of {scenario.horizon / 52:g} years with run-out, on the "
        f"same draws; seed {study.seed}, scenario {scenario.sha256[:12]}. Every figure on this page comes "
        "from that run"
        + (f": `{command}`." if command else ".")
        + " ± is the simulation error of a mean; better and worse are said only beyond an error widened for "
        f"{len(study.grid) - 1} comparisons at once. Not told apart from the best: what a split falls "
        "short of it is within its own error, not widened."
    )
    parts = ["# Which split of the budget?", f"**{filled(found.answer)}**", filled(run), "## Why"]
    parts.append("\n".join(filled(f"- {said}", "  ") for said in found.findings))
    parts += ["## The map", _shown(found, "map"), filled(MAP), "## Against the split as written"]
    parts += [_shown(found, "along"), "## Best and worst", _table(study), filled(COLUMNS)]
    parts += ["## What could make it wrong"]
    parts.append("\n".join(filled(f"- {said}", "  ") for said in WRONG))
    parts += ["## Assumptions", _assumptions(scenario)]
    return "\n\n".join(part for part in parts if part) + "\n"


MAP = (
    "Each square is a split, its number the mean net present value above today's care in millions; the "
    "lighter, the more. The group that is on neither axis has the rest."
)
COLUMNS = (
    "Gain: net present value above today's care, mean, with the central 95 % of the outcomes in brackets. "
    "Cut: tiers with fewer people than their ratios need, and paid: share of the strategies' wish, both as "
    "counted before the simulation from central values. Unspent money returns to profit."
)
WRONG = (
    "Strategies, their prices and effects are the starter's, and assumed. A tier without a strategy worth "
    "its price has nothing to buy with more money, whatever the tier is worth.",
    "Money beyond people and the wanted dose of all strategies is not spent; so a corner of the map shows "
    "what too little does to the others rather than what too much does to one.",
    "Responsiveness may go with value or against it; nobody has measured that, and the place of the best "
    "split rests on it.",
    "Splits are fixed for the whole plan. Rules that move money (budget.review) are another study.",
    "The best of many splits is partly the luckiest; the sentence on half of the replications says how "
    "much of it holds.",
    "People are whole: a step of 10 % buys some or none, which makes the map rough where pools are small.",
)


def _shown(found: Results, name: str) -> str:
    return f"![{found.pictures[name].alt}](../images/split-{name}.png)"


def _table(study: Study) -> str:
    order = study.grid.sort_values("gain", ascending=False).index.tolist()
    keep = order if len(order) <= 2 * SHOWN else [*order[:SHOWN], *order[-SHOWN:]]
    keep = [row for row in order if row in keep or row == study.own]
    rows = []
    for row in keep:
        one = study.grid.loc[row]
        rows.append(
            (
                split_words(study, row) + (" (as written)" if row == study.own else ""),
                f"{short(one['gain'])} ({short(one['gain_low'])} to {short(one['gain_high'])})",
                f"{short(one['against'])} ± {short(one['against_error'])}", one["verdict"] or "–",
                one["cut"] or "none", percent(one["paid"]), short(one["unspent"]),
            )
        )  # fmt: skip
    heads = (" / ".join(study.groups), "gain", "against the written", "", "people cut in", "strategies paid",
             "unspent a year")  # fmt: skip
    return table(heads, rows)


def _assumptions(scenario: Scenario) -> str:
    from tiersim.errors import TiersimError
    from tiersim.scenario.explain import explain

    rows = []
    for path in ASSUMED:
        try:
            found = explain(scenario, path)
        except TiersimError:
            continue  # a scenario may lack a section
        rows.append((f"`{path}`", str(found.shown)))
    return table(("assumption", "value or range"), rows)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], Any] = sys.stdout.write) -> int:
    """Run the study on a scenario and write its page and pictures."""
    import argparse

    from tiersim.errors import TiersimError

    parser = argparse.ArgumentParser(prog="python -m tiersim.report.studies.budget", description=main.__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/machinery.yaml")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="six splits beside the one as written")
    parser.add_argument("--to", default="docs", help="folder of the page")
    given = parser.parse_args(arguments)
    command = f"python -m tiersim.report.studies.budget {given.scenario} --replications {given.replications}"
    command += (f" --seed {given.seed}" if given.seed != 1 else "") + (" --quick" if given.quick else "")
    try:
        found = results(given.scenario, given.replications, given.seed, given.quick)
        page = write_page(found, given.to, command)
    except TiersimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    say(f"{found.answer}\n{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
