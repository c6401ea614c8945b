"""How the figures were computed, so that anybody can compute them again."""

from __future__ import annotations

from tiersim.report import again, phrases
from tiersim.report.experiments.told import DIAGNOSIS, Told
from tiersim.report.experiments.view import view
from tiersim.report.fragments import Column, Section, el, section, table


def record(told: Told, lang: str = "en") -> Section:
    """The run record: seed, replications, version, scenario, command."""
    v = view(told, lang)
    rows: list[tuple[object, object]] = []
    if v.f.kind == DIAGNOSIS:
        rows.append((v.t("columns.replications"), v.n.count(v.found.replications)))
    else:
        rows.append((v.t("record.replication"), v.n.count(v.f.replication)))
    rows += [
        (v.t("appendix.measure_seed"), str(v.f.seed)),
        (v.t("appendix.measure_version"), v.f.version or v.n.missing),
        (v.t("appendix.measure_hash"), el("code", v.f.scenario_sha256)),
    ]
    if v.f.command:
        rows.append((v.t("appendix.measure_command"), again.command(v)))
    columns = [Column(v.t("columns.measure"), "name"), Column(v.t("columns.value"), "text")]
    return section(
        "record",
        v.t("record.title"),
        el("p", v.t("record.note_diagnosis" if v.f.kind == DIAGNOSIS else "record.note"), cls="note"),
        table(columns, rows),
        el("p", v.t("frame.record", footer=phrases.footer(v)), cls="record"),
        mark=phrases.illustrative(v),
    )
