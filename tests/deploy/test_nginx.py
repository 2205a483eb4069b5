"""Nodes in production mode behind the real nginx: TLS, cookies, addresses, and what a dead node does."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest
from hypercorn.config import Config

from serving import STOP_WITHIN
from tests.deploy.site import EMAIL, LOGIN, LOGOUT, ME, prepare, production
from tests.support.nginx import SITE, Nginx, running_nginx
from tests.support.ports import free_port
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance

OWN, SPOOFED = "127.0.0.2", "203.0.113.9"
PATIENCE = 60
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def nodes(
    database_url: str, tmp_path: Path, start_server: Callable[..., ServerProcess]
) -> tuple[int, list[ServerProcess]]:
    """Give two nodes on one database, and the port of the address that they believe to be the public one."""
    port = free_port()
    settings = production(database_url, f"https://127.0.0.1:{port}", tmp_path, LATCHKEY_TRUSTED_PROXIES="1")
    prepare(settings, workdir=tmp_path)
    return port, [start_server(settings) for _ in range(2)]


@pytest.fixture
def nginx(nodes: tuple[int, list[ServerProcess]]) -> Iterator[Nginx]:
    """Run nginx in front of both nodes, and find that it had nothing to complain of in the end."""
    port, servers = nodes
    with running_nginx(port, [server.port for server in servers]) as running:
        yield running


@pytest.fixture
def browser(nginx: Nginx) -> Iterator[httpx.Client]:
    """Give a client that verifies the certificate, speaks HTTP/2, and has an address of its own."""
    context = ssl.create_default_context(cafile=nginx.authority)
    transport = httpx.HTTPTransport(verify=context, http2=True, local_address=OWN)
    headers = {"Origin": nginx.url, "X-Forwarded-For": SPOOFED, "Forwarded": f"for={SPOOFED}"}
    with httpx.Client(transport=transport, base_url=nginx.url, headers=headers, timeout=PATIENCE) as client:
        yield client


def ask(browser: httpx.Client, query: str) -> httpx.Response:
    """Send an operation; over HTTP/2 it is answered."""
    answer = browser.post("/graphql", json={"query": query})
    assert (answer.status_code, answer.http_version) == (200, "HTTP/2"), answer.text
    return answer


@SQLITE
def test_the_whole_way_over_tls(nginx: Nginx, browser: httpx.Client) -> None:
    """Cookies are for this host alone, the address of the session is the client's, and logout is logout."""
    signed_in = ask(browser, LOGIN)
    assert signed_in.json()["data"]["auth"]["login"]["success"] is True
    cookies = signed_in.headers.get_list("set-cookie")
    assert len(cookies) == 4
    assert all(cookie.startswith("__Host-") and "; Secure" in cookie for cookie in cookies)
    assert signed_in.headers["Cache-Control"] == "no-store"
    assert signed_in.headers["Strict-Transport-Security"]

    session = {"ipAddress": OWN, "isCurrent": True}
    assert ask(browser, ME).json()["data"]["me"] == {"email": EMAIL, "sessions": [session]}
    copied = dict(browser.cookies)
    assert ask(browser, LOGOUT).json()["data"]["auth"]["logout"] == {"success": True, "revokedSessions": 1}
    assert not browser.cookies
    browser.cookies.update(copied)
    assert ask(browser, ME).json()["errors"][0]["extensions"]["code"] == "TOKEN_BLACKLISTED"
    assert nginx.log_text() == ""


@SQLITE
def test_a_dead_node_is_passed_over(
    nginx: Nginx, browser: httpx.Client, nodes: tuple[int, list[ServerProcess]]
) -> None:
    """A session goes on when one of two nodes is killed: every POST finds the one that is left."""
    ask(browser, LOGIN)
    nodes[1][0].kill()
    for _ in range(10):
        assert ask(browser, ME).json()["data"]["me"]["email"] == EMAIL
    assert ask(browser, LOGOUT).json()["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert "Connection refused" in nginx.log_text()


def announced(nginx: Nginx, length: int) -> int:
    """Announce a body of this length, and give the status that is answered before any of it is sent."""
    context = ssl.create_default_context(cafile=nginx.authority)
    connection = HTTPSConnection("127.0.0.1", nginx.port, context=context, timeout=PATIENCE)
    with closing(connection):
        connection.putrequest("POST", "/graphql")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status


@SQLITE
def test_what_is_not_for_everybody(nginx: Nginx, browser: httpx.Client) -> None:
    """Operators' addresses are not there; too much is refused by a node in JSON, far too much by nginx."""
    assert [browser.get(path).status_code for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]
    over = browser.post("/graphql", json={"query": "#" * 70_000})
    assert (over.status_code, over.json()["errors"][0]["extensions"]["code"]) == (413, "BAD_USER_INPUT")
    assert announced(nginx, 200_000) == 413
    plain = httpx.get(f"http://127.0.0.1:{nginx.plain_port}/reset-password", headers={"Host": "evil.example"})
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://auth.example.com/reset-password")


def test_its_times_agree_with_those_of_a_node() -> None:
    """It lets go of an idle connection first, and waits for longer than a node takes to say no."""
    site, node = SITE.read_text(), Config()

    def seconds(directive: str) -> int:
        (found,) = re.findall(rf"^ *{directive} (\d+)s;$", site, re.MULTILINE)
        return int(found)

    assert seconds("keepalive_timeout") < node.keep_alive_timeout
    (requests,) = re.findall(r"keepalive_requests (\d+);", site)
    assert int(requests) < node.keep_alive_max_requests
    assert seconds("proxy_read_timeout") > STOP_WITHIN
