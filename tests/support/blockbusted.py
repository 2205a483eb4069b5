"""`python -m tests.support.blockbusted serve`: the real command line, with a guard over its event loop."""

import sys

from blockbuster import BlockBuster

import cli


def main() -> int:
    """Forbid blocking calls in this process's event loops, then run `latchkey` with our arguments."""
    BlockBuster().activate()
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
