"""Random draws with addresses: the same draw for the same customer, week and purpose in every world."""

from tiersim.random import streams
from tiersim.random.address import (
    FROM_CHANNEL,
    FROM_REFERRER,
    check_address,
    fill_words,
    founder_id,
    founder_ids,
    hash_id,
    newcomer_id,
    path_words,
    text_id,
    words,
)
from tiersim.random.elementary import exp32, log32
from tiersim.random.philox import philox
from tiersim.random.poisson import fill_poisson, poisson_inv
from tiersim.random.quantile import ndtri32, ndtri64
from tiersim.random.uniform import u01, u01d

__all__ = [
    "FROM_CHANNEL",
    "FROM_REFERRER",
    "check_address",
    "exp32",
    "fill_poisson",
    "fill_words",
    "founder_id",
    "founder_ids",
    "hash_id",
    "log32",
    "ndtri32",
    "ndtri64",
    "newcomer_id",
    "path_words",
    "philox",
    "poisson_inv",
    "streams",
    "text_id",
    "u01",
    "u01d",
    "words",
]
