"""The few things a commentary may hold: paragraphs, lists, bold and italics, and references to figures.

All else is text, and stands on the page as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tiersim.report.tree import Child, Node

REFERENCE = re.compile(r"\{([^{}\n]*)\}")
_ESCAPED = re.compile(r"\\[{}\\]")
_OTHER = (
    (re.compile(r"\s{0,3}#{1,6}\s"), "a heading inside a slot"),
    (re.compile(r"\s{0,3}>"), "a quotation"),
    (re.compile(r"\s{0,3}(```|~~~)"), "code"),
    (re.compile(r"\s{0,3}\|"), "a table"),
    (re.compile(r"\s{0,3}([-*_=])(\s*\1){2,}\s*$"), "a rule"),
    (re.compile(r".*\[[^\]]*\]\([^)]*\)"), "a link or picture"),
)
ALLOWED = "paragraphs, lists (- or 1.), **bold**, *italics* and references such as {roi.net_gain}"
_TAGS = {"paragraph": "p", "strong": "strong", "emphasis": "em", "list_item": "li", "block_text": ""}


def references(lines: Iterable[str]) -> list[tuple[int, str]]:
    """References by number of their line, from 0."""
    return [
        (number, name.strip()) for number, line in enumerate(lines)
        for name in REFERENCE.findall(_ESCAPED.sub("  ", line))
    ]  # fmt: skip


def faults(line: str) -> list[tuple[str, str | None]]:
    """What is wrong with one line: message, and what is allowed."""
    found: list[tuple[str, str | None]] = [
        (f"{what} has no place in a commentary", ALLOWED) for pattern, what in _OTHER if pattern.match(line)
    ]
    if re.search(r"[{}]", REFERENCE.sub("", _ESCAPED.sub("", line))):
        found.append(
            ("a brace without its partner", "a reference such as {roi.net_gain}; \\{ is a brace itself")
        )
    return found


@cache
def _parser() -> Any:
    from mistune import BlockParser, InlineParser, Markdown

    block, inline = BlockParser(), InlineParser()
    block.rules = ["list", "blank_line"]
    block.list_rules = ["list", "blank_line"]
    inline.rules = ["escape", "emphasis", "linebreak", "softbreak"]

    def reference(_: Any, found: Any, state: Any) -> int:
        state.append_token({"type": "reference", "raw": found[0][1:-1].strip()})
        return int(found.end())

    inline.register("reference", REFERENCE.pattern.replace("(", "(?:"), reference, before="emphasis")
    return Markdown(renderer=None, block=block, inline=inline)


def tree(lines: Iterable[str], values: Mapping[str, str]) -> tuple[Child, ...]:
    """The page's pieces; references are figures as the report shows them."""
    return _children(_parser()("\n".join(lines)), values)


def _children(tokens: list[dict[str, Any]], values: Mapping[str, str]) -> tuple[Child, ...]:
    found: list[Child] = []
    for number, token in enumerate(tokens):
        kind = token["type"]
        if kind == "reference":
            found.append(values[token["raw"]])
        elif kind == "text":
            found.append(str(token["raw"]))
        elif kind == "softbreak":
            found.append(_between(tokens, number))
        elif kind == "linebreak":
            found.append(Node("br"))
        elif kind == "list":
            tag = "ol" if token["attrs"]["ordered"] else "ul"
            found.append(Node(tag, {}, _children(token["children"], values)))
        elif kind in _TAGS:
            inside = _children(token["children"], values)
            found += [Node(_TAGS[kind], {}, inside)] if _TAGS[kind] else inside
        elif kind != "blank_line":  # what the line by line check did not foresee is shown as its words
            found.append(Node("p", {}, _children(token.get("children", []), values)))
    return tuple(found)


def _between(tokens: list[dict[str, Any]], number: int) -> str:
    """A blank for the end of a line; nothing between two Chinese characters."""
    before = str(tokens[number - 1].get("raw", ""))[-1:] if number else ""
    after = str(tokens[number + 1].get("raw", ""))[:1] if number + 1 < len(tokens) else ""
    return "" if _wide(before) and _wide(after) else " "


def _wide(c: str) -> bool:
    return "\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef"
