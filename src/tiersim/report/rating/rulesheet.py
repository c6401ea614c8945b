"""The sheet of rules: everything that the formulas refer to, and that a sales office may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.rating.digits import middle_digit
from tiersim.rating.normalise import Linear, Ranks
from tiersim.report.rating.gridsheet import GridSheet
from tiersim.report.rating.places import DIGITS, Places, scale_of
from tiersim.report.rating.sheets import Book, at, column, is_whole, put, span

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tiersim.rating.rated import Rated
    from tiersim.report.rating.sentences import Sentences

ENDLESS = 1e300
"""Stands for the infinite cut point of a digit that nobody reaches; sheets know no infinity."""


class RuleSheet:
    """Writes the sheet from top to bottom, and remembers where everything came to stand."""

    def __init__(self, book: Book, rated: Rated, words: Sentences) -> None:
        self.book, self.rated, self.words = book, rated, words
        self.sheet: Worksheet = book.sheet(words.text("sheets.rules"))
        self.row = 0
        self.places = Places()
        self.widest = 14

    def write(self) -> Places:
        """The whole sheet."""
        text = self.words.text
        self.put(0, text("rules.title"), "title")
        self.row = 2
        self.places.benefit, self.places.cost = text("rules.benefit"), text("rules.cost")
        self.places.left_out = text("rules.left_out")
        self.places.yes, self.places.no = text("rules.yes"), text("rules.no")
        self.tiers()
        if self.rated.rating.method != "rfm":
            self.weights()
            self.indicators()
        if self.rated.rating.method == "kmeans":
            self.clusters()
        self.rfm()
        self.segments()
        self.sheet.set_column(0, 0, 44)
        self.sheet.set_column(1, 14, self.widest + 2)
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        return self.places

    def put(self, place: int, value: Any, look: str = "plain") -> str:
        """A value in the row of now; its address."""
        if look == "input" and isinstance(value, (int, float, np.floating)):
            look = "input_whole" if is_whole([value]) else "input_part"
            self.widest = max(self.widest, len(f"{value:,.4f}" if look == "input_part" else f"{value:,.0f}"))
        put(self.sheet, self.row, place, value, self.book.formats[look])
        return at(self.sheet, self.row, place)

    def formula(self, place: int, formula: str, value: float | str, look: str) -> str:
        """A formula in the row of now; its address."""
        self.sheet.write_formula(self.row, place, formula, self.book.formats[look], value)
        return at(self.sheet, self.row, place)

    def heads(self, title: str, *heads: str) -> None:
        """A section's title with the heads of its columns."""
        self.put(0, title, "head")
        for place, head in enumerate(heads, start=1):
            self.put(place, head, "head")
        self.sheet.set_row(self.row, 30)
        self.row += 1

    def tiers(self) -> None:
        """Names, the score from which each begins, and the margin."""
        text, rating = self.words.text, self.rated.rating
        cut = rating.thresholds.size > 0
        self.heads(text("rules.tiers"), text("rules.tier"), *([text("rules.from_score")] if cut else []))
        first = self.row
        for code, name in enumerate(self.rated.tiers):
            self.put(0, code + 1)
            self.put(1, name, "input_text")
            if cut and code < rating.thresholds.size:
                self.put(2, rating.thresholds[code], "input")
            self.row += 1
        self.places.tiers = span(self.sheet, first, 1, self.row - 1)
        if cut:
            self.places.thresholds = span(self.sheet, first, 2, self.row - 2)
        self.put(0, text("rules.margin" if cut else "rules.margin_clusters"))
        self.places.margin = self.put(1, self.rated.margin, "input")
        self.row += 2

    def weights(self) -> None:
        """Weights of the dimensions; they need not sum to 1, since their shares are computed beside them."""
        text = self.words.text
        scale = scale_of(self.rated)
        used = [d for d in range(3) if scale.within[d].any()]
        self.heads(text("rules.weights"), text("rules.weight"), text("rules.scaled"))
        first, last = self.row, self.row + len(used) - 1
        total = span(self.sheet, first, 1, last).split("!")[1]
        names = ("value", "potential", "relationship")
        for d in used:
            self.put(0, text.name("dimensions", names[d]))
            self.put(1, scale.dimensions[d], "input")
            share = f"=B{self.row + 1}/SUM({total})"
            self.places.dimension_share[names[d]] = self.formula(2, share, scale.dimensions[d], "share")
            self.row += 1
        self.row += 1

    def indicators(self) -> None:
        """One line an indicator: direction, weight, normalisation and its parameters, what a gap counts."""
        text = self.words.text
        scale = scale_of(self.rated)
        heads = ("dimension", "direction", "weight_within", "weight_total", "missing", "low", "span")
        extra = ("ideal", "anti_ideal") if self.rated.rating.method == "topsis" else ()
        self.heads(
            text("rules.indicators"),
            *(text(f"rules.{head}") for head in (*heads, *extra)),
            text("rules.normalisation"),
            text("rules.unit"),
        )
        first = self.row
        last = first + len(scale.indicators) - 1
        dimensions, weights = (span(self.sheet, first, place, last).split("!")[1] for place in (1, 3))
        grid = GridSheet(self.book, self.words)
        for j, (indicator, measure) in enumerate(zip(scale.indicators, scale.measures, strict=True)):
            within = float(scale.within[:, j].sum())
            middle = float(scale.middle[j])
            gap = {"worst": 0.0, "left_out": text("rules.left_out")}.get(indicator.missing, middle)
            cells: dict[str, str] = {}
            self.put(0, text.name("indicators", indicator.name))
            self.put(1, text.name("dimensions", indicator.dimension))
            kind = text("rules.benefit" if indicator.direction > 0 else "rules.cost")
            cells["direction"] = self.put(2, kind, "input")
            choice = [text("rules.benefit"), text("rules.cost")]
            self.sheet.data_validation(self.row, 2, self.row, 2, {"validate": "list", "source": choice})
            cells["weight"] = self.put(3, within, "input")
            share = self.places.dimension_share.get(indicator.dimension)
            r = self.row + 1
            total = (
                f"=IF(SUMIF({dimensions},B{r},{weights})=0,0,{share}*D{r}/SUMIF({dimensions},B{r},{weights}))"
                if share
                else "=0"
            )
            cells["total"] = self.formula(4, total, float(scale.weights[j]), "share")
            cells["missing"] = self.put(5, gap, "input")
            if isinstance(measure, Ranks):
                cells |= grid.add(text.name("indicators", indicator.name), measure)
            elif isinstance(measure, Linear):
                cells["zero"] = self.put(6, measure.zero, "input")
                cells["span"] = self.put(7, measure.span, "input")
            place = 8
            for head in extra:
                cells[head] = self.put(place, float(getattr(self.rated.method, head)[j]), "input")
                place += 1
            self.put(place, text.name("normalisations", indicator.normalisation))
            self.put(place + 1, text.name("units", indicator.unit))
            self.places.indicators.append(cells)
            self.row += 1
        self.row += 1

    def clusters(self) -> None:
        """Centre of each cluster in indicator scores, the highest first, and the score it gives."""
        text = self.words.text
        scale = scale_of(self.rated)
        centres = np.asarray(self.rated.rating.details["centroids"], float)
        names = [text.name("indicators", name) for name in scale.names]
        self.heads(text("rules.clusters"), *self.rated.tiers)
        for j, name in enumerate(names):
            self.put(0, name)
            for code in range(centres.shape[0]):
                self.places.centres[(code, j)] = self.put(1 + code, centres[code, j], "input")
            self.row += 1
        self.row += 1

    def rfm(self) -> None:
        """Cut points of the three digits, their weights where they make the score, and the marked fall."""
        text, rfm = self.words.text, self.rated.rfm
        bins = self.rated.rfm_method.bins
        digits = [text("rules.digit", n=n) for n in range(bins, 1, -1)]
        scored = self.rated.rating.method == "rfm"
        self.heads(
            text("rules.rfm"), *digits, *([text("rules.weight"), text("rules.scaled")] if scored else [])
        )
        first = self.row
        for place, name in enumerate(DIGITS):
            self.put(0, text(f"rules.{name}"))
            for number, cut in enumerate(np.asarray(rfm.details[f"cuts_{name}"], float), start=1):
                self.put(number, min(max(cut, -ENDLESS), ENDLESS), "input")
            self.places.cuts[name] = span(self.sheet, self.row, 1, self.row, bins - 1)
            if scored:
                self.put(bins, float(self.rated.rating.weights[place]), "input")
                letter = column(bins)
                share = f"={letter}{self.row + 1}/SUM({letter}${first + 1}:{letter}${first + 3})"
                self.places.digit_share[name] = self.formula(
                    bins + 1, share, float(self.rated.rating.weights[place]), "share"
                )
            self.row += 1
        self.put(0, text("rules.bins"))
        self.places.bins = self.put(1, bins)
        self.row += 1
        self.put(0, text("rules.gap_digit"))
        gap = {"neutral": middle_digit(bins), "worst": 1, "left_out": 0}[self.rated.rfm_method.missing]
        self.places.gap_digit = self.put(1, gap, "input")
        self.row += 1
        self.put(0, text("rules.fall"))
        self.places.fall = self.put(1, self.rated.rfm_method.fall, "input")
        self.row += 2

    def segments(self) -> None:
        """Bounds on the digits; the first line that fits is the customer's."""
        text = self.words.text
        bounds = [f"{name}_{end}" for name in DIGITS for end in ("from", "to")]
        heads = [
            text(f"rules.{end}_digit", name=text.name("indicators", name))
            for name in DIGITS
            for end in ("from", "to")
        ]
        self.heads(text("rules.segments"), *heads, text("rules.fell"), text("rules.rose"))
        first, rules = self.row, self.rated.segment_rules
        bins = self.rated.rfm_method.bins
        choice = [text("rules.yes"), text("rules.no"), text("rules.any")]
        for number, segment in enumerate(rules):
            last_one = number == len(rules) - 1  # takes who is left, whatever its bounds
            self.put(0, self.words.segment(segment.name), "input_text")
            for place, name in enumerate(DIGITS):
                low, high = (None if last_one else getattr(segment, name)) or (0, bins)
                self.put(1 + 2 * place, low, "input")
                self.put(2 + 2 * place, high, "input")
            for place, name in ((7, "fell"), (8, "rose")):
                asked = None if last_one else getattr(segment, name)
                self.put(
                    place, text({True: "rules.yes", False: "rules.no", None: "rules.any"}[asked]), "input"
                )
                self.sheet.data_validation(
                    self.row, place, self.row, place, {"validate": "list", "source": choice}
                )
            # Falls from one line to the next, so that the largest among those that fit is the first of them.
            self.put(9, len(rules) - number, "small")
            self.row += 1
        last = self.row - 1
        self.places.segment_count = len(rules)
        self.places.segments = {
            "name": span(self.sheet, first, 0, last),
            "order": span(self.sheet, first, 9, last),
        }
        for place, bound in enumerate([*bounds, "fell", "rose"], start=1):
            self.places.segments[bound] = span(self.sheet, first, place, last)
