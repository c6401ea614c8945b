"""The consultant's hand in a report: own comments, and the brand of who sends it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiersim.errors import InputError

if TYPE_CHECKING:
    from tiersim.report.document import Document
    from tiersim.report.hand.brand import Branding
    from tiersim.report.hand.commentary import Commentary, Update


@dataclass(frozen=True)
class Hand:
    """What somebody adds to a report; either may be missing."""

    commentary: Commentary | None = None
    brand: Branding | None = None

    def applied(self, document: Document) -> tuple[Document, Update | None, tuple[str, ...]]:
        """The report with both, what the commentary file shall hold then, and what its author should know."""
        update: Update | None = None
        notes: tuple[str, ...] = ()
        if self.commentary is not None:
            done = self.commentary.applied(document)
            document, update, notes = done.document, done.update, done.notes
        if self.brand is not None:
            document = self.brand.applied(document)
        return document, update, notes


def hand(commentary: str | os.PathLike[str] | None, brand: str | os.PathLike[str] | None, lang: str) -> Hand:
    """Both files read and checked as far as they can be without the run.

    Raises
    ------
    InputError : with every problem of both.
    """
    from tiersim.report.hand.brand import brand as read_brand
    from tiersim.report.hand.commentary import commentary as read_commentary

    problems, comments, branding = [], None, None
    try:
        comments = read_commentary(commentary, lang) if commentary is not None else None
    except InputError as error:
        problems += error.problems
    try:
        branding = read_brand(brand) if brand is not None else None
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return Hand(comments, branding)
