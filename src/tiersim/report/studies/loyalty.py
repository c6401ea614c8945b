"""The page of the study "Loyalty: selection against effect".

``python -m tiersim.report.studies.loyalty`` writes it.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.atomic import write_all
from tiersim.report.pictures.canvas import Picture
from tiersim.report.studies.loyalty_words import answer, findings, verdict
from tiersim.study.loyalty import GROUPINGS

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.loyalty import Study

REPLICATIONS = 24
DPI = 100
ASSUMED = (
    "loyalty.activity", "loyalty.redeem", "loyalty.redeem_cost", "loyalty.joins", "loyalty.joins_value",
    "response.half_life", "response.curvature", "population.order_shape", "population.basket_spread",
    "population.demand_swing", "population.value_correlation.responsiveness",
)  # fmt: skip
"""What the answers rest on most, by path, beside the effects of each level."""


@dataclass(frozen=True, eq=False)
class Results:
    """All that the page shows."""

    study: Study
    pictures: dict[str, Picture]

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def verdict(self) -> str:
        return verdict(self.study)

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
    quick : without the documents' claim taken at its word.
    """
    from tiersim.report.pictures import loyalty as drawn
    from tiersim.study.loyalty import loyalty

    study = loyalty(scenario, replications, seed, claim=not quick, progress=progress)
    pictures = {"parts": drawn.parts(study), "years": drawn.years(study), "owed": drawn.owed(study)}
    return Results(study, pictures | {"response": drawn.response()})


def write_page(found: Results, folder: str | os.PathLike[str], command: str = "") -> Path:
    """Write ``studies/loyalty.md`` and ``images/loyalty-*.png`` into a folder, all or nothing."""
    folder = Path(folder)
    page = folder / "studies" / "loyalty.md"
    files = {page: markdown(found, command).encode()}
    for name, picture in found.pictures.items():
        files[folder / "images" / f"loyalty-{name}.png"] = picture.png(DPI)
    write_all(files)
    return page


def markdown(found: Results, command: str = "") -> str:
    """The page as text; pictures lie in ``../images``."""
    study, scenario = found.study, found.study.scenario
    run = (
        f"{scenario.name}: {scenario.customers:,} customers, {study.replications} replications of "
        f"{scenario.horizon / 52:g} years, seed {study.seed}, scenario {scenario.sha256[:12]}. Every "
        "figure on "
        "this page comes from that run"
        + (f": `{command}`." if command else ".")
        + " In brackets: the central 95 % of the outcomes over chance and assumptions. ± is the simulation "
        "error of a mean."
    )
    parts = [
        "# Loyalty: selection against "
        "effect", f"**{_filled(found.answer)}**", f"**{_filled(found.verdict)}**",
        _filled(run), "## Why",
    ]  # fmt: skip
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in found.findings))
    parts += ["## What is seen, and what it is made of", _shown(found, "parts"), _table(study), _filled(HOW)]
    parts += ["## The same people, before and after", _shown(found, "years")]
    parts += ["## Points owed", _shown(found, "owed"), "## What could make it wrong"]
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in WRONG))
    parts += ["## Assumptions", _assumptions(scenario)]
    return "\n\n".join(part for part in parts if part) + "\n"


HOW = (
    "Customers of the start, in two worlds on the same luck: the plan with its programme, and the same plan "
    "without. Seen: mean spend of the plan's last year against that of ordinary members, with the programme. "
    "Selection: the same ratio of the same people without it. Effect: the one divided by the other. Lift: "
    "what "
    "the level itself spends against without, so that what ordinary members gain is not taken off. Who "
    "has left "
    "counts with a spend of 0."
)
WRONG = (
    "Who holds a level at the end is known only in the world with the programme: among them are those "
    "whom it "
    "moved most, and those who were lucky in it. The table by the level at the start has neither, but speaks "
    "of fewer customers and of levels that some have lost since.",
    "Nobody has measured what points and benefits do here: the effect is what the assumptions say it is. "
    "What "
    "does not hang on them is how large the ratio is without any effect.",
    "Members do not buy more to reach a level that is near, nor less once they have it, and nobody minds "
    "losing one. Points of one programme against those of a rival are not in the model.",
    "Redeeming is spread evenly over members. If a few redeem everything and most never do, more expires and "
    "less is paid.",
)


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _shown(found: Results, name: str) -> str:
    picture = found.pictures.get(name)
    return f"![{picture.alt}](../images/loyalty-{name}.png)" if picture else ""


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _table(study: Study) -> str:
    rows = [
        _row(row, f"{row['level']}, {grouping}{said}")
        for variant, said in (("own", ""), ("claim", ", claim at its word"))
        if (study.ratios["variant"] == variant).any()
        for grouping in GROUPINGS
        for row in study.table(grouping, variant).to_dict("records")
    ]
    return _rows(("level", "year before the start", "seen", "selection", "effect", "±", "lift"), rows)


def _row(row: dict[Hashable, Any], name: str) -> tuple[str, ...]:
    def ranged(column: str, digits: int) -> str:
        mean, low, high = (row[key] for key in (column, f"{column}_low", f"{column}_high"))
        return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"

    return (
        name, f"{row['before']:.1f}", ranged("seen", 1), ranged("selection", 1), ranged("effect", 2),
        f"{row['effect_error']:.2f}", f"{row['lift']:.2f}",
    )  # fmt: skip


def _assumptions(scenario: Scenario) -> str:
    from tiersim.errors import TiersimError
    from tiersim.scenario.assumption import walk_assumptions
    from tiersim.scenario.explain import explain

    levels = [path for path, _, _ in walk_assumptions(scenario) if path.startswith("loyalty.levels.")]
    rows = []
    for path in (*ASSUMED, *levels):
        try:
            found = explain(scenario, path)
        except TiersimError:
            continue
        rows.append((f"`{path}`", str(found.shown)))
    return _rows(("assumption", "value or range"), rows)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], Any] = sys.stdout.write) -> int:
    """Run the study on a scenario and write its page and pictures."""
    import argparse

    from tiersim.errors import TiersimError

    parser = argparse.ArgumentParser(
        prog="python -m tiersim.report.studies.loyalty", description=main.__doc__
    )
    parser.add_argument("scenario", nargs="?", default="scenarios/loyalty.yaml")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="without the documents' claim")
    parser.add_argument("--to", default="docs", help="folder of the page")
    given = parser.parse_args(arguments)
    command = f"python -m tiersim.report.studies.loyalty {given.scenario} --replications {given.replications}"
    command += (f" --seed {given.seed}" if given.seed != 1 else "") + (" --quick" if given.quick else "")
    try:
        found = results(given.scenario, given.replications, given.seed, given.quick)
        page = write_page(found, given.to, command)
    except TiersimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    say(f"{found.answer}\n{found.verdict}\n{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
