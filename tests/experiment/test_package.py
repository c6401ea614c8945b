"""X2: what a pilot leaves behind is a scenario that loads and runs, and a sheet that comes back."""

import pytest

import tiersim as ts
from tiersim.errors import ScenarioError
from tiersim.experiment.package import package_of, read_sheet, save

PILOT = {
    "customers": 300, "baseline.revenue": "120 m / year", "today.staff": 5, "market.size": 5000,
    "name": "=cmd() <script> 试点",
    "experiment": {
        "unit": "region", "begins": "26 weeks", "lasts": "26 weeks", "period": "13 weeks",
        "lot": {"number": 2},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    scenario = ts.load("machinery").override(PILOT)
    found = ts.experiment(scenario)
    folder = tmp_path_factory.mktemp("package")
    return scenario, found, save(package_of(found), folder)


def test_the_rollout_loads_and_treats_the_pilot_first(saved):
    scenario, found, files = saved
    rollout = ts.load(files[0])
    assert rollout.experiment is not None
    regions = list(scenario.population.regions)
    pilot = {regions[code] for code in found.seen.lot.treated}
    waves = rollout.experiment.waves
    assert set(waves[0].regions) == pilot
    assert sorted(name for wave in waves for name in wave.regions) == sorted(regions)
    assert rollout.policies == scenario.policies


def test_there_is_a_sheet_for_each_region_that_is_left(saved):
    scenario, found, files = saved
    left = len(scenario.population.regions) - len(found.seen.lot.treated)
    assert len(files) == 1 + left and all(path.suffix == ".xlsx" for path in files[1:])


def test_a_sheet_that_nobody_filled_in_changes_nothing(saved):
    scenario, _, files = saved
    assert read_sheet(files[1], scenario) == {}


def test_nothing_is_overwritten(saved):
    _, found, files = saved
    with pytest.raises(ScenarioError, match="exists already"):
        save(package_of(found), files[0].parent)


def test_a_sheet_holds_no_formula_of_a_name(saved):
    import zipfile

    _, _, files = saved
    with zipfile.ZipFile(files[1]) as book:
        sheets = [name for name in book.namelist() if "worksheets/sheet" in name]
        text = "".join(book.read(name).decode() for name in sheets)
    assert "cmd()" not in text.replace("&lt;", "<") or "<f>=cmd" not in text
    assert "<script>" not in text
