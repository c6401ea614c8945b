"""The rollout package: what a pilot leaves behind loads, runs, and comes back from a region's sheet (X2)."""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import python_calamine
import xlsxwriter
from scipy.special import ndtri

from tests.experiment.diagnoses import diagnosed
from tests.experiment.worlds import small
from tiersim.errors import ScenarioError, TiersimError
from tiersim.experiment.diagnose import diagnose
from tiersim.experiment.estimate import from_error
from tiersim.experiment.package import (
    Contents,
    package_of,
    package_yaml,
    read_sheet,
    region_sheet,
    rollout,
    save,
    settings_of,
)
from tiersim.experiment.package.extend import measured_effects
from tiersim.experiment.package.lessons import HARMED, NOT_SHOWN, SHOWN, _worded
from tiersim.experiment.package.sheet import HEADS, KEY, NOT_HERE, OWN, SETTINGS, SHEETS
from tiersim.experiment.package.tracking import ltv
from tiersim.experiment.run import Experiment, experiment
from tiersim.scenario.load import load, loads
from tiersim.scenario.schema import Scenario

BASE = """
preset: machinery
name: "=cmd()|' /C calc'!A0 <script> 试点"
description: "@SUM(1) =1"
start: 2026-01-05
horizon: 1 year
run_out: 0 weeks
currency: CNY
customers: 300
baseline: {revenue: 120 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
satisfaction: {survey_share: 100 %}
tiers: {S: {share: 5 %}, A: {share: 15 %}, B: {share: 30 %}, C: {share: rest}}
budget: {yearly: 5 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}
population:
  regions:
    {East: null, Central: null, South: 30 %, North: 20 %, West: 20 %, "<script>alert(1)</script> 战略": rest}
strategies: {executive visits: {description: "=HYPERLINK(\\"http://x\\")"}}
"""

PILOT = (
    BASE
    + """
experiment:
  unit: region
  begins: 26 weeks
  lasts: 26 weeks
  period: 13 weeks
  lot: {number: 2}
  metrics:
    orders: {measure: orders, role: primary, worth: 1 k}
    profit: {measure: profit}
    satisfaction: {measure: satisfaction, role: guardrail, worst_points: -3}
  resistance: {}
"""
)

TEST = (
    BASE
    + """
experiment:
  begins: 13 weeks
  lasts: 13 weeks
  compliance: {treated: 80 %, control: 10 %}
  metrics:
    churn: {measure: churn, role: primary}
    orders: {measure: orders}
    satisfaction: {measure: satisfaction, role: guardrail, worst_points: -3}
sharing: {staff: all}
"""
)


@pytest.fixture(scope="module")
def pilot() -> Experiment:
    return experiment(loads(PILOT, "pilot.yaml"))


@pytest.fixture(scope="module")
def contents(pilot: Experiment) -> Contents:
    return package_of(pilot)


@pytest.fixture(scope="module")
def test() -> Contents:
    return package_of(experiment(loads(TEST, "test.yaml")))


@pytest.fixture(scope="module")
def package(contents: Contents) -> Scenario:
    return rollout(contents)


# -- what was set -----------------------------------------------------------------------------------------


def test_settings_hold_what_differs_and_nothing_else(contents: Contents) -> None:
    by_path = {one.path: one for one in contents.settings}
    visits = by_path["policies.tiered.tiers.S.contact_every"]
    assert (visits.control, visits.treated) == ("every 6 weeks", "weekly")
    assert by_path["policies.tiered.budget.split.S+A"].treated == "60 %"
    assert by_path["policies.tiered.knowledge_base"].treated == "true"
    # Teams of three stand in both policies for S and A, but not for B and C.
    assert "policies.tiered.tiers.S.team" not in by_path
    assert by_path["policies.tiered.tiers.B.team"].treated == "region"
    # A price was assumed by somebody; a cadence was decided.
    price = by_path["strategies.nurturing.price"]
    assert price.grade == "assumed" and "no record" in price.source
    assert visits.grade == "decision" and "/" not in visits.source
    assert not by_path["strategies.nurturing.effects.wallet_share"].settable


