"""The command `effects`: the library of named effects as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tiersim.cli.printing import draw, say, table
from tiersim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from tiersim.scenario.effects import Library


def effects(
    word: Annotated[
        str | None,
        typer.Argument(metavar="[WORD]", help="Only effects with this word in name, target or text."),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario", "-s", metavar="FILE", help="With the effects of this scenario's own library."
        ),
    ] = None,
) -> None:
    """List the effects that strategies may use by name: target, range, evidence and source."""
    library = _library(scenario)
    names = _found(library, word)
    if word in library.effects:
        _print_one(library, word)  # type: ignore[arg-type]
        return
    _print_inputs(library, [name for name in names if library.effects[name].target != "none"])
    _print_figures(library, [name for name in names if library.effects[name].target == "none"])
    told = [(origin, group) for origin, group in library.repeated.items() if set(group) & set(names)]
    if told:
        say()
        say("Repeated figures, each one piece of evidence however often it is told:")
        for origin, group in told:
            say(f"  {origin}: told again as {', '.join(name for name in group if name != origin)}")


def _library(scenario: str | None) -> Library:
    from tiersim.scenario.effects import shipped

    if scenario is None:
        return shipped()
    from tiersim.scenario.load import load, provenance_of
    from tiersim.scenario.naming import library_of

    provenance = provenance_of(load(scenario))
    return library_of(provenance.tree, provenance)


def _found(library: Library, word: str | None) -> list[str]:
    """Names of the effects that hold a word; an error that names the nearest if none does."""
    if word is None:
        return list(library.effects)
    sought = word.casefold()
    names = []
    for name, effect in library.effects.items():
        texts = (name, effect.target, effect.grade, effect.source, effect.note or "", effect.because or "")
        if any(sought in text.casefold() for text in texts):
            names.append(name)
    if not names:
        from tiersim.scenario.fields import nearest
        from tiersim.scenario.spelling import quoted

        near = nearest(word, library.effects)
        raise ScenarioError(Problem(None, None, "", f"no effect has {quoted(word)}", nearest=near))
    return names


def _print_inputs(library: Library, names: list[str]) -> None:
    if not names:
        return
    heads = ("effect", "target", "5 %", "median", "95 %", "kind", "grade", "source")
    rows = []
    for name in names:
        effect = library.effects[name]
        rows.append((name, effect.target, *library.shown(name), effect.kind, effect.grade, effect.source))
    say("At the standard dose against none; satisfaction in points:")
    _print_table(heads, rows, right=(2, 3, 4))


def _print_figures(library: Library, names: list[str]) -> None:
    if not names:
        return
    say()
    say("No inputs but figures to reproduce (target none):")
    rows = [(name, library.effects[name].source, library.effects[name].because or "") for name in names]
    _print_table(("figure", "source", "what would bring it about"), rows)


def _print_one(library: Library, name: str) -> None:
    effect = library.effects[name]
    lines = {"effect": name, "target": effect.target, "kind": effect.kind}
    if effect.target != "none":
        low, middle, high = library.shown(name)
        lines |= {"value": library.assumption(name).describe(), "range": f"{low} to {high}, median {middle}"}
    file, line = library.where.get(name, ("", 0))
    origin = library.origin(name)
    lines |= {
        "source": effect.source,
        "evidence": effect.grade,
        "note": effect.note or "",
        "because": effect.because or "",
        "repeats": f"{origin}; one piece of evidence" if origin != name else "",
        "told again as": ", ".join(other for other in library.repeated.get(name, []) if other != name),
        "set in": f"{file}:{line}" if line else file,
    }
    table((), [(label, [text]) for label, text in lines.items() if text])


def _print_table(
    heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: tuple[int, ...] = ()
) -> None:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for number, head in enumerate(heads):
        shown.add_column(Text(head), justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    draw(shown)
