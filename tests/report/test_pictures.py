"""What stands in the pictures is what the data say; all can be read without colour and told without sight."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from tests.report import rated as made

from tiersim.rating.migration import Flows, flows_between, long_run_shares, transition_matrix
from tiersim.report import pictures
from tiersim.report.pictures.behaviour import dimensions, percentiles
from tiersim.report.pictures.canvas import percent, short

TIERS = made.TIERS


def texts(picture: pictures.Picture) -> str:
    """All words of a picture."""
    import matplotlib.text

    picture.png(40)  # tick labels are made when it is drawn
    return "\n".join(t.get_text() for t in picture.findobj(matplotlib.text.Text) if t.get_visible())


@pytest.fixture(scope="module")
def record() -> made.Observed:
    return made.observed()


@pytest.fixture(scope="module")
def rating(record: made.Observed) -> made.Rating:
    return made.rating(record)


# --- profit ---


def test_lorenz_of_equal_and_of_one_sided_profit() -> None:
    even = pictures.lorenz(np.full(50, 3.0))
    assert "20 % of customers bring 20 % of profit" in even.alt and "Gini 0.00" in even.alt
    # One of ten brings all: Gini 0.9 by its definition, 1 - 1 / n.
    assert "Gini 0.90" in pictures.lorenz(np.eye(10)[3]).alt


def test_lorenz_with_customers_that_lose_money_rises_above_all() -> None:
    picture = pictures.lorenz(np.array([10.0, 2.0, -2.0, -2.0, 2.0]))
    curve = max((line for line in picture.axes[0].lines), key=lambda line: len(line.get_ydata()))
    assert max(curve.get_ydata()) == pytest.approx(140.0)
    assert "bring 100 % of profit" in picture.alt


def test_lorenz_shows_the_range_of_replications() -> None:
    draws = np.exp(np.random.default_rng(3).normal(size=(40, 300)))
    words = texts(pictures.lorenz(draws))
    assert "95 % of replications" in words and "customers, the most profitable first (%)" in words


def test_lorenz_of_a_run_turns_the_table_round() -> None:
    # One of four customers brings 70 %, the others 10 % each; the table goes from the smallest up.
    x = np.linspace(0, 1, 21)
    y = np.where(x <= 0.75, 0.1 * x / 0.25, 0.3 + 0.7 * (x - 0.75) / 0.25)
    table = {"replication": np.zeros(21, int), "share_customers": x, "share_profit": y}
    run = SimpleNamespace(data={"lorenz": table}, scenario=SimpleNamespace(customers=4))
    assert "top 20 % of customers bring 56 %" in pictures.lorenz_of_run(run).alt


def test_lorenz_without_profit_is_refused() -> None:
    with pytest.raises(ValueError, match="not above 0"):
        pictures.lorenz(np.array([1.0, -2.0]))
    with pytest.raises(ValueError, match="at least one customer"):
        pictures.lorenz(np.array([]))


# --- behaviour ---


def test_heatmap_prints_the_medians_of_each_tier(record: made.Observed, rating: made.Rating) -> None:
    words = texts(pictures.heatmap(record, rating, TIERS))
    top = np.median(record.spend_12m[rating.tier == 0])
    assert short(float(top)) in words and "technical depth" in words
    assert f"S\n{(rating.tier == 0).sum()}" in words
    assert "robust standard score" in words


def test_heatmap_leaves_out_what_is_not_known(record: made.Observed, rating: made.Rating) -> None:
    blind = record.replaced(satisfaction_last=np.full(len(record), np.nan))
    words = texts(pictures.heatmap(blind, rating, TIERS, known={"spend_12m", "orders_12m"}))
    assert "spend an order" in words and "weeks to pay" not in words and "satisfaction" not in words


def test_heatmap_of_customers_that_are_all_alike(rating: made.Rating) -> None:
    same = made.observed().replaced(spend_12m=np.full(600, 5.0))
    row = next(
        t
        for t in texts(pictures.heatmap(same, rating, TIERS, known={"spend_12m"})).split("\n")
        if "all: 5" in t
    )
    assert "spend a year" in row


def test_percentiles_share_ties_and_keep_gaps() -> None:
    assert percentiles([1.0, 2.0, 2.0, np.nan, 5.0]).tolist()[:3] == [0.125, 0.5, 0.5]
    assert np.isnan(percentiles([1.0, np.nan])[1])


def test_radar_has_six_dimensions_with_the_middle_of_all_at_50(
    record: made.Observed, rating: made.Rating
) -> None:
    found = dimensions(record)
    assert len(found) == 6
    assert all(np.nanmean(v) == pytest.approx(0.5) for v in found.values())
    picture = pictures.radar(record, rating, TIERS)
    top = 100 * np.nanmean(found["frequency"][rating.tier == 0])
    assert f"frequency S {top:.0f}," in picture.alt
    blind = record.replaced(satisfaction_last=np.full(len(record), np.nan))
    assert "satisfaction\n(not known)" in texts(pictures.radar(blind, rating, TIERS))


def test_radar_of_an_empty_tier(record: made.Observed, rating: made.Rating) -> None:
    shifted = made.rating(record, tier=np.maximum(rating.tier, 1))
    assert "S  (0)" in texts(pictures.radar(record, shifted, TIERS))


@pytest.mark.parametrize("n", [600, 4000])
def test_value_matrix_names_its_quadrants(n: int) -> None:
    record = made.observed(n)
    words = texts(pictures.value_matrix(record, made.rating(record), TIERS))
    shares = [int(s) for s in re.findall(r"(?:grow|grown|cost): (\d+) %", words)]
    assert len(shares) == 4 and abs(sum(shares) - 100) <= 2
    assert "value today" in words and "potential" in words and "S (" in words
    assert ("customers in a cell" in words) == (n == 4000)


def test_value_matrix_of_a_rating_without_dimensions(record: made.Observed) -> None:
    bare = made.rating(record, dimension_scores=np.full((3, len(record)), np.nan))
    assert "percentile of spend and growth" in texts(pictures.value_matrix(record, bare, TIERS))


# --- moving ---


def test_migration_prints_shares_losses_and_where_it_leads() -> None:
    found = made.some_flows()
    words = texts(pictures.migration(found))
    chain = transition_matrix(found)
    for share in (*chain.matrix.ravel(), *chain.leave, *long_run_shares(chain)):
        assert percent(float(share)) in words
    assert "central 95 % of replications" in words and "depends on its tier" in words.replace("\n", " ")


def test_flow_is_as_wide_as_there_are_customers() -> None:
    from matplotlib.patches import PathPatch

    found = made.some_flows()
    picture = pictures.flow(found)
    widths = [p.get_path().vertices[7, 1] - p.get_path().vertices[0, 1] for p in picture.findobj(PathPatch)
              if len(p.get_path().vertices) == 9]  # fmt: skip
    everybody = found.start.mean(axis=0).sum() + found.joined.mean(axis=0).sum() + found.unrated.mean()
    assert sum(widths) == pytest.approx(everybody)
    assert "A to S 9" in picture.alt and "not rated yet  60" in texts(picture)


def test_a_span_of_several_years_is_named() -> None:
    found = made.some_flows(1)
    longer = Flows(found.tiers, found.counts, found.left, found.joined, found.unrated, found.first, 3.0)
    assert "after 3 years" in texts(pictures.flow(longer))
    assert "replications" not in texts(pictures.migration(longer))


# --- all together ---


def rated(record: made.Observed, rating: made.Rating, previous: object = None) -> SimpleNamespace:
    ids = np.array([f"k{i}" for i in range(len(record))], dtype=object)
    return SimpleNamespace(observed=record, rating=rating, tiers=TIERS, ids=ids, previous=previous)


def test_pictures_of_a_rated_file(record: made.Observed, rating: made.Rating) -> None:
    found = pictures.for_rating(rated(record, rating), known={"spend_12m", "orders_12m", "tenure_weeks"})
    assert list(found) == ["lorenz", "heatmap", "radar", "value_matrix"]
    assert "of spend" in found["lorenz"].alt
    assert all(len(picture.alt) > 40 for picture in found.values())


def test_pictures_since_an_earlier_rating(record: made.Observed, rating: made.Rating) -> None:
    before = {f"k{i}": TIERS[code] for i, code in enumerate(rating.tier[:-5])} | {"gone": "S"}
    before["k0"] = "S" if TIERS[rating.tier[0]] != "S" else "A"
    found = pictures.for_rating(rated(record, rating, SimpleNamespace(tiers=before)))
    assert {"migration", "flow"} <= set(found)
    assert "1 of them in another tier" in texts(found["flow"]) and "S to left 1" in found["flow"].alt


def test_flows_between_two_ratings() -> None:
    found = flows_between(
        {"a": "S", "b": "A", "c": "A", "x": "old name"}, {"a": "S", "b": "S", "d": "A", "x": "A"}, ("S", "A")
    )
    assert found.counts[0].tolist() == [[1, 0], [1, 0]]
    assert found.left[0].tolist() == [0, 1] and found.joined[0].tolist() == [0, 2]


def test_a_picture_is_the_same_bytes_twice_and_shows_itself_with_its_text(record: made.Observed) -> None:
    one, two = (pictures.lorenz(record.spend_12m) for _ in range(2))
    assert one.png() == two.png()
    assert 'alt="Lorenz curve.' in one._repr_html_()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1234.0, "1.2 k"), (-2.5e6, "−2.5 m"), (999.9, "1 k"), (0.24, "0.24"), (14.0, "14"),
     (float("nan"), "–"), (3e9, "3 bn"), (118.0, "118"), (7.04, "7")],
)  # fmt: skip
def test_short_numbers(value: float, shown: str) -> None:
    assert short(value) == shown


def test_names_in_chinese_find_a_font_or_stay_text(record: made.Observed, rating: made.Rating) -> None:
    picture = pictures.flow(made.Flows(("战略", "核心", "潜力", "基础"), *_parts(made.some_flows())))
    assert "战略 to 核心" in picture.alt


def _parts(found: Flows) -> tuple[np.ndarray, ...]:
    return found.counts, found.left, found.joined, found.unrated, found.first
