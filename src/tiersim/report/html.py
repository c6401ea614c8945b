"""From an executed notebook to one self-contained HTML page: no code, no scripts, nothing fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tiersim.report import phrases
from tiersim.report.fragments import Section
from tiersim.report.view import Frame, shown

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "template"


def css_string(text: str) -> str:
    """`text` as a CSS string that can end neither the string nor the style element, whatever it holds."""
    return '"' + "".join(c if c.isalnum() or c in " .,-" else f"\\{ord(c):x} " for c in text) + '"'


def style_sheet(v: Frame[Any]) -> str:
    """The sheet with the fonts of the language, and the paper's margins with run record and page numbers."""
    sheet = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    page, pages = (f'" counter({name}) "' for name in ("page", "pages"))
    counter = v.t("frame.page", page="\0", pages="\1")
    counter = css_string(counter).replace("\\0 ", page).replace("\\1 ", pages)
    small = "font-size: 7pt; color: #55606b; font-family: " + v.t("fonts")
    mark = phrases.illustrative(v)
    rules = [
        f".ts, body > footer {{ font-family: {v.t('fonts')}; }}",
        "@page { size: A4; margin: 13mm 14mm 14mm;",
        f"  @bottom-left {{ content: {css_string(phrases.footer(v))}; {small}; width: 80%; }}",
        f"  @bottom-right {{ content: {counter}; {small}; white-space: nowrap; }}",
    ]
    if mark:
        look = "font-size: 7.5pt; font-weight: 700; letter-spacing: .09em; color: #1f2933; font-family: "
        rules.append(f"  @top-right {{ content: {css_string(mark)}; {look}{v.t('fonts')}; }}")
    return "\n".join([sheet, *rules, "}"])


def style(findings: Any, lang: str = "en") -> Section:
    """The style sheet as a section, for somebody who reads the notebook itself."""
    return Section(Markup("<style>") + Markup(style_sheet(shown(findings, lang))) + Markup("</style>"))


def page(notebook: NotebookNode, findings: Any, lang: str = "en") -> str:
    """HTML of what the notebook's cells show, in our own template."""
    from nbconvert import HTMLExporter

    v = shown(findings, lang)
    report: dict[str, Any] = {
        "html_lang": v.t("html_lang"),
        "title": v.document,
        "footer": phrases.footer(v),
        "css": style_sheet(v),
    }
    exporter = HTMLExporter(template_name="tiersim", extra_template_basedirs=[str(TEMPLATES)])
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    body, _ = exporter.from_notebook_node(notebook, resources={"report": report})
    return str(body)
