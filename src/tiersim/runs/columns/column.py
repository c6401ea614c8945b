"""One column of a run's tables, and the columns that many tables share."""

from __future__ import annotations

from dataclasses import dataclass

QUARTER, CALENDAR = "quarters", "calendar quarter, such as 2026 Q1"


@dataclass(frozen=True)
class Column:
    """Unit and meaning of a column; `names` is the list of names that its codes point into, if any."""

    unit: str
    meaning: str
    names: str | None = None


IN_QUARTER = Column(CALENDAR, "quarter of the model (13 weeks from the start), named by its middle", QUARTER)
ARM = Column("name", "arm of the experiment; shared: common to all arms", "arms")
COHORT = Column("name", "start: customer at the start of the plan; new: came later", "cohorts")
NOW = Column("name", "tier held in that week; new: not rated yet; company: nobody's", "tiers")
TIER0 = Column("name", "tier at the start (newcomers: first rating); comparisons use this one", "tiers")
REGION = Column("name", "region; company: no region", "regions")
REPLICATION = Column("count", "number of the replication; 2p and 2p+1 share the assumptions of draw p")


def summed(meaning: str, unit: str = "count") -> Column:
    """A column that adds up over the quarter."""
    return Column(unit, f"{meaning}, sum over the quarter")
