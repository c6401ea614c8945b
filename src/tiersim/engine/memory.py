"""The small arrays of a world (clock, parameters of stages) and the words of a week."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ACCOUNTS, MAX_LAG, METRICS, WEEK_OF_YEAR, WEEKS_PER_QUARTER
from tiersim.engine.filing import FILED_COLUMNS
from tiersim.engine.layout import CLOCK_SIZE, REPLICATION, SEED, WEEK, N
from tiersim.kernel import kernel
from tiersim.random import fill_words
from tiersim.random.streams import WEEK_A
from tiersim.scenario.customers import CAUSES
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@kernel
def draws(clock, birth, word_order, word_ticket, word_churn, word_wave):  # type: ignore[no-untyped-def]
    """The week's four words of every customer."""
    fill_words(
        birth, clock[WEEK], WEEK_A, 0, clock[SEED], clock[REPLICATION], word_order, word_ticket, word_churn,
        word_wave, clock[N],
    )  # fmt: skip


def half_life_factor(weeks: float) -> float:
    """What is left of something after one week, if half is left after `weeks`."""
    return 0.5 ** (1.0 / weeks) if weeks > 0 else 0.0


def stage_parameters(scenario: Scenario, values: dict[str, float]) -> dict[str, Array]:
    """Parameter arrays of the stages that do not depend on the state of the start."""
    f32 = np.float32
    phi = half_life_factor(values["population.demand_memory"])
    swing = values["population.demand_swing"]
    curve = values["response.curvature"]
    term = scenario.population.contract.term if scenario.population.contract else 0.0
    return {
        "demand_par": np.array([phi, swing * np.sqrt(1.0 - phi * phi)], f32),
        "order_par": np.array([swing**2 / 2.0, values["population.basket_noise"], 1.0], f32),
        "ticket_cents": np.rint(
            100.0 * np.array([values["service.cost"], values["service.bot_cost"]])
        ).astype(np.int64),
        "contact_cents": np.rint(
            100.0 * np.array([values["service.contact_cost"], values["service.automatic_cost"]])
        ).astype(np.int64),
        "lever_par": np.array(
            [
                half_life_factor(values["response.half_life"]),
                1.0 / curve,
                1.0 / -np.expm1(-1.0 / curve),
                0.0,
            ],
            f32,
        ),
        "satisfaction_par": np.array(
            [1.0 - half_life_factor(scenario.satisfaction.half_life), 0.0],
            f32,
        ),
        "churn_par": np.array(
            [
                values["churn.satisfaction_effect"],
                values["baseline.satisfaction"],
                values["churn.bankruptcy"] * WEEK_OF_YEAR,
                term,
                _notice(scenario, values),
                np.log1p(-values["churn.winding_down"]),
                values["churn.falling_demand"],
                0.5 * (values["churn.falling_demand"] * swing) ** 2,
            ],
            f32,
        ),
        **no_strain(len(CAUSES)),
        "cause_hazard": np.zeros(len(CAUSES), f32),
        "growth_par": np.array([values["wallet.reversion"] * WEEK_OF_YEAR], f32),
        "referral_par": np.array(
            [values["referral.rate"] * WEEK_OF_YEAR, values["referral.slope"] / 10.0], f32
        ),
        "person_par": np.array([values["population.contact_changes"] * WEEK_OF_YEAR, WEEKS_PER_QUARTER], f32),
        "entry_dose": np.zeros(2, f32),
        "booking_par": np.ceil(
            3600.0
            * np.array(
                [
                    values["service.contact_time"],
                    scenario.desk.piece,
                    scenario.service.departments.meeting_time,
                ]
            )
        ).astype(np.int64),
        "span_opens": np.zeros(7, np.int64),
        "span_closes": np.zeros(7, np.int64),
    }


def _notice(scenario: Scenario, values: dict[str, float]) -> float:
    """Weeks of notice: a mean without contracts, a whole number before the renewal with them."""
    weeks = values["churn.notice"] if scenario.mechanisms.notice else 0.0
    contract = scenario.population.contract
    # Nobody decides on a renewal before the contract that ends has begun.
    return float(min(round(weeks), round(contract.term) - 1)) if contract else weeks


def scratch(ledger_cells: int, customers: int, tickets_a_week: float) -> dict[str, Array]:
    """Clock, posting buffer, KPI sums and what a week files with the desk."""
    room = int(4 * tickets_a_week + customers // 4 + 1000)
    return {
        "clock": np.zeros(CLOCK_SIZE, np.int64),
        "post": np.zeros((len(ACCOUNTS), WEEKS_PER_QUARTER + MAX_LAG, ledger_cells), np.int64),
        "kpi": np.zeros((len(METRICS), ledger_cells)),
        "filed": np.zeros((FILED_COLUMNS, room), np.int64),
        "referrer": np.zeros(customers // 4 + 100, np.int32),
        "referrer_k": np.zeros(customers // 4 + 100, np.int32),
    }


def cause_hazards(scenario: Scenario, hazard: float) -> npt.NDArray[np.float32]:
    """Weekly hazard by cause for a yearly hazard of all causes (bankruptcy beside)."""
    shares = np.array([float(scenario.churn.causes[cause]) for cause in CAUSES])
    return (hazard * shares * WEEK_OF_YEAR).astype(np.float32)


def no_strain(causes: int) -> dict[str, Array]:
    """Strain on causes of leaving where no mechanism writes any."""
    return {"strain": np.zeros((causes, 0), np.float32), "strain_on": np.zeros(causes, np.int8)}
