"""Published worked examples of comparisons in pairs come out to their printed digits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tiersim.rating.ahp import priorities, random_index
from tiersim.scenario.random_index import ALONSO_LAMATA, SAATY

NAN = float("nan")

DRINKS = ("coffee", "wine", "tea", "beer", "soda", "milk", "water")
DRINK_JUDGEMENTS = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]

SCALE = [1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)]


def over(items: str, judged: dict[str, float]) -> np.ndarray:
    """Matrix of one-letter items from judgements such as ``{"ab": 3}``: a over b is 3."""
    matrix = np.full((len(items), len(items)), NAN)
    for (first, second), value in judged.items():
        matrix[items.index(first), items.index(second)] = value
    return matrix


def test_saaty_2008_drink_consumption() -> None:
    """Saaty (2008), Decision making with the analytic hierarchy process, Int. J. Services Sciences 1."""
    found = priorities(DRINK_JUDGEMENTS, items=DRINKS)
    printed = {
        "water": 0.327,
        "soda": 0.190,
        "coffee": 0.177,
        "milk": 0.129,
        "beer": 0.116,
        "tea": 0.042,
        "wine": 0.019,
    }
    assert {name: round(float(w), 3) for name, w in zip(DRINKS, found.weights, strict=True)} == printed
    assert round(found.lambda_max, 5) == 7.17663
    assert round(found.consistency_ratio, 3) == 0.022
    assert found.random_index == 1.32


def test_saaty_2005_city_to_live_in() -> None:
    """Saaty (2005), Theory and Applications of the Analytic Network Process; judgements and result as in
    AHPy's tests.

    c, f, h, j, t: culture, family, housing, jobs, transport; b, o, p, s: Bethesda, Boston, Pittsburgh, Santa
    Fe.
    """
    goal = {"ch": 3, "ct": 5, "fc": 5, "fh": 7, "ft": 7, "ht": 3, "jc": 2, "jh": 4, "jt": 7, "fj": 1}
    under = {
        "c": {"bp": 1, "ob": 2, "op": 2.5, "os": 1, "sb": 2, "sp": 2.5},
        "f": {"bo": 2, "bs": 4, "os": 2, "pb": 3, "po": 8, "ps": 9},
        "h": {"bo": 5, "bs": 2.5, "pb": 2, "po": 9, "ps": 7, "so": 4},
        "j": {"bp": 3, "bs": 4, "ob": 2, "op": 6, "os": 8, "ps": 1},
        "t": {"bo": 1.5, "bs": 4, "os": 2.5, "pb": 2, "po": 3.5, "ps": 9},
    }
    criteria = priorities(over("cfhjt", goal)).weights
    cities = np.array([priorities(over("bops", judged)).weights for judged in under.values()])
    assert (criteria @ cities).round(3).tolist() == [0.229, 0.275, 0.385, 0.111]


def test_harker_example_of_three_items() -> None:
    """Harker's example in the manual of Super Decisions, on incomplete comparisons: its right eigenvector."""
    found = priorities([[1, 2, 3], [1 / 2, 1, 2], [1 / 3, 1 / 2, 1]])
    # 0.53961455 is printed as 0.5396145: cut after seven digits, so to one unit of the last.
    assert np.abs(found.eigenvector - [0.5396145, 0.2969613, 0.1634241]).max() < 1e-7


def test_bozoki_fulop_ronyai_2010_missing_judgement() -> None:
    """Bozoki, Fulop, Ronyai (2010), On optimal completion of incomplete pairwise comparison matrices,
    Mathematical and Computer Modelling 52, 318-333, example 3: van Uden's rule gives 0.73029674334.

    With one gap in four items that rule is logarithmic least squares. The completion of smallest eigenvalue
    prints the same to six digits, 0.730296; Harker's is another rule and need not.
    """
    judged = [[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, None], [1 / 2, 1 / 4, None, 1]]
    found = priorities(judged, "geometric_mean")
    assert found.gaps == 1
    assert round(float(found.completed[2, 3]), 11) == 0.73029674334


def test_random_index_of_three_items_is_exact() -> None:
    """All 17^3 matrices of three items: lambda = 1 + t + 1/t with t the cube root of a_12 a_23 / a_13."""
    a, b, c = (np.array(column) for column in zip(*itertools.product(SCALE, repeat=3), strict=True))
    t = np.cbrt(a * b / c)
    assert round(float(((t + 1 / t - 2) / 2).mean()), 4) == ALONSO_LAMATA[0]


@pytest.mark.slow
@pytest.mark.parametrize("size", range(4, 16))
def test_random_indices_are_means_of_random_matrices(size: int) -> None:
    """Alonso and Lamata's table within four standard errors of 20,000 matrices; Saaty's at size 12 is off."""
    draws = np.random.default_rng(size)
    upper = np.triu_indices(size, 1)
    matrix = np.ones((20_000, size, size))
    matrix[:, *upper] = draws.choice(SCALE, (20_000, len(upper[0])))
    matrix[:, upper[1], upper[0]] = 1 / matrix[:, *upper]
    vector = np.full((20_000, size), 1 / size)
    for _ in range(60):
        vector = np.einsum("rij,rj->ri", matrix, vector)
        lambda_max = vector.sum(axis=1)
        vector /= lambda_max[:, None]
    index = (lambda_max - size) / (size - 1)
    error = index.std() / np.sqrt(len(index))
    assert abs(index.mean() - ALONSO_LAMATA[size - 3]) < 4 * error
    assert abs(index.mean() - SAATY[size - 3]) < 0.06
    if size == 12:
        assert abs(index.mean() - SAATY[size - 3]) > 20 * error


def test_tables_of_random_indices_as_printed() -> None:
    assert [random_index(n) for n in range(1, 11)] == [
        0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49,
    ]  # fmt: skip
    assert len(SAATY) == len(ALONSO_LAMATA) == 13
    assert random_index(3, {3: 0.5}) == 0.5
    with pytest.raises(KeyError):
        random_index(16)
    with pytest.raises(KeyError):
        random_index(4, {3: 0.5})


def test_the_ratio_depends_on_the_table() -> None:
    spread = priorities(DRINK_JUDGEMENTS).consistency_index
    assert priorities(DRINK_JUDGEMENTS, index="alonso_lamata").consistency_ratio == spread / 1.3417
    assert priorities(DRINK_JUDGEMENTS, index={7: 2.0}).consistency_ratio == spread / 2


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_ahpy(seed: int) -> None:
    """An independent implementation on random full matrices: priorities, and the ratio with its own index."""
    ahpy = pytest.importorskip("ahpy", reason="the extra 'oracles' is not installed")
    draws = np.random.default_rng(seed)
    size = 3 + seed % 7
    names = [f"x{i}" for i in range(size)]
    matrix = np.full((size, size), NAN)
    judged = {}
    for i, j in itertools.combinations(range(size), 2):
        matrix[i, j] = judged[names[i], names[j]] = float(draws.choice(SCALE))
    other = ahpy.Compare("random", judged, precision=6, random_index="saaty", tolerance=1e-12)
    found = priorities(matrix, items=names)
    theirs = np.array([other.local_weights[name] for name in names])
    assert np.abs(found.weights - theirs).max() < 1e-6  # printed to six digits
    # What AHPy calls Saaty's index is a later table of his; only the ratio depends on it.
    index = {3: 0.52, 4: 0.89, 5: 1.11, 6: 1.25, 7: 1.35, 8: 1.40, 9: 1.45}[size]
    assert abs(found.consistency_index / index - other.consistency_ratio) < 1e-6
