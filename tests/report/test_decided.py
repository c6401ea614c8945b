"""Classes of true effects: as even as may be, each with ten values or more, equal effects never apart."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tiersim.report.experiments.decided import LEAST_BIN, MOST_BINS, class_cuts

EFFECTS = st.lists(st.sampled_from([0.0, 0.0, 0.0, -0.02, 0.01, 0.01 + 1e-15, 0.03, 0.5]), max_size=120)


@given(EFFECTS)
def test_classes_are_distinct_and_large_enough(effects):
    ranked = np.sort(np.array(effects))
    parts = np.split(ranked, class_cuts(ranked))
    assert len(parts) <= MOST_BINS
    assert len(parts) == 1 or min(part.size for part in parts) >= LEAST_BIN
    for one, after in pairwise(parts):
        assert one.max() < after.min() - 1e-12, "the same effect stands in two classes"


def test_different_values_are_cut_evenly():
    assert class_cuts(np.arange(100.0)) == [20, 40, 60, 80]
    assert class_cuts(np.arange(25.0)) == [12]


def test_a_heap_of_equal_values_is_one_class():
    heap = np.concatenate([np.linspace(-1, -0.1, 20), np.zeros(60), np.linspace(0.1, 1, 20)])
    assert class_cuts(heap) == [20, 80]
    assert class_cuts(np.zeros(100)) == []
    assert class_cuts(np.arange(19.0)) == [], "two classes of ten take twenty"
