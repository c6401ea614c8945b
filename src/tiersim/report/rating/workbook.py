"""The rating as a workbook that a sales office can use alone: live formulas, editable rules, a guide."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

import pandas as pd

from tiersim.report.rating.customersheet import CustomerSheet
from tiersim.report.rating.rulesheet import RuleSheet
from tiersim.report.rating.sheets import Book, put, table_sheet, width_of

if TYPE_CHECKING:
    from tiersim.rating.rated import Rated
    from tiersim.report.rating.sentences import Sentences
    from tiersim.report.rating.tables import Shown

GUIDE_WIDTH = 105
"""Letters in a line of the guide."""

LIMIT = 50_000
"""Customers whose formulas a workbook holds: beyond, opening it takes minutes and gigabytes."""


def workbook(
    rated: Rated,
    words: Sentences,
    shown: Shown,
    actions: pd.DataFrame,
    not_rated: pd.DataFrame,
    quality: pd.DataFrame,
) -> bytes:
    """The file's content, for at most LIMIT customers. Stored values are those that the formulas give."""
    text = words.text
    book = Book.new(datetime.combine(rated.as_of, time()))
    _guide(book, rated, words, shown)
    places = RuleSheet(book, rated, words).write()
    CustomerSheet(book, rated, words, shown, places, text("sheets.customers")).write()
    table_sheet(book, text("sheets.actions"), actions)
    table_sheet(book, text("sheets.not_rated"), not_rated)
    table_sheet(book, text("sheets.quality"), quality)
    return book.bytes()


def guide_notes(rated: Rated, words: Sentences) -> list[str]:
    """The stated rules that the rating had to use, in words."""
    subjects: dict[str, list[str]] = {}
    for note in dict.fromkeys((*rated.rating.notes, *rated.rfm.notes)):
        if note.rule == "empty_tier" and note not in rated.rating.notes:
            continue  # tiers of the RFM table, which only gives digits here
        subject = words.text.name("indicators", words.text.name("dimensions", note.subject))
        subjects.setdefault(note.rule, []).append(subject)
    join = words.text("numbers.join")
    out = [words.text(f"notes.{rule}", name=join.join(names)) for rule, names in subjects.items()]
    return [*(words.text(f"notes.{key}", **figures) for key, figures in rated.remarks), *out]


def _guide(book: Book, rated: Rated, words: Sentences, shown: Shown) -> None:
    """How to use the workbook alone, what it was made from, and by which rules."""
    import tiersim

    text, limits = words.text, rated.limits
    sheet = book.sheet(text("sheets.guide"))
    put(sheet, 0, 0, text("guide.title", as_of=rated.as_of.isoformat()), book.formats["title"])
    facts = [
        text(
            "guide.counts",
            rated=words.numbers.count(len(rated)),
            not_rated=words.numbers.count(rated.left_out),
        ),
        text("guide.method", method=text.name("methods", rated.rating.method)),
        text("guide.scenario", name=rated.scenario.name, sha=rated.scenario.sha256[:16]),
        *([text("guide.currency", currency=rated.currency)] if rated.currency else []),
        text("guide.made", version=tiersim.__version__),
    ]
    figures = {
        "fall": words.percent(100 * limits.fall),
        "intervals": f"{limits.intervals:g}",
        "silent_days": f"{7 * limits.silent_weeks:g}",
        "lapsed_days": f"{7 * limits.lapsed_weeks:g}",
        "satisfaction": f"{limits.satisfaction:g}",
        "nps": f"{limits.nps:g}",
        "pay_times": f"{limits.pay_times:g}",
        "pay_days": f"{7 * limits.pay_weeks:g}",
        "contacts": words.percent(100 * limits.contacts),
    }
    problems = [line.format(**figures) for line in text.get("guide.problem_rules")]
    sections = [
        ("", text.get("guide.lines")),
        (text("guide.facts"), facts),
        (text("guide.problems"), [*problems, text("guide.dates")]),
        (text("guide.notes"), guide_notes(rated, words)),
    ]
    row = 2
    for title, lines in sections:
        if not lines:
            continue
        if title:
            put(sheet, row, 0, title, book.formats["bold"])
            row += 1
        for line in lines:
            put(sheet, row, 0, line, book.formats["text"])
            # Said outright, since not every program finds the height of wrapped text by itself.
            sheet.set_row(row, 16 * (1 + width_of(line) // GUIDE_WIDTH))
            row += 1
        row += 1
    sheet.set_column(0, 0, GUIDE_WIDTH)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
