"""`tiersim rate` from end to end: files in and out, bad input, safety, pseudonyms, nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import zipfile

import numpy as np
import pandas as pd
import pytest

import tiersim as ts

OWNERS = ("Li Lei", "=cmd|' /C calc'!A0", "韩梅梅")


def orders(n: int = 40, seed: int = 3) -> pd.DataFrame:
    """A log of two and a half years; customers order often and much, or seldom and little."""
    draw = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        size, often = draw.lognormal(8, 1), draw.gamma(1.2, 6) + 1
        days = sorted({0, *draw.integers(0, 930, draw.poisson(2.5 * often) + 2).tolist()})
        for day in days:
            date = (pd.Timestamp("2023-01-02") + pd.Timedelta(days=day)).strftime("%Y-%m-%d")
            rows.append((f"C{k:03d}", date, round(size * draw.lognormal(0, 0.4), 2)))
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount"])


def customers(n: int = 40) -> pd.DataFrame:
    names = [f"Firm {k}" for k in range(n)]
    names[3] = "<script>alert(1)</script>"
    names[4] = "+49 30 1234"
    return pd.DataFrame(
        {
            "customer id": [f"C{k:03d}" for k in range(n)],
            "customer name": names,
            "account manager": [OWNERS[k % 3] for k in range(n)],
            "last contact date": [("2025-07-01", "2025-03-02", "")[k % 3] for k in range(n)],
            "days to pay": np.random.default_rng(1).integers(10, 90, n),
        }
    )


@pytest.fixture
def files(folder):
    orders().to_csv(folder / "orders.csv", index=False)
    customers().to_csv(folder / "customers.csv", index=False)
    return folder


def read(path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Chinese"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def every_byte(folder) -> bytes:
    """All files of a folder, packed ones unpacked, names included."""
    out = b""
    for path in sorted(folder.rglob("*")):
        out += path.name.encode()
        out += path.read_bytes() if path.is_file() else b""
        if path.suffix == ".xlsx":
            book = zipfile.ZipFile(path)
            out += b"".join(name.encode() + book.read(name) for name in book.namelist())
    return out


def test_an_order_log_becomes_a_folder_that_says_who_is_where_and_why(tiersim, files) -> None:
    result = tiersim("rate", "orders.csv", "-s", "machinery", "--customers", "customers.csv")
    written = {path.name for path in (files / "ratings" / "orders").iterdir()}
    assert written == {
        "tiers.csv", "actions.csv", "not_rated.csv", "quality.csv", "rating.xlsx", "rating.json",
    }  # fmt: skip
    rows = read(files / "ratings" / "orders" / "tiers.csv")
    assert len(rows) == 40
    tiers = [row["tier"] for row in rows]
    assert tiers == sorted(tiers, key="SABC".index) and set(tiers) == set("SABC")
    for tier in "SABC":
        scores = [float(row["score"]) for row in rows if row["tier"] == tier]
        assert scores == sorted(scores, reverse=True)
    assert all(len(row["RFM code"]) == 3 and row["reason"] and row["main problem"] for row in rows)
    assert list(rows[0])[:4] == [
        "customer", "days since the last order", "orders a year", "money a year (CNY)",
    ]  # fmt: skip
    assert "name" not in rows[0] and b"Firm 7" not in every_byte(files / "ratings")
    assert "Wrote ratings/orders/rating.xlsx" in result.stdout
    assert "Not rated: 0 of 40 customers seen." in result.stdout
    assert result.stderr == ""


def test_python_gives_what_the_command_line_writes(tiersim, files) -> None:
    words = {"customers": "customers.csv", "as_of": "2025-07-31", "set": ["rating.method=rfm"]}
    rated = ts.rate("orders.csv", "machinery", to="mine", names=True, lang="zh", **words)
    tiersim(
        "rate", "orders.csv", "--scenario", "machinery", "--customers", "customers.csv",
        "--as-of", "2025-07-31", "--set", "rating.method=rfm", "--names", "--lang", "zh", "--to", "theirs",
    )  # fmt: skip
    for path in (files / "mine").iterdir():
        assert path.read_bytes() == (files / "theirs" / path.name).read_bytes(), path.name
    assert rated.table["customer"].tolist() == [
        row["客户编号"] for row in read(files / "theirs" / "tiers.csv")
    ]
    frames = ts.rate(
        orders(), ts.load("machinery"), customers=customers(), as_of="2025-07-31", set=words["set"]
    )
    pd.testing.assert_frame_equal(frames.table, rated.table)


def test_a_chinese_export_in_gb18030(tiersim, folder) -> None:
    table = pd.DataFrame(
        {
            "编号": ["甲", "乙", "丙", "丁", "戊"],
            "客户名称": ["一厂", "二厂", "三厂", "四厂", "五厂"],
            "客户经理": ["王芳", "王芳", "李强", "", "李强"],
            "最近一次购买": ["2025-06-16", "2025-04-02", "2025-05-17", "2025-01-01", "2024-06-01"],
            "年购买次数": [12, 3, 6, 2, 1],
            "年购买金额": ["15万", "2万", "6万", "8000", "1,500.00"],
            "上年采购额": ["14万", "4万", "5万", "8000", "9000"],
        }
    )
    (folder / "客户.csv").write_bytes(table.to_csv(index=False).encode("gb18030"))
    result = tiersim(
        "rate", "客户.csv", "-s", "machinery", "--map", "编号=customer", "--as-of", "2025-07-01",
        "--lang", "zh", "--names",
        "--set", "rating.method=rfm", "--set", "rating.rfm.recency=[30, 60, 90, 180]",
        "--set", "rating.rfm.frequency=[12, 6, 5, 2]",
        "--set", "rating.rfm.money=[100000, 80000, 50000, 25000]", "--to", "结果",
    )  # fmt: skip
    rows = {row["客户编号"]: row for row in read(folder / "结果" / "tiers.csv")}
    assert [rows[one]["RFM编码"] for one in "甲乙丙"] == ["555", "321", "443"]
    assert [rows[one]["客户分群"] for one in "甲乙丙"] == ["高价值", "流失风险", "潜力"]
    assert rows["乙"]["主要问题"] == "年采购额同比下降50%"
    assert rows["甲"]["客户名称"] == "一厂"
    assert {row["负责人"] for row in read(folder / "结果" / "actions.csv")} == {"王芳", "李强", ""}
    assert "评级日期：2025-07-01" in result.stdout


def test_actions_come_by_date_on_working_days_and_the_urgent_within_two(tiersim, files) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--customers", "customers.csv", "--as-of", "2025-07-18")
    rows = read(files / "ratings" / "orders" / "actions.csv")
    assert len(rows) == 40
    dates = [pd.Timestamp(row["date"]) for row in rows]
    assert dates == sorted(dates)
    assert all(date.day_of_week < 5 and date > pd.Timestamp("2025-07-18") for date in dates)
    urgent = [row for row in rows if row["urgent"]]
    assert 0 < len(urgent) < 40
    # A Friday: two working days later is Tuesday.
    assert {row["date"] for row in urgent} <= {"2025-07-21", "2025-07-22"}
    for row in rows:
        if row["segment"] == "churn risk" or "purchases fell" in row["main problem"]:
            assert row["urgent"]
        if row["why then"].startswith("one cycle"):
            assert row["last contact"] and row["date"] > "2025-07-18"


def test_text_from_data_never_becomes_a_formula(tiersim, files) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--customers", "customers.csv", "--names")
    rows = read(files / "ratings" / "orders" / "actions.csv")
    assert {row["owner"] for row in rows} == {"Li Lei", "'" + OWNERS[1], "韩梅梅"}
    names = {row["name"] for row in rows}
    assert {"'+49 30 1234", "<script>alert(1)</script>"} <= names
    book = zipfile.ZipFile(files / "ratings" / "orders" / "rating.xlsx")
    sheets = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert b"/C calc" not in sheets and b"<script" not in sheets and b"hyperlink" not in sheets
    strings = book.read("xl/sharedStrings.xml").decode()
    assert "=cmd|' /C calc'!A0" in strings and "&lt;script&gt;" in strings
    negative = orders()
    negative.loc[len(negative)] = ("C000", "2025-06-01", -10_000_000.0)
    rated = ts.rate(negative, "machinery", to="negative", formats="csv")
    assert rated.table["money"].min() < 0
    assert any(row["money a year (CNY)"].startswith("-") for row in read(files / "negative" / "tiers.csv"))


def test_pseudonyms_hide_every_id_name_and_owner_and_stay_the_same_by_key(tiersim, files) -> None:
    spoilt = orders()
    spoilt["amount"] = spoilt["amount"].astype(object)
    spoilt.loc[4, "amount"] = "C000 or so"
    young = pd.DataFrame([("C-secret-new", "2025-07-10", 5)], columns=spoilt.columns)
    pd.concat([spoilt, young]).to_csv("orders.csv", index=False)
    words = ("rate", "orders.csv", "-s", "machinery", "--customers", "customers.csv", "--pseudonymise")
    result = tiersim(*words, "--key-file", "secret.key", "--to", "one")
    key = (files / "secret.key").read_bytes()
    assert stat.S_IMODE(os.stat("secret.key").st_mode) == 0o600 and len(bytes.fromhex(key.decode())) == 32
    data = every_byte(files / "one")
    shown = result.stdout.encode() + result.stderr.encode()
    for word in [
        *(f"C{k:03d}" for k in range(40)),
        "C-secret-new",
        "Firm",
        "<script",
        "&lt;script",
        "Li Lei",
        "/C calc",
        "韩梅梅",
    ]:
        assert word.encode() not in data, word
    assert b"C000" not in shown and b"C-secret" not in shown and b"Firm" not in shown
    assert key.strip() not in data + shown and bytes.fromhex(key.decode()) not in data
    tiersim(*words, "--key-file", "secret.key", "--to", "two")
    assert (files / "one" / "tiers.csv").read_bytes() == (files / "two" / "tiers.csv").read_bytes()
    tiersim(*words, "--key-file", "other.key", "--to", "three")
    ids = [{row["customer"] for row in read(files / name / "tiers.csv")} for name in ("one", "three")]
    assert len(ids[0]) == 40 and not ids[0] & ids[1]
    # An earlier rating under pseudonyms is found again with its key, and only with it.
    again = tiersim(*words, "--key-file", "secret.key", "--previous", "one", "--to", "four")
    assert "0 up, 0 down, 40 the same, 0 rated for the first time" in again.stdout
    wrong = tiersim(*words, "--key-file", "other.key", "--previous", "one", "--to", "five", code=2)
    assert "add --pseudonymise with the same --key-file" in wrong.stderr


def test_a_key_never_lies_beside_its_pseudonyms(tiersim, files) -> None:
    words = ("rate", "orders.csv", "-s", "machinery", "--pseudonymise")
    assert (
        "must not lie in the output folder"
        in tiersim(*words, "--to", "out", "--key-file", "out/key", code=2).stderr
    )
    assert "need a key file" in tiersim(*words, code=2).stderr
    assert "exclude each other" in tiersim(*words, "--key-file", "k", "--names", code=2).stderr
    (files / "short").write_text("abcd")
    assert "which is too short" in tiersim(*words, "--key-file", "short", code=2).stderr
    assert not (files / "out").exists() and not (files / "ratings").exists()


def test_the_next_rating_keeps_cuts_and_moves_only_beyond_the_margin(tiersim, files) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--to", "first", "--as-of", "2025-03-31")
    before = {row["customer"]: row["tier"] for row in read(files / "first" / "tiers.csv")}
    result = tiersim("rate", "orders.csv", "-s", "machinery", "--to", "second", "--previous", "first")
    rows = read(files / "second" / "tiers.csv")
    assert {row["customer"]: row["tier before"] for row in rows} == before
    moved = [row for row in rows if row["tier"] != row["tier before"]]
    assert moved and all(row["move"] in (f"up from {row['tier before']}", f"down from {row['tier before']}")
                         for row in moved)  # fmt: skip
    old, new = (json.loads((files / name / "rating.json").read_text()) for name in ("first", "second"))
    assert old["method"] == new["method"] and old["rfm"] == new["rfm"]
    thresholds = ts.rate("orders.csv", "machinery").rating.thresholds
    kept = ts.rate("orders.csv", "machinery", previous="first").rating.thresholds
    assert not np.allclose(thresholds, kept)
    margin = 0.05
    for row in rows:
        cut = "SABC".index(row["tier"])
        if row["move"].startswith("up"):
            assert float(row["score"]) >= kept[cut] + margin - 1e-4
        if row["move"].startswith("down"):
            assert float(row["score"]) < kept[cut - 1] - margin + 1e-4
    assert "Moves against the earlier rating: " in result.stdout
    # From a table alone new cuts are made, and customers keep their tier within the margin.
    (files / "old.csv").write_text("客户编号,等级\nC000,S\nC001,C\nC999,A\n")
    table = ts.rate("orders.csv", "machinery", previous="old.csv")
    assert table.gone == 1 and table.moves["first"] == 38
    np.testing.assert_array_equal(table.rating.thresholds, thresholds)


def test_pictures_are_written_where_asked_and_show_what_the_export_tells(tiersim, files) -> None:
    words = ("rate", "orders.csv", "-s", "machinery", "--format", "csv,png")
    assert tiersim(*words, "--to", "first").exit_code == 0
    result = tiersim(*words, "--previous", "first", "--as-of", "2025-03-31", "--to", "second")
    assert result.exit_code == 0, result.stderr
    first, second = ({path.name for path in (files / one).glob("*.png")} for one in ("first", "second"))
    assert first == {f"picture-{name}.png" for name in ("lorenz", "heatmap", "radar", "value_matrix")}
    assert second - first == {"picture-migration.png", "picture-flow.png"}
    for path in (files / "second").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 10_000


def test_rated_and_not_rated_are_all_who_were_seen(tiersim, files) -> None:
    log = orders()
    log["amount"] = log["amount"].astype(object)
    extra = [("C100", "2025-07-01", 50), ("C101", "2025-06-01", "nothing"), ("", "2025-06-02", 5)]
    log = pd.concat([log, pd.DataFrame(extra, columns=log.columns)], ignore_index=True)
    log.to_csv("orders.csv", index=False)
    result = tiersim("rate", "orders.csv", "-s", "machinery")
    rows = read(files / "ratings" / "orders" / "not_rated.csv")
    reasons = {(row["customer"], row["line"]): row["reason"] for row in rows}
    n = len(log) + 1
    assert "the amount cannot be read: nothing" in reasons["C101", str(n - 1)]
    assert reasons["", str(n)] == "no customer id"
    assert "rated after 26 weeks" in reasons["C100", ""]
    assert len(rows) == 3
    assert "Not rated: 2 of 42 customers seen." in result.stdout
    rated = ts.rate("orders.csv", "machinery")
    assert len(rated) + rated.left_out == rated.seen == 42


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere.csv", "-s", "machinery"), "nowhere.csv"),
        (("orders.csv", "-s", "machinry"), "did you mean machinery"),
        (("orders.csv", "-s", "machinery", "--format", "xls"), "unknown format 'xls'; did you mean xlsx?"),
        (("orders.csv", "-s", "machinery", "--lang", "de"), "unknown language 'de'"),
        (("orders.csv", "-s", "machinery", "--map", "客户"), "--map 客户: cannot be read"),
        (("orders.csv", "-s", "machinery", "--rate", "USD=x"), "--rate USD=x: is no rate"),
        (("orders.csv", "-s", "machinery", "--as-of", "soon"), "soon"),
        (("orders.csv", "-s", "machinery", "--previous", "nothing.csv"), "nothing.csv"),
        (("orders.csv", "-s", "machinery", "--previous", "."), "is it the folder of a rating?"),
        (("orders.csv", "-s", "machinery", "--set", "rating.method=oracle"), "needs a simulated world"),
        (("orders.csv", "-s", "machinery", "--set", "rating.method=topsis"), "rating.normalisation"),
        (("empty.csv", "-s", "machinery"), "empty"),
        (("broken.xlsx", "-s", "machinery"), "broken.xlsx"),
        (("young.csv", "-s", "machinery"), "rating.newcomer_wait=0 weeks"),
    ],
)
def test_bad_input_is_told_with_exit_code_2_and_writes_nothing(words, message, tiersim, files) -> None:
    (files / "empty.csv").write_text("")
    (files / "broken.xlsx").write_text("customer id,amount\n")
    (files / "young.csv").write_text("customer id,customer since,spend_12m\nA,2025-06-01,5\nB,2025-06-02,7\n")
    before = set(files.iterdir())
    result = tiersim("rate", *words, *(("--as-of", "2025-07-01") if words[0] == "young.csv" else ()), code=2)
    assert message in result.stderr
    assert set(files.iterdir()) == before


def test_a_folder_is_written_whole_or_not_at_all(tiersim, files, monkeypatch) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--to", "out")
    old = every_byte(files / "out")
    assert "add --overwrite" in tiersim("rate", "orders.csv", "-s", "machinery", "--to", "out", code=2).stderr
    (files / "other").mkdir()
    (files / "other" / "letter.txt").write_text("mine")
    refused = tiersim("rate", "orders.csv", "-s", "machinery", "--to", "other", "--overwrite", code=2)
    assert "holds no rating.json" in refused.stderr
    assert (
        "is a file" in tiersim("rate", "orders.csv", "-s", "machinery", "--to", "orders.csv", code=2).stderr
    )

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tiersim.report.rating.folder.os.replace", full)
    failed = tiersim("rate", "orders.csv", "-s", "machinery", "--to", "out", "--overwrite", code=1)
    assert "out: cannot be written: No space left on device" in failed.stderr
    monkeypatch.undo()
    assert every_byte(files / "out") == old
    left = [path.name for path in files.iterdir() if path.name.startswith(".")]
    assert left == []


def test_one_customer_and_all_alike_are_rated_by_stated_rules(tiersim, folder) -> None:
    (folder / "one.csv").write_text("customer id,spend_12m\nA,5\n")
    tiersim("rate", "one.csv", "-s", "machinery")
    assert len(read(folder / "ratings" / "one" / "tiers.csv")) == 1
    lines = "\n".join(f"C{k},100,3" for k in range(9))
    (folder / "alike.csv").write_text(f"customer id,spend_12m,orders_12m\n{lines}\n")
    result = tiersim("rate", "alike.csv", "-s", "machinery")
    same = next(line for line in result.stdout.splitlines() if "the same for all, so it counts 0.5" in line)
    assert "purchases a year" in same and "orders a year" in same
    assert "there are 9 customers where the shares make" in result.stdout
    rows = read(folder / "ratings" / "alike" / "tiers.csv")
    assert {row["reason"] for row in rows} == {"average in everything that counts"}
    assert len({row["tier"] for row in rows}) == 1
    few = tiersim("rate", "one.csv", "-s", "machinery", "--set", "rating.method=kmeans", "--to", "k", code=2)
    assert "different customers" in few.stderr


def own_tiers(named: dict[int, str]) -> str:
    """Twelve customers with a column of tiers; each spends less than the one before."""
    lines = [f"C{k:02d},{1000 - 50 * k},{24 - k},{named.get(k, '')}" for k in range(12)]
    return "customer id,spend_12m,orders_12m,tier\n" + "\n".join(lines) + "\n"


def test_the_files_own_tiers_are_the_earlier_ones_where_they_are_the_scenarios(tiersim, folder) -> None:
    (folder / "a.csv").write_text(own_tiers({0: "S", 1: "s级", 2: "C", 11: "A", 5: "gold"}))
    result = tiersim("rate", "a.csv", "-s", "machinery")
    rows = {row["customer"]: row for row in read(folder / "ratings" / "a" / "tiers.csv")}
    assert [rows[f"C{k:02d}"]["tier before"] for k in (0, 1, 2, 11, 5)] == ["S", "S", "C", "A", ""]
    assert rows["C02"]["move"] == "up from C" and rows["C11"]["move"] == "down from A"
    assert rows["C05"]["move"] == rows["C06"]["move"] == "first rating"
    assert (
        "Moves against the file's own tiers: 1 up, 1 down, 2 the same, 8 rated for the first" in result.stdout
    )
    assert (
        "need the margin to move from it (to do without: --set 'rating.hysteresis=0 %'): 4" in result.stdout
    )
    assert "whose earlier tier is none of S, A, B, C, rated as if for the first time: 1" in result.stdout


def test_tiers_that_the_scenario_does_not_know_are_left_alone_and_that_is_said(tiersim, folder) -> None:
    (folder / "a.csv").write_text(own_tiers({0: "gold", 1: "silver", 2: "A"}))
    result = tiersim("rate", "a.csv", "-s", "machinery")
    assert "column of tiers was not used, since 2 of its 3 values are none of S, A, B, C" in result.stdout
    assert "Moves against" not in result.stdout
    assert "tier before" not in read(folder / "ratings" / "a" / "tiers.csv")[0]


def test_an_earlier_rating_that_is_given_goes_before_the_files_own_tiers(tiersim, folder) -> None:
    (folder / "a.csv").write_text(own_tiers({0: "C"}))
    (folder / "b.csv").write_text("customer,tier\nC00,A\nC00,S\nC01,gold\n")
    result = tiersim("rate", "a.csv", "-s", "machinery", "--previous", "b.csv")
    rows = {row["customer"]: row for row in read(folder / "ratings" / "a" / "tiers.csv")}
    assert rows["C00"]["tier before"] == "S"
    assert "with different tiers, of which the last counts: 1" in result.stdout
    assert "rated as if for the first time: 1" in result.stdout
    (folder / "c.csv").write_text("customer,tier\nX1,A\nX2,S\n")
    wrong = tiersim("rate", "a.csv", "-s", "machinery", "--previous", "c.csv", "--to", "c", code=2)
    assert "None of the 2 customers of the earlier rating is in this export" in wrong.stderr


AHP = """preset: machinery
name: judged
start: 2026-01-05
horizon: 1 year
currency: CNY
customers: 200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
tiers:
  S: {share: 5 %, customers_per_manager: 5}
  A: {share: 15 %, customers_per_manager: 20}
  B: {share: 30 %, customers_per_manager: 30}
  C: {share: rest}
