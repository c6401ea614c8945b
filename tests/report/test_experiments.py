"""Reports of experiments: an answer first, every part there, no figure that is none, the same bytes again."""

import re
import warnings

import pytest

import tiersim as ts
from tiersim.report.errors import ReportError

SMALL = {
    "customers": 240, "baseline.revenue": "96 m / year", "today.staff": 4, "market.size": 4000,
    "experiment": {"lasts": "26 weeks", "begins": "26 weeks", "looks": {"every": "13 weeks"}},
}  # fmt: skip
PILOT = {"experiment.unit": "region", "experiment.lot": {"number": 2}, "experiment.period": "13 weeks"}


def page(kind, tmp_path, changes=None, **options):
    scenario = ts.load("machinery").override(SMALL).override(changes or {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = ts.report(kind, scenario, to=tmp_path, formats="html", progress=False, **options)
    return files[0].read_text(encoding="utf-8")


def text_of(html):
    """What a reader reads."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", html))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "changes"), [("ab_test", {}), ("pilot", PILOT)])
def test_a_report_says_the_gates_verdict_and_no_figure_that_is_none(kind, changes, tmp_path):
    html = page(kind, tmp_path, changes)
    found = ts.experiment(ts.load("machinery").override(SMALL).override(changes))
    said = text_of(html)
    assert found.verdict().verdict.upper() in said.upper()
    assert not re.search(r"\bnan\b|\binf\b", said, re.IGNORECASE)
    assert len(re.findall(r"<h2", html)) >= 5


@pytest.mark.slow
def test_a_diagnosis_is_the_same_again(tmp_path):
    one = page("diagnosis", tmp_path / "one", replications=4)
    assert one == page("diagnosis", tmp_path / "two", replications=4)
    said = text_of(one)
    assert not re.search(r"\bnan\b|\binf\b", said, re.IGNORECASE)
    assert "simulated" in said


def test_a_kind_that_does_not_exist_names_the_nearest(tmp_path):
    with pytest.raises(ReportError, match="diagnosis"):
        page("diagnosys", tmp_path)
