"""How load is put on a server: as fast as so many clients can, or at a steady pace whatever it answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.connections import Connection

Step = Callable[[Connection], Awaitable[None]]
"""Sends one request on a connection, and raises when its answer is wrong."""


class UsedUp(Exception):
    """There is nothing left to send: a load that lives on single-use things ends with the last of them."""


@dataclass(slots=True)
class Sample:
    """What one load saw: the latency of each answer, how long it all took, and the client's own work."""

    latencies: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    client_seconds: float = 0.0


async def closed(port: int, steps: Sequence[Step], *, seconds: float) -> Sample:
    """Send as fast as answers come: a connection for each step, each with one request in flight."""
    sample, connections = Sample(), [Connection(port) for _ in steps]
    began, worked = time.perf_counter(), time.process_time()

    async def repeat(connection: Connection, step: Step) -> None:
        while (sent := time.perf_counter()) < began + seconds:
            try:
                await step(connection)
            except UsedUp:
                return
            sample.latencies.append(time.perf_counter() - sent)

    try:
        await asyncio.gather(*map(repeat, connections, steps))
    finally:
        for connection in connections:
            connection.close()
    sample.elapsed, sample.client_seconds = time.perf_counter() - began, time.process_time() - worked
    return sample


async def paced(port: int, step: Step, *, per_second: int, seconds: float, connections: int = 16) -> Sample:
    """Send at a steady pace. A latency counts from when its request was due, so that a stall is not hidden.

    Otherwise a client that waits for a slow answer would not send, and the stall would be one sample.
    """
    sample, idle = Sample(), asyncio.Queue[Connection]()
    for _ in range(connections):
        idle.put_nowait(Connection(port))
    began, worked = time.perf_counter(), time.process_time()

    async def once(due: float) -> None:
        connection = await idle.get()
        await step(connection)
        sample.latencies.append(time.perf_counter() - due)
        idle.put_nowait(connection)

    asked = []
    for number in range(max(1, int(per_second * seconds))):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(once(due)))
    await asyncio.gather(*asked)
    while not idle.empty():
        idle.get_nowait().close()
    sample.elapsed, sample.client_seconds = time.perf_counter() - began, time.process_time() - worked
    return sample
