"""The registry of random streams: what a draw is for. One place, so that no two uses share words.

A stream is a part of a draw's address (see `tiersim.random.address`). Each gives, for a customer and
a week, any number of blocks of four 32-bit words, block `k`. Numbers are never reused: a stream that
is no longer needed keeps its line here. Below 65536.
"""

WEEK_A = 1
"""The first block of each customer-week: order count, ticket count, churn, drift of demand."""

WEEK_B = 2
"""The second block of each customer-week: churn cause, wallet share, satisfaction noise, spare."""

ORDER = 3
"""The k-th order of a customer in a week: basket, discount eligibility, payment delay, product."""

TICKET = 4
"""The k-th ticket of a customer in a week: arrival second, kind, handling time, resolution."""

TRAIT = 5
"""What a customer is, drawn once at birth (week of the draw is 0): rates, baskets, frailty, region."""

NEWCOMER = 6
"""Arrivals by channel and region in a week (birth id is the number of the channel and region)."""

SURVEY = 7
"""Surveys: whether asked, whether answered, the answer's noise."""

STAFF = 8
"""Staff of a pool: leaving, absence (birth id is the number of the pool)."""

ASSIGN = 9
"""Which arm an assignment unit belongs to, and its personal delay (birth id is the unit's id)."""

CONTRACT = 10
"""Contracts: phase at the start, renewal, bankruptcy."""

PARAMETER = 11
"""Draws of assumptions (seed, draw; birth id is a hash of the dotted path); without arm."""

DIRTY = 12
"""Faults put into exported or observed data: missing, doubled, late, wrong."""

REFERRAL = 13
"""Referrals that a customer makes in a week, block k for the k-th."""

CAUSE = 14
"""The cause of a churn, drawn in proportion to the causes' hazards."""

CONTACT = 15
"""Contacts with a customer in a week: whether held, whether late, length."""

DESK = 16
"""The service desk's own draws: who answers, escalation, repeat calls."""

RESPONSE = 17
"""How strongly a customer responds to each strategy, drawn once at birth (k is the strategy's group)."""

WINBACK = 18
"""Win-back campaigns: who is approached, who returns."""

MARKET = 19
"""Shocks that all customers share in a week (birth id is 0 or the number of a region)."""

SAMPLE = 20
"""Samples and permutations made by designs, estimators and bootstraps."""

START = 21
"""The state a customer starts in: demand wave, contract phase, contact phase, entry time."""

SIGNAL = 22
"""Signals of a customer, drawn once at birth (k is a hash of the signal's name): its noise, whether known."""

PERSON = 23
"""Changes of a customer's contact person, looked back at from the end of a quarter."""

MOVE = 24
"""Moves between tiers: offices' answers, managers' favourites, appeals, the lottery (k says which)."""

CRISIS = 25
"""Waves of failures: whether a customer is reached, when, whether foreseen (k: two blocks a crisis)."""

USE = 34
"""Use of what was bought in a week: its noise."""
SHOCK = 33
"""Shocks that come by chance: whether one begins in a week (birth id is 0, k is a hash of its name)."""
PRODUCT = 28
"""Product lines: further ones taken up in a week (k is 0), those held at the start (week 0, k from 1)."""

CAMPAIGN = 29
"""Campaigns: kept for who of a tier is approached; none of today's rules draws from it."""
LOYALTY = 30
"""Whether a customer joins the loyalty programme, drawn once (week of the draw is 0)."""
LEAD = 26
"""Leads by channel and region in a week (birth id is the number of the channel and region)."""

LEAD_FATE = 27
"""What a lead is and what becomes of it, by the birth id of the customer it would be: fit, what is seen
of it (block 0), whether it is won, when in its week it came, whether it is worked on (block 1)."""

LAB = 65535
"""Free for tests, notebooks and benchmarks; the engine never draws from it."""


def registry() -> dict[str, int]:
    """Names and numbers of all streams."""
    return {name: value for name, value in globals().items() if name.isupper() and isinstance(value, int)}
