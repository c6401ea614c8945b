"""The engine: one replication of one or more worlds, week by week."""

from tiersim.engine.assignment import ArmRule, Assignment
from tiersim.engine.replicate import Outcome, replicate
from tiersim.engine.world import World

__all__ = ["ArmRule", "Assignment", "Outcome", "World", "replicate"]
