"""What the answer rests on: fits with known slopes, break-evens with closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tiersim.evaluation.breakeven import Z_END, first_guess, root
from tiersim.evaluation.flips import ALWAYS, BARS, candidates, flips, position
from tiersim.evaluation.response import fit, normal_share, regress, scores, select, uncertain
from tiersim.evaluation.statistics import split
from tiersim.evaluation.weak import effect_paths, share_from_weak, without_effects
from tiersim.runs import compare
from tiersim.scenario.assumption import walk_assumptions
from tiersim.scenario.load import override


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=200, engine=fake.replicate, workers=1, store=None)


def synthetic(seed, draws=100, width=50, slopes=(3.0, -2.0, 1.0), noise=1.0):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((draws, width))
    return z, z[:, : len(slopes)] @ np.array(slopes) + noise * rng.standard_normal(draws) + 7.0


def test_slopes_are_unbiased_and_their_errors_right():
    found, told = [], []
    for seed in range(300):
        z, y = synthetic(seed)
        chosen = select(z, y)
        slopes, errors, centre = regress(z, y, chosen)
        found.append([*slopes[:4], centre])
        told.append([*errors[:4], 0.1])
    found, told = np.array(found), np.array(told)
    z_of_mean = (found.mean(axis=0) - [3.0, -2.0, 1.0, 0.0, 7.0]) / (found.std(axis=0) / math.sqrt(300))
    assert (abs(z_of_mean) < 3.5).all(), z_of_mean
    # Selected columns of noise make the error slightly too small: at most a tenth.
    ratio = told.mean(axis=0)[:4] / found.std(axis=0)[:4]
    assert ((ratio > 0.85) & (ratio < 1.15)).all(), ratio


def test_noise_is_seldom_selected_and_strong_inputs_always_are():
    picked = [len(select(*synthetic(seed, slopes=(), width=50))) for seed in range(400)]
    # Beating the charge of log n + 2 log k has a chance of some 0.1 % a column.
    assert np.mean(np.array(picked) > 0) < 0.1
    assert all({0, 1, 2} <= set(select(*synthetic(seed))) for seed in range(50))


def test_selection_without_noise_finds_all_and_nothing_else():
    z, y = synthetic(1, noise=0.0)
    assert sorted(select(z, y)) == [0, 1, 2]
    assert select(z, np.full(100, 4.0)) == []


def test_the_fit_of_a_comparison_finds_what_the_engine_does(fake, comparison):
    gain = comparison.difference("tiered", "today")
    found = fit(comparison.runs["tiered"], gain)
    assert set(found.selected[:2]) == {fake.POINTS, fake.RESPONSE}
    # Uniform(-0.5, 0.5) of a normal score: slope = E[z F^-1(Phi(z))] = 1 / (2 sqrt(pi)).
    want = fake.PER_RESPONSE * fake.BASE.sum() * fake.margin_pv(24) / (2 * math.sqrt(math.pi))
    assert abs(found.slopes[fake.RESPONSE] - want) < 3.5 * found.errors[fake.RESPONSE]
    assert found.draws == 100


def test_scores_are_those_of_the_draws(fake, comparison):
    paths, z = scores(comparison.runs["today"])
    assert set(paths) == set(uncertain(comparison.scenario))
    u = fake.uniforms(comparison.scenario, 1, 6)
    assert [normal_share(x) for x in z[3]] == pytest.approx([u[path] for path in paths])


def test_too_few_draws_tell_nothing(fake, scenario):
    few = compare(scenario, replications=38, engine=fake.replicate, workers=1, store=None)
    assert fit(few.runs["tiered"], few.difference("tiered", "today")) is None
    listed = flips(few, quick=True)
    assert all(flip.break_even is None and math.isnan(flip.gain_low) for flip in listed)


@pytest.mark.parametrize("truth", [0.3, -1.2, 2.4])
@pytest.mark.parametrize("power", [1.0, 3.0])
def test_root_is_found_where_it_is(truth, power):
    calls = []

    def above(z):
        calls.append(z)
        x = z / truth
        return 100.0 * (1 - math.copysign(abs(x) ** power, x)), 0.5

    z = root(above, 100.0, truth * 0.8)
    assert abs(above(z)[0]) < 5.0
    assert len(calls) - 1 <= 6


def test_root_outside_the_range_is_none():
    assert root(lambda z: (100.0 - z, 0.5), 100.0, 2.0) is None
    # Nor does an error as large as the value at the end make one.
    assert root(lambda z: (100.0 - z, 900.0), 100.0, Z_END) is None


def test_break_even_is_confirmed_at_the_closed_form(fake, comparison):
    listed = flips(comparison, engine=fake.replicate, workers=1, store=None)
    by_path = {flip.path: flip for flip in listed}
    told = [flip for flip in listed if flip.break_even is not None]
    assert told == listed[: len(told)]
    assert {flip.path for flip in told[:2]} == {fake.POINTS, fake.RESPONSE}
    assert all(flip.confirmed for flip in told[:2])
    # With the others as drawn, the gain is linear in the value of each of the two.
    scenario, reps = comparison.scenario, range(200)
    level = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in reps]) * fake.BASE.sum() * fake.margin_pv(24)
    gain = np.array([fake.gain_today(scenario, 1, r) for r in reps])
    paths, z = scores(comparison.runs["tiered"])
    for path, factor in ((fake.POINTS, fake.PER_POINT), (fake.RESPONSE, fake.PER_RESPONSE)):
        values = np.array([fake.values(scenario, 1, r)[path] for r in reps])
        want = -(gain - level * factor * values).mean() / (factor * level.mean())
        # Simulated for 20 of the 100 draws: what the values differ by from a line in their normal score
        # is not taken out; beside it the 2 % at which the search ends.
        score = z[:, paths.index(path)]
        rest = values[::2] - np.polyval(np.polyfit(score, values[::2], 1), score)
        error = 3.5 * rest.std() / math.sqrt(20) + 0.02 * abs(gain.mean()) / (factor * level.mean())
        assert abs(by_path[path].break_even - want) < error, path


def test_always_told_inputs_are_among_the_entries_even_when_fixed(fake, scenario):
    fixed = override(scenario, {"today.favour": {"value": 0.4, "source": "test", "grade": "assumed"}})
    made = compare(fixed, replications=60, engine=fake.replicate, workers=1, store=None)
    by_path = {flip.path: flip for flip in flips(made, quick=True)}
    assert set(ALWAYS) <= set(by_path)
    assert by_path["today.favour"].gain_low == by_path["today.favour"].gain_high
    assert by_path["today.favour"].break_even is None
    assert len(by_path) == len(uncertain(fixed)) + 1


def test_entries_carry_words_units_and_evidence(comparison):
    by_path = {flip.path: flip for flip in flips(comparison, quick=True)}
    for path, found, unit in walk_assumptions(comparison.scenario):
        if path in by_path:
            flip = by_path[path]
            assert (flip.value, flip.low, flip.high) == (found.central, found.low, found.high)
            assert (flip.unit, flip.grade, flip.source) == (unit.name, found.grade, found.source)
            assert flip.label
    assert len({flip.label for flip in by_path.values()}) == len(by_path)


def test_position_is_the_inverse_of_the_quantile(scenario):
    for found in uncertain(scenario).values():
        if not found.unit.whole:
            assert position(found, found.quantile(0.3)) == pytest.approx(0.3, abs=1e-6)


def test_all_inputs_weak_means_the_whole_share_between_draws(comparison):
    gain = comparison.difference("tiered", "today")
    grades = {found.grade for found in uncertain(comparison.scenario).values()}
    assert grades <= {"claimed", "assumed"}
    assert share_from_weak(comparison.runs["tiered"], gain) == split(gain).share
    assert share_from_weak(comparison.runs["tiered"], gain, ("published",)) == 0.0


def test_share_of_one_weak_input_is_its_part_of_the_variance(fake, scenario):
    # Everything else is published; the two inputs that matter bring known variances.
    published = {
        path: {**found.written(scenario.currency), "source": "test", "grade": "published"}
        for path, found in uncertain(scenario).items()
        if path != fake.RESPONSE
    }
    graded = override(scenario, published)
    made = compare(graded, replications=400, engine=fake.replicate, workers=1, store=None)
    points = graded.attention.satisfaction
    values = np.array([points.quantile(u) for u in (np.arange(2000) + 0.5) / 2000])
    weak, strong = fake.PER_RESPONSE**2 / 12, fake.PER_POINT**2 * values.var()
    share = (weak + strong) / (weak + strong + fake.CHANCE**2)
    found = share_from_weak(made.runs["tiered"], made.difference("tiered", "today"))
    assert found == pytest.approx(share * weak / (weak + strong), abs=0.12)


def test_without_effects_sets_effects_to_none_and_leaves_costs(scenario):
    bare = without_effects(scenario)
    before = {path: found for path, found, _ in walk_assumptions(scenario)}
    after = {path: found for path, found, _ in walk_assumptions(bare)}
    changed = {path for path in before if before[path] != after[path]}
    assert changed == set(effect_paths(scenario))
    assert {"attention.satisfaction", "attention.order_rate", "service.contact_effect"} <= changed
    assert any(".effects." in path for path in changed)
    assert all(after[path].central == 0 and not after[path].is_uncertain for path in changed)
    assert not any("price" in path.split(".")[-1] and "effects" not in path for path in changed)
    assert without_effects(bare) is bare


def test_without_effects_of_one_grade_only(scenario):
    claimed = without_effects(scenario, ("claimed",))
    assert claimed.attention == scenario.attention
    assert effect_paths(claimed, ("claimed",)) == []


def test_first_guess_takes_the_nearer_crossing_of_the_two_lines():
    assert first_guess(10.0, (-1.0, 5.0), (1.0, 20.0)) == -2.0
    assert first_guess(10.0, (-1.0, 5.0), (1.0, 0.0)) == 1.0
    assert first_guess(-10.0, (-1.0, -20.0), (1.0, -5.0)) == 2.0
    assert first_guess(10.0, (-1.0, 9.0), (1.0, 10.0)) is None


def test_bars_of_the_largest_effects_are_simulated(fake, comparison):
    by_path = {flip.path: flip for flip in flips(comparison, engine=fake.replicate, workers=1, store=None)}
    level = fake.BASE.sum() * fake.margin_pv(24)
    for path, factor in ((fake.POINTS, fake.PER_POINT), (fake.RESPONSE, fake.PER_RESPONSE)):
        flip = by_path[path]
        # Exact but for the 5 % by which revenue differs between replications, 10 of which are simulated.
        want = level * factor * (flip.high - flip.low)
        assert flip.gain_high - flip.gain_low == pytest.approx(want, rel=3.5 * 0.05 / math.sqrt(10))
    # What does nothing has a bar of no width where it was simulated, and hardly one where it was fitted.
    widths = {path: abs(flip.gain_high - flip.gain_low) for path, flip in by_path.items()}
    assert widths["today.favour"] == 0.0
    assert sum(width < 1e-6 for width in widths.values()) >= BARS
    others = [width for path, width in widths.items() if path not in (fake.POINTS, fake.RESPONSE)]
    assert max(others) < 0.3 * widths[fake.POINTS]


def test_always_told_inputs_are_simulated_rows_wherever_they_rank(fake, comparison):
    listed = flips(comparison, engine=fake.replicate, workers=1, store=None)
    rank = {flip.path: number for number, flip in enumerate(listed)}
    # Today's care does nothing in this engine: none of the largest effects, and yet a row with both ends.
    found = fit(comparison.runs["tiered"], comparison.difference("tiered", "today"))
    by_size = sorted(found.slopes, key=lambda path: -abs(found.shrunk(path)))
    assert "today.favour" not in by_size[:2]
    for path in ALWAYS:
        flip = listed[rank[path]]
        assert math.isfinite(flip.gain_low) and math.isfinite(flip.gain_high)
        assert path in candidates(found)
    none = replace(found, slopes=found.slopes | dict.fromkeys(ALWAYS, 0.0), selected=())
    assert set(ALWAYS) <= set(candidates(none)) and len(candidates(none)) == BARS + len(ALWAYS)
