"""What `report` refuses, what it writes, and that nothing is left of a report that failed."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import findings as made_up

from tiersim import report as package
from tiersim.report import build, document, html, notebook, pdf
from tiersim.report.atomic import check_writable, write_all
from tiersim.report.errors import ReportError, ReportFailed, ReportWarning
from tiersim.report.figures import save_figures, slug, with_command
from tiersim.report.formats import FORMATS
from tiersim.report.kinds import KINDS, Kind
from tiersim.report.request import Request


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"kind": "rio"},
            f"unknown report 'rio'; did you mean roi? Allowed here: {', '.join(KINDS)}",
        ),
        ({"kind": 3}, f"unknown report '3'. Allowed here: {', '.join(KINDS)}"),
        ({"lang": "EN "}, "unknown language 'EN '; did you mean en? Allowed here: en, zh"),
        (
            {"formats": "html,pfd"},
            f"unknown format 'pfd'; did you mean pdf? Allowed here: {', '.join(FORMATS)}",
        ),
        ({"formats": ()}, f"no format was given. Allowed here: {', '.join(FORMATS)}"),
    ],
)
def test_wrong_words_are_refused_before_anything_runs(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    kind = changes.pop("kind", "roi")
    with pytest.raises(ReportError) as caught:
        package(kind, tmp_path / "missing.yaml", to=tmp_path / "out", **changes)
    assert str(caught.value) == message
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()


REQUEST = Request({"scenario": "x.yaml"}, Path("."), "x")


def _stub(monkeypatch: pytest.MonkeyPatch, page: str = "<p>page</p>", data: bytes = b"%PDF") -> None:
    """A report without a kernel: its notebook shows an empty page."""
    frame = document.Frame("en", "en", "t", "x", "run", "", "", "serif", "{page}/{pages}", {})
    monkeypatch.setattr(Kind, "prepared", lambda *_: REQUEST)
    monkeypatch.setattr(notebook, "execute", lambda *_: None)
    monkeypatch.setattr(document, "read", lambda _: document.Document(frame, ()))
    monkeypatch.setattr(html, "page", lambda _: page)
    monkeypatch.setattr(pdf, "pdf", lambda _: data)


def test_files_are_named_after_the_scenario_and_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _stub(monkeypatch)
    paths = build.report("roi", "x.yaml", to=tmp_path / "a" / "b", formats=["html", "pdf"])
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["a/b/x-roi.html", "a/b/x-roi.pdf"]
    assert [path.read_bytes() for path in paths] == [b"<p>page</p>", b"%PDF"]
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["x-roi.html", "x-roi.pdf"]


def test_a_failure_leaves_the_last_good_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _stub(monkeypatch)
    (old,) = build.report("roi", "x.yaml", to=tmp_path / "out", formats=["html"])

    def fail(_: str) -> bytes:
        raise ReportFailed("no")

    _stub(monkeypatch, page="<p>new</p>")
    monkeypatch.setattr(pdf, "pdf", fail)
    with pytest.raises(ReportFailed):
        build.report("roi", "x.yaml", to=tmp_path / "out", formats=["html", "pdf"])
    assert [path.name for path in old.parent.iterdir()] == ["x-roi.html"]
    assert old.read_bytes() == b"<p>page</p>"


def test_without_pango_the_html_is_written_and_the_remedy_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _stub(monkeypatch)

    def missing(_: str) -> bytes:
        raise pdf.PdfMissing(pdf.HOW_TO_GET_PANGO)

    monkeypatch.setattr(pdf, "pdf", missing)
    with pytest.warns(ReportWarning, match="brew install pango"):
        paths = build.report("roi", "x.yaml", to=tmp_path, formats=["pdf"])
    assert [path.name for path in paths] == ["x-roi.html"]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportFailed, match=r"cannot write .*file.*"):
        write_all({tmp_path / "file" / "x.html": b""})


def test_a_folder_that_cannot_be_is_told_before_anything_is_simulated(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for to in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ReportError, match=r"cannot write to .*is no folder") as caught:
            build.report("roi", "no_such_scenario.yaml", to=to)
        assert caught.value.exit_code == 2
    assert check_writable(tmp_path / "new" / "deep") is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "looking leaves nothing behind"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Heavy machinery, 2026", "heavy-machinery-2026"),
        ("重型机械 A/B", "重型机械-a-b"),
        ("../../etc/passwd", "etc-passwd"),
        ("<>", "scenario"),
        ("x" * 200, "x" * 60),
    ],
)
def test_slugs_are_plain_file_names(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_figures_are_kept_as_data(tmp_path: Path) -> None:
    import json

    assert save_figures(made_up(), "") is None
    path = save_figures(made_up(p_hurdle=float("nan")), tmp_path / "data")
    assert path is not None and path.name == "heavy-machinery-supplier-roi.json"
    kept = json.loads(path.read_text())
    assert kept["gain"]["mean"] == 4.12e6 and kept["p_hurdle"] is None
    assert [row["tier"] for row in kept["tiers"]] == ["S", "A", "B", "C"]


CHANGES = {
    "customers": 300, "run_out": "26 weeks", "budget.split": {"S+A": "50%", "B": 0.3},
    "mechanisms.surveys": False, "budget.yearly": None, "name": "a; b: 'c'", "compare": ["today", "tiered"],
    "description": "12", "start": "2026-01-05",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_printed_command_asks_for_the_same_report(
    lang: str, told: Callable[..., document.Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is read by the parser that a person's typing is read by."""
    from typer.testing import CliRunner

    from tiersim.cli.main import app
    from tiersim.report import again
    from tiersim.report.tree import Node, walk
    from tiersim.scenario.override import parse

    asked: dict[str, Any] = {}

    def caught(kind: str, subject: object, **given: Any) -> list[Path]:
        asked.update(given, kind=kind, subject=subject)
        return []

    monkeypatch.setattr(build, "report", caught)
    found = with_command(made_up(seed=7, replications=12), "my plan.yaml", ["lean"], CHANGES, quick=True)
    made = told(found, lang, sections=("appendix",))
    final = again.given(made, ("html", "xlsx"), again.by_hand(commentary="notes.md", brand=None))
    (code,) = [
        one for one in walk(final.sections[0].tree) if isinstance(one, Node) and again.CLASS in one.classes
    ]
    result = CliRunner().invoke(app, shlex.split(code.text)[1:])
    assert result.exit_code == 0, result.output
    assert parse(asked.pop("set")) == CHANGES
    assert list(asked.pop("against")) == ["lean"]
    assert asked == {
        "kind": "roi", "subject": "my plan.yaml", "seed": 7, "replications": 12, "quick": True, "lang": lang,
        "formats": "html,xlsx", "commentary": "notes.md", "brand": None, "to": "reports/", "actuals": None,
    }  # fmt: skip


def test_command_names_no_private_folder() -> None:
    told = with_command(made_up(), "/home/me/secret client/plan.yaml", None, {"budget.split.B": 0.4}).command
    assert told == "tiersim report roi plan.yaml --set budget.split.B=0.4 --seed 1 --replications 200"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert with_command(made_up(command=""), "resolved-scenario.yaml").command == ""
