"""`python -m tests.support.blockbusted serve`: the real command line, with a guard over its event loop."""

import sys

from blockbuster import BlockBuster

import cli
from services import limits_shared


def main() -> int:
    """Forbid blocking calls in this process's event loops, then run `latchkey` with our arguments."""
    BlockBuster().activate()
    # Where a whole suite runs at once, half a second of silence is no outage.
    limits_shared.WITHIN = 20.0
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
