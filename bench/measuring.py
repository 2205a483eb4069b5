"""One run: every operation on a server once, and every floor."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bench.connections import post
from bench.floors import ANSWER
from bench.loads import Step, closed, paced
from bench.operations import ME, body, exactly
from bench.processes import cpu_seconds, memory_mib
from bench.results import Result, medians, of_sample
from bench.targets import Target

T = TypeVar("T")

CONNECTIONS, LOGINS, PACE = 32, 8, 50
"""How many clients ask at once, how many sign in at once, and how often `me` is asked beside them."""

_LOGOUTS_PER_SECOND = 1500
"""For so many there are sessions; a server that is faster has ended them all before the time is over."""


def sessions_for(seconds: float) -> int:
    """Tell how many sessions one run uses up: one for each client, and one for each sign-out."""
    return _logouts(seconds) + 4 * CONNECTIONS


def _logouts(seconds: float) -> int:
    return int(1.25 * seconds * _LOGOUTS_PER_SECOND)


async def measure_floor(pid: int, port: int, *, cookie: str, seconds: float) -> Result:
    """Measure how often a floor answers the request that a server is asked, to the byte."""
    steps = [exactly(post(body(ME), cookie=cookie), ANSWER)] * CONNECTIONS
    return await _measured(pid, port, steps, seconds)


async def measure_target(
    target: Target, floor: Callable[[], Awaitable[Result]], *, seconds: float
) -> tuple[dict[str, Result], dict[str, Result]]:
    """Measure every operation, one after another, and then `me` with and without sign-ins going on.

    The floor is measured just before and just after each operation that is compared with it, and the mean is
    taken: a machine that has neighbours is not as fast a minute later.
    """
    asked, floors = target.operations, {}
    results = {"login": await measure_logins(target, seconds=seconds)}
    compared = {
        "me": [asked.me() for _ in range(CONNECTIONS)],
        "refresh": [asked.refresh() for _ in range(CONNECTIONS)],
        "logout": [asked.logout(_logouts(seconds))] * CONNECTIONS,
    }
    before = await floor()
    for name, steps in compared.items():
        results[name] = await _measured(target.pid, target.port, steps, seconds)
        after = await floor()
        floors[name], before = medians([before, after]), after
    others = {
        "me, uncached": [asked.me_uncached() for _ in range(CONNECTIONS)],
        "hostile": [asked.hostile()] * LOGINS,
    }
    for name, steps in others.items():
        results[name] = await _measured(target.pid, target.port, steps, seconds)
    return results | await _mixed(target, asked.me(), seconds), floors


async def measure_logins(target: Target, *, clients: int = LOGINS, seconds: float) -> Result:
    """Measure how often so many clients can sign in."""
    return await _measured(target.pid, target.port, [target.operations.login()] * clients, seconds)


async def _measured(pid: int, port: int, steps: Sequence[Step], seconds: float) -> Result:
    await closed(port, steps, seconds=seconds / 4)  # The caches fill, and nothing of it counts.
    sample, cpu = await _observed(pid, closed(port, steps, seconds=seconds))
    return of_sample(sample, cpu_seconds=cpu, memory_mib=memory_mib(pid))


async def _mixed(target: Target, me: Step, seconds: float) -> dict[str, Result]:
    pid, port = target.pid, target.port
    alone, cpu = await _observed(pid, paced(port, me, per_second=PACE, seconds=seconds))
    results = {f"me, {PACE}/s": of_sample(alone, cpu_seconds=cpu, memory_mib=memory_mib(pid))}
    both = asyncio.gather(
        paced(port, me, per_second=PACE, seconds=seconds),
        closed(port, [target.operations.login()] * LOGINS, seconds=seconds),
    )
    (beside, logins), cpu = await _observed(pid, both)
    # Nobody can tell whose time it was: it is told for each request, of either kind.
    each = cpu / (len(beside.latencies) + len(logins.latencies))
    for name, sample in ((f"me, {PACE}/s, {LOGINS} logins", beside), ("login, beside me", logins)):
        used = each * len(sample.latencies)
        results[name] = of_sample(sample, cpu_seconds=used, memory_mib=memory_mib(pid))
    return results


async def _observed(pid: int, load: Awaitable[T]) -> tuple[T, float]:
    before = cpu_seconds(pid)
    sample = await load
    return sample, cpu_seconds(pid) - before