def test_a_policy_that_differs_by_one_lever_has_one_setting() -> None:
    scenario = loads(
        BASE + "policies: {more: {care: tiered, knowledge_base: true, tiers: {B: {bot: 20 %}}}}\n"
    )
    found = settings_of(scenario, "tiered", "more")
    assert [(one.path, one.control, one.treated) for one in found] == [
        ("policies.more.tiers.B.bot", "0 %", "20 %")
    ]
    assert settings_of(scenario, "tiered", "tiered") == ()


# -- what was learned -------------------------------------------------------------------------------------


def test_lessons_are_the_leading_answers(pilot: Experiment, contents: Contents) -> None:
    for lesson in contents.lessons:
        answer, found = pilot.estimate(lesson.outcome)
        assert (lesson.answer, lesson.value) == (answer, found.value)
        half = float(ndtri(0.975)) * lesson.error
        assert found.value + half == pytest.approx(found.high)  # one look: its own interval
    assert [lesson.role for lesson in contents.lessons] == ["primary", "secondary", "guardrail"]


@pytest.mark.parametrize(
    ("role", "value", "better", "worse", "passed", "wording"),
    [
        ("primary", 3.0, True, True, True, SHOWN),
        ("primary", 3.0, True, True, False, NOT_SHOWN),  # a check failed
        ("primary", -3.0, True, True, True, HARMED),
        ("primary", -3.0, True, True, False, HARMED),  # who may be harmed is told all the same
        ("primary", 1.0, False, False, True, NOT_SHOWN),
        ("secondary", 3.0, False, True, True, NOT_SHOWN),  # the primary one was not shown
        ("secondary", -3.0, False, True, True, HARMED),
        ("exploratory", 3.0, True, True, True, NOT_SHOWN),
        ("exploratory", -3.0, True, True, True, NOT_SHOWN),
        ("guardrail", 0.5, False, False, True, SHOWN),  # -1.5 lies above the limit of -3
        ("guardrail", -6.0, False, True, True, HARMED),
        ("guardrail", -2.5, False, True, True, HARMED),
        ("guardrail", -1.5, False, False, True, NOT_SHOWN),
        ("guardrail", 0.5, False, False, False, NOT_SHOWN),
    ],
)
def test_wording_is_the_strongest_that_is_allowed(
    pilot: Experiment, role: str, value: float, better: bool, worse: bool, passed: bool, wording: str
) -> None:
    outcome = replace(pilot.design.outcomes[2], role=role)
    assert _worded(outcome, from_error(value, 1.0), better, worse, passed)[0] == wording


def test_what_is_good_downward_is_worded_so(pilot: Experiment) -> None:
    churn = replace(pilot.design.outcomes[1], role="primary", sign=-1)
    assert _worded(churn, from_error(-3.0, 1.0), True, True, True)[0] == SHOWN
    assert _worded(churn, from_error(3.0, 1.0), True, True, True)[0] == HARMED


def test_tiers_are_shrunk_and_told_of_tests_by_customer(test: Contents, contents: Contents) -> None:
    assert {one.tier for one in test.tiers if one.outcome == "orders"} == {"S", "A", "B", "C"}
    for one in test.tiers:
        mine = [other for other in test.tiers if other.outcome == one.outcome]
        assert min(o.raw for o in mine) - 1e-9 <= one.value <= max(o.raw for o in mine) + 1e-9
        assert 0.0 < one.pulled <= 1.0
    assert contents.tiers == () and any(met.kind == "tiers" for met in contents.problems)


