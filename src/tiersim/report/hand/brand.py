"""Whose report it is: name, logo, colours, a line on confidentiality, and whether it is a draft."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tiersim.errors import InputError, Problem, ScenarioError
from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.hand.logo import ALLOWED, NoLogo, data_uri
from tiersim.scenario.files import read_file
from tiersim.scenario.load import loads_as
from tiersim.scenario.units import refusal

CONTRAST = 4.5
"""Least contrast of text against white (WCAG 2, level AA)."""


class BrandError(InputError):
    """A brand file that cannot be used; holds every problem found."""


class Colours(BaseModel):
    """Colours of the pages; those of the charts stay, since they are chosen to be told apart in grey."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    accent: str | None = Field(
        default=None, description="verdict, tiles and lines: a colour such as '#0b5c8a'"
    )
    ink: str | None = Field(default=None, description="text: a colour such as '#1f2933'")

    @field_validator("accent", "ink", mode="before")
    @classmethod
    def _legible(cls, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise refusal("is no colour", repr(value), "six hexadecimal digits in quotes, such as '#0b5c8a'")
        found = contrast(value)
        if found < CONTRAST:
            raise refusal(
                f"is too light to read on white: its contrast is {found:.1f} to 1", repr(value),
                f"a colour with at least {CONTRAST:g} to 1, such as {darker(value)!r}",
            )  # fmt: skip
        return value.lower()


class Brand(BaseModel):
    """What a brand file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(default="", max_length=80, description="name of the sender, on the first page")
    logo: str | None = Field(
        default=None, min_length=1, description="picture file, as seen from this file: PNG, JPEG, SVG"
    )
    colours: Colours = Field(default_factory=Colours, description="colours of the pages")
    confidential: str = Field(
        default="", max_length=200, description="line on every page, such as 'Confidential'"
    )
    draft: bool | str = Field(default=False, description="true, or the words of the mark on every page")


@dataclass(frozen=True)
class Branding:
    """A brand that was read, its logo inside."""

    brand: Brand
    logo: str

    def applied(self, document: Document) -> Document:
        """The report with this brand: colours in the style sheet, all else in the frame for every format."""
        given, colours = self.brand, self.brand.colours
        draft = given.draft if isinstance(given.draft, str) else ""
        if given.draft is True:
            draft = texts.load(document.frame.lang)("brand.draft")
        rules = [f"--blue: {colours.accent};"] if colours.accent else []
        rules += [f"--ink: {colours.ink};"] if colours.ink else []
        css = document.frame.css + (f"\n.ts {{ {' '.join(rules)} }}" if rules else "")
        frame = replace(
            document.frame, css=css, brand_name=_line(given.name), logo=self.logo,
            confidential=_line(given.confidential), draft=_line(draft), accent=colours.accent or "",
        )  # fmt: skip
        return replace(document, frame=frame)


def brand(path: str | os.PathLike[str]) -> Branding:
    """The brand in a file.

    Raises
    ------
    BrandError : with every problem of the file and its logo.
    """
    here = Path(path)
    name = str(here)
    if not here.is_file():
        raise BrandError(Problem(name, None, "", "is no file", allowed="a brand file such as brand.yaml"))
    problems: list[Problem] = []
    try:
        document = read_file(here)
    except ScenarioError as error:
        raise BrandError([_unread(here, problem) for problem in error.problems]) from None
    lines = document.lines
    problems += [
        Problem(name, lines[key][1], key, "is empty; a colour begins with #, so put it in quotes"
                if key.startswith("colours.") else "is empty", None, "leave the key out, or give it a value")
        for key in _empty(document.tree)
    ]  # fmt: skip
    problems += [
        Problem(name, lines[key][1], key, "unknown key", None, ", ".join(Brand.model_fields))
        for key in ("preset", "extends") if key in document.tree  # what the reader of scenarios would take
    ]  # fmt: skip
    found, logo = Brand(), ""
    try:
        if not any(problem.message == "unknown key" for problem in problems):
            found = loads_as(Brand, here.read_bytes(), name)
    except ScenarioError as error:
        problems += error.problems
    wanted = document.tree.get("logo")
    if isinstance(wanted, str) and wanted:
        try:
            logo = data_uri(here.parent / wanted)
        except NoLogo as error:
            problems.append(Problem(name, lines["logo"][1], "logo", str(error), repr(wanted), ALLOWED))
    if problems:
        raise BrandError(sorted(problems, key=lambda problem: problem.line or 0))
    return Branding(found, logo)


def _unread(path: Path, problem: Problem) -> Problem:
    """A problem of a file that is no YAML, with what a brand file has most often got wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return problem
    if not text.strip():
        return replace(problem, message="is empty; write at least a name")
    bare = _BARE.search(text)
    if bare is None:
        return problem
    line = text.count("\n", 0, bare.start(1)) + 1
    message = "a colour without quotes is a comment to YAML"
    return Problem(str(path), line, "", message, bare[1], f'the colour in quotes: "{bare[1]}"')


_BARE = re.compile(r"[:{,]\s*(#[0-9a-fA-F]{6})")


def _empty(tree: dict[str, Any], path: str = "") -> list[str]:
    """Keys without a value."""
    found = []
    for key, value in tree.items():
        here = f"{path}.{key}" if path else key
        if value is None:
            found.append(here)
        elif isinstance(value, dict):
            found += _empty(value, here)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def contrast(colour: str) -> float:
    """Contrast of ``#rrggbb`` against white, from 1 to 21 (WCAG 2.1, definition of contrast ratio)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05)


def darker(colour: str) -> str:
    """The lightest colour of the same hue that can be read on white."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for percent in range(100, -1, -1):
        shade = "#" + "".join(f"{part * percent // 100:02x}" for part in parts)
        if contrast(shade) >= CONTRAST:
            return shade
    return "#000000"
