"""Leads against closed forms, as z-scores: how many come, how many are won, how large they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engine.worlds import scenario
from tests.statistical.slim import z_of_mean

from tiersim.engine import births
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.leads import FIT, LUCK, MOMENT, SCORE, WIN, make_lead_laws
from tiersim.engine.parameters import draw_values
from tiersim.engine.past import make_laws
from tiersim.engine.sales import worked_share
from tiersim.policy.acquisition import Effort, leads_for, leads_slope

WEEKS = 1500
YEARLY = 60.0


def fixed(value):
    return {"value": value, "source": "test", "grade": "assumed"}


def changes(people=1000, **more):
    channels = {
        "Direct sales": {"spend": "100 k / year", "leads": 200, "quality": fixed("+40 %")},
        "Dealers": {"spend": "200 k / year", "leads": 150, "quality": fixed("-20 %")},
        "Fairs": {"spend": "300 k / year", "leads": 400, "quality": fixed("0 %")},
    }
    for one in channels.values():
        one |= {"saturation": fixed(0.8), "organic": fixed("25 %")}
    sales = {"people": people, "hours_per_lead": fixed("8 h"), "lead_life": fixed("3 weeks")}
    return {"channels": channels, "sales": sales, "fit_effect": fixed(1.2), "fit_value": fixed(0.4), **more}


def laws(**more):
    s = scenario(acquisition=changes(**more))
    draw = draw_values(s, 1, 0)
    return s, draw, make_lead_laws(s, draw.values, draw.tables, YEARLY, (1, 0))


@pytest.fixture(scope="module")
def many():
    """Leads of many weeks under today's money, their fates, and the laws."""
    _, _, law = laws()
    effort = Effort(tuple(law.spend), 1000.0, False, 0.0)
    parts = [law.draw(1, 0, week, law.times(effort)[None])[0] for week in range(WEEKS)]
    leads = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    fates = law.fates(leads, 1, 0)
    leads |= {"fit": fates[FIT], "win": fates[WIN]}
    return law, leads, fates


def by_week(leads, which):
    return np.bincount(leads["week"][which], minlength=WEEKS)


def test_response_meets_its_ends_and_its_slope():
    for c in (0.4, 1.0, 3.0):
        for organic in (0.0, 0.3):
            assert leads_for(1.0, c, organic) == pytest.approx(1.0)
            assert leads_for(0.0, c, organic) == organic
            rise = (leads_for(1.3 + 1e-6, c, organic) - leads_for(1.3 - 1e-6, c, organic)) / 2e-6
            assert leads_slope(1.3, c, organic) == pytest.approx(rise, rel=1e-6)
            assert leads_for(2.0, c, organic) - 1.0 < 1.0 - organic


@pytest.mark.parametrize("money", [0.0, 0.5, 1.0, 2.5])
def test_leads_are_poisson_around_the_response(money):
    _, _, law = laws()
    effort = Effort(tuple(money * law.spend), 1.0, False, 0.0)
    counts = np.array(
        [law.draw(1, 0, week, law.times(effort)[None])[1].sum(axis=(0, 2)) for week in range(WEEKS)]
    )
    f = 0.25 + 0.75 * (1 - math.exp(-money / 0.8)) / (1 - math.exp(-1 / 0.8))
    for k, yearly in enumerate((200, 150, 400)):
        mean = yearly * WEEK_OF_YEAR * f
        assert abs(z_of_mean(counts[:, k], mean)) < 4
        spread = counts[:, k].var(ddof=1) / mean
        assert abs(spread - 1) < 4 * math.sqrt((2 + 1 / mean) / WEEKS)


def test_won_without_limits_are_poisson_thinned_to_the_stated_newcomers(many):
    law, leads, _ = many
    won = law.is_won(leads, 0.0)
    for k, share in enumerate((0.45, 0.35, 0.20)):
        counts = by_week(leads, won & (leads["channel"] == k))
        mean = share * YEARLY * WEEK_OF_YEAR
        assert abs(z_of_mean(counts, mean)) < 4
        assert abs(counts.var(ddof=1) / mean - 1) < 4 * math.sqrt((2 + 1 / mean) / WEEKS)


def test_fit_and_score_are_normal_and_the_score_tells_of_fit(many):
    _, _, fates = many
    n = fates.shape[1]
    assert abs(fates[FIT].mean()) * math.sqrt(n) < 4
    assert abs(fates[FIT].std() - 1) * math.sqrt(2 * n) < 4
    for row in (WIN, MOMENT, LUCK):
        assert abs(fates[row].mean() - 0.5) * math.sqrt(12 * n) < 4
    assert np.corrcoef(fates[FIT], fates[SCORE])[0, 1] > 0.3
    # Draws for different purposes do not know each other.
    assert abs(np.corrcoef(fates[WIN], fates[SCORE])[0, 1]) * math.sqrt(n) < 4


def test_a_better_score_is_won_more_often(many):
    law, leads, fates = many
    won = law.is_won(leads, 0.0)
    best = fates[SCORE] > np.quantile(fates[SCORE], 0.8)
    p, q = won[best].mean(), won[~best].mean()
    assert (p - q) / math.sqrt(p * (1 - p) / best.sum() + q * (1 - q) / (~best).sum()) > 4


def test_those_won_are_on_average_as_large_as_the_customers_of_the_start(many):
    """Selection by fit and quality by channel change who is won, not how much all of them buy."""
    law, leads, _ = many
    won = law.is_won(leads, 0.0)
    s = scenario(acquisition=changes())
    customer_laws = make_laws(s, draw_values(s, 1, 0), 1)
    birth = leads["birth"][won]
    _, raw = births.customers(customer_laws, birth, np.zeros(birth.size), 1, 0)
    size = raw[0] * raw[1] / customer_laws.mean_size * np.exp(law.log_size[leads["channel"][won]])
    assert abs(z_of_mean(size, 1.0)) < 4
    unshifted = raw[0] * raw[1] / customer_laws.mean_size
    assert z_of_mean(unshifted, 1.0) > 4  # those who fit buy more here


def test_worked_share_is_capacity_over_leads_where_people_are_few_and_all_where_they_are_many():
    assert worked_share(10.0, 40.0, 2, 1, 0) == 1.0
    assert worked_share(10.0, 4.0, 2, 1, 0) == pytest.approx(0.4, abs=4 * 0.4 / math.sqrt(20_000))
    between = worked_share(10.0, 10.0, 4, 1, 0)
    assert 0.9 < between < 1.0


def test_scarce_people_still_win_the_stated_newcomers_today():
    """Chances are solved at the share that today's people work on."""
    _, _, law = laws(people=2)
    assert law.worked < 0.6
    assert (law.chance * law.worked * law.rate.sum(axis=1)).sum() == pytest.approx(YEARLY * WEEK_OF_YEAR)
