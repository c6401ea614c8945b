"""Fixtures of the report tests: made-up findings and the notebook they would be shown in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sample import findings as made_up

from tiersim import report
from tiersim.evaluation.findings import RoiFindings
from tiersim.report import document, html
from tiersim.report.document import Document

SECTIONS = (
    "first_page", "options", "worth", "moves", "flips", "cash_flow", "costs", "benefits", "tier_quarters",
    "risks", "assumptions", "appendix",
)  # fmt: skip


@pytest.fixture(scope="session")
def findings() -> RoiFindings:
    return made_up()


@pytest.fixture(scope="session")
def told() -> Callable[..., Document]:
    """Findings to the document that all formats are written from, without a kernel."""

    def made(found: RoiFindings, lang: str = "en", sections: tuple[str, ...] = SECTIONS) -> Document:
        import nbformat.v4 as nbf

        notebook = nbf.new_notebook()
        for name in ("style", *sections):
            shown = getattr(report, name)(found, lang)
            data = shown._repr_mimebundle_() | {"text/plain": "PLAIN TEXT OF A CELL"}
            data = json.loads(json.dumps(data))
            cell = nbf.new_code_cell("CODE_OF_A_CELL = 1")
            kinds = ("execute_result", "display_data")
            kind = kinds[name == "cash_flow"]
            extra = {"execution_count": 1} if kind == "execute_result" else {}
            cell.outputs = [
                nbf.new_output("stream", text="A PRINT OF A CELL"),
                nbf.new_output(kind, data=data, **extra),
            ]
            if name == "style":
                cell.metadata["tags"] = ["notebook-only"]
            notebook.cells += [nbf.new_markdown_cell("## PROSE OF THE NOTEBOOK"), cell]
        return document.read(notebook)

    return made


@pytest.fixture(scope="session")
def render(told: Callable[..., Document]) -> Callable[..., str]:
    """Findings to the whole HTML page, through nbconvert and our template."""

    def rendered(found: RoiFindings, lang: str = "en") -> str:
        return html.page(told(found, lang))

    return rendered


@pytest.fixture(scope="session")
def page(findings: RoiFindings, render: Callable[..., str]) -> str:
    return render(findings)
