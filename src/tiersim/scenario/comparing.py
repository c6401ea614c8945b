"""Stated comparisons as matrices: reciprocals filled, and every fault of form found at once (T3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tiersim.scenario.faults import Fault
from tiersim.scenario.fields import nearest
from tiersim.scenario.judgements import Comparison, Expert
from tiersim.scenario.pairwise import RECIPROCAL, Floats, groups, said
from tiersim.scenario.spelling import quoted

OVER = " over "


def expert_matrix(items: Sequence[str], expert: Expert, path: str) -> tuple[Floats, list[Fault]]:
    """What one expert judged: shape (n, n), 1 on the diagonal, nan where nothing was said, and the faults."""
    faults: list[Fault] = []
    matrix = np.full((len(items), len(items)), np.nan)
    if expert.matrix is not None:
        faults += _read_matrix(matrix, items, expert.matrix, f"{path}.matrix")
    for key, value in expert.pairs.items():
        faults += _read_pair(matrix, items, key, value, f"{path}.pairs.{key}")
    np.fill_diagonal(matrix, 1.0)
    if not faults and len(groups(matrix)) == len(items):
        allowed = f"a matrix, or pairs such as {items[0]}{OVER}{items[1]}: 3"
        faults.append((path, "compares nothing", None, allowed, None))
    return matrix, faults


def _read_matrix(
    matrix: Floats, items: Sequence[str], rows: Sequence[Sequence[float | None]], path: str
) -> Iterator[Fault]:
    n = len(items)
    if len(rows) != n or any(len(row) != n for row in rows):
        found = sorted({len(row) for row in rows})
        columns = f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}" if found else "no"
        got = f"{len(rows)} rows of {columns} values"
        yield path, "has another shape than its items", got, f"{n} rows of {n} values", None
        return
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is None:
                continue
            if i == j:
                if value != 1:
                    text = f"compares {items[i]} with itself"
                    yield path, text, said(value), "1 or ~ on the diagonal", None
                continue
            yield from _put(matrix, items, i, j, value, path)


def _read_pair(matrix: Floats, items: Sequence[str], key: str, value: float, path: str) -> Iterator[Fault]:
    parts = key.split(OVER)
    # A name may hold the word itself, so every place to part the key is tried.
    named = [(OVER.join(parts[:at]).strip(), OVER.join(parts[at:]).strip()) for at in range(1, len(parts))]
    known = [pair for pair in named if pair[0] in items and pair[1] in items]
    if known:
        i, j = (items.index(name) for name in known[0])
        if i == j:
            yield path, f"compares {items[i]} with itself", None, None, None
        else:
            yield from _put(matrix, items, i, j, value, path)
    elif len(named) != 1:
        yield path, "is no pair", quoted(key), f"<item>{OVER}<item>, of {', '.join(items)}", None
    else:
        for name in named[0]:
            if name not in items:
                text = f"names {quoted(name)}, which is none of the items"
                yield path, text, None, ", ".join(items), nearest(name, items)


def _put(matrix: Floats, items: Sequence[str], i: int, j: int, value: float, path: str) -> Iterator[Fault]:
    """Set a judgement and its reciprocal; a fault if the pair already has another one."""
    before = matrix[i, j]
    if np.isnan(before):
        matrix[i, j], matrix[j, i] = value, 1 / value
    elif abs(before / value - 1) > RECIPROCAL:
        text = (
            f"judges one pair in two ways: {items[j]}{OVER}{items[i]} {said(float(matrix[j, i]))} means "
            f"{items[i]}{OVER}{items[j]} {said(float(before))}"
        )
        allowed = f"{said(float(before))}; or leave one of the two empty, it is filled in"
        yield path, text, said(value), allowed, None


def item_faults(comparison: Comparison, path: str) -> Iterator[Fault]:
    """Items that stand twice."""
    for i, name in enumerate(comparison.items):
        if name in comparison.items[:i]:
            yield f"{path}.items.{i}", f"has {name} twice", None, None, None


def combined(matrices: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Weighted geometric mean of the experts' judgements, shape (n, n); each pair over those who judged it.

    Reciprocal matrices give a reciprocal one (Aczel and Saaty 1983); nan where nobody judged.
    """
    logs = np.array([np.log(matrix) for matrix in matrices.values()])
    shares = np.array([weights[name] for name in matrices])[:, None, None] * ~np.isnan(logs)
    total = shares.sum(axis=0)
    mean = (shares * np.where(np.isnan(logs), 0.0, logs)).sum(axis=0)
    return np.where(total > 0, np.exp(mean / np.where(total > 0, total, 1.0)), np.nan)


def parts_apart(items: Sequence[str], matrix: Floats) -> str | None:
    """What keeps the items apart, in words; ``None`` where a chain of comparisons joins all."""
    found = groups(matrix)
    if len(found) == 1:
        return None
    alone = [items[group[0]] for group in found if len(group) == 1]
    if alone:
        return f"nobody compares {' or '.join(alone)} with another item"
    first, second = ([items[i] for i in group] for group in found[:2])
    return f"no chain of comparisons joins {', '.join(first)} with {', '.join(second)}"
