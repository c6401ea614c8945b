"""Parts of a rating's files by themselves: dates, cells, pseudonyms, main problems, saved methods."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.report.test_rate_workbook import METHODS, frame

import tiersim as ts
from tiersim.rating.errors import RatingError
from tiersim.rating.problems import PROBLEMS, Facts, main_problems
from tiersim.rating.saved import from_dict, to_dict
from tiersim.report.rating import words as texts
from tiersim.report.rating.actions import due_dates
from tiersim.report.rating.cells import harmless, sheet_name, to_csv
from tiersim.report.rating.pseudonyms import Pseudonyms
from tiersim.report.rating.sentences import Sentences, shown_figures, shown_share, told
from tiersim.scenario.load import load
from tiersim.tables.celltext import clean

FRIDAY = date(2025, 7, 18)


def days(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[D]")


def test_dates_follow_urgency_the_last_contact_and_the_cycle_of_the_tier() -> None:
    tier = np.array([0, 1, 1, 2, 2, 2, 2])
    urgent = np.array([True, True, False, False, False, False, False])
    last = days("2025-07-17", "NaT", "2025-07-10", "2025-01-01", "NaT", "NaT", "2026-01-01")
    due, why, late = due_dates(tier, urgent, last, np.array([1.0, 2.0, 4.0]), FRIDAY)
    assert why.tolist() == ["urgent", "urgent", "regular", "overdue", "spread", "spread", "spread"]
    # Urgent on the two next working days; two weeks after the last contact; overdue from the next working
    # day; three without a known contact spread over the 20 working days of four weeks.
    assert due.astype(str).tolist() == [
        "2025-07-21", "2025-07-22", "2025-07-24", "2025-07-21", "2025-07-21", "2025-07-29", "2025-08-07",
    ]  # fmt: skip
    assert late[3] == (pd.Timestamp(FRIDAY) - pd.Timestamp("2025-01-29")).days
    assert np.isnan(late[[0, 1, 2, 4, 5, 6]]).all()


def test_a_regular_day_on_a_weekend_goes_to_monday() -> None:
    due, why, _ = due_dates(
        np.array([0]), np.array([False]), days("2025-07-13"), np.array([2.0]), date(2025, 7, 14)
    )
    assert why[0] == "regular" and str(due[0]) == "2025-07-28"


def test_contacts_spread_evenly_over_working_days() -> None:
    n = 1000
    due, _, _ = due_dates(np.zeros(n, int), np.zeros(n, bool), days(*["NaT"] * n), np.array([4.0]), FRIDAY)
    dates, counts = np.unique(due, return_counts=True)
    assert len(dates) == 20 and set(counts) == {50}
    assert np.is_busday(dates).all()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " ="])
def test_what_a_spreadsheet_would_run_is_text(start) -> None:
    assert harmless(start + "1+1") == "'" + start + "1+1"


def test_cells_keep_the_rest_as_it_is() -> None:
    assert harmless("Smith & Sons") == "Smith & Sons" and harmless(None) == "" == harmless(float("nan"))
    assert clean("a\x00b\x0bc\ud800d\ufffe") == "abcd"
    assert len(clean("x" * 40_000)) == 32_767
    assert sheet_name("a/b:c*[d]?\\e" + "x" * 40) == "a b c  d   e" + "x" * 19
    assert sheet_name("Rules", ("rules",)) == "Rules 2" and sheet_name("'''") == "Sheet"


def test_numbers_of_a_csv_stay_numbers() -> None:
    table = pd.DataFrame(
        {"=head": ["-1", "b"], "n": [-1.5, np.nan], "d": pd.to_datetime(["2025-01-02", None])}
    )
    text = to_csv(table).decode("utf-8-sig")
    assert text == "'=head,n,d\r\n'-1,-1.5,2025-01-02\r\nb,,\r\n"


def test_a_pseudonym_is_the_keyed_hash_that_the_documentation_names() -> None:
    key = bytes(range(32))
    hidden = Pseudonyms(key)
    expected = hmac.new(key, b"customer\0" + "客户1".encode(), hashlib.sha256).hexdigest()[:16]
    assert hidden.one("客户1") == "K" + expected
    assert hidden.one("客户1", "owner")[1:] != expected and hidden.one("") == ""
    assert key.hex() not in repr(hidden) and hidden.key_id not in key.hex()


def observed(**columns):
    """Three customers: a plain record with some columns changed."""
    table = pd.DataFrame(
        {
            "customer id": ["a", "b", "c"], "spend_12m": [100.0] * 3, "spend_prior_12m": [100.0] * 3,
            "orders_12m": [12.0] * 3, "recency": [10.0] * 3, "satisfaction_last": [80.0] * 3,
        }
    )  # fmt: skip
    found = ts.rate(table, "machinery", as_of="2025-12-31").observed
    return found.replaced(**{name: np.array(values, float) for name, values in columns.items()})


@pytest.mark.parametrize(
    ("columns", "keys"),
    [
        ({}, ["none", "none", "none"]),
        ({"spend_12m": [70.0, 70.1, 0.0]}, ["fell", "none", "fell"]),
        ({"unresolved_incidents_26w": [1, 0, 2], "spend_12m": [10, 10, 100]},
         ["unresolved", "fell", "unresolved"]),
        # Twelve orders in a year whose prior is unknown: every 4 1/3 weeks; three of them are 13 weeks.
        ({"recency_weeks": [13.0, 13.1, np.nan]}, ["none", "silent", "none"]),
        # Nobody knows an interval of who did not order in two years; a year without an order is told even so.
        ({"recency_weeks": [52.0, 51.9, 200.0], "orders_12m": [0, 0, 1]}, ["lapsed", "none", "silent"]),
        ({"satisfaction_last": [49.9, 50, np.nan], "nps_last": [np.nan, np.nan, 6]},
         ["unhappy", "none", "unhappy_nps"]),
        ({"weeks_to_pay": [4, 4, 8]}, ["none", "none", "late_payer"]),
        ({"weeks_to_pay": [1, 1, 4.9]}, ["none", "none", "none"]),
        ({"contacts_13w": [6, 7, np.nan]}, ["thin_contact", "none", "none"]),
    ],
)  # fmt: skip
def test_the_most_pressing_problem_is_told(columns, keys) -> None:
    facts = Facts(observed(**columns), np.ones(3))
    assert main_problems(facts)[0].tolist() == keys


def test_figures_of_a_problem_are_those_of_the_record() -> None:
    facts = Facts(observed(spend_12m=[60.0, 100, 100], recency_weeks=[1, 26, 1]), np.ones(3))
    keys, first, second = main_problems(facts)
    assert keys.tolist() == ["fell", "silent", "none"]
    assert first[:2] == pytest.approx([40.0, 182.0]) and second[1] == pytest.approx(6.0)


@pytest.mark.parametrize("name", METHODS)
def test_a_saved_method_rates_to_the_same_bits(name) -> None:
    rated = ts.rate(frame(), load("machinery").override(METHODS[name]), as_of="2025-12-31")
    again = from_dict(json.loads(json.dumps(to_dict(rated.method), allow_nan=False)))
    old, new = rated.method.rate(rated.observed), again.rate(rated.observed)
    np.testing.assert_array_equal(old.score, new.score)
    np.testing.assert_array_equal(old.tier, new.tier)
    assert old.notes == new.notes and old.names == new.names


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"format": 2},
        {"format": 1},
        {"format": 1, "method": {"kind": "Path", "args": "x"}},
        {"format": 1, "method": {"kind": "rules.ValidationError", "fields": {}}},
        {"format": 1, "method": {"kind": "Note", "rule": "a", "subject": "b"}},
    ],
)
def test_a_damaged_record_is_refused(saved) -> None:
    with pytest.raises(RatingError, match="saved rating"):
        from_dict(saved)


def test_an_earlier_rating_by_other_rules_cannot_give_its_cuts(tmp_path) -> None:
    ts.rate(frame(), "machinery", as_of="2025-12-31", to=tmp_path / "old", formats="csv")
    with pytest.raises(RatingError, match="made by weighted and the scenario says rfm"):
        ts.rate(frame(), "machinery", previous=tmp_path / "old", set=["rating.method=rfm"])
    with pytest.raises(RatingError, match="has the tiers S, A, B, C, the scenario has Diamond"):
        ts.rate(frame(), "retail", previous=tmp_path / "old")
    with pytest.raises(
        RatingError, match="earlier rating has the tiers A, B, C, S; the scenario has Diamond"
    ):
        ts.rate(frame(), "retail", previous=tmp_path / "old" / "tiers.csv")


def test_a_csv_is_what_pandas_writes_of_harmless_cells() -> None:
    cells = [
        "plain",
        "=1+1",
        'say "no"',
        "a, b",
        "two\nlines",
        "",
        None,
        "多，行",
        "-",
        "tab\there",
        "ends\r",
    ]
    n = len(cells)
    table = pd.DataFrame(
        {
            "text": cells,
            "with, comma": [0.1 + 0.2, -1.5, np.nan, 1e20, 1e-9, 3.0, 0.0, 12345678.9, 1, 2, 3],
            "whole": pd.array([1, None, *range(n - 2)], dtype="Int64"),
            "day": pd.to_datetime(["2025-01-31", None, *["2024-02-29"] * (n - 2)]),
            "flag": np.arange(n) % 2 == 0,
        }
    )
    safe = table.assign(text=[harmless(text) for text in cells])
    written = safe.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d").encode("utf-8-sig")
    assert to_csv(table) == written
    assert to_csv(table.iloc[:0]) == written.split(b"\r\n")[0] + b"\r\n"


def test_figures_are_cut_to_what_their_sentence_shows() -> None:
    draw = np.random.default_rng(5)
    words = Sentences(texts.load("en"), "CNY")
    share = np.concatenate([draw.random(500), np.arange(101) / 100, [np.nan]])
    cut = shown_share(share)
    assert len(np.unique(cut[~np.isnan(cut)])) <= 101
    for key in ("above.spend_12m", "below.tenure"):
        assert [words.reason(key, x) for x in share] == [words.reason(key, x) for x in cut]
    first = np.concatenate([draw.lognormal(3, 2, 600), [np.nan, 0.0, 2.5]])
    second = np.concatenate([draw.lognormal(1, 2, 600), [np.nan, 0.0, 0.037]])
    for key, _ in PROBLEMS:
        one, two = shown_figures(np.full(first.size, key, object), first, second)
        assert [words.problem(key, *x) for x in zip(first, second, strict=True)] == [
            words.problem(key, *x) for x in zip(one, two, strict=True)
        ]
        assert len(set(map(str, two))) <= 350


def test_sentences_are_put_into_words_once_for_rows_that_are_alike() -> None:
    heard = []

    def speak(*row: object) -> str:
        heard.append(row)
        return "/".join(str(x) for x in row)

    columns = (pd.Series(["a", "b", "a", "a", "b"]), np.array([1.0, np.nan, 1.0, 2.0, np.nan]), [True] * 5)
    assert told(speak, *columns).tolist() == [
        "a/1.0/True",
        "b/nan/True",
        "a/1.0/True",
        "a/2.0/True",
        "b/nan/True",
    ]
    assert len(heard) == 3
    assert told(speak, pd.Series([], dtype=object), []).tolist() == []
