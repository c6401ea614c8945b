"""Campaigns of a world: which run in a week, what they offer to each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.desk_tables import reached
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.memory import half_life_factor
from tiersim.engine.stages.campaigns import FIRST_WEEK, RUNS, campaigns
from tiersim.engine.wiring import Stage
from tiersim.scenario.campaigns import beginnings
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class Campaigns(Mechanism):
    """Extra orders at a discount, bought ahead in part; weeks and money by the scenario's calendar."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        scenario, values = parts.scenario, parts.values
        self._names = list(scenario.campaigns)
        many = len(self._names)
        # One row a campaign, since each is used up at its own pace.
        self.fields = {  # type: ignore[misc]
            "ahead": (np.float32, (many,)),
            "messages": (np.float32, ()),
            "pressure": (np.float32, ()),
        }
        weeks = np.zeros((many, parts.horizon), np.int8)
        for row, campaign in zip(weeks, scenario.campaigns.values(), strict=True):
            for first in beginnings(campaign, scenario.start, parts.horizon):
                row[first : first + round(campaign.lasts)] = RUNS
                row[first] = FIRST_WEEK
        self._weeks = weeks
        self._tables = self._by_cell()
        chosen = list(scenario.campaigns.values())
        recovery = [values[f"campaigns.{name}.recovery"] for name in self._names]
        self._tables |= {
            "campaign_on": np.zeros(many, np.int8),
            "campaign_seen": np.zeros(many, np.int8),
            "campaign_par": np.array([values["contact.fatigue"], values["contact.comfortable"]], np.float32),
            "campaign_region": _ones(reached([c.regions for c in chosen], list(scenario.population.regions))),
            "campaign_industry": _ones(
                reached([c.industries for c in chosen], list(scenario.population.industries))
            ),
            "campaign_pull": np.array(
                [values[f"campaigns.{name}.pull_forward"] for name in self._names], np.float32
            ),
            "campaign_speed": np.array([1.0 - half_life_factor(weeks) for weeks in recovery], np.float32),
        }
        self._offers = bool((self._tables["campaign_gain"] >= 0.0).any())

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """There are campaigns."""
        return bool(scenario.campaigns) and scenario.mechanisms.campaigns

    def _by_cell(self) -> dict[str, Array]:
        """Tables of shape (campaigns, cells)."""
        slots = self.parts.slots
        shape = (len(self._names), slots.count * slots.tiers)
        gain, off = np.full(shape, -1.0, np.float32), np.zeros(shape, np.float32)
        cents, messages = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        for slot, layout in enumerate(slots.layouts):
            for tier, offers in enumerate(layout.offers):
                cell = slot * slots.tiers + tier
                for name, offer in offers.items():
                    at = self._names.index(name), cell
                    gain[at], off[at], messages[at] = offer.gain, offer.discount, offer.messages
                    cents[at] = round(100.0 * offer.cost)
        return {
            "campaign_gain": gain,
            "campaign_off": off,
            "campaign_cents": cents,
            "campaign_messages": messages,
        }

    def memory(self) -> dict[str, Array]:
        """Tables by campaign and cell."""
        return self._tables

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """In the run-out nothing is offered, but what was bought ahead is used up."""
        return [campaigns] if place is Place.DEMAND and self._offers else []

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        """Which campaigns run."""
        memory["campaign_on"][:] = 0 if run_out else self._weeks[:, week]
        memory["campaign_seen"] |= memory["campaign_on"] > 0
        return False


def _ones(reached: Array) -> npt.NDArray[np.int8]:
    return reached.astype(np.int8)
