"""new, check, show, explain: what they print, what they write, what they refuse."""

from __future__ import annotations

import json

import pytest

from tiersim.scenario.load import load


@pytest.mark.parametrize("starter", ["machinery", "retail", "placebo"])
def test_a_new_scenario_is_good_and_carries_no_dangling_schema(tiersim, folder, starter):
    out = tiersim("new", starter, "my.yaml").stdout
    assert "tiersim check my.yaml" in out
    text = (folder / "my.yaml").read_text(encoding="utf-8")
    assert "$schema" not in text
    assert text.startswith(f"preset: {starter}")
    assert "my.yaml: no mistakes found." in tiersim("check", "my.yaml").stdout
    assert [path.name for path in folder.iterdir()] == ["my.yaml"]


def test_new_with_a_schema_beside_it(tiersim, folder):
    tiersim("new", "retail", "--schema")
    header = (folder / "retail.yaml").read_text(encoding="utf-8").splitlines()[0]
    named = folder / header.partition("$schema=")[2]
    assert json.loads(named.read_text(encoding="utf-8"))["properties"]["budget"]


def test_new_overwrites_nothing(tiersim, folder):
    (folder / "my.yaml").write_text("mine", encoding="utf-8")
    assert "is not overwritten" in tiersim("new", "machinery", "my.yaml", code=2).stderr
    assert (folder / "my.yaml").read_text(encoding="utf-8") == "mine"
    assert "no folder" in tiersim("new", "machinery", "none/my.yaml", code=2).stderr
    assert "did you mean machinery?" in tiersim("new", "machinary", "x.yaml", code=2).stderr
    assert [path.name for path in folder.iterdir()] == ["my.yaml"]


def test_names_with_blanks_and_other_scripts(tiersim, folder):
    name = "客户 分层 2026.yaml"
    out = tiersim("new", "machinery", name).stdout
    assert f"tiersim check '{name}'" in out
    tiersim("check", name, "--set", "name=重型机械")
    assert "重型机械" in tiersim("show", name, "--set", "name=重型机械").stdout


def test_check_prints_the_table(tiersim):
    rows = {
        line.split("  ")[0]: line.split()
        for line in tiersim("check", "machinery", "--set", "customers=1000").stdout.splitlines()
    }
    assert rows["customers"][1:] == ["50", "150", "300", "500"]
    assert rows["people that the ratio needs"][-4:] == ["10", "8", "10", "5"]
    assert rows["what binds"][-4:] == ["ratio"] * 4
    assert "implied utilisation" in rows


def test_check_warns(tiersim):
    out = tiersim("check", "machinery", "--set", "budget.yearly=3 m / year").stdout
    assert "money" in out
    assert "Warning: " in out


def test_every_fault_is_told_at_once(tiersim):
    changes = ["market.size=100", "compare=[tiered, todai]", "rating.newcomers=D", "run_out=1 week"]
    text = tiersim("check", "machinery", *[w for c in changes[:3] for w in ("--set", c)], code=2).stderr
    assert len(text.strip().splitlines()) == 4
    assert "did you mean today?" in text
    assert "whole number of quarters" in tiersim("check", "machinery", "--set", changes[3], code=2).stderr


def test_the_resolved_scenario_loads_again_to_the_same_content(tiersim, folder):
    text = tiersim("show", "machinery", "--resolved", "--set", "budget.split.B=25%").stdout
    (folder / "full.yaml").write_text(text, encoding="utf-8")
    changed = load("machinery", "budget.split.B=25%")
    assert load("full.yaml").sha256 == changed.sha256 != load("machinery").sha256
    assert changed.sha256 in tiersim("show", "full.yaml").stdout


def test_explain(tiersim):
    out = tiersim("explain", "churn.bankruptcy").stdout
    for word in ("failures a customer-year", "pert (low 0.001 / year", "per year", "assumed", "preset base:"):
        assert word in out
    assert "budget.split.S+A" in tiersim("explain", "budget.split", "machinery").stdout
    assert "override" in tiersim("explain", "customers", "retail", "--set", "customers=15000").stdout
    assert "did you mean budget.split?" in tiersim("explain", "budget.splt", code=2).stderr
