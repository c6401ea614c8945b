"""Chains made by hand have closed forms; flows from a run's tables add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tiersim.rating.migration import (
    Chain,
    Flows,
    MigrationError,
    flows,
    long_run_shares,
    transition_matrix,
    years_in_tier,
    years_to_come,
)


def chain(matrix: list[list[float]], enter: list[float] | None = None, years: float = 1.0) -> Chain:
    rows = np.array(matrix)
    names = tuple("SABC"[: len(rows)])
    first = np.array(enter if enter is not None else [0.0] * (len(rows) - 1) + [1.0])
    return Chain(names, rows, 1.0 - rows.sum(axis=1), first, years)


@pytest.mark.parametrize(("up", "down"), [(0.1, 0.3), (0.02, 0.02), (0.5, 0.01)])
def test_two_tiers_without_losses_settle_at_the_ratio_of_their_moves(up: float, down: float) -> None:
    found = long_run_shares(chain([[1 - down, down], [up, 1 - up]]))
    assert found == pytest.approx([up / (up + down), down / (up + down)], abs=1e-12)


def test_two_tiers_with_arrivals_have_a_closed_form() -> None:
    # x1 = .8 x1 + .1 x2, x2 = .1 x1 + .7 x2 + 1: x2 = 2 x1, so .2 x1 = .1 x2 holds and x2 (.3 - .05) = 1.
    made = chain([[0.8, 0.1], [0.1, 0.7]], enter=[0.0, 1.0])
    assert long_run_shares(made) == pytest.approx([1 / 3, 2 / 3], abs=1e-12)
    # All who enter at the top: by symmetry of the algebra x1 (.2 - .1 / 3) = 1, x2 = x1 / 3.
    assert long_run_shares(chain([[0.8, 0.1], [0.1, 0.7]], enter=[1.0, 0.0])) == pytest.approx([0.75, 0.25])


def test_replacing_every_leaver_gives_the_same_shares_as_steady_arrivals() -> None:
    made = chain([[0.7, 0.2, 0.0], [0.1, 0.6, 0.2], [0.0, 0.1, 0.7]], enter=[0.1, 0.2, 0.7])
    closed = made.matrix + np.outer(made.leave, made.enter)
    found = long_run_shares(made)
    assert found @ closed == pytest.approx(found, abs=1e-12)


def test_long_run_shares_are_where_many_steps_lead() -> None:
    made = chain([[0.7, 0.2, 0.05], [0.1, 0.6, 0.2], [0.02, 0.1, 0.7]], enter=[0.1, 0.2, 0.7])
    customers = np.array([100.0, 0.0, 0.0])
    for _ in range(400):
        customers = customers @ made.matrix + 10 * made.enter
    assert long_run_shares(made) == pytest.approx(customers / customers.sum(), abs=1e-12)


def test_shares_that_depend_on_the_start_are_refused() -> None:
    with pytest.raises(MigrationError, match="more than one group"):
        long_run_shares(chain([[1.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(MigrationError, match="gather"):
        long_run_shares(chain([[1.0, 0.0], [0.2, 0.7]]))


def test_a_tier_all_end_in_holds_everybody() -> None:
    assert long_run_shares(chain([[0.5, 0.5], [0.0, 1.0]])) == pytest.approx([0.0, 1.0], abs=1e-12)


def test_stays_are_geometric() -> None:
    made = chain([[0.75, 0.25], [0.5, 0.5]], years=0.25)
    assert years_in_tier(made) == pytest.approx([1.0, 0.5])
    assert years_in_tier(chain([[1.0, 0.0], [0.2, 0.7]]))[0] == np.inf


def test_years_to_come_are_the_sum_of_all_powers() -> None:
    made = chain([[0.7, 0.2, 0.05], [0.1, 0.6, 0.2], [0.02, 0.1, 0.7]])
    power, total = np.eye(3), np.zeros((3, 3))
    for _ in range(2000):
        total, power = total + power, power @ made.matrix
    assert years_to_come(made) == pytest.approx(total, abs=1e-9)


def test_years_to_come_where_a_tier_is_never_left() -> None:
    # C is never left; S falls to C or leaves, a half each: one year in S, then C for ever or gone.
    years = years_to_come(chain([[0.0, 0.5], [0.0, 1.0]]))
    assert years.tolist() == [[1.0, np.inf], [0.0, np.inf]]


# --- flows of a run ---


def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two tiers and a year: 10 in S and 20 in C; of S two fell in mid-year and one of these left, one fell
    on the last day; of C three left and one rose. Four newcomers: one rated C, one S on the last day."""
    quarters = ["2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4"]
    rows = [
        # cohort, tier0, tier_now, active at the end of the fourth quarter, before that day's review
        ("start", "S", "S", 8),
        ("start", "S", "C", 1),
        ("start", "C", "C", 16),
        ("start", "C", "S", 1),
        ("new", "C", "C", 1),
        ("new", "new", "new", 3),
    ]
    kpis = pd.DataFrame(rows, columns=["cohort", "tier0", "tier_now", "active"])
    kpis = pd.concat([kpis.assign(quarter=q, replication=0) for q in quarters], ignore_index=True)
    kpis["quarter"] = pd.Categorical(kpis["quarter"], quarters, ordered=True)
    moves = pd.DataFrame(
        [
            (26, 1, "S", "C", "S", 1),
            (26, 2, "S", "C", "S", 1),
            (26, 30, "C", "S", "C", 1),
            (39, 40, "new", "C", "C", 1),
            (52, 3, "S", "C", "S", 1),
            (52, 41, "new", "S", "S", 1),
            (52, 4, "S", "C", "S", 0),  # had left unseen: still rated, but not there
            (52, 40, "C", "S", "C", 1),
            (65, 5, "S", "C", "S", 1),  # after the span
        ],
        columns=["week", "birth", "from_tier", "to_tier", "tier0", "true_active"],
    ).assign(replication=0)
    start = pd.DataFrame({"replication": 0, "tier": ["S", "C"], "customers": [10.0, 20.0]})
    return kpis, moves, start


