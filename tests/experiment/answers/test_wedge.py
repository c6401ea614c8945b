"""Stepped wedge: the closed variance, generalised least squares done in full, and its level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.experiment.answers.panels import ar1, long_table, panel, staged, with_effect
from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.wedge import stepped_wedge, wedge_variance
from tiersim.experiment.estimate import NotEstimable, NotSupported
from tiersim.experiment.sample import NEVER, RegionPanel


def design_of(given: RegionPanel) -> np.ndarray:
    return (np.arange(given.outcome.shape[1]) >= given.first[:, None]).astype(float)


def full_gls(design: np.ndarray, outcome: np.ndarray, sigma2: float, tau2: float) -> tuple[float, float]:
    """Effect and variance from the whole covariance matrix of all cells."""
    regions, periods = design.shape
    one = sigma2 * np.eye(periods) + tau2 * np.ones((periods, periods))
    weight = np.kron(np.eye(regions), np.linalg.inv(one))
    columns = np.column_stack([np.tile(np.eye(periods), (regions, 1)), design.ravel()])
    cover = np.linalg.inv(columns.T @ weight @ columns)
    return float((cover @ columns.T @ weight @ outcome.ravel())[-1]), float(cover[-1, -1])


DESIGNS = [
    np.tril(np.ones((5, 6)), -1)[:, :6],
    (np.arange(7) >= np.array([1, 1, 3, 3, 5, 5, 5, 9])[:, None]).astype(float),
    np.random.default_rng(0).integers(0, 2, (6, 5)).astype(float),
]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("sigma2", "tau2"), [(1.0, 0.0), (2.0, 0.3), (0.1, 50.0)])
def test_the_closed_variance_is_that_of_full_least_squares(design, sigma2: float, tau2: float) -> None:
    expected = full_gls(design, np.zeros(design.shape), sigma2, tau2)[1]
    assert wedge_variance(design, sigma2, tau2) == pytest.approx(expected, rel=1e-9)


def test_two_regions_and_two_periods_by_hand() -> None:
    # Without variance between regions only period 2 tells: sigma2 + sigma2. With fixed regions it is a
    # difference of differences: 4 sigma2. Between them 2 sigma2 (sigma2 + 2 tau2) / (sigma2 + tau2).
    design = [[0, 1], [0, 0]]
    assert wedge_variance(design, 3.0, 0.0) == pytest.approx(6.0)
    assert wedge_variance(design, 3.0, 5.0) == pytest.approx(6.0 * 13.0 / 8.0)
    assert wedge_variance(design, 3.0, 1e12) == pytest.approx(12.0)


@pytest.mark.parametrize(("steps", "rho", "people"), [(3, 0.05, 20), (5, 0.2, 50), (4, 0.01, 100)])
def test_the_design_effect_of_woertman_and_others(steps: int, rho: float, people: int) -> None:
    """Woertman et al. (2013): one baseline and one measurement a step, one region a step."""
    base = taken = 1
    effect = (1 + rho * (steps * taken * people + base * people - 1)) * 3 * (1 - rho)
    effect /= (1 + rho * (0.5 * steps * taken * people + base * people - 1)) * 2 * taken * (steps - 1 / steps)
    design = (np.arange(steps + 1) >= np.arange(1, steps + 1)[:, None]).astype(float)
    variance = wedge_variance(design, (1 - rho) / people, rho)
    # Against people drawn one by one, of variance 1, as many as one measurement has.
    assert variance == pytest.approx(effect * 4 / (steps * people), rel=1e-12)


@pytest.mark.parametrize(("sigma2", "tau2"), [(1.0, 0.0), (1.0, 2.0), (0.5, 40.0)])
def test_with_given_components_it_is_full_least_squares(sigma2: float, tau2: float) -> None:
    given = staged(1, [4, 4, 6, 8, 8, 10, NEVER], effect=1.0)
    value, variance = full_gls(design_of(given), given.outcome, sigma2, tau2)
    found = stepped_wedge(given, sigma2=sigma2, tau2=tau2)
    assert (found.value, found.error) == pytest.approx((value, variance**0.5), rel=1e-9)
    assert found.error**2 == pytest.approx(wedge_variance(design_of(given), sigma2, tau2), rel=1e-9)
    assert found.dof == 5


@pytest.mark.parametrize(("seed", "levels"), [(2, 2.0), (3, 0.3)])
def test_estimated_components_are_those_of_restricted_likelihood(seed: int, levels: float) -> None:
    smf = pytest.importorskip("statsmodels.formula.api", reason="statsmodels is not installed")
    given = with_effect(staged(seed, [4, 4, 6, 6, 8, 8, 10, 10, NEVER, NEVER], levels=levels), 1.0)
    data = long_table(given)
    fit = smf.mixedlm("y ~ C(t) + on", data, groups="region").fit(reml=True, method="bfgs", gtol=1e-9)
    found = stepped_wedge(given)
    assert found.value == pytest.approx(float(fit.params["on"]), rel=1e-5)
    assert found.details["sigma2"] == pytest.approx(float(fit.scale), rel=1e-4)
    assert found.details["tau2"] == pytest.approx(float(fit.cov_re.iloc[0, 0]), rel=1e-3)
    # Errors of statsmodels come from the Hessian in all parameters at once; ours hold the components fixed.
    known = full_gls(design_of(given), given.outcome, found.details["sigma2"], found.details["tau2"])
    assert (found.value, found.error**2) == pytest.approx(known, rel=1e-9)


def test_with_levels_far_apart_it_is_two_way_fixed_effects() -> None:
    pf = pytest.importorskip("pyfixest", reason="pyfixest is not installed: no independent fixed effects")
    given = staged(4, [4, 6, 6, 8, NEVER])
    fit = pf.feols("y ~ on | region + t", long_table(given))
    assert stepped_wedge(given, sigma2=1.0, tau2=1e12).value == pytest.approx(
        float(fit.coef()["on"]), abs=1e-8
    )


def test_a_common_start_beside_controls_is_a_wedge_too() -> None:
    given = panel(5, effect=2.0)
    assert stepped_wedge(given, sigma2=1.0, tau2=1e12).value == pytest.approx(collapsed(given).value)


@pytest.mark.parametrize("inference", ["t", "randomisation"])
def test_an_effect_put_in_comes_back(inference: str) -> None:
    given = staged(6, [4, 4, 6, 8, 8, 10, 12])
    known = {"sigma2": 1.0, "tau2": 4.0, "inference": inference}
    plain, found = stepped_wedge(given, **known), stepped_wedge(with_effect(given, 3.0), **known)
    assert found.value - plain.value == pytest.approx(3.0)
    assert (found.low - plain.low, found.high - plain.high) == pytest.approx((3.0, 3.0))


def test_the_level_holds_and_randomisation_holds_it_under_serial_correlation() -> None:
    worlds = 1500
    rng = np.random.default_rng(7)
    given = staged(7, [3, 3, 5, 5, 7, 7, 9, 9], periods=11, begins=3)
    bound = 4.0 * np.sqrt(0.05 * 0.95 / worlds)
    rates = {}
    for rho in (0.0, 0.7):
        noise = ar1(rng, (worlds, 8, 11), rho) + 2.0 * rng.normal(size=(worlds, 8, 1))
        panels = [replace(given, outcome=y) for y in noise]
        for inference in ("t", "randomisation"):
            p = np.array([stepped_wedge(one, inference=inference).p for one in panels])
            rates[inference, rho] = float(np.mean(p <= 0.05))
    assert rates["t", 0.0] < 0.05 + bound
    # Errors of cells are no longer exchangeable over time, and the t test does not know.
    assert rates["t", 0.7] > 0.05 + bound
    assert abs(rates["randomisation", 0.0] - 0.05) < bound
    assert abs(rates["randomisation", 0.7] - 0.05) < bound


@pytest.mark.parametrize("inference", ["t", "randomisation"])
def test_what_cannot_be_estimated_says_why(inference: str) -> None:
    given = staged(8, [4, 6, 8, 8])

    def refused(why: str, panel: RegionPanel) -> None:
        with pytest.raises(NotEstimable, match=why):
            stepped_wedge(panel, inference=inference)

    refused("change over together", replace(given, first=np.full(4, 4)))
    refused("no region is treated", replace(given, first=np.full(4, NEVER)))
    refused("no period before", replace(given, begins=0))
    refused("never varies", replace(given, outcome=np.ones((4, 14))))
    refused("two regions", staged(8, [4, 6]))


def test_what_is_asked_wrongly_is_refused() -> None:
    given = staged(9, [4, 6, 8, 8])
    with pytest.raises(NotSupported, match="no lot"):
        stepped_wedge(replace(given, draws=0), inference="randomisation")
    with pytest.raises(NotEstimable, match="besides region, period and treatment"):
        exact = np.arange(4.0)[:, None] + np.arange(14.0) + 0.5 * design_of(given)
        stepped_wedge(replace(given, outcome=exact))
    with pytest.raises(ValueError, match="both"):
        stepped_wedge(given, sigma2=1.0)
    with pytest.raises(ValueError, match="above 0"):
        stepped_wedge(given, sigma2=0.0, tau2=1.0)
    with pytest.raises(ValueError, match="unknown inference"):
        stepped_wedge(given, inference="cluster")
    with pytest.raises(NotEstimable, match="told from time"):
        wedge_variance(np.ones((3, 4)), 1.0, 1.0)
