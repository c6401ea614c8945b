"""A diagnosis, or a grid of designs, on disk: tidy tables and a record of what was run, whole or not at all.

The record, ``experiment.json``, holds the resolved scenario, the seed and the versions, so that the same call
makes the same tables; it holds no date, path or user name.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.experiment.diagnose import Diagnosis, experiment_version
from tiersim.runs.content import content_hash, write_table
from tiersim.runs.errors import RunError
from tiersim.runs.folder import move_into_place, versions
from tiersim.scenario.write import content_hash as scenario_hash
from tiersim.scenario.write import resolved_tree

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario

FORMAT = 1
RECORD = "experiment.json"


def check_free(folder: str | os.PathLike[str], overwrite: bool = False) -> None:
    """Refuse a folder that cannot be written, before anything is simulated.

    Raises
    ------
    RunError
        It is a file, or holds something that may not be replaced.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise RunError(f"{target}: is a file; name a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not overwrite:
        raise RunError(f"{target}: already exists; name another folder, or allow overwriting")
    if not (target / RECORD).is_file():
        raise RunError(f"{target}: holds no {RECORD}, so it is no experiment and is not overwritten")


def tables_of(found: Diagnosis) -> dict[str, pd.DataFrame]:
    """All tables of a diagnosis by name; truth and money have one row a replication and more."""
    import pandas as pd

    design = found.design
    arms = range(1, len(design.arms))
    stops = [
        found.stops(menu, arm).assign(menu=menu, arm=design.arms[arm])
        for menu in ("naive", "sound")
        for arm in arms
    ]
    estimands = [found.answers(kind).assign(estimand=kind) for kind in ("as_run", "all_none")]
    truth = pd.DataFrame(dict(found.data["truth"]))
    money = pd.DataFrame(dict(found.data["money"]))
    outcomes = [outcome.name for outcome in design.outcomes]
    truth["outcome"] = [outcomes[code] for code in truth["outcome"]]
    for frame in (truth, money):
        frame["arm"] = [design.arms[code] for code in frame["arm"]]
    return {
        "answers": pd.concat(estimands, ignore_index=True),
        "verdicts": found.verdicts(),
        "verdicts_placebo": found.verdicts(placebo=True),
        "stops": pd.concat(stops, ignore_index=True),
        "failures": found.failures(),
        "truth": truth,
        "money": money,
    }


def save(
    tables: Mapping[str, pd.DataFrame],
    scenario: Scenario,
    folder: str | os.PathLike[str],
    seed: int,
    replications: int,
    overwrite: bool = False,
    **more: Any,
) -> Path:
    """Write tables as CSV and Parquet with their record; nothing is left where it fails.

    Parameters
    ----------
    more : further entries of the record, such as the grid.

    Raises
    ------
    RunError
        The folder may not be written or replaced.
    """
    target = Path(folder)
    check_free(target, overwrite)
    draft = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part"))
        draft.chmod(0o755)
        written = {}
        for name, frame in tables.items():
            write_table(frame, draft / f"{name}.parquet")
            frame.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8")
            written[name] = {"rows": len(frame), "sha256": content_hash(frame)}
        record = {
            "format": FORMAT,
            "name": scenario.name,
            "seed": seed,
            "replications": replications,
            **more,
            "engine": experiment_version(),
            "versions": versions(),
            "tables": written,
            "scenario": {"sha256": scenario_hash(scenario), "resolved": resolved_tree(scenario)},
        }
        text = json.dumps(record, ensure_ascii=False, indent=1, default=str)
        (draft / RECORD).write_text(text + "\n", encoding="utf-8")
        move_into_place(draft, target)
    except OSError as error:
        raise RunError(f"{target}: can't be written: {error.strerror}") from None
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
    return target