def test_flows_of_a_year_add_up() -> None:
    found = flows(*tables(), tiers=("S", "C"))
    assert found.counts[0].tolist() == [[7.0, 2.0], [1.0, 16.0]]
    assert found.left[0].tolist() == [1.0, 3.0]
    assert found.joined[0].tolist() == [2.0, 0.0]
    assert found.unrated.tolist() == [2.0]
    assert found.start[0].tolist() == [10.0, 20.0]
    made = transition_matrix(found)
    assert made.matrix.tolist() == [[0.7, 0.2], [0.05, 0.8]]
    assert made.leave == pytest.approx([0.1, 0.15])
    assert made.enter.tolist() == [0.5, 0.5]


def test_an_empty_tier_keeps_its_place() -> None:
    kpis, moves, start = tables()
    found = flows(kpis, moves, start, tiers=("S", "A", "C"))
    made = transition_matrix(found)
    assert made.matrix[1].tolist() == [0.0, 1.0, 0.0] and made.leave[1] == 0.0


def test_sums_and_short_runs_are_refused() -> None:
    kpis, moves, start = tables()
    with pytest.raises(MigrationError, match="table moves has no week, birth"):
        flows(kpis, moves.drop(columns=["week", "birth"]), start, tiers=("S", "C"))
    with pytest.raises(MigrationError, match="4 quarters"):
        flows(kpis, moves, start, tiers=("S", "C"), quarters=5)


def test_a_tier_that_nobody_holds_or_comes_to_leaves_the_others_their_long_run_shares() -> None:
    """As by thresholds that no customer reaches."""
    moves = np.array([[0, 0, 0], [0, 8, 1], [0, 3, 15]], float)
    for left, came in (([0, 1, 2], [0, 1, 4]), ([0, 0, 0], [0, 0, 0])):
        zero = np.zeros((1, 3))
        whole = Flows(tuple("SAB"), moves[None], np.array([left], float), zero, np.zeros(1),
                      np.array([came], float))  # fmt: skip
        part = Flows(tuple("AB"), moves[None, 1:, 1:], np.array([left[1:]], float), zero[:, 1:], np.zeros(1),
                     np.array([came[1:]], float))  # fmt: skip
        shares = long_run_shares(transition_matrix(whole))
        assert shares[0] == 0.0
        assert shares[1:] == pytest.approx(long_run_shares(transition_matrix(part)), rel=1e-12)
    # One that customers do come to keeps those who came, as nobody can tell how they would leave.
    moves[1, 0] = 1.0
    with pytest.raises(MigrationError, match="never left"):
        long_run_shares(transition_matrix(Flows(tuple("SAB"), moves[None], np.array([[0.0, 1, 2]]), zero,
                                                np.zeros(1), zero)))  # fmt: skip
