"""The page of the study "When is a warning worth acting on?".

``python -m tiersim.report.studies.warning`` writes it.
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
from tiersim.report.pictures.warning_study import label
from tiersim.report.studies.staffing import _filled, _rows
from tiersim.report.studies.warning_words import answer, claim, findings, net_of

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.warning import Study

REPLICATIONS = 36
DPI = 100
ASSUMED = (
    "churn.notice", "churn.winding_down", "warning.use.winding_down", "warning.use.noise", "win_back.work",
    "win_back.fades", "win_back.relief", "win_back.chance.service", "win_back.chance.price",
    "win_back.chance.product", "win_back.chance.budget", "win_back.chance.other", "win_back.capacity",
    "win_back.again", "win_back.offer.discount", "win_back.offer.lasts", "baseline.churn", "baseline.margin",
    "baseline.revenue",
)  # fmt: skip
"""What the answers rest on most, by path."""


@dataclass(frozen=True, eq=False)
class Results:
    """All that the page shows."""

    study: Study
    pictures: dict[str, Picture]

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def claim(self) -> str:
        return claim(self.study)

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
    quick : few thresholds, one capacity, two chances.
    """
    from tiersim.report.pictures import warning_study as drawn
    from tiersim.study.warning import threshold_study

    study = threshold_study(scenario, replications, seed, quick, progress)
    pictures = {"thresholds": drawn.thresholds(study), "lists": drawn.lists(study)}
    return Results(study, pictures | {"chance": drawn.chance_needed(study)})


def write_page(found: Results, folder: str | os.PathLike[str], command: str = "") -> Path:
    """Write ``studies/warning.md`` and ``images/warning-study-*.png`` into a folder, all or nothing."""
    folder = Path(folder)
    page = folder / "studies" / "warning.md"
    files = {page: markdown(found, command).encode()}
    for name, picture in found.pictures.items():
        files[folder / "images" / f"warning-study-{name}.png"] = picture.png(DPI)
    write_all(files)
    return page


def markdown(found: Results, command: str = "") -> str:
    """The page as text; pictures lie in ``../images``."""
    study, scenario = found.study, found.study.scenario
    run = (
        f"{scenario.name}: {scenario.customers:,} customers, {scenario.horizon / 52:g} years and "
        f"{scenario.run_out / 52:g} of run-out, {study.replications} replications, seed {study.seed}, "
        "scenario "
        f"{scenario.sha256[:12]}. Every figure on this page comes from that run"
        + (f": `{command}`." if command else ".")
        + " It is one made-up company whose assumptions nobody measured. ± is the simulation error of a "
        "mean; "
        "what is said to pay, to lose or to be better is so beyond an error widened for so many comparisons."
    )
    parts = ["# When is a warning worth acting on?", f"**{_filled(found.answer)}**"]
    parts += [f"**{_filled(found.claim)}**", _filled(run), "## Why"]
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in found.findings))
    parts += ["## Threshold, cost and capacity", _shown(found, "thresholds"), _table(study), _filled(TABLE)]
    parts += ["## Net gain by threshold and cost of an attempt", _grid(study), _filled(GRID)]
    parts += [
        "## Which list",
        _shown(found, "lists"),
        "## The chance that is needed",
        _shown(found, "chance"),
    ]
    parts += ["## What could make it wrong"]
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in WRONG))
    parts += ["## Assumptions", _assumptions(scenario)]
    return "\n\n".join(part for part in parts if part) + "\n"


