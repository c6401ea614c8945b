"""Mechanisms that a scenario may have: one file each; this list is their order within a week."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanism
from tiersim.engine.mechanisms.acquisition import Winning
from tiersim.engine.mechanisms.campaigns import Campaigns
from tiersim.engine.mechanisms.exit import ExitOfCustomers
from tiersim.engine.mechanisms.feedback import Feedback
from tiersim.engine.mechanisms.investments import InvestmentStages
from tiersim.engine.mechanisms.lifecycle import Lifecycle
from tiersim.engine.mechanisms.loyalty import LoyaltyProgramme
from tiersim.engine.mechanisms.money import MoneyReview
from tiersim.engine.mechanisms.pressure import Pressure
from tiersim.engine.mechanisms.products import Products
from tiersim.engine.mechanisms.shocks import Shocks
from tiersim.engine.mechanisms.warning import Warning
from tiersim.engine.mechanisms.win_back import WinBack

MECHANISMS: tuple[type[Mechanism], ...] = (
    ExitOfCustomers,  # first: whom it lets go is no customer to those who look after it
    LoyaltyProgramme,
    Shocks,
    Campaigns,
    Feedback,
    Pressure,
    Products,
    Warning,
    WinBack,
    Winning,
    Lifecycle,
    InvestmentStages,
    MoneyReview,
)
