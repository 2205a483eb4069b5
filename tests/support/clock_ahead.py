"""`python -m tests.support.clock_ahead serve`: the real command line, on a machine whose clock is ahead."""

import sys
from datetime import datetime, timedelta
from functools import partial
from unittest.mock import patch

import serving
from server import create_app
from services import system_clock
from tests.support import blockbusted

AHEAD = timedelta(seconds=2)
"""As far as clocks are apart that nobody has noticed to be."""


def main() -> int:
    """Run `latchkey` under the guard, with that clock."""
    with patch.object(serving, "create_app", partial(create_app, clock=_clock)):
        return blockbusted.main()


def _clock() -> datetime:
    return system_clock() + AHEAD


if __name__ == "__main__":
    sys.exit(main())
