"""Columns of the tables of people and requests: the teams, and the service desk."""

from __future__ import annotations

from tiersim.runs.columns.column import ARM, IN_QUARTER, REPLICATION, Column, summed

DESK: dict[str, dict[str, Column]] = {
    "staff": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "pool": Column("name", "team", "pools"),
        "heads": Column("people", "staff at the end of the quarter"),
        "peak": Column("people", "highest staff in the quarter"),
        "hired": summed("people hired", "people"),
        "left": summed("people who left", "people"),
        "dismissed": summed("people dismissed", "people"),
        "utilisation": Column("share", "share of the hours present with work in them"),
        "tickets": summed("service requests that got an answer"),
        "late": summed("service requests that waited longer than promised for an answer"),
        "answer_hours": summed("hours until the answer, of the hours in which the promise runs", "hours"),
        "backlog_hours": Column("hours", "work on service requests waiting at the end of the quarter"),
        "present_hours": summed("hours that people were present", "hours"),
        "request_hours": summed("hours of work begun on service requests", "hours"),
        "contact_hours": summed("hours of contacts and meetings begun", "hours"),
        "account_hours": summed("hours of account work begun", "hours"),
        "missed_contacts": summed("contacts that nobody had time for"),
        "waiting": Column("count", "service requests waiting at the end of the quarter"),
        "waiting_mean": Column(
            "count", "requests and other work waiting, mean over all hours of the quarter"
        ),
        "skill": Column("standard deviations", "mean skill of the people against those of the start"),
    },
    "desk": {
        "replication": REPLICATION,
        "quarter": IN_QUARTER,
        "arm": ARM,
        "policy": Column("name", "policy under which the request was filed", "policies"),
        "tier": Column("name", "tier when the request was filed", "tiers"),
        "request_class": Column("name", "class of request", "classes"),
        "filed": summed("service requests that came to people; the bot and the knowledge base solved others"),
        "sorted": summed("requests sorted"),
        "sorted_late": summed("requests that waited longer than promised for first sorting"),
        "answered": summed("requests that got their first answer"),
        "half_warned": summed(
            "requests that passed 50 % of the time promised for the answer (first warning)"
        ),
        "most_warned": summed("requests that passed 80 % of it (second warning)"),
        "late": summed("requests that passed all of it, answered since or not"),
        "solved": summed("requests solved"),
        "solved_late": summed("requests not solved within the time promised, given up or not"),
        "unsolved": summed("requests given up unsolved"),
        "followed": summed("requests followed up by a call after the solution"),
        "followed_in_time": summed("of them, within the time promised"),
        "moved": summed("requests that others took over, since their own people did not begin in time"),
        "asked_again": summed("times that customers asked again, of the requests solved or given up"),
        "passed_on": summed("times that another department had a part, of the requests solved"),
        "sort_hours": summed("hours until sorted; of the hours in which the promise runs", "hours"),
        "answer_hours": summed("hours until the first answer, likewise", "hours"),
        "solve_hours": summed("hours until solved, likewise", "hours"),
        "answer_p90_hours": Column("hours", "nine of ten requests answered in the quarter took at most this"),
        "solve_p90_hours": Column("hours", "nine of ten requests solved in the quarter took at most this"),
        "open": Column("count", "requests not closed at the end of the quarter"),
    },
}
