"""Formulas of a table's columns: as a spreadsheet writes them, and their results."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

ABOVE = "above"
"""In a formula, the cell above in the same column; 0 in the first row."""

_NAME = re.compile(r"\{(\w+)\}")
_OPERATIONS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def names(formula: str) -> set[str]:
    """Keys of the columns that a formula reads, without the cell above."""
    return set(_NAME.findall(formula)) - {ABOVE}


def written(formula: str, places: Mapping[str, str]) -> str:
    """The formula with addresses in place of names.

    >>> written("{plan} - {today}", {"plan": "C5", "today": "B5"})
    '=C5-B5'
    """
    return "=" + _NAME.sub(lambda found: places[found[1]], formula).replace(" ", "")


def result(formula: str, values: Mapping[str, float]) -> float:
    """What a spreadsheet computes for it: sums, differences, products and quotients of columns.

    Raises
    ------
    ValueError : the formula holds something else.

    >>> result("{above} + {gain}", {"above": 2.0, "gain": 0.5})
    2.5
    """
    tree = ast.parse(_NAME.sub(r"\1", formula), mode="eval")
    return _value(tree.body, values, formula)


def _value(node: ast.expr, values: Mapping[str, float], formula: str) -> float:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = (_value(side, values, formula) for side in (node.left, node.right))
        return _OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, values, formula)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    raise ValueError(f"{formula!r} is no formula of a column: only + - * / of columns are")
