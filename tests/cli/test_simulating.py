"""run, compare, verify, report, doctor on the real engine: what they print is what Python gives."""

from __future__ import annotations

import json

import pytest

import tiersim as ts


def row(text, label):
    """Cells of the line that begins with `label`."""
    line = next(line for line in text.splitlines() if line.startswith(label))
    return line.removeprefix(label).split()


def plain(text):
    """Text as a terminal shows it."""
    return text.replace("\u00a0", " ")


def test_run_prints_figures_and_writes_a_folder_that_verifies(tiersim, folder, small):
    words = ("run", small.name, "--policy", "tiered", "--replications", "2", "--workers", "1")
    out = tiersim(*words).stdout
    [target] = (folder / "runs").iterdir()
    assert f"Tables are in runs/{target.name}" in out
    saved = ts.load_run(target)
    made = ts.simulate(str(small), "tiered", 2, workers=1)
    assert (saved.npv() == made.npv()).all()
    orders = made.kpis[made.kpis["quarter"].isin(made.quarters[:4])]["orders"].sum() / 2
    assert row(out, "orders") == [f"{orders:,.0f}"]
    ledger = made.ledger[made.ledger["order_quarter"].isin(made.quarters[:4])]
    profit = ledger["cents"].sum() / 100 / 2 / 1e6
    assert float(row(out, "profit")[0].replace("−", "-")) == pytest.approx(profit, rel=0.005)
    desk = made.desk.groupby("tier", observed=True)[["filed", "late"]].sum()
    for tier, line in desk.iterrows():
        requests, answered = row(out[out.index("Service desk") :], f"{tier}   ")[:2]
        assert float(requests) == pytest.approx(line["filed"] / 2, rel=0.05)
        assert float(answered) == pytest.approx(100 * (1 - line["late"] / line["filed"]), abs=0.06)
    # The same question again: the same folder, from finished pieces.
    assert tiersim(*words).stdout == out
    assert [path.name for path in (folder / "runs").iterdir()] == [target.name]
    assert tiersim("verify", target, "--workers", "1").stdout == f"{target}: identical\n"
    record = target / "run.json"
    tree = json.loads(record.read_text(encoding="utf-8"))
    tree["seed"] = 2
    record.write_text(json.dumps(tree), encoding="utf-8")
    assert "not identical" in tiersim("verify", target, "--workers", "1", code=1).stdout


def test_compare_prints_what_python_gives(tiersim, folder, small):
    words = ("compare", small.name, "--replications", "4", "--seed", "3", "--workers", "1")
    out = tiersim(*words, "--half-width", "10 k", "--to", "made").stdout
    made = ts.compare(str(small), replications=4, seed=3, half_width=10_000.0, workers=1)
    saved = ts.load_run("made")
    assert (saved.difference("tiered", "today") == made.difference("tiered", "today")).all()
    from tiersim.evaluation.contrast import contrast
    from tiersim.report.numbers import Numbers
    from tiersim.report.text import load as texts

    n, found = Numbers(texts("en"), "CNY"), contrast(made, "tiered", "today")
    assert plain(n.money(found.gain.mean, signed=True)) in out
    assert plain(n.money_range(found.gain.low, found.gain.high)) in out
    more = n.money(float(made.difference("uniform", "today").mean()), signed=True)
    aimed = n.money(float(made.difference("tiered", "uniform").mean()), signed=True)
    assert " ".join(row(out, "of the gain, more money")) == plain(more)
    assert " ".join(row(out, "of the gain, better aimed")) == plain(aimed)
    assert row(out, "replications for an error of ± CNY 10 k") == [f"{found.replications_for[10_000.0]:,}"]
    assert "chance to beat the hurdle of CNY 0" in out
    assert "of the range, from assumptions" in out
    client = tiersim(*words, "--client").stdout
    assert client.splitlines() == out.splitlines()[: len(client.splitlines())]
    for word in ("error", "variance", "replications for"):
        assert word in out and word not in client


def test_compare_with_one_more_file_and_with_changes(tiersim, folder, small):
    other = folder / "更多 money.yaml"
    other.write_text(f"extends: {small.name}\nbudget: {{yearly: 1.5 m / year}}\n", encoding="utf-8")
    words = (small.name, "--replications", "4", "--workers", "1", "--client")
    by_place = tiersim("compare", *words[:1], other.name, *words[1:]).stdout
    by_option = tiersim("compare", *words, "--against", other.name).stdout
    assert by_place == by_option
    assert "更多 money" in by_place
    assert tiersim("compare", *words, "--set", "budget.yearly=1.5 m / year").stdout != by_place
    three = tiersim("compare", *words, "--set", "compare=[today, tiered]").stdout
    assert "more money" not in three and "Verdict" in three
    assert "no difference" in tiersim("compare", *words, "--set", "compare=[today]").stdout


def test_quick_takes_few_replications(tiersim, small):
    out = tiersim("compare", small.name, "--quick", "--workers", "1").stdout
    assert "20 replications" in out.splitlines()[0]
    assert "Quick: " in out


def test_report_hands_over_all_options(tiersim, folder, monkeypatch):
    seen = {}

    def build(kind, subject, **options):
        import warnings

        from tiersim.report.errors import ReportWarning

        warnings.warn("no PDF here", ReportWarning, stacklevel=1)
        seen.update(options, kind=kind, subject=subject)
        return [folder / "a b.html"]

    monkeypatch.setattr("tiersim.report.build.report", build)
    found = tiersim(
        "report", "roi", "machinery", "--format", "html", "--to", "out", "--lang", "en",
        "--against", "uniform", "--replications", "8", "--seed", "5", "--quick",
        "--set", "customers=300", "--set", "name=X",
    )  # fmt: skip
    assert found.stdout == f"Wrote {folder / 'a b.html'}\n"
    assert found.stderr == "no PDF here\n"
    assert seen == {
        "kind": "roi", "subject": "machinery", "formats": "html", "to": "out", "lang": "en",
        "against": ["uniform"], "replications": 8, "seed": 5, "quick": True, "actuals": None,
        "set": ["customers=300", "name=X"], "brand": None, "commentary": None,
    }  # fmt: skip


def test_report_of_a_saved_comparison(tiersim, folder, small, monkeypatch):
    tiersim("compare", small.name, "--replications", "4", "--workers", "1", "--to", "made")
    tiersim("run", small.name, "--replications", "2", "--workers", "1", "--to", "one")
    subjects = []
    monkeypatch.setattr(
        "tiersim.report.build.report", lambda kind, subject, **_: subjects.append(subject) or []
    )
    tiersim("report", "roi", "made")
    assert isinstance(subjects[0], ts.Comparison) and subjects[0].replications == 4
    assert "needs a comparison" in tiersim("report", "roi", "one", code=2).stderr


def test_doctor(tiersim, monkeypatch):
    from tiersim import doctor

    fine, ill = (
        doctor.Check("Python", True, "3.11", needed=True),
        doctor.Check("X", False, "none", "all", True),
    )
    monkeypatch.setattr(doctor, "report", lambda: [fine])
    assert tiersim("doctor").stdout.split() == ["ok", "Python", "3.11"]
    monkeypatch.setattr(doctor, "report", lambda: [fine, ill])
    assert "missing" in tiersim("doctor", code=1).stdout
    monkeypatch.setattr(doctor, "warm", lambda say: say("compiling") or "warm now")
    found = tiersim("doctor", "--warm")
    assert (found.stdout, found.stderr) == ("warm now\n", "compiling\n")
