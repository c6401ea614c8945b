"""What a rating cannot do with the customers it got."""

from __future__ import annotations

from tiersim.errors import TiersimError


class RatingError(TiersimError, ValueError):
    """Customers or rules from which no rating can be made; the message says which and what would help."""

    exit_code = 2
