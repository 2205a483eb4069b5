"""Strange requests by the hundred, or as many as --fuzz says: nothing breaks, hangs or grows."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy, booleans, sampled_from

import resolvers
from services.errors import ErrorCode
from tests.acceptance.client import LOGIN_BODY, PATIENCE
from tests.acceptance.site import Site
from tests.support import fuzzing, hostile
from tests.support.processes import ServerProcess
from tests.web.serving import GRAPHQL, GRAPHQL_JSON, JSON, ONE_BACKEND

pytestmark = [pytest.mark.acceptance, ONE_BACKEND]

SCHEMA = resolvers.build_schema()
KINDS = {
    "operations": fuzzing.operations(SCHEMA),
    "damaged documents": fuzzing.damaged(SCHEMA),
    "bodies": fuzzing.bodies(SCHEMA),
}
TYPES = sampled_from([*[JSON] * 18, "text/plain", "application/json; charset=x"])
ACCEPTED = sampled_from([*["*/*", JSON, GRAPHQL_JSON] * 6, "text/html", ";q=,"])

HANGS = 1.0
"""What no request may take, in seconds. A machine that is busy may: so one that does is sent again."""

GROWTH = 32 * 1024
"""By how much the server may grow, in KiB: less than 4 for each of ten thousand requests."""


class Stranger:
    """A client that keeps its token, and holds every answer to what an answer is."""

    def __init__(self, server: ServerProcess) -> None:
        self._server, self._token = server, ""
        self.sent = 0

    def sign_in(self) -> None:
        """Get a token: what is behind a guard is to be reached as well."""
        answer = self._post(json.dumps({"query": LOGIN_BODY}).encode(), {"Content-Type": JSON})
        self._token = json.loads(answer[2])["data"]["auth"]["login"]["accessToken"]

    def send(self, body: bytes, *, kind: str, accept: str, signed_in: bool) -> None:
        """Send a request, and check what comes."""
        headers = {"Content-Type": kind, "Accept": accept}
        if signed_in:
            headers["Authorization"] = f"Bearer {self._token}"
        for _ in range(3):
            began = time.monotonic()
            status, request_id, text = self._post(body, headers)
            if time.monotonic() - began < HANGS:
                break
        else:
            raise AssertionError(f"it took longer than {HANGS} s, three times")
        codes = _codes(json.loads(text), request_id)
        assert status in {200, 400, 406, 415}, status
        assert "INTERNAL_SERVER_ERROR" not in codes
        if "TOKEN_BLACKLISTED" in codes:
            self.sign_in()

    def size(self) -> int:
        """Give how much memory the server takes, in KiB."""
        status = Path(f"/proc/{self._server.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        self.sent += 1
        with closing(http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=PATIENCE)) as client:
            client.request("POST", GRAPHQL, body, headers)
            response = client.getresponse()
            return response.status, response.headers["X-Request-Id"], response.read()


def _codes(answer: Any, request_id: str) -> set[str]:
    """Give the codes of an answer, which has to be a well-formed response of GraphQL."""
    assert answer.keys() in ({"data"}, {"errors"}, {"data", "errors"})
    assert "data" in answer or answer["errors"]
    for error in answer.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["requestId"] == request_id
    return {ErrorCode(error["extensions"]["code"]).value for error in answer.get("errors", ())}


@pytest.fixture
def stranger(site: Site) -> Iterator[Stranger]:
    """Give a client of a server that has seen so much already that its memory is as large as it gets."""
    server = site.start(LATCHKEY_LOG_FORMAT="json")
    stranger = Stranger(server)
    stranger.sign_in()
    for number in range(200):
        stranger.send(
            json.dumps({"query": hostile.LARGE % number}).encode(), kind=JSON, accept=JSON, signed_in=True
        )
    yield stranger
    assert server.terminate() == 0
    lines = [line for line in server.log_text().splitlines() if line.startswith("{")]
    assert len(lines) > stranger.sent
    assert {json.loads(line)["level"] for line in lines} == {"INFO"}


def send_all(stranger: Stranger, requests: SearchStrategy[bytes], count: int) -> None:
    """Send as many requests of a kind, always the same ones."""

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests, TYPES, ACCEPTED, booleans())
    def send(body: bytes, kind: str, accept: str, signed_in: bool) -> None:
        stranger.send(body, kind=kind, accept=accept, signed_in=signed_in)

    send()


def test_no_request_breaks_the_server(stranger: Stranger, request: pytest.FixtureRequest) -> None:
    """No 500, no second without an answer, no error in the log, and no memory that is not given back."""
    count: int = request.config.getoption("--fuzz")
    for requests in KINDS.values():
        send_all(stranger, requests, min(count // 10, 100))
    before, sent = stranger.size(), stranger.sent
    for requests in KINDS.values():
        send_all(stranger, requests, count // len(KINDS) + 1)
    assert stranger.sent - sent >= count
    assert stranger.size() - before < GROWTH
