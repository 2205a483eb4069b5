"""How much work something is, counted in calls of functions: the same on every machine, however busy."""

import sys
from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """Run something, and give how many functions were called for it."""
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
