"""The configuration of Valkey, run: a node can count by it, and do nothing else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from limits import parse

from services.limits_shared import SharedCounters
from tests.support import ROOT
from tests.support.certificates import certificate_for
from tests.support.valkey import Valkey

USER = "latchkey"


class Deployed(Valkey):
    """The server of deploy/valkey.conf, on a port and with a certificate and a password of its own."""

    def _configuration(self) -> str:
        own = super()._configuration().splitlines()
        values = {line.split()[0]: line for line in own if not line.startswith(("requirepass", "save"))}
        lines = (ROOT / "deploy" / "valkey.conf").read_text().splitlines()
        text = "\n".join([values.get(line.split(" ")[0], line) for line in lines] + [values["dir"]])
        assert text.count(">PASSWORD") == 1
        return text.replace(">PASSWORD", f">{self.password}")


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    """Run it."""
    server = Deployed(tmp_path, certificate_for("127.0.0.1"), user=USER)
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_a_node_counts_by_it(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS, by its name and password: two attempts of two, and one given back."""
    monkeypatch.setenv("SSL_CERT_FILE", str(deployed.home / "cert"))
    counters, limit = await asyncio.to_thread(SharedCounters, deployed.url), parse("2/hour")
    try:
        assert [await counters.take("somebody", limit) for _ in range(2)] == [None, None]
        assert await counters.take("somebody", limit)
        await counters.give_back("somebody", limit)
        assert await counters.take("somebody", limit) is None
    finally:
        await counters.close()


def test_it_allows_nothing_else(deployed: Deployed) -> None:
    """Whoever reads the URL on a node cannot read, forget or reconfigure what all of them count."""
    for command in (("KEYS", "*"), ("FLUSHALL",), ("CONFIG", "GET", "*"), ("ACL", "LIST")):
        with pytest.raises(redis.exceptions.NoPermissionError):
            deployed.ask(*command)
    deployed.user = "default"
    with pytest.raises(redis.AuthenticationError):
        deployed.ask("PING")
