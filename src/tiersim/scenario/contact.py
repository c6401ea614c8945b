"""Section on contact that is too much: pressure of calls and messages, annoyance, fatigue (P2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tiersim.scenario.assumption import Assumption
from tiersim.scenario.desk import assumed
from tiersim.scenario.part import Part
from tiersim.scenario.quantities import NonNegative, Points, Share, Weeks


class Contact(Part):
    """How many contacts and messages a week are comfortable, and what is lost above that."""

    comfortable: Assumption[NonNegative] = assumed(
        "contacts a week above which one more annoys",
        pert=[0.5, 1, 2.5],
        source="contacts a week above which one more annoys; no measurement",
    )
    annoys: Assumption[Points] = assumed(
        "points of satisfaction lost for each contact a week above it, while it lasts",
        pert=[0, 3, 10],
        source="points of satisfaction lost for each contact a week above the comfortable; no measurement",
    )
    fatigue: Assumption[NonNegative] = assumed(
        "how much each contact a week above it takes off the response to a campaign; fall of its log",
        pert=[0, 0.7, 2],
        source="fall of the log response to a campaign for each contact a week above the comfortable; "
        "no measurement",
    )
    memory: Assumption[Annotated[Weeks, Field(ge=0)]] = assumed(
        "half-life in which contacts are forgotten",
        pert=["1 week", "4 weeks", "10 weeks"],
        source="how long contacts are counted by who gets them; no measurement",
    )
    message_weight: Assumption[Share] = assumed(
        "weight of an automated message, a campaign's or a scheduled one, against a personal contact",
        pert=["20 %", "60 %", "100 %"],
        source="weight of an automated message against a personal contact; no measurement",
    )
