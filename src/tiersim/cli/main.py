"""The command `tiersim`: its commands in order, and how errors leave it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tiersim.cli import (
    batch,
    differences,
    effects,
    experiments,
    plan,
    rate,
    reports,
    runs,
    scenarios,
    tracking,
)
from tiersim.errors import TiersimError

INTERRUPTED = 130
FAULT = 1


class Commands(TyperGroup):
    """Group of commands that shows a user one clear message where Python would show a traceback."""

    debug = False

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run a command line; ``--debug`` may stand anywhere in it."""
        words = list(sys.argv[1:] if args is None else args)
        self.debug = "--debug" in words or bool(os.environ.get("TIERSIM_DEBUG"))
        for stream in (sys.stdout, sys.stderr):
            # A name in a script that the terminal cannot show must not end a run.
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        return super().main([word for word in words if word != "--debug"], *rest, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was chosen; every error becomes a message on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            line = "\n" if sys.stderr.isatty() else ""  # below ^C or a progress bar
            text = "Interrupted. Finished parts are kept: the same command goes on from there."
            typer.echo(line + text, err=True)
            raise typer.Exit(INTERRUPTED) from None
        except TiersimError as error:
            if self.debug:
                raise
            typer.echo(str(error), err=True)
            raise typer.Exit(error.exit_code) from None
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            # Wrong use of the command line is an exception too, and knows its exit code; typer shows it.
            if self.debug or hasattr(error, "exit_code"):
                raise
            typer.echo(unexpected(error), err=True)
            raise typer.Exit(FAULT) from None


def unexpected(error: Exception) -> str:
    """One line for what no command foresaw."""
    if isinstance(error, MemoryError):
        return "Not enough memory: take fewer customers, or fewer workers at once (--workers 1)."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"tiersim met a fault of its own ({what[:300]}). Please report it with this command, your scenario "
        "and what 'tiersim doctor' says; add --debug to see where it happened."
    )


app = typer.Typer(
    name="tiersim",
    cls=Commands,
    help="What customer tiers are worth: simulate care by tier and compare it with today's, on the same "
    "customers.",
    epilog="Begin with: tiersim new machinery my.yaml, then tiersim check my.yaml, then "
    "tiersim report roi my.yaml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        import tiersim

        typer.echo(f"tiersim {tiersim.__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error happened.")
    ] = False,
) -> None:
    """Options of all commands."""


for command in (
    scenarios.new, scenarios.check, scenarios.show, scenarios.explain, effects.effects, plan.plan,
    runs.run, runs.compare, differences.diff, experiments.design, experiments.experiment,
    experiments.diagnose, reports.report, batch.reports, rate.rate, tracking.kpis, tracking.goals,
    tracking.tracking, runs.verify, reports.doctor,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Entry point of the command `tiersim`."""
    app(prog_name="tiersim")
