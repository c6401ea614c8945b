"""Weights from comparisons in pairs: properties, experts, gaps, consistency, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.errors import ScenarioError
from tiersim.rating.ahp import from_scenario, priorities, report_lines
from tiersim.rating.ahp_report import consistency_table, weights_table
from tiersim.scenario.judgements import Ahp

NAN = float("nan")
THREE = ["value", "potential", "relationship"]
METHODS = ("eigenvector", "geometric_mean")


def ahp(experts: dict, items: list[str] = THREE, at: str = "dimensions", **settings) -> Ahp:
    comparison = {"items": items, "experts": experts}
    tree = {"dimensions": comparison} if at == "dimensions" else {"within": {at: comparison}}
    return Ahp.model_validate(tree | settings)


def problems(section: Ahp) -> list:
    with pytest.raises(ScenarioError) as caught:
        from_scenario(section, "rating.ahp")
    return caught.value.problems


weights_drawn = st.lists(st.floats(0.2, 1.0), min_size=2, max_size=9).map(
    lambda drawn: np.array(drawn) / sum(drawn)
)


@st.composite
def judged(draw, low: int = 3, high: int = 7) -> np.ndarray:
    n = draw(st.integers(low, high))
    matrix = np.ones((n, n))
    for i in range(n):
        for j in range(i):
            matrix[i, j] = draw(st.sampled_from([1 / 9, 1 / 5, 1 / 3, 1 / 2, 1.0, 2.0, 4.0, 9.0]))
            matrix[j, i] = 1 / matrix[i, j]
    return matrix


@given(weights_drawn)
def test_a_consistent_matrix_gives_the_weights_it_came_from(weights: np.ndarray) -> None:
    found = priorities(weights[:, None] / weights[None, :])
    for method in METHODS:
        assert np.allclose(getattr(found, method), weights, rtol=1e-9, atol=0)
    assert found.consistency_ratio < 1e-9
    assert found.worst_triad is None


@given(judged(), st.randoms(use_true_random=False))
def test_names_in_another_order_have_the_same_weights(matrix: np.ndarray, random) -> None:
    order = list(range(len(matrix)))
    random.shuffle(order)
    first, second = priorities(matrix), priorities(matrix[order][:, order])
    for method in METHODS:
        assert np.allclose(getattr(first, method)[order], getattr(second, method), rtol=1e-9, atol=0)
    assert first.consistency_ratio == pytest.approx(second.consistency_ratio, rel=1e-8, abs=1e-12)
    if first.worst_triad is not None:
        gap = [abs(np.log(f.worst_triad.consistent / f.worst_triad.direct)) for f in (first, second)]
        assert gap[0] == pytest.approx(gap[1], abs=1e-8)


@given(judged())
def test_turned_judgements_turn_the_weights_of_the_geometric_mean(matrix: np.ndarray) -> None:
    """The eigenvector lacks this property (right-left asymmetry); its eigenvalue has it."""
    there, back = priorities(matrix), priorities(matrix.T)
    turned = 1 / there.geometric_mean
    assert np.allclose(back.geometric_mean, turned / turned.sum(), rtol=1e-9, atol=0)
    assert back.lambda_max == pytest.approx(there.lambda_max, rel=1e-9)


@given(judged(3, 3))
def test_both_methods_agree_on_three_items(matrix: np.ndarray) -> None:
    found = priorities(matrix)
    assert np.allclose(found.eigenvector, found.geometric_mean, rtol=1e-9, atol=0)


@given(weights_drawn, st.data())
def test_gaps_in_consistent_judgements_change_nothing(weights: np.ndarray, data) -> None:
    matrix = weights[:, None] / weights[None, :]
    n = len(weights)
    # A chain keeps all joined; any other pair may be left out.
    for i in range(n):
        for j in range(i - 1):
            if data.draw(st.booleans()):
                matrix[i, j] = matrix[j, i] = NAN
    found = priorities(matrix)
    for method in METHODS:
        assert np.allclose(getattr(found, method), weights, rtol=1e-8, atol=0)
    assert found.gaps == int(np.isnan(matrix).sum()) // 2
    assert found.consistency_ratio < 1e-8
    assert np.allclose(found.completed, weights[:, None] / weights[None, :], rtol=1e-8)


@given(judged(4, 6))
def test_the_eigenvalue_with_gaps_is_that_of_the_completed_matrix(matrix: np.ndarray) -> None:
    matrix[0, 2] = matrix[2, 0] = NAN
    found = priorities(matrix)
    assert found.lambda_max == pytest.approx(priorities(found.completed).lambda_max, rel=1e-9)
    assert found.lambda_max >= len(matrix) - 1e-9


def test_two_items_are_always_consistent() -> None:
    found = priorities([[1, 9], [None, 1]])
    assert found.weights.tolist() == pytest.approx([0.9, 0.1], abs=1e-12)
    assert (found.consistency_ratio, found.random_index, found.worst_triad) == (0.0, 0.0, None)


def test_the_worst_triad_is_told_in_words() -> None:
    found = priorities([[1, 3, 1 / 2], [NAN, 1, 5], [NAN, NAN, 1]], items=THREE)
    assert found.contradiction == (
        "value over potential 3, potential over relationship 5, but value over relationship 1/2; "
        "consistent would be 15"
    )


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1, 2]], "square"),
        ([[2, 2], [0.5, 1]], "diagonal"),
        ([[1, 0], [NAN, 1]], "above 0"),
        ([[1, -3], [NAN, 1]], "above 0"),
        ([[1, 3], [0.33, 1]], "reciprocal"),
        ([[1, 3, NAN], [NAN, 1, NAN], [NAN, NAN, 1]], "no chain"),
    ],
)
def test_an_array_of_another_form_is_refused(matrix: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        priorities(matrix)


def test_a_full_matrix_and_its_pairs_say_the_same() -> None:
    rows = [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]]
    pairs = {"value over potential": 3, "value over relationship": 5, "relationship over potential": "1/2"}
    first = from_scenario(ahp({"sales": {"matrix": rows}}))
    second = from_scenario(ahp({"sales": {"pairs": pairs}}))
    assert first.dimension_weights == second.dimension_weights
    assert sum(first.dimension_weights.values()) == pytest.approx(1, abs=1e-12)
    assert list(first.dimension_weights) == THREE


def test_a_name_may_hold_the_word_over() -> None:
    pairs = {"spend over time over orders": 4}
    found = from_scenario(ahp({"sales": {"pairs": pairs}}, ["spend over time", "orders"], "value"))
    assert found.within["value"] == pytest.approx({"spend over time": 0.8, "orders": 0.2})
    assert found.dimension_weights is None


TWO = {
    "sales": {"weight": 3, "pairs": {"value over potential": 4, "potential over relationship": 1}},
    "service": {"weight": 1, "pairs": {"value over potential": "1/4", "potential over relationship": 2}},
}


def test_judgements_are_combined_by_their_weighted_geometric_mean() -> None:
    found = from_scenario(ahp(TWO)).comparisons["dimensions"]
    matrix = found.group.matrix
    assert matrix[0, 1] == pytest.approx(4 ** (3 / 4) * 4 ** (-1 / 4), rel=1e-12)
    assert matrix[1, 2] == pytest.approx(2 ** (1 / 4), rel=1e-12)
    assert np.isnan(matrix[0, 2])
    assert np.nanmax(np.abs(matrix * matrix.T - 1)) < 1e-12


def test_priorities_are_combined_by_their_weighted_geometric_mean() -> None:
    found = from_scenario(ahp(TWO, combine="priorities"))
    compared = found.comparisons["dimensions"]
    assert compared.group is None
    # By hand: 4:1:1 thrice, and 1/4 : 1 : 1/2 once.
    expected = np.array([4 ** (3 / 4) * 0.25**0.25, 1.0, 0.5**0.25])
    assert np.allclose(compared.weights, expected / expected.sum(), rtol=1e-12)
    assert "no ratio of all together" in found.describe()


def test_combining_judgements_and_priorities_agree_for_the_geometric_mean_of_full_matrices() -> None:
    """Known identity: row geometric means commute with geometric means over experts."""
    experts = {
        "a": {"weight": 2, "matrix": [[1, 3, 5], [None, 1, 2], [None, None, 1]]},
        "b": {"weight": 1, "matrix": [[1, 2, 2], [None, 1, 1], [None, None, 1]]},
    }
    both = [
        from_scenario(ahp(experts, method="geometric_mean", combine=combine))
        .comparisons["dimensions"]
        .weights
        for combine in ("judgements", "priorities")
    ]
    assert np.allclose(*both, rtol=1e-12, atol=0)


def test_a_pair_counts_by_those_who_judged_it() -> None:
    experts = {
        "sales": {"weight": 5, "pairs": {"value over potential": 2}},
        "service": {"weight": 1, "pairs": {"potential over relationship": 3}},
    }
    found = from_scenario(ahp(experts))
    assert found.dimension_weights == pytest.approx({"value": 0.6, "potential": 0.3, "relationship": 0.1})
    assert [len(expert.parts[0].items) for expert in found.comparisons["dimensions"].experts] == [2, 2]


CYCLE = {
    "pairs": {"value over potential": 3, "potential over relationship": 5, "value over relationship": "1/2"}
}


def test_a_contradiction_is_refused_with_its_triad() -> None:
    (problem,) = problems(ahp({"sales": CYCLE}))
    assert problem.path == "rating.ahp.dimensions.experts.sales.pairs"
    assert "value over relationship 1/2; consistent would be 15" in problem.message
    assert problem.got == "consistency ratio 1.23"
    assert "rating.ahp.allow_inconsistent" in problem.allowed


def test_a_contradiction_may_be_accepted_and_is_told() -> None:
    found = from_scenario(ahp({"sales": CYCLE}, allow_inconsistent=True))
    compared = found.comparisons["dimensions"]
    assert not compared.accepted
    assert any("above 0.1 and accepted by the scenario" in line for line in report_lines(found))
    assert from_scenario(ahp({"sales": CYCLE}, limit=2)).comparisons["dimensions"].accepted


def test_experts_who_contradict_only_together_are_refused() -> None:
    experts = {
        "sales": {"pairs": {"value over potential": 5, "potential over relationship": 5}},
        "service": {"pairs": {"relationship over value": 2}},
    }
    (problem,) = problems(ahp(experts))
    assert problem.path == "rating.ahp.dimensions"
    assert "all experts together" in problem.message


def test_a_contradiction_without_a_whole_triad_names_a_judgement() -> None:
    items = ["a", "b", "c", "d"]
    pairs = {"a over b": 3, "b over c": 3, "c over d": 3, "d over a": 3}
    (problem,) = problems(ahp({"x": {"pairs": pairs}}, items, "value"))
    assert "but all comparisons together make it 1.00" in problem.message


@pytest.mark.parametrize(
    ("experts", "path", "words"),
    [
        ({"a": {}}, "dimensions.experts.a", "compares nothing"),
        ({"a": {"pairs": {"value over potential": 2}}}, "dimensions", "nobody compares relationship"),
        ({"a": {"matrix": [[1, 2], [0.5, 1]]}}, "dimensions.experts.a.matrix", "another shape"),
        ({"a": {"matrix": [[1, 2, 2], [1, 1, 1], [0.5, 1, 1]]}}, "dimensions.experts.a.matrix", "two ways"),
        ({"a": {"matrix": [[1, 2, 2], [0.5, 3, 1], [0.5, 1, 1]]}}, "dimensions.experts.a.matrix", "itself"),
        (
            {"a": {"pairs": {"value over potental": 2}}},
            "dimensions.experts.a.pairs.value over potental",
            "none of the items",
        ),
        ({"a": {"pairs": {"value": 2}}}, "dimensions.experts.a.pairs.value", "is no pair"),
        (
            {"a": {"pairs": {"value over value": 2}}},
            "dimensions.experts.a.pairs.value over value",
            "with itself",
        ),
        (
            {"a": {"pairs": {"value over potential": 2, "potential over value": 2}}},
            "dimensions.experts.a.pairs.potential over value",
            "two ways",
        ),
    ],
)
def test_each_fault_of_form_has_its_path(experts: dict, path: str, words: str) -> None:
    (problem,) = problems(ahp(experts))
    assert problem.path == f"rating.ahp.{path}"
    assert words in problem.message


def test_two_groups_that_no_judgement_joins_are_named() -> None:
    pairs = {"a over b": 2, "c over d": 2}
    (problem,) = problems(ahp({"x": {"pairs": pairs}}, ["a", "b", "c", "d"], "value"))
    assert "joins a, b with c, d" in problem.message


def test_combining_priorities_needs_every_expert_to_join_all() -> None:
    experts = {
        "sales": {"pairs": {"value over potential": 2}},
        "service": {"pairs": {"value over potential": 2, "potential over relationship": 2}},
    }
    (problem,) = problems(ahp(experts, combine="priorities"))
    assert problem.path == "rating.ahp.dimensions.experts.sales"
    assert "does not compare relationship" in problem.message


def test_a_random_index_without_the_size_is_refused() -> None:
    pairs = {"value over potential": 2, "potential over relationship": 2}
    (problem,) = problems(ahp({"a": {"pairs": pairs}}, random_index={4: 0.9}))
    assert problem.path == "rating.ahp.random_index"
    assert "no value for 3 items" in problem.message


def test_the_dimensions_are_the_three_and_each_once() -> None:
    (problem,) = problems(ahp({"a": {"pairs": {"value over growth": 2}}}, ["value", "growth"]))
    assert problem.path == "rating.ahp.dimensions.items"
    assert problems(ahp({"a": {"pairs": {"x over y": 2}}}, ["x", "y", "x"], "value"))[0].path.endswith(
        "items.2"
    )
    (problem,) = problems(Ahp())
    assert problem.message == "compares nothing"


def test_within_weights_match_the_scored_indicators() -> None:
    found = from_scenario(ahp({"a": {"pairs": {"spend over orders": 3}}}, ["spend", "orders"], "value"), "p")
    assert found.within_weights("value", ["orders", "spend"]).tolist() == pytest.approx([0.25, 0.75])
    assert found.within_weights("potential", ["growth"]) is None
    with pytest.raises(ScenarioError) as caught:
        found.within_weights("value", ["order", "spend"])
    assert [problem.path for problem in caught.value.problems] == ["p.within.value.items"] * 2
    assert caught.value.problems[0].nearest == "order"


def test_reports_give_both_methods_every_expert_and_the_gaps() -> None:
    found = from_scenario(ahp(TWO))
    text = found.describe()
    for words in (
        "eigenvector",
        "row geometric mean",
        "sales (weight 0.75)",
        "1 pair was not compared",
        "Saaty's",
    ):
        assert words in text
    table = weights_table(found)
    assert table.groupby("comparison").weight.sum().tolist() == pytest.approx([1.0])
    assert consistency_table(found).expert.tolist() == ["sales", "service", "all together"]
    assert "<table" in found._repr_html_()


def test_names_are_escaped_in_notebooks() -> None:
    items = ["<b>x</b>", "y"]
    found = from_scenario(ahp({"<i>": {"pairs": {"y over <b>x</b>": 2}}}, items, "value"))
    assert "<b>" not in found._repr_html_() and "<i>" not in found._repr_html_()


def test_results_cannot_be_changed() -> None:
    found = from_scenario(ahp(TWO)).comparisons["dimensions"]
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0] = 1
    with pytest.raises(AttributeError):
        found.path = "x"