def test_problems_and_contamination_are_told(test: Contents, contents: Contents, pilot: Experiment) -> None:
    assert any("staff is shared" in text for text in test.contamination)
    assert not any("staff is shared" in text for text in contents.contamination)
    assert any(text.startswith("10%") for text in test.contamination)
    assert any(met.kind == "compliance" for met in test.problems)
    longest = max(rule.delay for rule in pilot.seen.lot.assignment.arms)
    assert longest > 0
    text = f"up to {longest} weeks late, {longest / 2:g} on average"
    assert any(met.kind == "delay" and text in met.text for met in contents.problems)


# -- the scenario -----------------------------------------------------------------------------------------


def test_a_rollout_extends_the_package_and_runs(contents: Contents, tmp_path: Path) -> None:
    save(contents, tmp_path / "pack")
    own = tmp_path / "mine.yaml"
    own.write_text(
        "extends: pack/package.yaml\nname: Mine\nstrategies: {nurturing: {effects: "
        "{order_rate: tiered as a whole on orders, wallet_share: null}}}\n"
    )
    scenario = load(own)
    used = scenario.strategies["nurturing"].effects["order_rate"]
    assert used.grade == "fitted" and used.source.startswith(
        f"pilot in {' and '.join(contents.pilot)}, 6 months"
    )
    found = experiment(load(tmp_path / "pack" / "package.yaml"))
    assert found.design.kind == "rollout" and found.design.policies == ("today", "tiered")
    assert found.estimate("orders")[1].ok


def test_waves_take_every_region_once_and_the_pilot_first(contents: Contents, package: Scenario) -> None:
    assert package.experiment is not None
    waves = package.experiment.waves
    assert tuple(waves[0].regions) == contents.pilot and waves[0].after == 0
    named = [name for wave in waves for name in wave.regions]
    assert sorted(named) == sorted(package.population.regions) and waves[1].after == 26
    slow = rollout(contents, every=52, regions_a_wave=1).experiment
    assert slow is not None
    assert [(wave.after, len(wave.regions)) for wave in slow.waves] == [(0, 2), (26, 1), (78, 1)]
    with pytest.raises(ScenarioError, match=r"every: must be a whole number of weeks.*got 2.5"):
        rollout(contents, every=2.5)


def test_effects_are_those_that_were_estimated(contents: Contents, test: Contents) -> None:
    found = dict(measured_effects(contents))
    orders, profit = found["tiered as a whole on orders"], found["tiered as a whole on profit"]
    lesson = contents.lessons[0]
    assert orders["grade"] == profit["grade"] == "fitted"
    assert orders["target"] == "order_rate"
    assert float(orders["normal"][0].strip(" %")) == pytest.approx(100 * lesson.value / lesson.base, abs=0.01)
    # Money comes out of many levers: it is told, and is no input.
    assert profit["target"] == "none" and "normal" not in profit and "collapsed" in profit["source"]
    churn = replace(test.lessons[0], value=-0.02, error=0.01, base=0.08)
    few = replace(churn, base=0.0)  # a change of nothing is no share of it
    entries = [dict(measured_effects(replace(test, lessons=(one,)))) for one in (churn, few)]
    whole = [one["tiered as a whole on churn"] for one in entries]
    assert (whole[0]["kind"], whole[0]["normal"]) == ("total", ["-25 %", "12.5 %"])
    assert whole[1]["target"] == "none" and whole[1]["grade"] == "fitted"
    # No policy and no lever's own assumption was touched.
    package = rollout(contents)
    assert package.policies == contents.scenario.policies
    for name, strategy in contents.scenario.strategies.items():
        assert package.strategies[name].effects == strategy.effects


def test_nothing_is_measured_where_checks_failed_or_nothing_ran(contents: Contents) -> None:
    from tiersim.experiment.package.contents import Met

    broken = replace(contents, problems=(*contents.problems, Met("check", "past: they did not move alike")))
    assert not dict(measured_effects(broken))
    assert "\neffects:" not in package_yaml(broken)


