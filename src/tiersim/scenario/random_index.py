"""Random index: mean consistency index of reciprocal matrices filled at random from 1/9 to 9, by size.

Tables differ, so that the ratio of one and the same matrix differs between tools: the table is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping

SAATY = (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Sizes 3 to 15, as commonly printed after Saaty (1980), The Analytic Hierarchy Process. From small samples:
size 12 lies below size 11."""

ALONSO_LAMATA = (
    0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551, 1.5713, 1.5838,
)  # fmt: skip
"""Sizes 3 to 15: Alonso and Lamata (2006), Consistency in the analytic hierarchy process: a new approach,
Int. J. of Uncertainty, Fuzziness and Knowledge-Based Systems 14(4), 445-459, as others reprint it. A test
draws them anew."""

TABLES: Mapping[str, tuple[float, ...]] = {"saaty": SAATY, "alonso_lamata": ALONSO_LAMATA}

RandomIndex = str | Mapping[int, float]
"""Name of a table, or values by size."""


def random_index(size: int, table: RandomIndex = "saaty") -> float:
    """Random index for matrices of `size` items; 0 below 3, where every matrix is consistent.

    Raises
    ------
    KeyError : the table has no such size.
    """
    if size < 3:
        return 0.0
    if isinstance(table, Mapping):
        return float(table[size])
    values = TABLES[table]
    if size - 3 >= len(values):
        raise KeyError(size)
    return values[size - 3]
