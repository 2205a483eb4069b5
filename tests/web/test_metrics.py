"""Metrics: labels of which there are few, gauges that ask for little, and nothing of anybody's."""

import asyncio
import random
import string
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from quart import Quart

from services import Services
from services.errors import ServiceUnavailable
from services.mail_sender import Sender
from tests.services.mailing import post
from tests.support.browser import EMAIL, LOGIN, ME, PASSWORD, Browser
from tests.support.metrics import samples
from tests.web.serving import GRAPHQL, ONE_BACKEND, transport
from web import metrics
from web.metrics import ASKED_EVERY, Metrics


@pytest.fixture
def shown(app: Quart) -> Metrics:
    """Give the metrics of the running application."""
    found: Metrics = app.extensions["metrics"]
    return found


@ONE_BACKEND
async def test_no_client_can_add_a_label(http: httpx.AsyncClient, shown: Metrics) -> None:
    """Whatever it calls its operations and fields, and whatever it sends that is no operation at all."""
    chance = random.Random(1)
    names = ["".join(chance.choices(string.ascii_letters, k=12)) for _ in range(200)]
    for name in names:
        await http.post(GRAPHQL, json={"query": f"query {name} {{ {name[::-1]}: me {{ id }} }}"})
    for query in (f"{{ {names[0]} }}", "{", f"mutation {{ auth {{ {names[1]} }} }}"):
        await http.post(GRAPHQL, json={"query": query})
    await http.post(GRAPHQL, json={"query": ME}, headers={"Origin": "https://evil.example"})
    await http.post(GRAPHQL, content=b"no JSON", headers={"Content-Type": "application/json"})
    await http.post(f"/{names[2]}")
    await http.request(names[3].upper(), GRAPHQL)
    text = (await shown.render()).decode()
    assert samples(text)["latchkey_requests_total"] == {
        ("OK", "me"): 200,
        ("GRAPHQL_VALIDATION_FAILED", "none"): 2,
        ("GRAPHQL_PARSE_FAILED", "none"): 1,
        ("CSRF_REJECTED", "none"): 1,
        ("BAD_USER_INPUT", "none"): 1,
    }
    assert samples(text)["latchkey_request_duration_seconds_count"] == {("me",): 200, ("none",): 5}
    assert [name for name in names if name in text or name[::-1] in text] == []


@ONE_BACKEND
async def test_what_is_shown_is_about_nobody(browser: Browser, user_id: UUID, shown: Metrics) -> None:
    """No address, no id, no token."""
    await browser.login()
    await browser.ask(ME)
    text = (await shown.render()).decode()
    assert samples(text)["latchkey_logins_total"] == {("password", "OK"): 1}
    for secret in (EMAIL, PASSWORD, str(user_id), *browser.cookies.values()):
        assert secret not in text


@ONE_BACKEND
async def test_a_problem_in_the_payload_is_an_answer_and_a_failed_sign_in(
    browser: Browser, user_id: UUID, shown: Metrics
) -> None:
    """The request was fine; what the person typed was not."""
    variables = {"email": EMAIL, "password": "a wrong one", "rememberMe": False, "delivery": "COOKIE"}
    await browser.post(LOGIN, variables)
    found = samples((await shown.render()).decode())
    assert found["latchkey_requests_total"] == {("OK", "auth.login"): 1}
    assert found["latchkey_logins_total"] == {("password", "INVALID_CREDENTIALS"): 1}


async def test_the_outbox_is_asked_now_and_then(
    services: Services, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    """However many monitors ask; and while nobody knows how many letters wait, no number is shown."""
    now = [100.0]
    shown = Metrics(services, monotonic=lambda: now[0])

    async def depth() -> object:
        texts = await asyncio.gather(*(shown.render() for _ in range(3)))
        (depths,) = {str(samples(text.decode()).get("latchkey_mail_outbox_depth")) for text in texts}
        return depths

    assert await depth() == "{(): 0.0}"
    await post(services)
    now[0] += ASKED_EVERY - 0.1
    assert await depth() == "{(): 0.0}"
    now[0] += 0.1
    assert await depth() == "{(): 1.0}"

    async def fail(_: Sender) -> int:
        raise ServiceUnavailable

    monkeypatch.setattr(Sender, "waiting", fail)
    now[0] += ASKED_EVERY
    assert await depth() == "None"
    found = samples((await shown.render()).decode())
    assert ("latchkey_database_connections" in found) == (backend == "postgres")


@ONE_BACKEND
async def test_a_loop_that_is_held_up_shows(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """By as much as it was late, and no less."""
    monkeypatch.setattr(metrics, "LOOKED_EVERY", 0.0)
    loop, shown = asyncio.get_running_loop(), Metrics(services)
    watching = asyncio.create_task(shown.watch_loop())
    await asyncio.sleep(0)
    until = loop.time() + 0.03
    while loop.time() < until:
        pass
    await asyncio.sleep(0)
    watching.cancel()
    found = samples((await shown.render()).decode())
    buckets = found["latchkey_event_loop_lag_seconds_bucket"]
    assert buckets["0.025",] < buckets["+Inf",]
    assert found["latchkey_event_loop_lag_seconds_sum"][()] >= 0.03


@ONE_BACKEND
async def test_the_address_of_the_metrics_shows_nothing_else(
    app: Quart, make_client: Callable[[Quart], httpx.AsyncClient]
) -> None:
    """And that of the server does not show them."""
    shown = await asyncio.to_thread(metrics.application, app.extensions["metrics"])
    async with shown.test_app(), make_client(shown) as monitor, make_client(app) as client:
        assert (await monitor.get("/metrics")).headers["Cache-Control"] == "no-store"
        assert [(await monitor.get(path)).status_code for path in ("/", "/graphql")] == [404, 404]
        assert (await monitor.post("/metrics")).status_code == 405
        assert (await client.get("/metrics")).status_code == 404


@pytest.fixture
def make_client() -> Callable[[Quart], httpx.AsyncClient]:
    """Give a function that makes a client of an application."""
    return lambda app: httpx.AsyncClient(transport=transport(app), base_url="http://127.0.0.1")
