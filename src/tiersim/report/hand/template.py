"""An empty commentary for a report: all its slots, and the figures that may be referred to."""

from __future__ import annotations

from tiersim.report import text as texts
from tiersim.report.document import Document


def template(document: Document) -> str:
    """Markdown with one slot a section; what belongs there and the present figures stand in comments."""
    t = texts.load(document.frame.lang)
    figures = [f"{{{name}}} = {_safe(shown)}" for name, shown in document.frame.values.items()]
    lines = [f"# {_safe(document.frame.title)}", "", f"<!-- {t('hand.how')}", "", *figures, "-->", ""]
    for section in document.sections:
        if section.name:
            hint = t.get(f"hand.slots.{section.name}") or t("hand.slot")
            lines += [f"## {section.name}", "", f"<!-- {hint} -->", ""]
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Text that neither ends a comment nor begins one."""
    return (
        " ".join(text.replace("\u00a0", " ").split()).replace("--", "- -").replace("<", "‹").replace(">", "›")
    )
