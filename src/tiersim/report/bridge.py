"""The pages on what moved a result from one saved comparison to another, and how a kernel finds them.

Each section is a pure function of what is told; a notebook shows them in order.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tiersim.report.bridge_page import answer, differences, record
from tiersim.report.bridge_words import told
from tiersim.report.errors import ReportError
from tiersim.report.figures import save_figures, slug
from tiersim.report.html import style
from tiersim.report.kinds import Asked, is_file
from tiersim.report.request import Request

__all__ = ["answer", "differences", "prepare", "record", "save_figures", "style", "told"]

NEEDS = (
    "a report diff tells what moved between two saved comparisons. Allowed here: tiersim diff OLD NEW --to "
    'FOLDER, or ts.report("diff", (old, new)), each the folder of tiersim compare --to'
)


def prepare(asked: Asked, folder: Path) -> Request:
    """What the kernel has to be told; the steps between the two runs are in the store.

    A comparison that was never saved is written to `folder`.

    Raises
    ------
    ReportError : not two comparisons, or `set` or `against` is given, which finished runs cannot take.
    RunError : a folder is missing, damaged or holds no comparison; the two cannot be compared.
    """
    from tiersim.evaluation.diff import diff

    old, new = _two(asked)
    bridge = diff(old, new, asked.quick, progress=asked.progress)
    found: dict[str, Any] = {
        "old": _saved(old, folder / "old"), "new": _saved(new, folder / "new"), "quick": asked.quick,
    }  # fmt: skip
    return Request(found, Path.cwd(), slug(Path(new).name if is_file(new) else bridge.name))


def _two(asked: Asked) -> Sequence[Any]:
    from tiersim.runs.comparison import Comparison

    two = asked.subject
    if is_file(two) or not isinstance(two, Sequence) or len(two) != 2:
        raise ReportError(NEEDS)
    if not all(is_file(one) or isinstance(one, Comparison) for one in two):
        raise ReportError(NEEDS)
    for name, value in (("set", asked.set), ("against", asked.against)):
        if value:
            raise ReportError(f"finished comparisons cannot take {name!r}; compare anew and save that")
    return two


def _saved(one: Any, folder: Path) -> str:
    return os.fspath(one) if is_file(one) else str(one.save(folder))
