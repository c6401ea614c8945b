"""Mechanisms that a scenario may have: one file each; this list is their order within a week."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanism
from tiersim.engine.mechanisms.exit import ExitOfCustomers
from tiersim.engine.mechanisms.investments import InvestmentStages
from tiersim.engine.mechanisms.money import MoneyReview

MECHANISMS: tuple[type[Mechanism], ...] = (InvestmentStages, MoneyReview, ExitOfCustomers)
