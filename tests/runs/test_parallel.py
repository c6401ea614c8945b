"""The seam: order, errors and interruptions do not depend on who works."""

from __future__ import annotations

import time

import pytest

from tiersim.runs.parallel import map_pieces


def slow_first(x):
    time.sleep(0.05 if x == 0 else 0.0)
    return x * x


def fails_at_three(x):
    if x == 3:
        raise ValueError("three")
    return x


@pytest.mark.parametrize(("workers", "threads"), [(1, False), (2, True), (2, False)])
def test_results_come_in_the_order_of_the_pieces(workers, threads):
    import builtins

    told, kept = [], []
    fn = slow_first if threads or workers == 1 else builtins.abs
    found = map_pieces(
        fn,
        list(range(6)),
        workers,
        lambda done, total: told.append((done, total)),
        threads=threads,
        size=lambda _: 2,
        done=lambda number, result: kept.append((number, result)),
    )
    assert found == [fn(x) for x in range(6)]
    assert told == [(2 * n, 12) for n in range(1, 7)]
    assert sorted(kept) == list(enumerate(found))


@pytest.mark.parametrize(("workers", "threads"), [(1, False), (2, True)])
def test_an_error_ends_the_work_and_reaches_the_caller(workers, threads):
    kept = []
    with pytest.raises(ValueError, match="three"):
        map_pieces(
            fails_at_three, list(range(50)), workers, False, threads=threads,
            done=lambda number, _: kept.append(number),
        )  # fmt: skip
    assert 3 not in kept


def test_nothing_to_do_is_no_work():
    assert map_pieces(slow_first, [], 2) == []


def test_quiet_where_stderr_is_no_terminal(capsys):
    map_pieces(slow_first, list(range(4)), 1)
    assert capsys.readouterr() == ("", "")
