"""The sheet of customers: raw values that are typed in, and formulas for all that follows from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tiersim.rating.indicators import DIMENSIONS
from tiersim.rating.kmeans import Clusters
from tiersim.rating.normalise import Ranks
from tiersim.rating.topsis import Topsis
from tiersim.report.rating.columns import ABOVE, ROW, SPARE, ColumnSheet, Values
from tiersim.report.rating.places import DIGITS, scale_of

NOW = "¤"
"""Stands for the number of a customer's tier of now, an error where it is not filled in."""


class CustomerSheet(ColumnSheet):
    """Raw values, scores, tier, digits, segment: formulas refer to columns before and to Rules."""

    def write(self) -> None:
        """The whole sheet."""
        self.raw()
        if self.rated.rating.method == "rfm":
            self.digits()
            self.rfm_score()
        else:
            self.indicator_scores()
            method = self.rated.rating.method
            {"weighted": self.weighted, "topsis": self.topsis, "kmeans": self.clusters}[method]()
            if method != "kmeans":
                self.tier()
            self.digits()
        self.segment()
        self.lay_out()

    def raw(self) -> None:
        """Ids, what RFM reads, and what the indicators read beside it."""
        observed, head = self.rated.observed, self.words.head
        ids = self.shown.customers(self.rated.table["customer"])
        self.typed("customer", head("customer"), list(ids), "raw_text")
        for name in self.shown.person_columns:
            if name in self.rated.table:
                self.typed(name, head(name), list(self.rated.table[name]), "raw_text")
        self.typed("recency", head("recency"), self.take(np.multiply(observed.recency_weeks, 7.0)))
        self.typed("orders_12m", head("frequency"), self.take(observed.orders_12m))
        self.typed("spend_12m", head("money"), self.take(observed.spend_12m))
        self.typed("prior", head("prior"), self.take(observed.spend_prior_12m))
        if self.rated.rating.method == "rfm":
            return
        scale = scale_of(self.rated)
        names = self.words.text
        for indicator in scale.indicators:
            if indicator.name not in (*self.letters, "growth_1y"):
                label = f"{names.name('indicators', indicator.name)} ({names.name('units', indicator.unit)})"
                self.typed(indicator.name, label, self.take(indicator.values(observed)))
        if "growth_1y" in scale.names:
            now, before = self.cell("spend_12m"), self.cell("prior")
            body = f'IF(OR({now}="",{before}=""),"",IF({before}<=0,"",MAX({now},0)/{before}-1))'
            values = self.take(observed.growth_1y)
            self.computed("growth_1y", names.name("indicators", "growth_1y"), "raw", body, values)

    def indicator_scores(self) -> None:
        """A score from 0 to 1 for each indicator, over it the weight in the rating."""
        scale = scale_of(self.rated)
        parts = zip(scale.indicators, scale.measures, self.places.indicators, strict=True)
        method = self.rated.method
        for j, (indicator, measure, cells) in enumerate(parts):
            x = self.cell(indicator.name)
            body = _score(x, measure, cells, self.places.cost)
            raw = indicator.values(self.rated.observed)
            values: Values = self.take(self.rated.rating.indicator_scores[j])
            if indicator.missing == "left_out":
                gaps = self.take(np.isnan(raw))
                values = [self.places.left_out if gap else x for x, gap in zip(values, gaps, strict=True)]
            above = [(2, f"={cells['weight']}", float(scale.within[:, j].sum()))]
            if self.rated.rating.method != "weighted":
                above = [(2, f"={cells['total']}", float(scale.weights[j]))]
            if isinstance(method, Topsis):
                above += [(3, f"={cells['ideal']}", method.ideal[j])]
                above += [(4, f"={cells['anti_ideal']}", method.anti_ideal[j])]
            if isinstance(method, Clusters):
                above += [
                    (ABOVE + tier, f"={self.places.centres[(tier, j)]}", float(centre))
                    for tier, centre in enumerate(method.centroids[:, j])
                ]
            label = self.words.text.name("indicators", indicator.name)
            self.computed(
                f"s.{indicator.name}", self.words.text("customers.score_of", name=label), "indicator_scores",
                body, values, above=tuple(above),
            )  # fmt: skip

    def weighted(self) -> None:
        """Means by dimension and in all; what is left out gives its weight away, as in the rating."""
        scale, text = scale_of(self.rated), self.words.text
        left_out = any(indicator.missing == "left_out" for indicator in scale.indicators)
        used = []
        for d, dimension in enumerate(DIMENSIONS):
            keys = [f"s.{i.name}" for i in scale.indicators if i.dimension == dimension]
            if not scale.within[d].any():
                continue
            used.append(f"d.{dimension}")
            x, w = self.block(keys), self.block(keys, 2)
            weight = f"SUMPRODUCT({w},--ISNUMBER({x}))"
            body = f'IF({weight}=0,"",SUMPRODUCT({w},{x})/{weight})'
            values = self.rated.rating.dimension_scores[d]
            if left_out:
                known = np.zeros(len(self.rated.observed), bool)
                for j, indicator in enumerate(scale.indicators):
                    if scale.within[d, j] > 0:
                        gap = np.isnan(indicator.values(self.rated.observed))
                        known |= ~gap | (indicator.missing != "left_out")
                values = np.where(known, values, np.nan)
            above = ((2, f"={self.places.dimension_share[dimension]}", float(scale.dimensions[d])),)
            self.computed(
                f"d.{dimension}", text.name("dimensions", dimension), "dimension_scores", body,
                self.take(values), above=above,
            )  # fmt: skip
        x, w = self.block(used), self.block(used, 2)
        weight = f"SUMPRODUCT({w},--ISNUMBER({x}))"
        body = f"IF({weight}=0,0.5,SUMPRODUCT({w},{x})/{weight})"
        self.score(body)

    def topsis(self) -> None:
        """Distances to the ideal and the anti-ideal, and the closeness that follows from them."""
        scale, text = scale_of(self.rated), self.words.text
        details = self.rated.rating.details
        for key, word in (("ideal", "distance_ideal"), ("anti", "distance_anti")):
            terms = []
            for name in scale.names:
                letter = self.letters[f"s.{name}"]
                w, best, worst = (f"{letter}${row}" for row in (3, 4, 5))
                held = f"MEDIAN({worst},N({letter}{ROW}),{best})"
                apart = f"{best}-{held}" if key == "ideal" else f"{held}-{worst}"
                terms.append(f"ISNUMBER({letter}{ROW})*({w}*({apart}))^2")
            body = f"SQRT({'+'.join(terms)})"
            self.computed(key, text(f"customers.{word}"), "result", body, self.take(details[word]))
        near, far = self.cell("ideal"), self.cell("anti")
        self.score(f"IF({near}+{far}=0,0.5,{far}/({near}+{far}))")

    def score(self, body: str) -> None:
        """The score."""
        self.computed("score", self.words.head("score"), "result", body, self.take(self.rated.rating.score))

    def clusters(self) -> None:
        """Distances to the centres; the nearest gives score and tier."""
        text, tiers = self.words.text, self.rated.tiers
        keys = [f"s.{name}" for name in scale_of(self.rated).names]
        x, w = self.block(keys), self.block(keys, 2)
        away = np.asarray(self.rated.rating.details["distance"])
        for tier, name in enumerate(tiers):
            body = f"SQRT(SUMPRODUCT({w},({x}-{self.block(keys, ABOVE + tier)})^2))"
            label = text("customers.distance_to", tier=name)
            self.computed(f"to.{tier}", label, "result", body, self.take(away[tier]))
        every = self.block([f"to.{tier}" for tier in range(len(tiers))])
        nearest = f"MATCH(MIN({every}),{every},0)"
        self.score(f"1-({nearest}-1)/{len(tiers) - 1}")
        own = f"INDEX({every},{NOW})"
        moves = f"AND({own}-MIN({every})>={self.places.margin},{nearest}<>{NOW})"
        self.tier_by(f"IF(ISNUMBER({NOW}),IF({moves},{nearest},{NOW}),{nearest})")

    def tier(self) -> None:
        """The tier by the score; where the tier of now is filled in, moves need the margin."""
        p, score = self.places, self.cell("score")
        free = f"1+SUMPRODUCT(--({score}<{p.thresholds}))"
        worst = f"1+SUMPRODUCT(--({score}<{p.thresholds}-{p.margin}))"
        best = f"1+SUMPRODUCT(--({score}<{p.thresholds}+{p.margin}))"
        self.tier_by(f"IF(ISNUMBER({NOW}),MEDIAN({worst},{NOW},{best}),{free})")

    def tier_by(self, place: str) -> None:
        """Columns for the tier of now and for the tier whose number `place` gives; NOW in it is today's."""
        p, text, n = self.places, self.words.text, len(self.order)
        before = list(self.rated.table["before"]) if self.rated.previous is not None else [""] * n
        choice = {"validate": "list", "source": f"={p.tiers}"}
        here = len(self.columns)
        self.typed("before", text("customers.tier_now"), before, "input_text")
        self.sheet.data_validation(self.header + 1, here, self.header + n + SPARE, here, choice)
        now = f"MATCH({self.cell('before')},{p.tiers},0)"
        self.computed(
            "tier", self.words.head("tier"), "result", f"INDEX({p.tiers},{place.replace(NOW, now)})",
            list(self.rated.table["tier"]), "computed_text",
        )  # fmt: skip

    def digits(self) -> None:
        """The three digits and the code."""
        p, text = self.places, self.words.text
        digits = np.asarray(self.rated.rfm.details["digits"])
        for name, key, less in zip(DIGITS, ("recency", "orders_12m", "spend_12m"), "<>>", strict=True):
            x = self.cell(key)
            # Days come as weeks times 7, with an error in the last digit.
            value = f"ROUND({x},6)" if name == "recency" else x
            body = f'IF({x}="",{p.gap_digit},{p.bins}-SUMPRODUCT(--({p.cuts[name]}{less}{value})))'
            label = text("customers.digit_of", name=text.name("indicators", name))
            values = self.take(digits[DIGITS.index(name)])
            self.computed(f"digit.{name}", label, "result", body, values, "computed_text")
        code = "&".join(self.cell(f"digit.{name}") for name in DIGITS)
        self.computed(
            "rfm", self.words.head("rfm"), "result", code, list(self.rated.table["rfm"]), "computed_text"
        )

    def rfm_score(self) -> None:
        """The weighted mean of the digits, from 0 to 1, and the tier by it."""
        p = self.places
        digits = {name: self.cell(f"digit.{name}") for name in DIGITS}
        parts = [f"{p.digit_share[name]}*MAX(0,{digit}-1)/({p.bins}-1)" for name, digit in digits.items()]
        known = "+".join(f"{p.digit_share[name]}*({digit}>0)" for name, digit in digits.items())
        self.score(f"IF({known}=0,0.5,ROUND(({'+'.join(parts)})/({known}),12))")
        self.tier()

    def segment(self) -> None:
        """Whether purchases fell markedly or rose; the first segment that fits, else the last."""
        p, text = self.places, self.words.text
        now, before = self.cell("spend_12m"), self.cell("prior")
        growth = np.asarray(self.rated.observed.growth_1y)[self.order]
        known = f'IF(OR({now}="",{before}=""),"{p.no}",IF({before}<=0,"{p.no}",IF(%s,"{p.yes}","{p.no}")))'
        change = f"MAX({now},0)/{before}-1"
        for key, test, values in (
            ("fell", f"{change}<=-{p.fall}", self.rated.table["fell"]),
            ("rose", f"{change}>0", growth > 0),
        ):
            told = list(np.where(values, p.yes, p.no))
            self.computed(key, text(f"customers.{key}"), "result", known % test, told, "computed_text")
        conditions = []
        for name in DIGITS:
            digit = self.cell(f"digit.{name}")
            conditions += [
                f"({p.segments[f'{name}_from']}<={digit})",
                f"({p.segments[f'{name}_to']}>={digit})",
            ]
        for key in ("fell", "rose"):
            mark, cell = p.segments[key], self.cell(key)
            conditions.append(f'((({mark}<>"{p.yes}")*({mark}<>"{p.no}")+({mark}={cell}))>0)')
        best = f"SUMPRODUCT(MAX({'*'.join(conditions)}*{p.segments['order']}))"
        body = f"INDEX({p.segments['name']},{p.segment_count}+1-MAX(1,{best}))"
        segments = [self.words.segment(name) for name in self.rated.table["segment"]]
        self.computed("segment", self.words.head("segment"), "result", body, segments, "computed_text")


def _score(x: str, measure: Any, cells: dict[str, str], cost: str) -> str:
    """Formula of an indicator's score from the cell `x` of its raw value."""
    if isinstance(measure, Ranks):
        if not cells.get("values"):
            return f'IF({x}="",{cells["missing"]},0.5)'
        v, r, dv, dr = (cells[name] for name in ("values", "ranks", "steps", "rises"))
        low, high, top = f"INDEX({v},1)", f"INDEX({v},ROWS({v}))", f"INDEX({r},ROWS({r}))"
        k = f"MATCH({x},{v},1)"
        between = f"INDEX({r},{k})+({x}-INDEX({v},{k}))/INDEX({dv},{k})*INDEX({dr},{k})"
        body = f"IF({x}<{low},0,IF({x}>{high},1,IF({x}={high},{top},{between})))"
    else:
        zero, width = cells["zero"], cells["span"]
        body = f"IF({width}>0,MAX(0,MIN(1,({x}-{zero})/{width})),(SIGN({x}-{zero})+1)/2)"
    # A cost turned: 1 - score, written once; a benefit: the score as it is.
    return f'IF({x}="",{cells["missing"]},ABS(({cells["direction"]}="{cost}")-({body})))'