def test_a_test_by_customers_rolls_out_from_its_end_on(test: Contents) -> None:
    plan = rollout(test).experiment
    assert plan is not None
    assert plan.kind == "rollout" and plan.begins == 26 and plan.waves[0].after == 0
    assert sum(len(wave.regions) for wave in plan.waves) == 4
    # Waves cannot tell churn by region, so profit decides.
    assert (
        plan.metrics["profit of the rollout"].role == "primary" and plan.metrics["churn"].role == "secondary"
    )


@pytest.mark.slow
def test_a_diagnosis_gives_a_package_without_measurements() -> None:
    found = package_of(diagnose(loads(PILOT, "pilot.yaml"), 4, workers=1, progress=False, store=None))
    assert not found.measured and not dict(measured_effects(found))
    assert {lesson.wording for lesson in found.lessons} == {"simulated"}
    assert sum(float(part.split()[-1].strip("%")) for part in found.reason.split(" of ")[0].split(",")) == 100
    assert rollout(found).experiment is not None


def churn_diagnosed(shares: dict[str, str]) -> Contents:
    """A package of a design about churn, with answers by hand: it falls, does not move, and rises."""
    value, half = np.array([-0.03, -0.02, 0.0, 0.02]), 0.01
    rows = [("difference", True, value, value - half, value + half, np.full(4, 0.01))]
    scenario = small(
        experiment__shares=shares,
        experiment__lot={"how": "simple"},
        experiment__metrics={"churn": {"measure": "churn", "role": "primary"}},
    )
    verdicts = {("sound", False): ("go", "go", "hold", "stop")}
    return package_of(diagnosed(scenario, verdicts, np.ones(4), np.ones(4), rows))


def test_a_simulated_lesson_knows_that_less_churn_is_good() -> None:
    lesson = churn_diagnosed({}).lessons[0]
    assert lesson.wording == "simulated" and lesson.value == pytest.approx(-0.0075)
    assert "in 50% of 4 simulated runs its interval would lie on the good side" in lesson.text
    assert lesson.text.endswith("in 25% on the bad one")


def test_the_source_tells_the_share_that_was_treated() -> None:
    found = churn_diagnosed({"control": "70 %", "treated": "30 %"})
    assert found.where.startswith("30% of the customers of ")


def test_an_unknown_arm_is_named(pilot: Experiment) -> None:
    with pytest.raises(ScenarioError, match=r"is no arm.*did you mean treated"):
        package_of(pilot, "treatd")
    with pytest.raises(ScenarioError, match="is the control"):
        package_of(pilot, "control")


# -- the sheet --------------------------------------------------------------------------------------------


def rows_of(data: bytes, sheet: str) -> list[list[Any]]:
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
    )


def filled(data: bytes, path: Path, own: dict[str, Any], more: tuple[tuple[Any, ...], ...] = ()) -> Path:
    """The sheet Settings written anew with a region's own values, as an office program would save it."""
    rows = [list(row) for row in rows_of(data, SETTINGS)]
    top = next(i for i, row in enumerate(rows) if KEY in row)
    for row in rows[top + 1 :]:
        if row[0] in own:
            row[HEADS.index(OWN)] = own[row[0]]
    for key, value in more:
        rows.append([key, "", "", "", "", value])
    file = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = file.add_worksheet(SETTINGS)
    day = file.add_format({"num_format": "yyyy-mm-dd"})
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if hasattr(value, "year"):
                sheet.write_datetime(i, j, value, day)
            elif value != "":
                sheet.write(i, j, value)
    file.close()
    return path


