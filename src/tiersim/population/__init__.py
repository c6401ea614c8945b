"""Who the customers are: traits, their draws, and where the population of the start comes from."""

from tiersim.population.draw import Customers, draw, draw_traits
from tiersim.population.history import (
    age_at_burn_in,
    entry_weeks,
    expected_loss,
    expected_survivors_share,
    initial_hazard,
    surviving_frailty,
)
from tiersim.population.lorenz import lorenz, top_share
from tiersim.population.signals import SignalTables, draw_signals, tabulate_signals
from tiersim.population.traits import TRAITS, TraitTables, potential_share, tabulate

__all__ = [
    "TRAITS",
    "Customers",
    "SignalTables",
    "TraitTables",
    "age_at_burn_in",
    "draw",
    "draw_signals",
    "draw_traits",
    "entry_weeks",
    "expected_loss",
    "expected_survivors_share",
    "initial_hazard",
    "lorenz",
    "potential_share",
    "surviving_frailty",
    "tabulate",
    "tabulate_signals",
    "top_share",
]
