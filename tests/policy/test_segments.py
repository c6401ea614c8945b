"""Segments: codes of combinations, and which of them a strategy reaches."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tiersim.errors import ScenarioError
from tiersim.policy.segments import NO_STAGE, Segments, segments_of
from tiersim.scenario.load import load
from tiersim.scenario.targets import TOLD_BY


def test_without_targets_there_is_one_segment_that_all_reach():
    segments = segments_of(load("machinery"))
    assert segments.sizes == {} and segments.number == 1
    assert all(reach.tolist() == [True] for reach in segments.reach.values())
    assert segments.code(stage=np.array([1, 2])).tolist() == 0
    assert segments.changed(np.zeros(2, np.int8), "stage", 3).tolist() == [0, 0]


def test_codes_are_one_to_one():
    segments = Segments({"stage": 5, "warned": 2, "level": 4}, {})
    every = list(itertools.product(range(5), range(2), range(4)))
    stage, warned, level = np.array(every).T
    code = segments.code(stage=stage, warned=warned, level=level)
    assert sorted(code.tolist()) == list(range(40))
    for dimension, value in (("stage", stage), ("warned", warned), ("level", level)):
        assert (segments.value(code, dimension) == value).all()
    other = segments.changed(code, "warned", 1 - warned)
    assert (segments.value(other, "warned") == 1 - warned).all()
    for dimension, value in (("stage", stage), ("level", level)):
        assert (segments.value(other, dimension) == value).all()


def test_a_strategy_reaches_exactly_its_parts(monkeypatch):
    monkeypatch.setitem(TOLD_BY, "stages", "rating")  # a section that is there
    monkeypatch.setitem(TOLD_BY, "warned", "rating")
    s = load("machinery", {"strategies.nurturing.stages": ["growth", "decline"],
                           "strategies.nurturing.warned": True,
                           "strategies.promotion plan.stages": ["introduction"]})  # fmt: skip
    segments = segments_of(s)
    assert segments.sizes == {"stage": 5, "warned": 2}
    codes = np.arange(10)
    stage, warned = segments.value(codes, "stage"), segments.value(codes, "warned")
    assert (segments.reach["nurturing"] == (((stage == 1) | (stage == 3)) & (warned == 1))).all()
    assert (segments.reach["promotion plan"] == (stage == 0)).all()
    assert segments.reach["service rules"].all()
    assert not segments.reach["promotion plan"][stage == NO_STAGE].any()


def test_faults_are_told_all_at_once():
    with pytest.raises(ScenarioError) as error:
        load("machinery", {"warning": None, "win_back": None, "lifecycle": None,
                           "strategies.nurturing.warned": True, "strategies.nurturing.levels": ["Gold"],
                           "strategies.promotion plan.levels": ["Gold", "Gold"]})  # fmt: skip
    text = str(error.value)
    assert text.count("needs the section") == 3 and "has Gold twice" in text
    with pytest.raises(ScenarioError, match="growth"):
        load("machinery", {"strategies.nurturing.stages": ["grwth"]})
