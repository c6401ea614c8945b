"""What was found while an export was read: counts, examples, refused rows. Nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiersim.tables.wordings import reason, sentence

Severity = Literal["info", "warning", "refused"]
SEVERITIES: tuple[Severity, ...] = ("refused", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing found: `key` of its text, how often, one example (with its line where there is one)."""

    severity: Severity
    key: str
    count: int
    example: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The finding in words, in English or Chinese."""
        return sentence(self.key, lang).format(**self.values)


@dataclass
class Quality:
    """Summary of the data of one export.

    Parameters
    ----------
    rows_read : rows of the file below its header.
    rows_used, customers : rows that count, customers that they make.
    first, last : period covered by valid dates; ``None`` without dates.
    missing : share of empty cells by canonical column, of all rows.
    findings : in the order they were found.
    """

    rows_read: int = 0
    rows_used: int = 0
    customers: int = 0
    first: date | None = None
    last: date | None = None
    missing: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, severity: Severity, key: str, count: int, example: object = "", **values: Any) -> None:
        """Note a finding; one with count 0 did not happen."""
        if count:
            self.findings.append(Finding(severity, key, int(count), str(example), values))

    def rows(self, lang: str = "en") -> list[tuple[str, str, int, str]]:
        """(severity, text, count, example): what was refused first, then warnings, then facts."""
        out: list[tuple[str, str, int, str]] = [
            (f.severity, f.text(lang), f.count, _example(f.example, lang))
            for severity in SEVERITIES
            for f in self.findings
            if f.severity == severity
        ]
        for column, share in self.missing.items():
            if share > 0:
                text = Finding("info", "missing_cells", 0, "", {"column": column, "share": share}).text(lang)
                out.append(("info", text, round(share * self.rows_read), ""))
        return out


def _example(example: str, lang: str) -> str:
    """An example with its line told in the language of the reader."""
    return re.sub(r"\bline (\d+)", r"第\1行", example) if lang == "zh" else example


@dataclass
class Refusals:
    """Rows that cannot be used; each is refused once, for the first reason found."""

    keys: list[str] = field(default_factory=list)
    lines: list[npt.NDArray[np.int64]] = field(default_factory=list)
    customers: list[list[str]] = field(default_factory=list)
    got: list[list[str]] = field(default_factory=list)

    def add(self, key: str, lines: npt.NDArray[np.int64], customers: list[str], got: list[str]) -> None:
        """Refuse rows: their lines, ids ("" where missing), and what stood there."""
        if len(lines):
            self.keys.append(key)
            self.lines.append(np.asarray(lines, np.int64))
            self.customers.append(customers)
            self.got.append(got)

    def __len__(self) -> int:
        return sum(len(lines) for lines in self.lines)

    def frame(self) -> pd.DataFrame:
        """Columns line, customer, reason, got, key; by line."""
        counts = [len(lines) for lines in self.lines]
        key = np.repeat(np.array(self.keys, object), counts) if counts else np.empty(0, object)
        table = pd.DataFrame(
            {
                "line": np.concatenate(self.lines) if counts else np.empty(0, np.int64),
                "customer": pd.Series([c for part in self.customers for c in part], dtype="str"),
                "reason": pd.Series([reason(k) for k in key], dtype="str"),
                "got": pd.Series([g for part in self.got for g in part], dtype="str"),
                "key": pd.Series(key, dtype="str"),
            }
        )
        return table.sort_values("line", kind="stable", ignore_index=True)

    def report(self, quality: Quality) -> None:
        """Count them in `quality`, one finding a reason."""
        for key in dict.fromkeys(self.keys):
            parts = [i for i, k in enumerate(self.keys) if k == key]
            first = parts[0]
            got = self.got[first][0]
            example = f"line {self.lines[first][0]}" + (f": {got[:40]}" if got else "")
            quality.add("refused", key, sum(len(self.lines[i]) for i in parts), example)
