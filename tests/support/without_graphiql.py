"""`python -m tests.support.without_graphiql serve`: the guarded command line, without a built GraphiQL."""

import sys
from pathlib import Path

from tests.support import blockbusted
from web import playground

if __name__ == "__main__":
    playground.BUILT = Path("never built")
    sys.exit(blockbusted.main())
