"""What only the whole engine can show: a starter's week against the slim one, and what pairing buys."""

from __future__ import annotations

from benchmarks.peers import NotThereYet


def starter_over_slim() -> float:
    """Time of a customer-week of the machinery starter, all mechanisms on, over that of a slim one."""
    raise NotThereYet("tiersim's engine cannot run the machinery starter yet")


def variance_ratio(contrast: str) -> float:
    """(Var A + Var B) / Var(A - B) of profit over paired replications with the parameters fixed.

    `contrast` is "small" (one parameter moved a little) or "starter" (tiered against uniform).
    """
    raise NotThereYet(f"tiersim's engine cannot run the {contrast} contrast yet")
