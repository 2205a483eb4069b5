"""A load balancer for tests: one address in front of several nodes, of which it skips those that are down."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

_CHUNK = 64 * 1024


class Balancer:
    """Hands each connection to the next node that takes it, as nginx does by default.

    It knows nothing of HTTP. A connection ends with its node, and what was not answered on it is the client's
    to send again.
    """

    def __init__(self, nodes: Sequence[int]) -> None:
        """Take the ports of the nodes."""
        self._nodes = deque(nodes)
        self._connected: set[asyncio.Task[None]] = set()
        self.open = Counter[int]()
        """How many connections each node has, by its port."""

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward a connection until either side ends it."""
        task = asyncio.create_task(self._forward(reader, writer))
        self._connected.add(task)
        task.add_done_callback(self._connected.discard)

    async def end(self) -> None:
        """End every connection."""
        for task in self._connected:
            task.cancel()
        await asyncio.gather(*self._connected, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            for _ in range(len(self._nodes)):
                node = self._nodes[0]
                self._nodes.rotate(-1)
                try:
                    node_reader, node_writer = await asyncio.open_connection("127.0.0.1", node)
                except ConnectionError:
                    continue
                self.open[node] += 1
                with closing(node_writer):
                    await _until_either_ends(_copy(reader, node_writer), _copy(node_reader, writer))
                self.open[node] -= 1
                return


async def _until_either_ends(*copies: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(copy) for copy in copies]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # A node that was killed resets its connections, which is an end like any other.
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()


@asynccontextmanager
async def balancing(port: int, nodes: Sequence[int]) -> AsyncIterator[Balancer]:
    """Listen on a port of this machine for nodes on others, until the block ends."""
    balancer = Balancer(nodes)
    server = await asyncio.start_server(balancer.take, "127.0.0.1", port)
    try:
        yield balancer
    finally:
        server.close()
        await balancer.end()
        await server.wait_closed()
