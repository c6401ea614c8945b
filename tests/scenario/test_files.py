"""Reading one YAML file: lines are kept, nothing is built, and broken files are told apart."""

from __future__ import annotations

from datetime import date

import pytest

from tiersim.scenario.files import MAX_BYTES, read_file, read_text, read_value


def test_plain_values_with_their_lines():
    text = "a: 1\nb:\n  c: 5 %\n  d: [x, 2026-01-05]\n北: {e: true, f: null, g: 1.5, h: on}\n"
    document = read_text(text, "my.yaml")
    assert document.tree == {
        "a": 1,
        "b": {"c": "5 %", "d": ["x", date(2026, 1, 5)]},
        "北": {"e": True, "f": None, "g": 1.5, "h": "on"},
    }
    assert document.lines["b.c"] == ("my.yaml", 3)
    assert document.lines["b.d.1"] == ("my.yaml", 4)
    assert document.lines["北.g"] == ("my.yaml", 5)
    assert {type(value) for value in document.tree["北"].values()} == {bool, type(None), float, str}


def test_numbers_as_keys_are_names():
    assert read_text("1: a\ntrue: b\n", "f").tree == {"1": "a", "true": "b"}


def test_aliases_are_written_out():
    assert read_text("a: &x {b: 1}\nc: *x\n", "f").tree == {"a": {"b": 1}, "c": {"b": 1}}


def test_byte_order_mark_is_no_key():
    assert read_text("\ufeffa: 1\n".encode(), "f").tree == {"a": 1}


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ("", None, "is empty"),
        ("# only a comment\n", None, "is empty"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("just text\n", 1, "must be a mapping"),
        ("a: 1\nb: 2\na: 3\n", 3, "is written twice; the first is in line 1"),
        ("a:\n\tb: 1\n", 2, "not with tabs"),
        ("a: 1\n b: 2\n", 2, "cannot be read as YAML"),
        ("a: b: c\n", 1, "put text with a colon in quotes"),
        ("a: [1, 2\nb: 3\n", 2, "cannot be read as YAML"),
        ("a: 'open\n", None, "cannot be read as YAML"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("a: 1\n---\nb: 2\n", None, "more than one document"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "plain values only"),
        ("a: !!python/name:os.system\n", 1, "plain values only"),
        ("a: !custom 3\n", 1, "plain values only"),
        ("a: !!binary aGk=\n", 1, "plain values only"),
        ("!!set {a, b}\n", 1, "plain values only"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", 3, "uses the merge key"),
        ("a: &a [*a]\n", 1, "an alias that contains itself"),
        ("a.b: 1\n", 1, "keys are words without dots"),
        ("? [a, b]\n: 1\n", 1, "a key that is not a word"),
        ("~: 1\n", 1, "a key that is not a word"),
        (b"a: 1\nb: \xff\xfe\n", 2, "is not UTF-8"),
        ("a: \x07\n", 1, "a character that YAML does not allow"),
        ("a: " + "[" * 3000, None, "nested too deeply"),
        ("a: " + "[" * 100 + "]" * 100, 1, "nesting too deep"),
    ],
)
def test_broken_files(refused, data, line, words):
    problems = refused(read_text, data, "my.yaml")
    assert words in problems[0].message
    assert problems[0].file == "my.yaml"
    if line is not None:
        assert problems[0].line == line


def test_every_duplicate_is_named(refused):
    problems = refused(read_text, "a: 1\na: 2\nb: {c: 1, c: 2}\n", "f")
    assert [(p.line, p.path) for p in problems] == [(2, "a"), (3, "b.c")]


def test_aliases_of_aliases_do_not_explode(refused):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    problems = refused(read_text, "\n".join(lines), "f")
    assert "once aliases are written out" in problems[0].message


def test_files_that_cannot_be_read(refused, tmp_path):
    assert refused(read_file, tmp_path)[0].message == "is a folder, not a scenario file"
    (tmp_path / "mine.yaml").write_text("a: 1")
    problem = refused(read_file, tmp_path / "mime.yaml")[0]
    assert (problem.message, problem.nearest) == ("no such file", str(tmp_path / "mine.yaml"))
    (tmp_path / "big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert "larger than 1 MB" in refused(read_file, tmp_path / "big.yaml")[0].message
    assert refused(read_file, tmp_path / ("x" * 300))[0].message.startswith("cannot be read")


@pytest.mark.parametrize(
    ("text", "value"),
    [("5 %", "5 %"), ("0.3", 0.3), ("true", True), ("null", None), ("", None), ("[a, 1]", ["a", 1])],
)
def test_single_values(text, value):
    assert read_value(text, "override") == value
