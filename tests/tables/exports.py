"""Small exports for tests: files written for one test, and their reader with a fixed today."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tiersim.tables import Export, read_export

TODAY = date(2025, 12, 31)
HEAD = "customer,date,amount,order id\n"


def text_file(folder: Path, text: str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read(source: Any, **given: Any) -> Export:
    return read_export(source, **({"today": TODAY} | given))


def findings(export: Export) -> dict[str, int]:
    """Key of each finding and its count."""
    return {finding.key: finding.count for finding in export.quality.findings}


def spent(export: Export) -> list[float]:
    """Net money of each customer in all lines that count."""
    assert export.orders is not None
    return np.bincount(export.orders["customer"], export.orders["amount"], len(export.ids)).tolist()


def ordered(export: Export) -> list[float]:
    """Orders of each customer in all lines that count."""
    assert export.orders is not None
    return np.bincount(export.orders["customer"], export.orders["order"], len(export.ids)).tolist()
