"""`python -m benchmarks [--quick] [--out FOLDER]`: measure, compare, write the tables."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.page import page
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.results import numbers

HERE = Path(__file__).resolve().parent


def write(path: Path, text: str) -> None:
    """Replace a file as a whole."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def stopwatch() -> Callable[[str], None]:
    """Says on stderr what is being done, and since when."""
    start = time.perf_counter()

    def say(what: str) -> None:
        print(f"[{time.perf_counter() - start:5.0f} s] {what}", file=sys.stderr, flush=True)

    return say


def run(plan: Plan, out: Path | None) -> int:
    """Measure, print the page, and write it where `out` is given; 1 where the peers disagree."""
    say = stopwatch()
    measured = measure(plan, say)
    if measured.disagreements:
        print("The peers do not simulate the same law, so nothing was timed or written:", file=sys.stderr)
        for text in measured.disagreements:
            print(f"  {text}", file=sys.stderr)
        return 1
    text = page(measured)
    print(text)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write(out / "RESULTS.md", text)
        write(out / "results.json", json.dumps(numbers(measured), indent=2) + "\n")
    say("done")
    return 0


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="under a minute, for a smoke test; writes only with --out"
    )
    parser.add_argument(
        "--out", type=Path, help="folder of RESULTS.md and results.json (default: benchmarks/)"
    )
    given = parser.parse_args()
    return run(QUICK if given.quick else FULL, given.out or (None if given.quick else HERE))


if __name__ == "__main__":
    sys.exit(main())
