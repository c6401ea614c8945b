"""Mechanisms that a scenario may have: one file each; this list is their order within a week."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanism
from tiersim.engine.mechanisms.acquisition import Winning

MECHANISMS: tuple[type[Mechanism], ...] = (Winning,)
