"""One self-contained HTML page of a report: no code, no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiersim.report import phrases
from tiersim.report.document import Document
from tiersim.report.fragments import Section, el
from tiersim.report.tree import Node, packed
from tiersim.report.view import Frame, shown

TEMPLATES = Path(__file__).parent / "template"


def css_string(text: str) -> str:
    """`text` as a CSS string that can end neither the string nor the style element, whatever it holds."""
    return '"' + "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in text) + '"'


def style_sheet(v: Frame[Any]) -> str:
    """The sheet with the fonts of the language."""
    sheet = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return f"{sheet}\n.ts, body > footer {{ font-family: {v.t('fonts')}; }}"


def style(findings: Any, lang: str = "en") -> Section:
    """The style sheet for somebody who reads the notebook itself, and the frame of the finished report."""
    v = shown(findings, lang)
    frame = {
        "lang": lang,
        "html_lang": v.t("html_lang"),
        "title": v.document,
        "subject": v.name,
        "run": phrases.footer(v),
        "mark": phrases.illustrative(v),
        "css": style_sheet(v),
        "fonts": v.t("fonts"),
        "counter": v.t("frame.page", page="{page}", pages="{pages}"),
        "values": {name: packed(value) for name, value in v.values.items()},
        "identity": {
            "scenario": v.f.scenario_sha256[:12],
            "seed": v.f.seed,
            "replications": getattr(v.f, "replications", None),
            "version": v.f.version,
        },
    }
    return Section(Node(""), frame)


def paper(document: Document) -> str:
    """Rules for the paper's margins: the run record, page numbers and the mark."""
    frame = document.frame
    page, pages = (f'" counter({name}) "' for name in ("page", "pages"))
    counter = css_string(frame.counter.replace("{page}", "\0").replace("{pages}", "\1"))
    counter = counter.replace("\\0 ", page).replace("\\1 ", pages)
    small = "font-size: 8pt; color: #55606b; font-family: " + frame.fonts
    rules = [
        "@page { size: A4; margin: 13mm 14mm 14mm;",
        f"  @bottom-left {{ content: {css_string(frame.run)}; {small}; width: 80%; }}",
        f"  @bottom-right {{ content: {counter}; {small}; white-space: nowrap; }}",
    ]
    look = "font-size: 8pt; font-weight: 700; letter-spacing: .09em; color: #1f2933; font-family: "
    if frame.confidential:
        rules.append(f"  @top-left {{ content: {css_string(frame.confidential)}; {small}; width: 60%; }}")
    if marks := " · ".join(mark for mark in (frame.draft, frame.mark) if mark):
        rules.append(f"  @top-right {{ content: {css_string(marks)}; {look}{frame.fonts}; }}")
    return "\n".join([*rules, "}"])


def branded(document: Document) -> Iterator[Section]:
    """Sections with the brand: name and logo on the first, the lines of every page on each.

    On paper the lines stand in the margins instead.
    """
    frame = document.frame
    name = el("span", frame.brand_name) if frame.brand_name else None
    logo = el("img", src=frame.logo, alt=frame.brand_name) if frame.logo else None
    header = el("div", logo, name, cls="brand") if logo or name else None
    secret = el("span", frame.confidential, cls="confidential") if frame.confidential else None
    draft = el("span", frame.draft, cls="draft") if frame.draft else None
    lines = el("p", draft, secret, cls="lines") if secret or draft else None
    for number, section in enumerate(document.sections):
        added = tuple(one for one in (lines, None if number else header) if one is not None)
        tree = section.tree
        yield Section(replace(tree, children=(*added, *tree.children))) if added else section


def page(document: Document) -> str:
    """The document through nbconvert and our own template."""
    import nbformat.v4 as nbf
    from nbconvert import HTMLExporter

    cells: list[Any] = []
    for section in branded(document):
        output = nbf.new_output("display_data", data={"text/html": section._repr_html_()})
        cells.append(nbf.new_code_cell("", id=f"cell-{len(cells)}", outputs=[output]))
    report: dict[str, Any] = {
        "html_lang": document.frame.html_lang,
        "title": document.frame.title,
        "footer": document.frame.run,
        "css": "\n".join([document.frame.css, paper(document)]),
    }
    exporter = HTMLExporter(template_name="tiersim", extra_template_basedirs=[str(TEMPLATES)])
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    body, _ = exporter.from_notebook_node(nbf.new_notebook(cells=cells), resources={"report": report})
    return str(body)
