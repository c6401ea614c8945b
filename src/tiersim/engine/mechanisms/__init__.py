"""Mechanisms that a scenario may have: one file each; this list is their order within a week."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanism
from tiersim.engine.mechanisms.shocks import Shocks
from tiersim.engine.mechanisms.warning import Warning
from tiersim.engine.mechanisms.win_back import WinBack

MECHANISMS: tuple[type[Mechanism], ...] = (
    Shocks,
    Warning,
    WinBack,
)
