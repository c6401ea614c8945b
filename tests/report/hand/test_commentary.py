"""Comments stand in their sections, their figures are those of the run, and what moved is flagged."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tests.report.hand.pages import comments, document, written

from tiersim.errors import InputError
from tiersim.evaluation.findings import Estimate
from tiersim.report.formats import FORMATS
from tiersim.report.html import page
from tiersim.report.tree import text_of

MOVED = {"gain": Estimate(7.7e6, 1.1e6, 9.9e6, 0.95, 0.3e6)}


def shown(doc, name):
    (one,) = (section for section in doc.sections if section.name == name)
    return text_of(one.tree)


def run(path, lang="en", **changes):
    """A run with the commentary in a file, which is kept as a report would keep it."""
    doc, update, notes = comments(path, lang).applied(document(lang, **changes))
    if update is not None:
        assert update.write() == ""
    return doc, notes


def test_a_missing_file_becomes_a_template_that_says_what_may_be_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "c.md"
    doc, notes = run(path)
    text = path.read_text(encoding="utf-8")
    assert "## answer" in text and "## cash" in text and "{roi.net_gain} = +CNY 4.1 m" in text
    assert "fill in its slots" in notes[0] and [len(s.tree.children) for s in doc.sections] == [2, 2]
    again, told = run(path)
    assert shown(again, "answer") == shown(doc, "answer") and not told, "an empty slot shows nothing"
    assert path.read_text(encoding="utf-8") == text, "a run never touches words"


def test_comments_are_filled_in_and_stand_below_the_lead(tmp_path: Path) -> None:
    path = written(tmp_path, "## answer\nExpect {roi.net_gain} of {roi.customers}.\n\n## cash\n**Wait**.\n")
    doc, notes = run(path)
    told = shown(doc, "answer")
    assert "Expect +CNY\u00a04.1\u00a0m of 1,200." in told and not notes
    assert told.index("The lead.") < told.index("Expect") < told.index("after")
    assert "<strong>Wait</strong>." in page(doc)


def test_words_are_kept_on_rerun_and_flagged_once_a_figure_moved(tmp_path: Path) -> None:
    path = written(tmp_path, "## answer\nWorth {roi.net_gain}.\n## cash\nNo figure here.\n")
    run(path)
    kept = path.read_text(encoding="utf-8")
    assert kept.count("tiersim:run") == 1 and "Worth {roi.net_gain}." in kept
    doc, notes = run(path)
    assert "Written for another run" not in page(doc) and not notes
    doc, notes = run(path, **MOVED)
    assert "Written for another run: net gain was +CNY\u00a04.1\u00a0m." in shown(doc, "answer")
    assert "Worth +CNY\u00a07.7\u00a0m." in shown(doc, "answer")
    assert "Written for" not in shown(doc, "cash")
    assert f"{path}:1: the slot answer was written for another run" in notes[0]
    assert path.read_text(encoding="utf-8") == kept, "the flag stays until the author acts"


@pytest.mark.parametrize("act", ["words", "stamp"])
def test_the_flag_goes_when_its_author_acts(tmp_path: Path, act: str) -> None:
    path = written(tmp_path, "## answer\nWorth {roi.net_gain}.\n")
    run(path)
    text = path.read_text(encoding="utf-8")
    if act == "words":
        text = text.replace("Worth", "Well worth")
    else:
        text = "\n".join(line for line in text.splitlines() if "tiersim:run" not in line)
    path.write_text(text, encoding="utf-8")
    doc, notes = run(path, **MOVED)
    assert "Written for another run" not in page(doc) and not notes
    assert "+CNY\u00a07.7\u00a0m" in path.read_text(encoding="utf-8"), "stamped with the run it is for now"


def test_the_same_run_in_the_other_language_is_no_other_run(tmp_path: Path) -> None:
    path = written(tmp_path, "## answer\n{roi.net_gain} {roi.payback} {roi.range}\n")
    run(path)
    doc, notes = run(path, lang="zh")
    assert not notes and "410万元" in shown(doc, "answer")
    assert "2028年一季度" in shown(doc, "answer"), "a quarter as the language writes it"
    _, notes = run(path, lang="zh", **MOVED)
    assert "roi.net_gain was" in notes[0]


def test_a_language_may_have_its_own_file(tmp_path: Path) -> None:
    written(tmp_path, "## answer\nEnglish.\n")
    written(tmp_path, "## answer\n中文点评\n", "c.zh.md")
    doc, _ = run(tmp_path / "c.md", lang="zh")
    assert "中文点评" in shown(doc, "answer") and "English." not in shown(doc, "answer")


def test_every_problem_is_told_with_its_line_and_what_is_near(tmp_path: Path) -> None:
    path = written(tmp_path, "## anser\nx\n## cash\n{roi.netgain}\nIt pays CNY 4.2 m.\n{roi.gain.D}\n")
    with pytest.raises(InputError) as caught:
        run(path)
    told = [(problem.line, problem.nearest) for problem in caught.value.problems]
    assert told[:3] == [(1, "answer"), (4, "{roi.net_gain}"), (5, "{roi.net_gain}")]
    assert told[3][0] == 6 and told[3][1] in [f"{{roi.gain.{tier}}}" for tier in "SABC"]
    text = str(caught.value)
    assert f"{path}:1: no such slot; got 'anser'" in text and "Allowed here: answer, cash" in text
    assert "no such figure in this report; got {roi.netgain}" in text and "{roi.revenue}" in text
    assert "got 'CNY 4.2 m'" in text
    assert caught.value.exit_code == 2
    assert "tiersim:run" not in path.read_text(encoding="utf-8")


HOSTILE = "## answer\n<script>alert('x')</script> & \\{roi.net_gain\\} {roi.range}\n\n=cmd('calc')\n"


def test_what_somebody_writes_is_text_in_every_format(tmp_path: Path) -> None:
    doc, _ = run(written(tmp_path, HOSTILE))
    html = page(doc)
    assert "<script>" not in html and "&lt;script&gt;alert('x')&lt;/script&gt; &amp;" in html
    assert "{roi.net_gain}" in shown(doc, "answer"), "a brace with a backslash is a brace"
    for name in set(FORMATS) - {"html", "pdf"}:
        parts = zipfile.ZipFile(io.BytesIO(FORMATS[name](doc)))
        text = "".join(parts.read(part).decode("utf-8", "ignore") for part in parts.namelist())
        assert "<script" not in text and "cmd('calc')" in text.replace("&#39;", "'").replace("&apos;", "'")
        assert "<f>cmd" not in text and "<f>=cmd" not in text, name


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "## answer\n{roi.net_gain}\n")
    _, update, _ = comments(path).applied(document())
    assert update is not None
    path.write_text("## answer\nnewer words\n", encoding="utf-8")
    assert update.write() == "" and path.read_text(encoding="utf-8") == "## answer\nnewer words\n"
    assert [one.name for one in tmp_path.iterdir()] == ["c.md"]
