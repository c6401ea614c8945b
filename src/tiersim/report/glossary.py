"""The glossary at the end of a report: the terms that occur in it, each with what it means."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.fragments import Column, Section, el, table
from tiersim.report.text import Text
from tiersim.report.tree import Child, Figure, Node, Table, walk

NAME = "glossary"


def with_glossary(document: Document) -> Document:
    """The report with the glossary at the end of its last section, its appendix."""
    if not document.sections:
        return document
    *others, last = document.sections
    added = glossary(document)
    if added is None:
        return document
    tree = replace(last.tree, children=(*last.tree.children, added))
    return document.with_sections((*others, Section(tree, last.frame)))


def glossary(document: Document) -> Node | None:
    """Heading and table of the terms that occur; a language other than English names each in English too."""
    t, english = texts.load(document.frame.lang), texts.load("en")
    told = "\n".join(text for section in document.sections for text in words(section.tree)).replace(
        "\u00a0", " "
    )
    keys = terms(t, told)
    if not keys:
        return None
    columns = [Column(t("glossary.term"), "name", key="term"), Column(t("glossary.meaning"), "text")]
    other = t.lang != english.lang
    if other:
        columns.insert(1, Column(t("glossary.english"), "text"))
    rows = []
    for key in keys:
        cells = [t(f"glossary.terms.{key}.term"), t(f"glossary.terms.{key}.meaning")]
        if other:
            cells.insert(1, english(f"glossary.terms.{key}.term"))
        rows.append(cells)
    return el("div", el("h3", t("glossary.title")), table(columns, rows, cls="tight terms"), cls=NAME)


def terms(t: Text, told: str) -> list[str]:
    """Keys of the terms of a language that occur in a text, in the order of the resource.

    A word of letters counts only as a whole, so that *late* is not found in *later*, and not as a later part
    of a path such as ``satisfaction.survey_bias``.
    """
    return [
        key
        for key, term in t.get("glossary")["terms"].items()
        if any(_occurs(word, told) for word in str(term["found"]).split("|"))
    ]


def words(child: Child) -> Iterator[str]:
    """Every text of a tree: heads of tables, titles of charts and what they are told in words included."""
    for one in walk(child):
        if isinstance(one, str):
            yield one
        elif isinstance(one, Table):
            yield from (column.head for column in one.columns)
            if one.caption is not None:
                yield from words(one.caption)
        elif isinstance(one, Figure):
            yield from words(one.title)
            yield one.alt
            if one.note is not None:
                yield from words(one.note)


def _occurs(word: str, told: str) -> bool:
    return re.search(rf"(?<![A-Za-z._]){re.escape(word)}(?![A-Za-z_])", told, re.IGNORECASE) is not None


def markdown() -> str:
    """docs/glossary.md: every term in English and Chinese, with what it means in English."""
    english, chinese = (texts.load(lang).get("glossary")["terms"] for lang in ("en", "zh"))
    lines = [
        "# Glossary",
        "",
        "The words of the reports. Each report ends with those of them that it uses.",
        "",
        "| term | Chinese | meaning |",
        "|---|---|---|",
        *(f"| {one['term']} | {chinese[key]['term']} | {one['meaning']} |" for key, one in english.items()),
        "",
        "Written by `python -m tiersim.report.glossary` from the texts of the reports.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
