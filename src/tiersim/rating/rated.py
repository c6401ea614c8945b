"""A rated export: who is in which tier and why, who could not be rated, and what the records were like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.rating.problems import Limits
from tiersim.rating.rating import Rating, RatingMethod

if TYPE_CHECKING:
    from tiersim.rating.ahp import AhpResult
    from tiersim.rating.earlier import Previous
    from tiersim.rating.rfm import RfmTable
    from tiersim.rating.scale import Scale
    from tiersim.scenario.rating import Segment
    from tiersim.scenario.schema import Scenario
    from tiersim.tables.observed import Observed
    from tiersim.tables.quality import Quality

Texts = npt.NDArray[np.object_]
Remark = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Rated:
    """Rated customers of an export, n of them.

    Parameters
    ----------
    ids : shape (n,).
    observed : their record.
    rating : score, tier, reasons; whatever the method.
    rfm : digits, code and segment, always computed.
    table : one row a customer, highest tier and score first: customer, name, owner, contact, last_contact
        (where the export has them), recency_days, frequency, money, prior, rfm, segment, before, move, tier,
        score, reason (a key), reason_share, problem (a key), problem_first, problem_second, gaps (names set
        off by commas), position (row in `observed`).
    not_rated : one row a line that the reader refused, and one a customer whom the rules leave out: line,
        customer, reason (a key), got (what stood there), first and second (figures of the reason).
    quality : summary of the export's data quality.
    method, rfm_method : the fitted methods.
    scenario : its rules and tiers.
    as_of : day of the rating.
    currency : currency of the amounts, or None where the export does not say.
    source : name of what was read; rows_read : its rows.
    limits : where a main problem begins.
    previous : the earlier rating that this one follows.
    ahp : the comparisons that the weights came from.
    remarks : stated rules beside those of the rating: key of the sentence, and its figures.
    """

    ids: Texts
    observed: Observed
    rating: Rating
    rfm: Rating
    table: pd.DataFrame
    not_rated: pd.DataFrame
    quality: Quality
    method: RatingMethod
    rfm_method: RfmTable
    scenario: Scenario
    as_of: date
    currency: str | None
    source: str
    rows_read: int
    limits: Limits
    previous: Previous | None = None
    ahp: AhpResult | None = None
    remarks: tuple[Remark, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tiers(self) -> tuple[str, ...]:
        """Names of the tiers, the highest first."""
        return tuple(self.scenario.tiers)

    @property
    def left_out(self) -> int:
        """Customers seen who are not rated; a line without an id is no customer."""
        named = set(self.not_rated["customer"].tolist()) - {""}
        return len(named - set(self.ids.tolist()))

    @property
    def seen(self) -> int:
        """Customers seen, rated or not."""
        return len(self) + self.left_out

    @property
    def margin(self) -> float:
        """Score beyond a cut that a move needs; for clusters, how much nearer the other centre must be."""
        source: Any = getattr(self.method, "cuts", self.method)
        return float(source.margin)

    @property
    def scale(self) -> Scale | None:
        """Indicators with normalisation and weights; None for rfm, which scores digits."""
        return getattr(self.method, "scale", None)

    @property
    def segment_rules(self) -> tuple[Segment, ...]:
        """Rules of the segments, in order; the last takes who is left."""
        return self.rfm_method.segments

    @property
    def moves(self) -> dict[str, int]:
        """How many moved up, down, were held by the margin, stayed, or are rated for the first time."""
        counts = self.table["move"].value_counts()
        return {key: int(counts.get(key, 0)) for key in ("up", "down", "held", "same", "first")}

    @property
    def gone(self) -> int:
        """Customers of the earlier rating who are not rated now."""
        if self.previous is None:
            return 0
        return len(set(self.previous.tiers) - {self.previous.alias(i) for i in self.ids})

    def __repr__(self) -> str:
        return f"<Rated {len(self)} customers of {self.source}, {len(self.not_rated)} not rated>"
