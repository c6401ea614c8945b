"""The page that lists the reports of a batch: verdict, gain and range of each, with links to its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from tiersim.report import text as texts
from tiersim.report.document import Document
from tiersim.report.fragments import Column, el, join, section, table
from tiersim.report.html import page
from tiersim.report.make import Made
from tiersim.report.tree import Child
from tiersim.report.values import HEADLINES


def index(kind: str, lang: str, folder: Path, made: Sequence[tuple[str, Made]]) -> bytes | None:
    """The page in a language; None where no report could be made.

    Parameters
    ----------
    made : scenario and its report, in the order of the page; a report without a frame could not be made.
    """
    frames = [one.frame for _, one in made if one.frame is not None]
    if not frames:
        return None
    t = texts.load(lang)
    missing = t("numbers.missing")
    figures = HEADLINES[kind]
    heads = [t(f"hand.{head}") for head in figures]
    untold = t("hand.not_told", missing=missing)
    columns = [Column(t("hand.scenario"), "name"), *(Column(head, "text") for head in heads),
               Column(t("hand.files"), "text")]  # fmt: skip
    rows: list[list[Child]] = []
    for subject, one in made:
        if one.frame is None:
            why = t("hand.not_made", missing=missing)
            rows.append([Path(subject).name, *[missing for _ in figures], why])
            continue
        values = one.frame.values
        links: list[Child] = []
        for path in one.files:
            links += [
                el("a", path.suffix.lstrip(".").upper(), href=quote(path.relative_to(folder).as_posix())),
                " ",
            ]
        # Two scenarios may bear one name; their files do not.
        called = t("numbers.beside", name=one.frame.subject, value=Path(subject).name)
        rows.append([called, *(values.get(name, untold) for name in figures.values()), join(links)])
    mark = next((frame.mark for frame in frames if frame.mark), "")
    runs = list(dict.fromkeys(frame.run for frame in frames))
    body = section(
        "index", t("hand.index_title"), el("p", t("hand.index_note"), cls="note"), table(columns, rows),
        mark=mark, cls="page first",
    )  # fmt: skip
    frame = replace(frames[0], title=t("hand.index_title"), mark=mark, run="  |  ".join(runs), values={})
    return page(Document(frame, (body,))).encode()
