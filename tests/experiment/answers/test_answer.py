"""Every answer keeps the same promises: errors with reasons, effects read back, units obeyed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.experiment.answers.made import customers, fit_for, plain
from tiersim.experiment.answers.answer import Answer
from tiersim.experiment.answers.menu import ANSWERS
from tiersim.experiment.estimate import Estimate, NotEstimable, NotSupported
from tiersim.experiment.sample import RegionPanel, Sample

OF_SELF = ("before_after", "year_on_year", "top_tier_only")
OF_MEANS = [name for name in ANSWERS if not name.startswith(("ratio", "share"))]
FIGURES = ("value", "error", "low", "high", "p", "dof")


def figures(found: Estimate) -> list[float]:
    assert found.ok, found.failed
    return [getattr(found, name) for name in FIGURES]


def test_menu_is_keyed_by_name_and_has_both_kinds() -> None:
    assert all(answer.name == name and answer.unit == "customer" for name, answer in ANSWERS.items())
    naive = {name for name, answer in ANSWERS.items() if answer.menu == "naive"}
    assert naive == {"before_after", "treated_untreated", "year_on_year", "top_tier_only"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"menu": "wise"}, "unknown menu 'wise'"),
        ({"unit": "week"}, "unknown unit 'week'"),
        ({"supports": ("t", "luck")}, "supports luck"),
        ({"supports": ()}, "supports nothing"),
    ],
)
def test_an_answer_of_unknown_words_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(ANSWERS["difference"], **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_unsupported_inference_names_the_supported(name: str) -> None:
    answer = ANSWERS[name]
    sample = fit_for(name, np.random.default_rng(1))
    with pytest.raises(
        NotSupported, match=f"{name} does not support 'placebo'.*{', '.join(answer.supports)}"
    ):
        answer.answer(sample, inference="placebo")
    for kind in answer.supports:
        assert answer.answer(sample, inference=kind).inference == kind
    assert answer.answer(sample).inference == answer.supports[0]


@pytest.mark.parametrize("name", ANSWERS)
def test_functions_refuse_inferences_that_they_do_not_have(name: str) -> None:
    with pytest.raises(NotSupported):
        ANSWERS[name].call(fit_for(name, np.random.default_rng(1)), 1, "placebo", 0.95)


def test_levels_and_samples_are_checked() -> None:
    sample = customers(np.random.default_rng(1))
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match="level"):
            ANSWERS["difference"].answer(sample, level=level)
    panel = RegionPanel(np.ones((2, 2)), np.ones(2), np.zeros(2, np.int64), 1, np.ones(2), ("a", "b"))
    with pytest.raises(TypeError, match="takes a Sample, not a RegionPanel"):
        ANSWERS["difference"].answer(panel)
    with pytest.raises(ValueError, match="arm 0 is the control"):
        ANSWERS["difference"].answer(sample, arm=0)


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if answer.needs])
def test_what_is_needed_and_missing_is_named(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(2))
    for need in sorted(ANSWERS[name].needs):
        without = replace(sample, **{need: np.empty((len(sample), 0)) if need == "before" else None})
        found = ANSWERS[name].answer(without)
        assert not found.ok and found.failed == f"the sample has no {need}"
        assert np.isnan(found.value) and found.inference == ANSWERS[name].supports[0]
        # Called directly, it says so itself.
        with pytest.raises(NotEstimable, match=rf"no {need}|no covariate|no figures of the"):
            ANSWERS[name].call(without, 1, ANSWERS[name].supports[0], 0.95)


def test_not_estimable_becomes_an_estimate_that_says_why() -> None:
    found = ANSWERS["difference"].answer(plain([1, 2, 3], [1, 1, 1]))
    assert found.failed == "there is one arm only: nobody was assigned to the control"


def test_answers_for_regions_share_the_class() -> None:
    def last(panel: RegionPanel, arm: int, inference: str, level: float) -> Estimate:
        return Estimate(float(panel.outcome[arm, -1]), inference=inference, level=level)

    answer = Answer("last", "sound", "region", frozenset({"blocks"}), ("placebo",), last)
    panel = RegionPanel(np.eye(2), np.ones(2), np.zeros(2, np.int64), 1, np.ones(2), ("a", "b"))
    assert answer.answer(panel).failed == "the sample has no blocks"
    assert answer.answer(replace(panel, blocks=np.zeros(2, np.int64)), level=0.8).value == 1.0


@pytest.mark.parametrize("name", ANSWERS)
def test_an_injected_effect_is_read_back(name: str) -> None:
    found = ANSWERS[name].answer(fit_for(name, np.random.default_rng(3), 4000), level=0.999)
    assert found.low < 0.7 < found.high
    assert found.p < 1e-3 and not found.low < 0.0 < found.high
    assert found.level == 0.999


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "share"])
def test_more_effect_is_more_by_just_as_much(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(4))
    lift = 0.3 * (sample.arm == 1) * (1.0 if sample.denominator is None else sample.denominator)
    one, other = (ANSWERS[name].answer(s) for s in (sample, replace(sample, outcome=sample.outcome + lift)))
    assert other.value - one.value == pytest.approx(0.3, abs=1e-12)
    assert other.error == pytest.approx(one.error, rel=1e-10)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(5))
    moved = sample.take(np.random.default_rng(6).permutation(len(sample)))
    assert figures(ANSWERS[name].answer(moved)) == pytest.approx(
        figures(ANSWERS[name].answer(sample)), rel=1e-9
    )


@pytest.mark.parametrize("name", OF_MEANS)
@pytest.mark.parametrize(("scale", "shift"), [(1000.0, 0.0), (-0.01, 0.0), (1.0, 1e5), (3.0, -50.0)])
def test_units_of_the_outcome_are_obeyed(name: str, scale: float, shift: float) -> None:
    sample = fit_for(name, np.random.default_rng(7))

    def changed(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else scale * values + shift

    other = replace(
        sample,
        outcome=scale * sample.outcome + shift,
        same_before=changed(sample.same_before),
        year_ago=changed(sample.year_ago),
    )
    a, b = ANSWERS[name].answer(sample), ANSWERS[name].answer(other)
    assert b.value == pytest.approx(scale * a.value, rel=1e-8)
    assert b.error == pytest.approx(abs(scale) * a.error, rel=1e-8)
    assert sorted((scale * a.low, scale * a.high)) == pytest.approx([b.low, b.high], rel=1e-7)
    assert b.p == pytest.approx(a.p, rel=1e-6)
    assert b.base == pytest.approx(scale * a.base + shift, rel=1e-8)


@pytest.mark.parametrize("name", ["ratio", "ratio_adjusted"])
def test_units_of_a_ratio_are_obeyed(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(8))
    assert sample.denominator is not None
    other = replace(sample, outcome=100.0 * sample.outcome, denominator=sample.denominator / 7.0)
    a, b = ANSWERS[name].answer(sample), ANSWERS[name].answer(other)
    assert [b.value, b.error, b.base] == pytest.approx(np.array([a.value, a.error, a.base]) * 700.0, rel=1e-9)


@pytest.mark.parametrize("name", ["cuped", "adjusted", "ratio_adjusted", "clustered_adjusted"])
def test_units_of_covariates_do_not_matter(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(9))
    other = replace(sample, before=sample.before * [1e6, -1e-4] + [3.0, 2.0])
    assert figures(ANSWERS[name].answer(other)) == pytest.approx(
        figures(ANSWERS[name].answer(sample)), rel=1e-8
    )


@pytest.mark.parametrize("name", ANSWERS)
def test_other_arms_do_not_matter(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(10))
    third = fit_for(name, np.random.default_rng(11))

    def both(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
        return None if a is None or b is None else np.concatenate([a, b])

    def later(codes: np.ndarray | None) -> np.ndarray | None:
        return None if codes is None else codes + 1000

    joined = Sample(
        np.concatenate([sample.outcome, third.outcome]),
        np.concatenate([sample.arm, np.full(len(third), 2)]),
        np.concatenate([sample.stratum, third.stratum + 5]),
        np.vstack([sample.before, third.before]),
        both(sample.denominator, third.denominator),
        both(sample.cluster, later(third.cluster)),
        both(sample.pair, later(third.pair)),
        both(sample.tier, third.tier),
        both(sample.same_before, third.same_before),
        both(sample.year_ago, third.year_ago),
    )
    assert figures(ANSWERS[name].answer(joined)) == figures(ANSWERS[name].answer(sample))
    renamed = replace(sample, arm=3 * sample.arm)
    assert figures(ANSWERS[name].answer(renamed, arm=3)) == figures(ANSWERS[name].answer(sample))


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in OF_SELF])
def test_who_did_not_answer_is_left_out_and_counted(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(12))
    silent = np.random.default_rng(13).random(len(sample)) < np.where(sample.arm == 1, 0.3, 0.1)
    found = ANSWERS[name].answer(replace(sample, outcome=np.where(silent, np.nan, sample.outcome)))
    treated = sample.arm == 1
    assert found.details["answered_treated"] == np.count_nonzero(~silent[treated])
    assert found.details["assigned_control"] == np.count_nonzero(~treated)
    assert found.details["answered_gap"] == pytest.approx(silent[~treated].mean() - silent[treated].mean())
    assert ANSWERS[name].answer(sample).details["answered_gap"] == 0.0
    if not name.endswith("adjusted") and name != "cuped":
        # Covariates are centred on all who were assigned; the other answers do not see who is silent.
        alone = ANSWERS[name].answer(sample.take(~silent))
        assert figures(found) == pytest.approx(figures(alone), rel=1e-10)


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_that_varies_is_no_answer(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(14))
    # 0.1 and 0.3 are not whole in binary: rounding must not pass for variation.
    flat = 0.1 + 0.2 * sample.arm
    if name == "share":
        flat = np.zeros(len(sample))
    if sample.denominator is not None:
        flat = flat * sample.denominator
    past = np.full(len(flat), 0.7)
    other = replace(sample, outcome=flat, same_before=past, year_ago=past)
    found = ANSWERS[name].answer(other)
    assert not found.ok and ("never var" in found.failed or "nothing varies" in found.failed)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("only", [0, 1])
def test_one_arm_is_no_answer(name: str, only: int) -> None:
    sample = fit_for(name, np.random.default_rng(15))
    found = ANSWERS[name].answer(sample.take(sample.arm == only))
    if name in OF_SELF:
        assert found.ok == (only == 1)
    else:
        assert found.failed.startswith("there is one arm only")


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in OF_SELF])
def test_an_arm_without_answers_is_no_answer(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(16))
    found = ANSWERS[name].answer(replace(sample, outcome=np.where(sample.arm == 1, np.nan, sample.outcome)))
    assert found.failed == "nobody answered in arm 1"


@pytest.mark.parametrize("name", ANSWERS)
def test_infinite_outcomes_are_no_answer(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(17))
    outcome = np.where((np.arange(len(sample)) % 7 == 0) & (sample.arm == 1), np.inf, sample.outcome)
    assert "infinite" in ANSWERS[name].answer(replace(sample, outcome=outcome)).failed


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("ratio")])
def test_a_ratio_of_sums_is_refused_by_answers_for_means(name: str) -> None:
    sample = fit_for(name, np.random.default_rng(18))
    found = ANSWERS[name].answer(replace(sample, denominator=np.ones(len(sample))))
    assert found.failed.startswith("the metric is a ratio of sums")
