"""Sections on arms inside one world, what they share, and which mechanisms run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tiersim.scenario.part import Part
from tiersim.scenario.quantities import Name, Share, Weeks


class Step(Part):
    """From a week on, an arm is under a policy."""

    after: Weeks = Field(default=0.0, ge=0, description="weeks after the start")
    policy: Name


class Arm(Part):
    """A label for customers and the policies they come under, one after another."""

    share: Share | Literal["rest"] = 1.0
    steps: list[Step] = Field(min_length=1)
    regions: list[Name] = Field(default_factory=list, description="only customers of these regions, if given")
    delay: Weeks = Field(default=0.0, ge=0, description="longest personal delay before a step is felt")


class Sharing(Part):
    """What arms of one world share (R22): each arm its own, or one for all.

    A referred newcomer comes into its referrer's arm (``referral: arm``) or draws its own (``all``).
    """

    staff: Literal["arm", "all"] = "arm"
    budget: Literal["arm", "all"] = "arm"
    referral: Literal["arm", "all"] = "arm"
    cuts: Literal["arm", "all"] = "all"
    market: Literal["arm", "all"] = "all"
    win_back: Literal["arm", "all"] = "arm"
    sales: Literal["arm", "all"] = "arm"


class Freeze(Part):
    """Interference channels held at their value of the start (twins and tests)."""

    staff: bool = False
    budget: bool = False
    referral: bool = False
    cuts: bool = False
    market: bool = False
    win_back: bool = False
    sales: bool = False


class Mechanisms(Part):
    """Mechanisms that a scenario may leave out of the week."""

    tickets: bool = True
    knowledge: bool = True
    crises: bool = True
    shocks: bool = True
    contacts: bool = True
    satisfaction: bool = True
    notice: bool = True
    growth: bool = True
    levers: bool = True
    loyalty: bool = True
    arrivals: bool = True
    referral: bool = True
    review: bool = True
    surveys: bool = True
    budget: bool = True
    warning: bool = True
    win_back: bool = True
    campaigns: bool = True
    pressure: bool = True
    products: bool = True
    feedback: bool = True
    lifecycle: bool = True
    plan: bool = True
    acquisition: bool = True
    budget_rules: bool = True
    investments: bool = True
    incentives: bool = True
    exit: bool = True
