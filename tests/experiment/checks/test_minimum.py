"""Smallest groups are found and named."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tiersim.experiment.checks.minimum import minimum
from tiersim.experiment.estimate import NotEstimable


def test_enough_everywhere() -> None:
    arm, stratum = np.arange(200) % 2, np.arange(200) // 100
    found = minimum(arm, stratum)
    assert found.passed and math.isnan(found.p)
    assert found.details == {"smallest": 100.0, "alone": 0.0, "empty": 0.0, "cells": 4.0}


def test_each_lack_is_named() -> None:
    arm = np.array([0] * 50 + [1] * 20 + [0, 1, 1] + [0, 0])
    stratum = np.array([0] * 70 + [7] * 3 + [9] * 2)
    found = minimum(arm, stratum)
    assert not found.passed
    assert found.details == {"smallest": 22.0, "alone": 1.0, "empty": 1.0, "cells": 6.0}
    assert found.message == (
        "The smallest arm has 22 customers, 30 are needed; 1 of 6 cells of stratum and arm hold one "
        "customer: nothing varies there; 1 of 3 strata lack an arm."
    )


def test_few_clusters_are_named() -> None:
    arm = np.repeat([0, 0, 0, 0, 1, 1], 50)
    cluster = np.repeat([11, 12, 13, 14, 15, 16], 50)
    found = minimum(arm, np.zeros(300, int), cluster=cluster)
    assert not found.passed and found.details["clusters"] == 2.0
    assert minimum(arm, np.zeros(300, int), cluster=cluster, clusters=2).passed


def test_nothing_to_compare() -> None:
    with pytest.raises(NotEstimable, match="one arm only"):
        minimum(np.ones(9, int), np.zeros(9, int))
    with pytest.raises(NotEstimable, match="nobody"):
        minimum(np.ones(0, int), np.zeros(0, int))
