"""The time of a test, which stands still until the test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
"""A whole second, because a JWT counts in whole seconds."""


class FakeClock:
    """A clock for `create_app(settings, clock=...)`: calling it gives the instant it stands at, in UTC."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """Give the instant at which the clock stands."""
        return self._now

    def __repr__(self) -> str:
        return f"FakeClock({self._now.isoformat()})"

    def advance(self, seconds: float) -> None:
        """Move the clock by so many seconds; a negative number sets it back, as a corrected clock is."""
        self._now += timedelta(seconds=seconds)


class FakeMonotonic:
    """A time in seconds, of the kind that measures durations; it stands still until it is advanced."""

    def __init__(self) -> None:
        self._now = 1000.0

    def __call__(self) -> float:
        """Give the present time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
