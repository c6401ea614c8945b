"""Text from data for a cell of a spreadsheet: without what breaks the file."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

CELL_LIMIT = 32_767
"""Characters that a cell of a spreadsheet holds."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: Any) -> str:
    """`text` without what XML forbids, cut to what a cell holds; empty where there is none."""
    if text is None or text is pd.NA or text is pd.NaT or (isinstance(text, float) and np.isnan(text)):
        return ""
    return _ILLEGAL.sub("", str(text))[:CELL_LIMIT]
