"""Sections on incentives: pay tied to results, the effort it brings, and how it is gamed (P9)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import NonNegative, Points, Share

Aim = Literal["retention", "satisfaction", "upgrades"]


class Incentives(Part):
    """A policy's share of pay that is tied to results, and to which."""

    tied: Share = Field(gt=0, description="share of pay that depends on the result")
    to: Aim = Field(description="result by which people are judged")
    gaming: bool = Field(default=True, description="false: people work harder and do not game the figure")


class Incentive(Part):
    """How people answer if all pay is tied; less of it counts by the response curve."""

    effort: Assumption[NonNegative] = assumed(
        "log lift of the attention that people give in the same hours, if all pay were tied",
        pert=[0, 0.75, 3],
        source="no measurement. The high end reads a management plan's story (section 5.3: churn 12 to 5 % "
        "with 20 % of pay tied) as if all of it were attention: ln(12/5) at 20 %, on the response curve; "
        "mode a quarter of that",
    )
    premium: Assumption[NonNegative] = assumed(
        "how much more people want to earn in all, per share of pay that is tied: 0.1 = 2 % for 20 % tied",
        pert=[0, 0.1, 0.4],
        source="pay for the risk that people bear; no measurement",
    )
    friendly: Assumption[Points] = assumed(
        "gaming of satisfaction: points that answers to surveys are friendlier, if all pay were tied",
        pert=[0, 10, 40],
        source="people ask for friendly answers; no measurement",
    )
    favours: Assumption[Share] = assumed(
        "gaming of upgrades: share of customers a year proposed for the next tier beside rating.favoured, if "
        "all pay were tied",
        pert=["0 %", "10 %", "40 %"],
        source="managers propose customers who do not earn it; no measurement",
    )
