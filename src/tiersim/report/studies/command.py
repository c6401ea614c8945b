"""The command of a study, ``python -m tiersim.report.studies.NAME``, the same for all of them."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tiersim.errors import TiersimError
from tiersim.report.studies.page import Page


@dataclass(frozen=True)
class Command:
    """Runs a study on a scenario and writes its page and pictures, when called; gives the exit code.

    Parameters
    ----------
    name : the module's, below `tiersim.report.studies`.
    results : simulates scenario, replications and seed, quickly or in full.
    scenario, replications : what is run if nothing else is asked for.
    quick : what the quick version has, for the help.
    """

    name: str
    results: Callable[[str, int, int, bool], Page[Any]]
    scenario: str
    replications: int
    quick: str

    def __call__(
        self, arguments: Sequence[str] | None = None, say: Callable[[str], Any] = sys.stdout.write
    ) -> int:
        given = self._parser().parse_args(arguments)
        try:
            found = self.results(given.scenario, given.replications, given.seed, given.quick)
            page = found.write_page(given.to, self._again(given))
        except TiersimError as error:
            sys.stderr.write(f"{error}\n")
            return error.exit_code
        say("".join(f"{line}\n" for line in (*found.said_first, page)))
        return 0

    @property
    def _call(self) -> str:
        return f"python -m tiersim.report.studies.{self.name}"

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(
            prog=self._call, description="Run the study on a scenario and write its page and pictures."
        )
        parser.add_argument("scenario", nargs="?", default=self.scenario)
        parser.add_argument("--replications", type=int, default=self.replications)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help=self.quick)
        parser.add_argument("--to", default="docs", help="folder of the page")
        return parser

    def _again(self, given: argparse.Namespace) -> str:
        """The command that leads to the same figures, wherever they are written to."""
        said = f"{self._call} {shlex.quote(given.scenario)} --replications {given.replications}"
        said += f" --seed {given.seed}" if given.seed != 1 else ""
        return said + (" --quick" if given.quick else "")
