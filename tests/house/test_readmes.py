"""The README says the same in both languages: sections, commands, links."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


def blocks(readme: str) -> list[str]:
    """Blocks of code with their language, without remarks, which are in the reader's language."""
    found = re.findall(r"(?ms)^```.*?^```", readme)
    return ["\n".join(re.sub(r"\s+#.*$", "", line) for line in block.splitlines()) for block in found]


def links(readme: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)", readme))


def test_both_have_the_same_commands() -> None:
    assert len(blocks(ENGLISH)) > 8
    assert blocks(ENGLISH) == blocks(CHINESE)


def test_both_have_the_same_sections() -> None:
    levels = [re.findall(r"(?m)^(#+) ", re.sub(r"(?ms)^```.*?^```", "", one)) for one in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]


def test_each_links_to_the_other_and_both_to_the_same_pages() -> None:
    assert "(README.zh.md)" in ENGLISH.split("##")[0]
    assert "(README.md)" in CHINESE.split("##")[0]
    assert links(ENGLISH) - {"README.zh.md"} == links(CHINESE) - {"README.md"}
    assert [link for link in links(CHINESE) if not (ROOT / link).exists()] == []


def test_remarks_in_the_code_are_chinese() -> None:
    remarks = re.findall(r"(?m)\s#\s(.*)$", "\n".join(re.findall(r"(?ms)^```.*?^```", CHINESE)))
    assert len(remarks) > 15
    assert [one for one in remarks if not re.search("[一-鿿]", one)] == []
