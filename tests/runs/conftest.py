"""The engine with known answers, a scenario for it, and a cache of the test's own."""

from tests.runs.fixtures import fake, own_cache, scenario

__all__ = ["fake", "own_cache", "scenario"]
