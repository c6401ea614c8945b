"""The commands `report` and `reports`: many scenarios, what fails among them, and folders of saved runs."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tiersim.report import batch, notebook
from tiersim.report.batch import Batch, Failure, files_of
from tiersim.report.errors import ReportError, ReportFailed
from tiersim.report.kinds import BATCHED
from tiersim.report.values import HEADLINES
from tiersim.runs.errors import RunError

QUICK = ("--quick", "--replications", "4", "--format", "html")


@pytest.fixture
def saved(tiersim, small, folder):
    """Folder of a saved comparison."""
    tiersim("compare", small, "--quick", "--replications", "4", "--to", "saved")
    return folder / "saved"


def links(page: Path) -> dict[str, Path]:
    """Files that an index names, by the words of their links."""
    text = page.read_text(encoding="utf-8")
    return {href: page.parent / href for href in re.findall(r'<a href="([^"]+)"', text)}


def test_a_batch_writes_each_report_and_one_index_for_each_language(tiersim, small, folder):
    other = folder / "other.yaml"
    text = small.read_text(encoding="utf-8")
    other.write_text(re.sub(r"^name: .*$", "name: <script> & Sons", text, count=1, flags=re.M), "utf-8")
    (folder / "broken.yaml").write_text("preset: nowhere\n", encoding="utf-8")
    (folder / "brand.yaml").write_text("name: Advisers\nconfidential: Secret\n", encoding="utf-8")
    found = tiersim(
        "reports", small, "broken.yaml", other, "--to", "out", *QUICK, "--lang", "en,zh",
        "--brand", "brand.yaml", code=2,
    )  # fmt: skip
    assert "No report of broken.yaml:" in found.stderr and "broken.yaml:1: preset: unknown" in found.stderr
    names = {f"{stem}-roi-{lang}.html" for stem in ("small", "other") for lang in ("en", "zh")}
    assert {path.name for path in (folder / "out").iterdir()} == names | {"index.html", "index-zh.html"}
    english = (folder / "out" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr><th.*?</tr>", english.partition("<tbody>")[2])
    assert len(rows) == 3 and "n/a, because the report could not be made" in rows[1]
    called = zip(("small.yaml", "broken.yaml", "other.yaml"), rows, strict=True)
    assert all(f in row.partition("</th>")[0] for f, row in called), (
        "the file tells scenarios of one name apart"
    )
    assert "&lt;script&gt; &amp; Sons" in rows[2] and "<script>" not in english
    assert "Secret" in english and "Advisers" in english
    for name in ("index.html", "index-zh.html"):
        there = links(folder / "out" / name)
        assert len(there) == 2 and all(path.is_file() for path in there.values())
    for row, stem in ((rows[0], "small"), (rows[2], "other")):
        page = (folder / "out" / f"{stem}-roi-en.html").read_text(encoding="utf-8")
        cells = re.findall(r"<span>(.*?)</span>", row)[:3]
        assert all(cell in page for cell in cells), "verdict, gain and range read as in the report"
    assert not list(folder.rglob("*.part"))


def test_a_report_that_fails_is_told_and_the_others_are_whole(monkeypatch, small, folder):
    execute = notebook.execute

    def failing(path, parameters, *rest):
        if "bad" in str(parameters["scenario"]):
            raise ReportFailed("the kernel stopped")
        return execute(path, parameters, *rest)

    monkeypatch.setattr(notebook, "execute", failing)
    shutil.copy(small, folder / "bad.yaml")
    told = []
    found = batch.reports(
        ["bad.yaml", "small.yaml"], to="out", formats="html", quick=True, replications=4, workers=1,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert [path.name for path in found.files] == ["small-roi.html", "index.html"]
    assert [(one.scenario, one.lang, str(one.error)) for one in found.failures] == [
        ("bad.yaml", "en", "the kernel stopped")
    ]
    assert found.exit_code == 1, "a fault that is not the user's"
    assert told[-1] == (4, 4) and sorted(told) == told


def test_no_index_where_nothing_could_be_made(tiersim, folder):
    (folder / "broken.yaml").write_text("preset: nowhere\n", encoding="utf-8")
    tiersim("reports", "broken.yaml", "--to", "out", *QUICK, code=2)
    assert not (folder / "out").exists()


def test_exit_codes():
    ours, theirs = ReportFailed("x"), RunError("y")
    failed = [Failure("a", "", theirs)]
    assert Batch((), (), ()).exit_code == 0
    assert Batch((Path("b"),), tuple(failed), ()).exit_code == 2
    assert Batch((), (*failed, replace(failed[0], error=ours)), ()).exit_code == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--kind", "diff"), "unknown report 'diff'"),
        (("--kind", "rio"), "did you mean roi?"),
        (("--lang", "fr"), "unknown language 'fr'. Allowed here: en, zh"),
        (("--format", "odt"), "unknown format 'odt'"),
        (("--to", "small.yaml/x"), "is no folder"),
        (("--brand", "none.yaml"), "none.yaml: is no file"),
        (("--actuals", "a.csv"), "has no option actuals"),
    ],
)
def test_what_is_wrong_for_all_is_told_once_and_first(tiersim, small, folder, words, message):
    found = tiersim("reports", small, "--to", "out", *QUICK, *words, code=2)
    assert found.stderr.count(message) == 1
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


def test_folders_stand_for_their_files_and_names_may_not_collide(folder):
    (folder / "cases").mkdir()
    for name in ("b.yaml", "a.yml", "brand.yaml", "notes.txt"):
        (folder / "cases" / name).write_text("")
    assert files_of(["cases", "x.yaml", "x.yaml"], ["cases/brand.yaml"]) == [
        "cases/a.yml", "cases/b.yaml", "x.yaml",
    ]  # fmt: skip
    with pytest.raises(ReportError, match=r"cases/a\.yml and a\.yaml would write reports of the same name"):
        files_of(["cases", "a.yaml"])
    (folder / "empty").mkdir()
    with pytest.raises(ReportError, match="holds no scenario"):
        files_of(["empty"])
    with pytest.raises(ReportError, match="no scenario was given"):
        files_of([])


def test_every_kind_of_a_batch_says_its_answer_on_one_line():
    assert set(BATCHED) <= set(HEADLINES)


def test_a_report_with_comments_and_brand(tiersim, small, folder):
    (folder / "brand.yaml").write_text("name: Advisers\ndraft: true\n", encoding="utf-8")
    words = ("report", "roi", small, *QUICK, "--brand", "brand.yaml", "--commentary", "c.md", "--to", "out")
    assert "an empty commentary" in tiersim(*words, "--lang", "en,zh").stderr
    text = (folder / "c.md").read_text(encoding="utf-8")
    (folder / "c.md").write_text(
        text.replace("## answer\n", "## answer\nOur word: {roi.net_gain}.\n"), "utf-8"
    )
    assert "written for another" not in tiersim(*words).stderr
    html = (folder / "out" / "small-roi.html").read_text(encoding="utf-8")
    assert "Our word: " in html and "DRAFT" in html and "Written for another run" not in html
    assert "written for another run" in tiersim(*words, "--set", "customers=70").stderr
    before = html
    (folder / "c.md").write_text("## answer\nWe promise CNY 9 m and {roi.nothing}.\n", encoding="utf-8")
    told = tiersim(*words, code=2).stderr
    assert "c.md:2: a typed figure" in told and "c.md:2: no such figure" in told
    now = (folder / "out" / "small-roi.html").read_text(encoding="utf-8")
    assert "Our word: " in now and len(now) > 0.9 * len(before), "the last good report stays"


def test_a_saved_comparison_becomes_any_report_on_it(tiersim, saved, small, folder):
    tiersim("tracking", small, "--to", "actuals.csv")
    tiersim("report", "policy_comparison", saved, "--format", "html", "--to", "out")
    tiersim(
        "report", "effect_evaluation", saved, "--actuals", "actuals.csv", "--format", "html", "--to", "out"
    )
    kinds = sorted(path.stem.rpartition("-")[2] for path in (folder / "out").iterdir())
    assert kinds == ["effect_evaluation", "policy_comparison"]
    for path in (folder / "out").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "NaN" not in text and ">nan" not in text


def test_a_run_of_another_version_is_told(tiersim, saved):
    record = saved / "run.json"
    text = record.read_text(encoding="utf-8")
    engine = json.loads(text)["engine"]
    record.write_text(text.replace(engine, "0.0.9 abc"), encoding="utf-8")
    found = tiersim("report", "roi", saved, "--format", "html", "--to", "out")
    assert "saved: was simulated by tiersim 0.0.9 abc" in found.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda saved, record: (saved / "kpis.parquet").unlink(), "missing or damaged"),
        (lambda saved, record: (saved / "kpis.parquet").write_bytes(b"PAR1"), "missing or damaged"),
        (lambda saved, record: record.update(format=9), "not a run of format 1; got 9"),
        (lambda saved, record: record.pop("worlds"), "damaged"),
        (lambda saved, record: record.update(tables=[]), "damaged"),
        (lambda saved, record: record["scenarios"][0].update(sha256="x"), "does not have the hash"),
    ],
)
def test_a_damaged_folder_is_one_message(tiersim, saved, folder, harm, words):
    path = saved / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    harm(saved, record)
    path.write_text(json.dumps(record), encoding="utf-8")
    found = tiersim("report", "roi", saved, "--to", "out", code=2)
    assert words in found.stderr and not (folder / "out").exists()


def test_a_single_run_and_a_folder_without_any_are_told(tiersim, small, folder):
    tiersim("run", small, "--replications", "1", "--to", "single")
    assert "needs a comparison" in tiersim("report", "roi", "single", code=2).stderr
    (folder / "empty").mkdir()
    assert "is a folder, not a scenario file" in tiersim("report", "roi", "empty", code=2).stderr
