"""Diagnoses by hand: verdicts, values and estimates as a test says, for figures that paper can reckon."""

from __future__ import annotations

import numpy as np

from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.design import design_of
from tiersim.experiment.diagnose import Diagnosis
from tiersim.experiment.gates import VERDICTS


def diagnosed(scenario, verdicts, value, cost, estimates=()):
    """A diagnosis of one treated arm, all of it at the last look.

    Parameters
    ----------
    verdicts : a verdict a replication by (menu, placebo).
    value, cost : true net value of a rollout and of the experiment by replication, currency units.
    estimates : (answer, leads, value, low, high, p) of the primary outcome, the numbers by replication.
    """
    design, n = design_of(scenario), len(value)
    look, names = len(design.looks), list(ALL)
    gates = [
        (k, menu == "sound", placebo, VERDICTS.index(word))
        for (menu, placebo), words in verdicts.items()
        for k, word in enumerate(words)
    ]
    at, menu, placebo, word = (np.array(column) for column in zip(*gates, strict=True))
    same = np.ones(at.size, int)
    rows = [
        (k, names.index(answer), leads, *(column[k] for column in columns))
        for answer, leads, *columns in estimates
        for k in range(n)
    ]
    told = np.array(rows, float).reshape(-1, 7).T
    one = np.ones(told.shape[1], int)
    data = {
        "gates": {
            "replication": at, "menu": menu, "placebo": placebo.astype(bool), "verdict": word, "arm": same,
            "look": look * same, "reason": 0 * same,
        },
        "money": {
            "arm": np.ones(n, int), "true_value": np.array(value, float), "true_cost": np.array(cost, float),
        },
        "estimates": {
            "replication": told[0].astype(int), "answer": told[1].astype(int), "leads": told[2].astype(bool),
            "value": told[3], "low": told[4], "high": told[5], "p": told[6], "outcome": 0 * one, "arm": one,
            "look": look * one, "placebo": np.zeros(one.size, bool), "why": np.full(one.size, "", "U100"),
        },
    }  # fmt: skip
    return Diagnosis(scenario, design, 1, n, data)
