"""Experiments inside a simulated company: designs, answers, looks, gates, and whether they find the truth.

The package itself can be called: ``tiersim.experiment(scenario)`` is `tiersim.experiment.run.experiment`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """``tiersim.experiment`` is this package once anything in it is imported, so it has to answer a call."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from tiersim.experiment.run import experiment

        return experiment(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
