"""Mechanisms that a scenario may have: one file each; this list is their order within a week."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanism
from tiersim.engine.mechanisms.campaigns import Campaigns
from tiersim.engine.mechanisms.feedback import Feedback
from tiersim.engine.mechanisms.pressure import Pressure
from tiersim.engine.mechanisms.products import Products

MECHANISMS: tuple[type[Mechanism], ...] = (Campaigns, Feedback, Pressure, Products)
