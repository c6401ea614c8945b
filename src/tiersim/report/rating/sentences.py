"""Sentences of a rating: why a tier, what is wrong, when to call; each key of the rating told in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.report.numbers import Numbers, known
from tiersim.report.text import Text

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
AVERAGE = "average"

TWO_FIGURES = ("silent", "late_payer", "thin_contact")
"""Problems whose sentence shows the second figure as well."""


class Sentences:
    """What stands in cells, in one language.

    Parameters
    ----------
    text : words of the language.
    currency : of the amounts; empty where unknown.
    """

    def __init__(self, text: Text, currency: str | None) -> None:
        self.text = text
        self.numbers = Numbers(text, currency or "")
        self.currency = currency or ""

    def head(self, column: str) -> str:
        """Heading of a column; without brackets where the currency is unknown."""
        shown = self.text(f"columns.{column}", currency=self.currency)
        return shown if self.currency else shown.replace(" ()", "").replace("（）", "")

    def reason(self, key: str, share: float) -> str:
        """One sentence for a key of `Rating.reasons` and the share of customers it sets apart from."""
        if key == AVERAGE:
            return self.text("reasons.average")
        side, _, name = key.partition(".")
        called = self.text.name("indicators", name)
        if not known(share):
            return self.text("reasons.unknown", name=called)
        percent = math.floor(100.0 * share + 1e-9)
        if percent < 1:
            return self.text(f"reasons.extreme_{side}", name=called)
        template = f"reasons.{side}.{name}"
        if self.text.get(template) is None:
            template = f"reasons.{side}.other"
        return self.text(template, share=self.percent(percent), name=called)

    def percent(self, whole: float) -> str:
        """Whole per cent with its sign."""
        return self.text("numbers.percent", number=self.numbers.plain(whole))

    def problem(self, key: str, first: float, second: float) -> str:
        """The main problem with its figures."""
        return self.text(
            f"problems.{key}", first=self.numbers.plain(first), second=self.numbers.number(second, 2)
        )

    def segment(self, name: str) -> str:
        """A segment: ours in words, a user's own as it is."""
        return self.text.name("segments", name)

    def move(self, key: str, before: str, margin: float) -> str:
        """What became of the earlier tier."""
        return self.text(f"moves.{key}", before=before, margin=self.numbers.number(margin, 2))

    def gaps(self, names: str) -> str:
        """Indicators that are not known, set off by commas."""
        join = self.text("numbers.join")
        return join.join(self.text.name("indicators", name) for name in names.split(",") if name)

    def every(self, weeks: float) -> str:
        """A cycle: a week, 2 weeks, 45 days."""
        if abs(weeks - round(weeks)) > 1e-6:
            return self.text("every.days", n=self.numbers.plain(7 * weeks))
        whole = round(weeks)
        return self.text("every.week") if whole == 1 else self.text("every.weeks", n=whole)

    def due(self, key: str, weeks: float, days: float, spread: int) -> str:
        """Why a contact is on that day."""
        return self.text(f"due.{key}", every=self.every(weeks), days=self.numbers.plain(days), spread=spread)

    def action(self, problem: str, automatic: bool) -> str:
        """What the next contact is for: the main problem, else the package of the tier."""
        if problem == "none":
            return self.text("actions.none_automatic" if automatic else "actions.none_personal")
        way = "actions.automatic" if automatic else "actions"
        return self.text(f"{way}.{'unhappy' if problem == 'unhappy_nps' else problem}")


def told(speak: Callable[..., str], *columns: Any) -> npt.NDArray[np.object_]:
    """`speak` of each row; rows that are alike are put into words once, since a million customers repeat."""
    codes, values = zip(
        *(pd.factorize(_plain(column), use_na_sentinel=False) for column in columns), strict=True
    )
    row = codes[0].astype(np.int64)
    for code, value in zip(codes[1:], values[1:], strict=True):
        # Numbered anew at each column, so that the product of their counts never overflows.
        row = pd.factorize(row * len(value) + code)[0].astype(np.int64)
    _, first = np.unique(row, return_index=True)
    known = [value.tolist() for value in values]
    heard = [
        speak(*(value[code[at]] for value, code in zip(known, codes, strict=True))) for at in first.tolist()
    ]
    return np.array(heard, object)[row]


def _plain(column: Any) -> npt.NDArray[Any]:
    """A column as numbers or as Python objects, which `pd.factorize` takes."""
    values = column.to_numpy() if isinstance(column, pd.Series) else np.asarray(column)
    return values if values.dtype.kind in "biuf" else values.astype(object)


def shown_share(share: Floats) -> Floats:
    """Shares cut to the whole per cent that `Sentences.reason` shows, so that few differ."""
    return np.asarray(np.floor(100.0 * share + 1e-9) / 100.0)


def shown_figures(problem: Texts, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Figures of problems with the digits that `Sentences.problem` shows, so that few differ."""
    size = np.where(np.isfinite(second) & (second != 0), np.abs(second), 1.0)
    unit = 10.0 ** (np.floor(np.log10(size)) - 1)
    # Divided by whole powers of ten and not multiplied by broken ones: 23 / 10 is 2.3 to the last digit.
    digits = np.rint(second / unit) * np.maximum(unit, 1.0) / np.rint(1.0 / np.minimum(unit, 1.0))
    return np.rint(first), np.where(np.isin(problem, TWO_FIGURES), digits, np.nan)
