"""The PowerPoint file of a report: the answer first, then a slide for each finding, with charts to edit."""

from __future__ import annotations

import io

from tiersim.report.document import Document
from tiersim.report.office.package import CREATED, settled
from tiersim.report.office.slidelayout import sheets
from tiersim.report.office.slideplaces import Sheet
from tiersim.report.office.slideplan import plan
from tiersim.report.office.slidestack import joined
from tiersim.report.text import load
from tiersim.tables.celltext import clean


def deck(document: Document) -> bytes:
    """The file's content: equal reports give equal bytes. What does not fit a slide stands in its notes."""
    from tiersim.report.office import slidemaster
    from tiersim.report.office.slidedraw import Drawer

    text = load(document.frame.lang)
    made: list[Sheet] = [one for slide in joined(plan(document, text)) for one in sheets(slide, text)]
    file = slidemaster.new(document.frame)
    drawer = Drawer(file, document.frame, text)
    for number, sheet in enumerate(made, start=1):
        drawer.draw(sheet, number, len(made))
    known = file.core_properties
    known.title, known.author = clean(document.frame.title)[:255], clean(document.frame.brand_name)[:255]
    known.subject, known.last_modified_by = clean(document.frame.subject)[:255], ""
    known.created = known.modified = CREATED
    known.revision = 1
    buffer = io.BytesIO()
    file.save(buffer)
    return settled(buffer.getvalue())
