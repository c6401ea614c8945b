"""The command `plan`."""

from __future__ import annotations

from tiersim.cli.plan import print_plan
from tiersim.scenario.load import load


def test_the_table_has_who_when_resources_and_effect(capsys):
    rows = [{"what": "nurturing", "who": "sales lead", "from": "2026-04-06", "to": "2026-12-30",
             "resources": "40 sessions", "expects": "share of wallet +8 %"}]  # fmt: skip
    print_plan(load("machinery", {"plan": rows}))
    shown = capsys.readouterr().out
    for text in ("sales lead", "2026-04-06 to 2027-01-04", "39", "40 sessions", "+8 %", "all the time",
                 "moved to the next"):  # fmt: skip
        assert text in shown
    print_plan(load("machinery"))
    assert "every strategy runs from the start" in capsys.readouterr().out