def test_text_of_the_scenario_stays_text(contents: Contents) -> None:
    data = region_sheet(
        contents, next(n for n in contents.scenario.population.regions if n not in contents.pilot)
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        sheets = [archive.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet")]
        texts = archive.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == len(SHEETS)
    assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)
    assert "<script>" not in texts and "=HYPERLINK" in texts
    assert "dataValidation" in sheets[0] and "dataValidation" in sheets[2]


def test_sheets_hold_settings_lessons_tracking_and_steps(contents: Contents, pilot: Experiment) -> None:
    region = next(n for n in contents.scenario.population.regions if n not in contents.pilot)
    data = region_sheet(contents, region)
    keys = [row[0] for row in rows_of(data, SETTINGS)]
    assert all(one.path in keys for one in contents.settings)
    learned = rows_of(data, SHEETS[1])
    orders = next(row for row in learned if row[:2] == ["orders", "primary"])
    assert orders[3] == pytest.approx(contents.lessons[0].value)
    tracking = rows_of(data, SHEETS[2])
    first = next(row for row in tracking if row[:2] == ["2026 Q3", "B"])
    mine = (pilot.seen.panel.tier == 2) & pilot.seen.panel.known[pilot.seen.panel.period_at(26)]
    mine[pilot.seen.members[pilot.seen.lot.arm == 0]] = False
    panel = pilot.seen.panel.take(mine & (pilot.seen.panel.entry_week <= 0))
    assert first[2] == len(panel)
    assert first[3] == pytest.approx((panel.window("orders", 26, 39) > 0).mean())
    assert first[4] == pytest.approx(1.0 - panel.known[panel.period_at(39)].mean())
    steps = rows_of(data, SHEETS[3])
    change = next(row for row in steps if row[0] == "change over")
    assert str(change[3])[:10] == "2027-01-04"  # 26 + 26 weeks after 2026-01-05


def test_the_tracking_sheet_says_what_its_ltv_is(contents: Contents) -> None:
    told = " ".join(str(row[0]) for row in rows_of(region_sheet(contents), SHEETS[2]) if row)
    assert "plain forecast: the quarter's margin times 4" in told and "season is not taken out" in told


def test_a_region_fills_its_sheet_in_and_the_rollout_follows(
    contents: Contents, package: Scenario, tmp_path: Path
) -> None:
    own = {
        "policies.tiered.tiers.S.contact_every": "every 2 weeks",
        "policies.tiered.tiers.C.bot": 0.7,
        "policies.tiered.tiers.B.customers_per_manager": 25,
        "policies.tiered.tiers.C.agents": "no",
        "policies.tiered.budget.split.S+A": 0.5,
        "policies.tiered.budget.split.B": "40 %",
        "policies.tiered.strategies.nurturing": False,
        "strategies.service rules.price": "900 / year",
    }
    path = filled(region_sheet(contents), tmp_path / "own.xlsx", own)
    overrides = read_sheet(path, package)
    changed = package.override(overrides)
    policy = changed.policies["tiered"]
    assert policy.tiers["S"].contact_every == 2 and policy.tiers["C"].bot == 0.7
    assert policy.tiers["B"].customers_per_manager == 25 and policy.tiers["C"].agents is False
    assert policy.budget.split == {"S+A": 0.5, "B": 0.4, "C": pytest.approx(0.1)}
    assert policy.strategies == {"nurturing": False}
    assert changed.strategies["service rules"].price.central == 900
    # Today's care and the plan's own budget are as they were.
    assert changed.today == package.today and changed.budget == package.budget
    again = {one.path: one.treated for one in settings_of(changed, "today", "tiered")}
    assert again["policies.tiered.tiers.C.bot"] == "70 %"
    assert "policies.tiered.strategies.nurturing" not in again


def test_an_untouched_sheet_changes_nothing(contents: Contents, package: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "as it was.xlsx"
    path.write_bytes(region_sheet(contents))
    assert read_sheet(path, package) == {}


def test_all_faults_of_a_sheet_are_told_at_once_with_their_cells(
    contents: Contents, package: Scenario, tmp_path: Path
) -> None:
    import datetime

    own = {
        "policies.tiered.tiers.S.contact_every": 2,  # no unit
        "policies.tiered.tiers.S.answer_within": datetime.datetime(2026, 1, 2),
        "policies.tiered.tiers.C.bot": "170 %",
        "policies.tiered.tiers.B.team": "regio",
        "policies.tiered.budget.split.B": "80 %",
    }
    more = (("policies.tiered.tiers.S.contact_evry", "weekly"), ("customers", 7), ("", 3))
    path = filled(region_sheet(contents), tmp_path / "bad.xlsx", own, more)
    with pytest.raises(ScenarioError) as caught:
        read_sheet(path, package)
    text = str(caught.value)
    cells = {row[0]: i for i, row in enumerate(rows_of(path.read_bytes(), SETTINGS), 1)}
    assert len(caught.value.problems) == len(own) + len(more)
    for key in ("contact_every", "answer_within"):
        place = f"bad.xlsx, sheet Settings, cell F{cells[f'policies.tiered.tiers.S.{key}']}"
        assert f"{place}: policies.tiered.tiers.S.{key}" in text
    assert "0 % to 100 %" in text and "pool or region" in text
    assert "did you mean policies.tiered.tiers.S.contact_every" in text
    assert "customers: is nothing that a region sets" in text


def test_a_split_that_does_not_add_up_names_its_cells(
    contents: Contents, package: Scenario, tmp_path: Path
) -> None:
    own = {"policies.tiered.budget.split.B": "80 %"}
    path = filled(region_sheet(contents), tmp_path / "split.xlsx", own)
    with pytest.raises(
        ScenarioError, match=r"split\.xlsx, sheet Settings, cell F\d+: policies\.tiered\.budget\.split"
    ):
        read_sheet(path, package)


def test_files_that_are_no_sheet_are_refused(package: Scenario, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    plain.write_text("key;your value")
    other = tmp_path / "other.xlsx"
    file = xlsxwriter.Workbook(str(other))
    file.add_worksheet("Seting")
    file.close()
    for path, text in (
        (plain, "plain text"),
        (other, "has no sheet Settings"),
        (tmp_path / "none.xlsx", "cannot be read"),
    ):
        with pytest.raises(TiersimError, match=text):
            read_sheet(path, package)


def test_save_overwrites_nothing(contents: Contents, tmp_path: Path) -> None:
    files = save(contents, tmp_path / "p")
    left = [n for n in contents.scenario.population.regions if n not in contents.pilot]
    assert len(files) == 1 + len(left)
    assert all("<" not in path.name and "/" not in path.name for path in files)
    before = [path.read_bytes() for path in files]
    with pytest.raises(ScenarioError, match="exists already"):
        save(contents, tmp_path / "p")
    assert [path.read_bytes() for path in files] == before


def test_sheets_have_the_dates_of_the_waves_that_were_asked_for(contents: Contents, tmp_path: Path) -> None:
    files = save(contents, tmp_path / "p", every=13, regions_a_wave=1)
    scenario = load(files[0])
    assert scenario.experiment is not None
    after = {name: wave.after for wave in scenario.experiment.waves for name in wave.regions}
    left = [name for name in scenario.population.regions if name not in contents.pilot]
    assert sorted(after[name] for name in left) == [26 + 13 * k for k in range(len(left))]
    for name, path in zip(left, files[1:], strict=True):
        change = next(row for row in rows_of(path.read_bytes(), SHEETS[3]) if row[0] == "change over")
        week = timedelta(weeks=scenario.experiment.begins + after[name])
        assert str(change[3])[:10] == str(scenario.start + week)
    with pytest.raises(ScenarioError, match=r"every: must be a whole number of weeks"):
        region_sheet(contents, left[0], every=0.5)


def test_ltv_is_a_geometric_sum() -> None:
    churn, rate = 0.03, 0.08
    yearly = (1 - churn) ** 4
    by_hand = 100 * (1 + yearly / 1.08 + yearly**2 / 1.08**2)
    assert ltv(100, churn, rate) == pytest.approx(by_hand)
    assert math.isnan(ltv(math.nan, churn, rate))


def test_what_cannot_stand_in_a_cell_is_said(contents: Contents) -> None:
    rows = {row[0]: row for row in rows_of(region_sheet(contents), SETTINGS) if row}
    assert rows["policies.tiered.tiers.A.overflow"][HEADS.index(OWN)] == NOT_HERE
