"""What can go wrong with runs, in words for a user."""

from __future__ import annotations

from tiersim.errors import TiersimError


class RunError(TiersimError):
    """A run that cannot be made, saved or read as asked."""

    exit_code = 2
