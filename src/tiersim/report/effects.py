"""Tables and picture of docs/effects.md, made from the library: ``python -m tiersim.report.effects``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tiersim.report.atomic import write_all
from tiersim.report.pictures.effects import stacking
from tiersim.scenario.effects import NO_TARGET, Library, shipped

BEGIN, END = "<!-- library: begin -->", "<!-- library: end -->"
PICTURE = "effects-stacking.png"


def tables(library: Library) -> str:
    """The library as Markdown: inputs by target, figures to reproduce, repeated figures."""
    parts = ["### Inputs", _inputs(library), "### Figures to reproduce", _figures(library)]
    parts += ["### Repeated figures", _repeated(library)]
    return "\n\n".join(parts)


def _inputs(library: Library) -> str:
    rows = [
        "| name | target | 5 % | median | 95 % | kind | grade | source | remarks |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, effect in library.effects.items():
        if effect.target == NO_TARGET:
            continue
        written = library.assumption(name).describe()
        remark = f"{written}; {effect.note}" if effect.note else written
        cells = (
            name,
            f"`{effect.target}`",
            *library.shown(name),
            effect.kind,
            effect.grade,
            effect.source,
            remark,
        )
        rows.append(_row(cells))
    return "\n".join(rows)


def _figures(library: Library) -> str:
    rows = ["| name | figure | what in tiersim would bring it about |", "|---|---|---|"]
    for name, effect in library.effects.items():
        if effect.target == NO_TARGET:
            rows.append(_row((name, effect.source, effect.because or "")))
    return "\n".join(rows)


def _repeated(library: Library) -> str:
    rows = ["| told first | told again |", "|---|---|"]
    for origin, names in library.repeated.items():
        rows.append(_row((origin, ", ".join(name for name in names if name != origin))))
    return "\n".join(rows)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def renewed(page: str) -> str:
    """The page with its tables as the library has them now."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}, between which the tables stand")
    return f"{before}{BEGIN}\n\n{tables(shipped())}\n\n{END}{after}"


def write_page(folder: str | os.PathLike[str] = "docs") -> Path:
    """Renew ``effects.md`` and its picture in a folder, all or nothing."""
    page = Path(folder) / "effects.md"
    text = renewed(page.read_text(encoding="utf-8"))
    write_all({page: text.encode(), Path(folder) / "images" / PICTURE: stacking().png()})
    return page


if __name__ == "__main__":
    sys.stdout.write(f"{write_page(*sys.argv[1:2])}\n")
