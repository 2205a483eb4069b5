"""Traces and the processes that send them: workers, collectors that are gone, and servers that want none."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.client import ME, Client
from tests.acceptance.site import Site
from tests.support import databases
from tests.support.collector import Collector
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from tests.support.valkey import Valkey

pytestmark = [pytest.mark.acceptance, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

LOADED = """
import sys
import cli
status = cli.main(["serve"])
# The client of Redis loads what there is of OpenTelemetry's metrics: that is its own affair.
ours = ("web.tracing", "opentelemetry.sdk.trace", "opentelemetry.exporter", "google", "requests")
print("loaded:", [name for name in sys.modules if name.startswith(ours)])
sys.exit(status)
"""
LACKING = "import sys; sys.modules['opentelemetry'] = None; import cli; sys.exit(cli.main(['serve']))"
PATIENCE = 60
"""For how many seconds something may be waited for on a busy machine."""


def ask_until(server: ServerProcess, is_so: Callable[[], bool]) -> None:
    """Ask a server something again and again, each time on a connection of its own, until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, server.log_text()
        with Client(server.base_url) as client:
            assert client.ask(ME) == {"data": {"me": None}}


def test_every_worker_sends_its_own(site: Site, collector: Collector, valkey: Valkey) -> None:
    """A thread does not live on in a process that is forked: each worker has one, and an id of its own."""
    server = site.start(
        workers=2,
        LATCHKEY_VALKEY_URL=valkey.url,
        OTEL_TRACES_EXPORTER="otlp",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"{collector.url}/elsewhere",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=a%20key",
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
        OTEL_BSP_SCHEDULE_DELAY="50",
    )
    ask_until(server, lambda: len({each.resource["service.instance.id"] for each in collector.spans()}) == 2)
    assert server.terminate() == 0
    assert {(each["path"], each["api-key"]) for each in collector.received.headers} == {
        ("/elsewhere", "a key")
    }


def test_a_collector_that_refuses_is_told_of_once(site: Site, collector: Collector) -> None:
    """And once when it takes traces again; what it refused is lost, and nobody else noticed."""
    collector.status = 400
    server = site.start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_BSP_SCHEDULE_DELAY="20")
    ask_until(server, lambda: "the collector does not take traces" in server.log_text())
    ask_until(server, lambda: server.log_text().count("POST /graphql") > 50)
    collector.status = 200
    ask_until(server, lambda: "the collector takes traces again" in server.log_text())
    assert server.terminate() == 0
    lines = [line for line in server.log_text().splitlines() if "web.tracing" in line]
    assert [line.split()[1] for line in lines] == ["WARNING", "INFO"]
    assert "opentelemetry" not in server.log_text()


@pytest.mark.parametrize("how", ["gone", "silent", "busy"])
def test_a_dead_collector_holds_up_nobody(site: Site, collector: Collector, how: str) -> None:
    """Neither a request nor the stop, whether it refuses connections, never answers or says to try later."""
    url = collector.url if how != "gone" else f"http://127.0.0.1:{free_port()}"
    if how == "silent":
        collector.may_answer.clear()
    collector.status = 503
    server = site.start(
        OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_BSP_SCHEDULE_DELAY="20", OTEL_EXPORTER_OTLP_TIMEOUT="300"
    )
    ask_until(server, lambda: server.log_text().count("POST /graphql") > 20)
    began = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - began < 10
    assert "stopped before the collector had taken all traces" in server.log_text()
    assert " ERROR " not in server.log_text()
    assert "Traceback" not in server.log_text()


@pytest.mark.parametrize(
    ("variables", "loaded"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "accounts", "OTEL_TRACES_SAMPLER": "always_on"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, True),
    ],
)
def test_who_wants_no_traces_loads_nothing(site: Site, variables: dict[str, str], loaded: bool) -> None:
    """Not one module of it, nor of what it stands on, in a server that has answered and ended."""
    port = free_port()
    own = {"LATCHKEY_BIND": f"127.0.0.1:{port}", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", LOADED],
        cwd=site.workdir,
        env=databases.environment({**site.settings, **own, **variables}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # The first line of the welcome comes when it listens.
        with Client(f"http://127.0.0.1:{port}") as client:
            assert client.ask(ME) == {"data": {"me": None}}
        process.terminate()
        rest = process.stdout.read()
    assert process.returncode == 0
    assert ("loaded: []" not in rest) == loaded


def test_packages_that_are_missing_are_one_line(site: Site, tmp_path: Path) -> None:
    """Who sets the variables wants traces, and is not left to believe that there are any."""
    done = subprocess.run(
        [sys.executable, "-c", LACKING],
        cwd=tmp_path,
        env=databases.environment({**site.settings, "OTEL_TRACES_EXPORTER": "otlp"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("latchkey: traces are wanted (OTEL_…), but opentelemetry.")
    assert line.endswith(" is not installed: `make install-tracing` does it")
