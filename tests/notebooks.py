"""What holds of every notebook as committed."""

from __future__ import annotations

import ast
from typing import Any

import nbformat


def assert_bare_and_thin(committed: Any) -> None:
    """No outputs, nobody's own kernel, and short cells: the work is done in the package."""
    assert set(committed.metadata) == {"kernelspec", "language_info"}
    assert committed.metadata.kernelspec.name == "python3"
    for cell in committed.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert set(cell.metadata) <= {"tags"}
            assert len(cell.source.splitlines()) <= 12
    nbformat.validate(committed)


def assert_parameters(committed: Any, known: tuple[str, ...]) -> None:
    """The cell of parameters has those that are known, and the first cell explains each."""
    (cell,) = [c for c in committed.cells if "parameters" in c.metadata.get("tags", [])]
    names = [target.id for node in ast.parse(cell.source).body for target in node.targets]  # type: ignore[attr-defined]
    assert tuple(names) == known
    assert all(f"`{name}`" in committed.cells[0].source for name in names)
