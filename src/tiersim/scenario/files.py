"""One YAML file to plain Python: mappings, lists and scalars, with the line of every key.

The file is composed into nodes and built here by hand, so that no tag can construct an object, duplicate keys
are seen, and every key keeps its line. `Lines` maps a dotted path to (file, line).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tiersim.errors import Problem, ScenarioError
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted

Lines = dict[str, tuple[str, int]]

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
"""Largest number of values after aliases are written out; a whole scenario has some 500."""

_TAG = "tag:yaml.org,2002:"
_SCALARS = ("str", "int", "float", "bool", "null", "timestamp")


@dataclass(frozen=True)
class Document:
    """What one file says: a plain tree and the line of every path in it."""

    name: str
    tree: dict[str, Any]
    lines: Lines = field(default_factory=dict)


def read_file(path: Path, name: str | None = None) -> Document:
    """Read one YAML file; raises `ScenarioError` with everything that is wrong with it as YAML."""
    name = name or str(path)
    try:
        if path.is_dir():
            raise ScenarioError(Problem(name, None, "", "is a folder, not a scenario file"))
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(Problem(name, None, "", "is larger than 1 MB, which no scenario needs"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(_missing(path, name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable file name"
        raise ScenarioError(Problem(name, None, "", f"cannot be read: {reason}")) from None
    return read_text(data, name)


def _missing(path: Path, name: str) -> Problem:
    folder = path.parent
    there = sorted(p.name for p in folder.glob("*.y*ml")) if folder.is_dir() else []
    near = nearest(path.name, there)
    return Problem(name, None, "", "no such file", nearest=str(folder / near) if near else None)


def read_text(data: bytes | str, name: str) -> Document:
    """Read YAML from bytes (UTF-8) or text; `name` is what messages call it."""
    text = data if isinstance(data, str) else ""
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise ScenarioError(Problem(name, line, "", "is not UTF-8 text; save it as UTF-8")) from None
    node = _compose(text, name)
    if node is None or (isinstance(node, ScalarNode) and node.tag == _TAG + "null"):
        raise ScenarioError(Problem(name, None, "", "is empty; write at least a preset and a name"))
    if not isinstance(node, MappingNode):
        raise ScenarioError(Problem(name, _line(node), "", "must be a mapping of keys to values"))
    builder = _Builder(name)
    tree = builder.build(node, "")
    if builder.problems:
        raise ScenarioError(builder.problems)
    return Document(name, tree, builder.lines)


def read_value(text: str, name: str) -> Any:
    """Read one value, as in ``--set path=value``: YAML, so that ``true`` or ``[a, b]`` mean the same."""
    node = _compose(text, name)
    builder = _Builder(name)
    value = None if node is None else builder.build(node, "")
    if builder.problems:
        raise ScenarioError(builder.problems)
    return value


def _compose(text: str, name: str) -> Node | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
            return node
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        raise ScenarioError(Problem(name, line, "", _plain_words(error))) from None
    except YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else None
        raise ScenarioError(Problem(name, line, "", "holds a character that YAML does not allow")) from None
    except RecursionError:
        raise ScenarioError(Problem(name, None, "", "is nested too deeply")) from None
    # The parser trips over some broken input in ways of its own; whatever it was, the file is not YAML.
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        NotImplementedError,
        TypeError,
        ValueError,
    ):
        raise ScenarioError(Problem(name, None, "", "cannot be read as YAML")) from None


def _plain_words(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "")
    if "'\\t'" in problem or "tab" in problem:
        return "cannot be read as YAML: indent with blanks, not with tabs"
    if "undefined alias" in problem:
        return f"cannot be read as YAML: {problem}"
    if "mapping values are not allowed" in problem:
        return "cannot be read as YAML: a second ': ' in one line; put text with a colon in quotes"
    if "but found another document" in problem or "single document" in str(error.context or ""):
        return "holds more than one document; a scenario is one"
    if "could not find expected ':'" in problem or "expected <block end>" in problem:
        return "cannot be read as YAML: a key without ': ', or wrong indentation, here or just before"
    return f"cannot be read as YAML: {problem}" if problem else "cannot be read as YAML"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


class _Builder:
    """Nodes to plain values; collects problems instead of stopping at the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: Lines = {}
        self.problems: list[Problem] = []
        self._count = 0
        self._open: set[int] = set()

    def build(self, node: Node, path: str) -> Any:
        self._count += 1
        if self._count > MAX_NODES or id(node) in self._open or len(self._open) > 60:
            if self._count <= MAX_NODES:
                what = "an alias that contains itself" if id(node) in self._open else "nesting too deep"
                self._problem(node, path, f"holds {what}")
            elif self._count == MAX_NODES + 1:
                self._problem(node, path, f"has more than {MAX_NODES} values once aliases are written out")
            return None
        tag = str(node.tag)
        own = "map" if isinstance(node, MappingNode) else "seq" if isinstance(node, SequenceNode) else ""
        if tag.removeprefix(_TAG) not in ((own,) if own else _SCALARS):
            self._problem(node, path, f"has the tag {quoted(tag)}; a scenario holds plain values only")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            assert isinstance(node, SequenceNode)
            return [self._entry(item, f"{path}.{i}" if path else str(i)) for i, item in enumerate(node.value)]
        finally:
            self._open.discard(id(node))

    def _entry(self, node: Node, path: str) -> Any:
        self.lines[path] = (self.name, _line(node))
        return self.build(node, path)

    def _mapping(self, node: MappingNode, path: str) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode) or key_node.tag == _TAG + "null":
                self._problem(key_node, path, "has a key that is not a word")
                continue
            key = str(key_node.value)
            here = f"{path}.{key}" if path else key
            if key_node.tag == _TAG + "merge":
                self._problem(key_node, path, "uses the merge key <<; use extends or write the keys out")
                continue
            if not key or "." in key or len(key) > 60:
                self._problem(key_node, path, f"has a key {quoted(key)}; keys are words without dots")
                continue
            if key in tree:
                self._problem(key_node, here, f"is written twice; the first is in line {first[key]}")
                continue
            first[key] = _line(key_node)
            self.lines[here] = (self.name, _line(key_node))
            tree[key] = self.build(value_node, here)
        return tree

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        plain = text.replace("_", "")
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() in ("true", "yes", "on")
            if kind == "int" and len(plain) <= 60:
                prefix = plain.lstrip("+-")[:2].lower()
                return int(plain, 0 if prefix in ("0x", "0o", "0b") else 10)
            if kind == "float":
                return float(plain.lower().replace(".inf", "inf").replace(".nan", "nan"))
            if kind == "timestamp":
                return date.fromisoformat(text)
            if kind in ("str", "int", "timestamp"):
                return text
        except ValueError:
            return text
        self._problem(node, path, f"has the tag {quoted('!!' + kind)}; a scenario holds plain values only")
        return None

    def _problem(self, node: Node, path: str, message: str) -> None:
        self.problems.append(Problem(self.name, _line(node), path, message))


def is_leaf_mapping(value: Any, marks: frozenset[str]) -> bool:
    """Whether `value` is a mapping that spells one assumption, by the keys in it."""
    return isinstance(value, Mapping) and any(key in marks for key in value)
