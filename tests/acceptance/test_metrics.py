"""A monitor at a real server: what it reads is exactly what happened."""

import os
import re
import signal

import pytest
import requests

from tests.acceptance.client import LOGIN, LOGIN_BODY, LOGOUT, ME, REFRESH_BODY, Client, refusal
from tests.acceptance.site import Site
from tests.support.metrics import samples, scrape, total
from tests.support.ports import free_port, two_ports
from tests.support.valkey import Valkey

pytestmark = pytest.mark.acceptance


def test_what_happened_is_what_is_counted(site: Site) -> None:
    """Sign-in, refresh, reuse, sign-out and a wrong password, each as often as it was."""
    port = free_port()
    server = site.start(LATCHKEY_METRICS_BIND=f"127.0.0.1:{port}", LATCHKEY_REFRESH_LEEWAY="0")
    with Client(server.base_url) as browser, Client(server.base_url) as program:
        browser.login()
        browser.ask(ME)
        browser.ask(LOGOUT)
        browser.ask(LOGIN.replace('"password"', '"a wrong one"'))
        used = program.ask(LOGIN_BODY)["data"]["auth"]["login"]["refreshToken"]
        program.ask(REFRESH_BODY, {"refreshToken": used})
        assert refusal(program.ask(REFRESH_BODY, {"refreshToken": used}))[0] == "TOKEN_REUSED"
    found = samples(scrape(port))
    assert found["latchkey_requests_total"] == {
        ("OK", "auth.login"): 3,
        ("OK", "me"): 1,
        ("OK", "auth.logout"): 1,
        ("OK", "auth.refreshToken"): 1,
        ("TOKEN_REUSED", "auth.refreshToken"): 1,
    }
    assert found["latchkey_request_duration_seconds_count"]["auth.refreshToken",] == 2
    assert found["latchkey_logins_total"] == {("password", "OK"): 2, ("password", "INVALID_CREDENTIALS"): 1}
    assert found["latchkey_refreshes_total"] == {("OK",): 1, ("TOKEN_REUSED",): 1}
    assert found["latchkey_token_reuses_total"] == {(): 1}
    assert found["latchkey_mail_outbox_depth"] == {(): 0}
    assert found["latchkey_hash_queue_length"] == {(): 0}
    if site.postgres is not None:
        assert found["latchkey_database_connections_max"] == {(): 10}
    assert server.terminate() == 0
    assert " ERROR " not in server.log_text()


def test_without_the_setting_there_are_none(site: Site) -> None:
    """Nothing listens beside the one address, and that one does not show them."""
    server = site.start()
    assert requests.get(f"{server.base_url}/metrics", timeout=60).status_code == 404
    assert server.terminate() == 0
    assert server.log_text().count("Running on") == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_every_worker_has_a_port_and_who_replaces_it_takes_it_over(site: Site, valkey: Valkey) -> None:
    """What they count adds up; a counter that begins again is what monitors know how to read."""
    base = two_ports()
    server = site.start(workers=2, LATCHKEY_METRICS_BIND=f"127.0.0.1:{base}", LATCHKEY_VALKEY_URL=valkey.url)
    ports = (base, base + 1)
    # A worker that has not begun yet lets the monitor wait.
    assert all("latchkey_requests" in scrape(port) for port in ports)
    for _ in range(20):
        with Client(server.base_url) as client:
            client.ask(ME)
    scrapes = [samples(scrape(port)) for port in ports]
    assert total(scrapes, "latchkey_requests_total") == {("OK", "me"): 20}
    first, _ = re.findall(r"worker (\d+) started", server.log_text())
    os.kill(int(first), signal.SIGKILL)
    assert "latchkey_requests_total" not in samples(scrape(base))
    kept = samples(scrape(base + 1)).get("latchkey_requests_total")
    assert kept == scrapes[1].get("latchkey_requests_total")
    assert server.terminate() == 0
