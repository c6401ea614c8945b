"""The week as a list of stages, in their order; the quarter's end likewise."""

from __future__ import annotations

from tiersim.engine.mechanism import Mechanisms, Place
from tiersim.engine.memory import draws
from tiersim.engine.observe import surveys
from tiersim.engine.service import ServiceDesk
from tiersim.engine.stages.bookings import book_account_work, book_contacts
from tiersim.engine.stages.churn import churn, renewal
from tiersim.engine.stages.contacts import contacts
from tiersim.engine.stages.crisis import crisis
from tiersim.engine.stages.demand import demand
from tiersim.engine.stages.entry import entry
from tiersim.engine.stages.expected import expected
from tiersim.engine.stages.growth import growth
from tiersim.engine.stages.levers import levers
from tiersim.engine.stages.notice import calm, departures, unstrained, winding_down
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.persons import persons
from tiersim.engine.stages.record import record
from tiersim.engine.stages.referral import referral
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.tickets import tickets
from tiersim.engine.stages.usual import usual_answers, usual_requests
from tiersim.engine.wiring import Stage
from tiersim.scenario.schema import Scenario


def week_stages(
    scenario: Scenario, mechanisms: Mechanisms, desk: ServiceDesk | None, run_out: bool
) -> list[Stage]:
    """Stages of a week; a mechanism that is switched off, or that has nothing to act on, is absent.

    Parameters
    ----------
    desk : the queue that people serve; without one requests take their usual course.
    """
    on, frozen, contracts = scenario.mechanisms, scenario.freeze, scenario.population.contract

    def others(place: Place) -> list[Stage]:
        return mechanisms.stages(place, run_out)

    week: list[Stage] = [draws] if run_out else [entry, draws]
    week += [levers] if on.levers else []
    winding = [winding_down] if on.notice else []
    drivers = winding + others(Place.DEMAND)
    week += [calm, *drivers] if drivers else []
    week += [demand, orders, *others(Place.BOUGHT)]
    week += ([usual_requests] if run_out else [tickets]) if on.tickets else []
    if on.tickets and on.crises and scenario.crises and not run_out:
        week += [crisis]
    if run_out:
        week += [contacts] if on.contacts else []
    elif desk is None:
        week += [usual_answers] if on.tickets else []
        week += [contacts] if on.contacts else []
    else:
        week += [book_contacts] if on.contacts else []
        week += [book_account_work, *others(Place.BOOKED), desk.week]
    week += others(Place.FELT)
    week += [satisfaction] if on.satisfaction else []
    week += [unstrained] if "strain" in mechanisms.fields else []
    week += others(Place.LEAVING)
    week += [departures] if on.notice and not contracts else []
    week += [renewal if contracts else churn]
    week += [growth] if on.growth else []
    if on.referral and on.arrivals and not frozen.referral and not run_out:
        week += [referral]
    return [*week, *others(Place.LAST), record]


def closing_stages(scenario: Scenario, run_out: bool) -> list[Stage]:
    """Stages of the end of a quarter."""
    closing: list[Stage] = [surveys] if scenario.mechanisms.surveys else []
    return closing if run_out else [*closing, persons, expected]
