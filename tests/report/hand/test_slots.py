"""Slots of a commentary: where they begin and end, and what is wrong with the form of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.hand.pages import comments, written

from tiersim.errors import InputError
from tiersim.report.hand.slots import CommentaryError, parsed, read
from tiersim.report.hand.stamp import Stamp


def test_comments_are_not_words_and_lines_are_counted_through_them(tmp_path: Path) -> None:
    text = "# Title\n<!-- a\n## hidden\nb -->\n## answer  \n\nfirst\n<!-- note -->\nsecond\n## cash ##\n"
    file = read(written(tmp_path, text))
    assert [(slot.name, slot.line, slot.is_empty) for slot in file.slots] == [
        ("answer", 5, False), ("cash", 10, True),
    ]  # fmt: skip
    assert [line.strip() for line in file.slots[0].lines if line.strip()] == ["first", "second"]
    assert not file.problems


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("words\n## answer\n", 1, "stands before the first slot"),
        ("## answer\na\n## cash\n## answer\nb\n", 4, "written twice; the first is in line 1"),
        ("## answer\n<!-- never\n", 2, "never ends"),
        ("## answer\n\n> quoted\n", 3, "a quotation has no place"),
        ("## answer\n| a | b |\n", 2, "a table has no place"),
        ("## answer\n[click](http://x)\n", 2, "a link or picture"),
        ("## answer\n### more\n", 2, "a heading inside a slot"),
        ("## answer\nopen {roi.net_gain\n", 2, "a brace without its partner"),
    ],
)
def test_problems_of_form_name_their_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        comments(path)
    assert [problem.line for problem in caught.value.problems] == [line]
    assert word in str(caught.value) and str(caught.value).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("raw", "word"), [(b"## a\n\xff\xfe", ":2: is not UTF-8 text"), (b"x" * 500_001, "larger than 500 kB")]
)
def test_what_is_no_text_is_told(tmp_path: Path, raw: bytes, word: str) -> None:
    path = tmp_path / "c.md"
    path.write_bytes(raw)
    with pytest.raises(CommentaryError, match=word):
        read(path)
    with pytest.raises(CommentaryError, match="is a folder"):
        read(tmp_path)


@given(st.text(alphabet="ab#<!-> \n{}", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    file = parsed(Path("c.md"), text.encode(), text)
    for slot in file.slots:
        assert text.split("\n")[slot.line - 1].startswith("##")
        assert 0 < slot.end <= len(text)


@given(st.dictionaries(st.text(max_size=8), st.tuples(st.text(max_size=8), st.none() | st.floats(-1e9, 1e9))))
def test_a_stamp_reads_back_and_never_ends_its_comment(values: dict[str, tuple[str, float | None]]) -> None:
    stamp = Stamp({"seed": 1}, "abc", "en", values)
    line = stamp.write()
    assert line.startswith("<!-- tiersim:run ") and line.count("-->") == 1 and "\n" not in line
    assert Stamp.read(line[len("<!-- tiersim:run ") : -len(" -->")]) == stamp


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"run": 1, "words": 2, "lang": "en", "values": {"a": 1}}'])
def test_a_stamp_that_somebody_changed_is_none(text: str) -> None:
    assert Stamp.read(text) is None