budget: {yearly: 16 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}
rating:
  ahp:
    dimensions:
      items: [value, potential, relationship]
      experts:
        sales: {pairs: {value over potential: 3, value over relationship: 4, potential over relationship: 2}}
    within:
      value:
        items: [spend_12m, orders_12m, margin_rate]
        experts:
          finance: {pairs: {spend_12m over orders_12m: 3, orders_12m over margin_rate: 2}}
  indicators: {days_to_pay: false}
"""


def test_the_summary_tells_how_consistent_the_comparisons_are(tiersim, files) -> None:
    (files / "ahp.yaml").write_text(AHP)
    shown = tiersim("rate", "orders.csv", "-s", "ahp.yaml").stdout
    # (3.01829 - 3) / 2 / 0.58: the largest eigenvalue of 3, 4, 2, and the random index of three (Saaty).
    assert "Weights from comparisons of the dimensions: consistency ratio 0.016 (consistent)." in shown
    assert "of the indicators of value contribution: consistency ratio 0.000 (consistent)." in shown
    shown = tiersim("rate", "orders.csv", "-s", "ahp.yaml", "--lang", "zh", "--to", "zh").stdout
    assert "各维度的两两比较得出的权重：一致性比率0.016（一致）。" in shown
    assert "“价值贡献”各指标的两两比较得出的权重" in shown
    loose = AHP.replace("value over relationship: 4", "value over relationship: 1/4")
    (files / "loose.yaml").write_text(loose.replace("  ahp:\n", "  ahp:\n    allow_inconsistent: true\n"))
    shown = tiersim("rate", "orders.csv", "-s", "loose.yaml", "--to", "loose").stdout
    assert "above 0.1, accepted by the scenario" in shown


def test_rules_that_an_earlier_rating_keeps_are_told_where_the_scenario_differs(tiersim, files) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--to", "first")
    again = tiersim("rate", "orders.csv", "-s", "machinery", "--previous", "first", "--to", "again")
    assert "the scenario differs from the earlier rating" not in again.stdout
    weights = "rating.weights={value: 0.1, potential: 0.1, relationship: 0.8}"
    other = tiersim(
        "rate", "orders.csv", "-s", "machinery", "--set", weights, "--previous", "first", "--to", "other"
    )
    assert "differs from the earlier rating in rating.weights, and the earlier rules hold" in other.stdout
    assert read(files / "again" / "tiers.csv") == read(files / "other" / "tiers.csv")
    chained = tiersim("rate", "orders.csv", "-s", "machinery", "--previous", "other", "--to", "chained")
    assert "the scenario differs from the earlier rating" not in chained.stdout


def test_an_earlier_tier_table_of_pseudonyms_needs_their_key(tiersim, files) -> None:
    hide = ("--pseudonymise", "--key-file", "key")
    tiersim("rate", "orders.csv", "-s", "machinery", "--to", "first", *hide)
    table = ("--previous", "first/tiers.csv")
    bare = tiersim("rate", "orders.csv", "-s", "machinery", *table, "--to", "bare", code=2)
    assert "add --pseudonymise with the same --key-file" in bare.stderr
    found = tiersim("rate", "orders.csv", "-s", "machinery", *table, "--to", "found", *hide)
    assert "0 rated for the first time" in found.stdout


def test_a_folder_without_a_tier_table_is_no_earlier_rating(tiersim, files) -> None:
    tiersim("rate", "orders.csv", "-s", "machinery", "--to", "book", "--format", "xlsx")
    told = tiersim("rate", "orders.csv", "-s", "machinery", "--previous", "book", "--to", "x", code=2)
    assert "book: holds no tiers.csv" in told.stderr and not (files / "x").exists()


def test_messages_name_options_as_they_are_typed(tiersim, files) -> None:
    (files / "other.csv").write_text("a,b\n1,2\n")
    assert '--map "a=customer"' in tiersim("rate", "other.csv", "-s", "machinery", code=2).stderr
    (files / "mixed.csv").write_text("customer,date,amount\nA,2024-01-01,$5\nB,2024-01-02,¥7\n")
    assert "--rate USD=7.1" in tiersim("rate", "mixed.csv", "-s", "machinery", code=2).stderr
    (files / "days.csv").write_text("customer,date,amount\nA,25/01/2024,5\nB,01/26/2024,7\n")
    assert "--dates dmy or --dates mdy" in tiersim("rate", "days.csv", "-s", "machinery", code=2).stderr
    shown = tiersim("rate", "days.csv", "-s", "machinery", "--dates", "mdy").stdout
    assert "Lines refused: 1 of 2 rows read." in shown


@pytest.mark.parametrize("method", ["oracle", "random"])
def test_bounds_of_studies_cannot_rate_an_export(tiersim, files, method) -> None:
    told = tiersim("rate", "orders.csv", "-s", "machinery", "--set", f"rating.method={method}", code=2)
    assert f"{method} needs a simulated world and cannot rate an export" in told.stderr
    assert not (files / "ratings").exists()


def test_growth_of_one_year_is_not_told_as_growth_of_three(files) -> None:
    frame = pd.DataFrame(
        {
            "customer": list("ABCDEF"),
            "spend_12m": [100.0] * 6,
            "spend_prior_12m": [10, 90, 100, 110, 120, 500],
        }
    )
    rated = ts.rate(frame, "machinery")
    assert set(rated.table["reason"]) <= {"above.growth_1y", "below.growth_1y", "average"}
    assert ("growth_short", {"n": 6}) in rated.remarks
