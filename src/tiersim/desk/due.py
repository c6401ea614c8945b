"""Happenings of a SimPy desk: each has its place in its second, however late it was planned."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

Course = Generator[Any, Any, Any]

DONE, CLOSE, OPEN, DROP, READY, MOVE, LAST = range(7)
"""Kinds of happening, in the order in which one second takes them; the last lets people take what waits."""

_MANY = 1 << 48  # more jobs than a desk ever files
_AFTER_SIMPY = 2  # SimPy's own priorities, urgent and normal, are 0 and 1


class Due(simpy.Event):
    """A happening of a given second, at its place in the order (kind, id) of that second."""

    def __init__(self, env: simpy.Environment, second: int, kind: int, number: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        place = _AFTER_SIMPY + kind * _MANY + number
        env.schedule(self, place, second - env.now)  # type: ignore[arg-type]  # any integer is a priority
