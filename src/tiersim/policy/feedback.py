"""Poor survey answers that are answered in person: how many there will be, in hours of work (P2)."""

from __future__ import annotations

import math

from tiersim.scenario.schema import Scenario

POOR = 6.5
"""Would-recommend answers below this (0 to 6 of 10) are poor."""


def feedback_hours(scenario: Scenario, values: dict[str, float]) -> float:
    """Expected hours a week and customer of answering poor survey answers, at satisfaction as of the start.

    Satisfaction and the noise of an answer are taken as normal, and the share that answers as that at 75.
    """
    if not (scenario.mechanisms.feedback and scenario.mechanisms.surveys):
        return 0.0
    spread = math.hypot(values["population.satisfaction_spread"], values["satisfaction.survey_noise"])
    below = 10.0 * POOR - values["baseline.satisfaction"]
    poor = 0.5 * math.erfc(-below / max(spread, 1e-9) / math.sqrt(2.0))
    answered = scenario.satisfaction.survey_share * values["satisfaction.survey_answers"]
    return answered * poor / 13.0 * values["service.feedback_time"]
