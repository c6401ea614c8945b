"""``python -m tiersim`` is the command `tiersim`."""

from __future__ import annotations

from tiersim.cli import main

if __name__ == "__main__":
    main()