TABLE = (
    "Right: share of the alarms whose customer left within the time that a warning is for, or would have. "
    "Found: share of those who left of whom an alarm was open. Needless: attempts with customers who were "
    "not "
    "leaving. Kept: customers a year who stay because of an attempt. Claimed and true: shares of the "
    "attempts. "
    "Net: present value against the same plan that asks nobody, without the cost of the warning system."
)
GRID = (
    "Thresholds down, costs of one attempt across; currency units, mean ± simulation error. What an attempt "
    "costs moves nothing but money, so all columns of a row are one run: gain before the cost of attempts, "
    "less "
    "their discounted number times that cost."
)
WRONG = (
    "The chance that an attempt keeps a customer, and how it fades, decide the answer. Nobody has measured "
    "them; "
    "a test with lots is the way to: ask half of a list, and compare who is still there after the renewal.",
    "The falls of use and of orders before the last day are assumed too. Without them the score sees little "
    "more than the calendar.",
    "Amber is set equal to red here, so that the list is whom the plan asks. Weights and ends of the "
    "indicators "
    "are as the scenario says and not fitted.",
    "Attempts take capacity of their own. Hours are paid but not taken from the desk, so an attempt makes "
    "nobody "
    "else wait.",
    "The best threshold is chosen from the same runs that say what it brings, so its figure is a little too "
    "good.",
    "Customers do not learn that threatening to leave earns a discount.",
    "With contracts all decide the same time before the renewal, which makes the calendar a better list "
    "than it "
    "would be where people decide at any time.",
)


def _shown(found: Results, name: str) -> str:
    picture = found.pictures.get(name)
    return f"![{picture.alt}](../images/warning-study-{name}.png)" if picture else ""


def _table(study: Study) -> str:
    part = study.frame[study.frame["group"] != "chance"]
    assert study.scenario.win_back is not None
    capacity = study.scenario.win_back.capacity
    records: list[Any] = part.to_dict("records")
    rows = [
        (
            label(row), f"{row['places'] * capacity:g}", short(row["attempts"]), percent(row["precision"]),
            percent(row["recall"]), percent(row["needless"] / row["attempts"]) if row["attempts"] else "–",
            short(row["saved"]), percent(row["claimed"]), percent(row["true"]),
            f"{short(row['net'])} ± {short(row['net_error'])}",
        )
        for row in records
    ]  # fmt: skip
    heads = ("list", "places a week", "attempts a year", "right", "found", "needless", "kept a year",
             "claimed", "true", f"net, {study.scenario.currency}")  # fmt: skip
    return _rows(heads, rows)


def _grid(study: Study) -> str:
    rows = []
    for row in study.rows("threshold", places=1.0):
        shown = [net_of(study, row, cost).removeprefix(f"{study.scenario.currency} ") for cost in study.costs]
        rows.append((f"below {float(study.frame['threshold'].iloc[row]):g}", *shown))
    return _rows(("asked", *(f"{study.scenario.currency} {short(cost)}" for cost in study.costs)), rows)


def _assumptions(scenario: Scenario) -> str:
    from tiersim.errors import TiersimError
    from tiersim.scenario.explain import explain

    rows = []
    for path in ASSUMED:
        try:
            rows.append((f"`{path}`", str(explain(scenario, path).shown)))
        except TiersimError:
            continue  # a scenario may lack a key
    return _rows(("assumption", "value or range"), rows)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], Any] = sys.stdout.write) -> int:
    """Run the study on a scenario and write its page and pictures."""
    import argparse

    from tiersim.errors import TiersimError

    parser = argparse.ArgumentParser(
        prog="python -m tiersim.report.studies.warning", description=main.__doc__
    )
    parser.add_argument("scenario", nargs="?", default="scenarios/early_warning.yaml")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="few thresholds, one capacity, two chances")
    parser.add_argument("--to", default="docs", help="folder of the page")
    given = parser.parse_args(arguments)
    command = f"python -m tiersim.report.studies.warning {given.scenario} --replications {given.replications}"
    command += (f" --seed {given.seed}" if given.seed != 1 else "") + (" --quick" if given.quick else "")
    try:
        found = results(given.scenario, given.replications, given.seed, given.quick)
        page = write_page(found, given.to, command)
    except TiersimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    say(f"{found.answer}\n{found.claim}\n{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
