"""When something was disturbed: what was asked meanwhile may go wrong, and nothing else may."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

SETTLING = 1.0
"""How many seconds after a disturbance its consequences may still show, as connections are found dead."""


@dataclass(slots=True)
class Trouble:
    """The disturbances of one thing, one at a time, as the clients may ask for them from another thread."""

    _until: float = -inf

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Be disturbed during the block."""
        self._until = inf
        try:
            yield
        finally:
            self._until = time.monotonic()

    def since(self, moment: float) -> bool:
        """Tell whether there was any since a moment, on the clock of `time.monotonic`."""
        return self._until + SETTLING >= moment
