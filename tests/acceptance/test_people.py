"""People on a real server with a real mail server: from the sign-up to the end of every older session."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.client import BLACKLISTED, ME, REFRESH, Client, refusal
from tests.acceptance.site import Site
from tests.support import people
from tests.support.smtp import Catcher

pytestmark = pytest.mark.acceptance

EMAIL, FIRST, SECOND = "Grace@Example.com", "a good long passphrase", "quite another passphrase"
LOGIN = "mutation ($input: LoginInput!) { auth { login(input: $input) { success problems { code } } } }"
LOGOUT = "mutation { auth { logout { success revokedSessions } } }"


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """Give a mail server that takes every letter."""
    with Catcher() as server:
        yield server


def done(answer: Any) -> Any:
    """Give the payload of a mutation that was done."""
    found = people.payload(answer)
    assert found["success"] is True, found
    return found


def code_in(catcher: Catcher) -> str:
    """Wait for a letter, and give the code in it."""
    catcher.arrive(1)
    letter = catcher.letters[-1]
    assert letter.recipients == [EMAIL]
    assert letter.code not in letter.subject
    return letter.code


def sign_in(client: Client, password: str) -> Any:
    """Sign in with a password, and give the payload."""
    answer = client.ask(LOGIN, {"input": {"email": EMAIL, "password": password, "rememberMe": True}})
    return people.payload(answer)


def test_from_sign_up_to_a_new_password(site: Site, catcher: Catcher) -> None:
    """Sign up, verify by the mail, first steps, logout, login, forget, reset: every older session is dead."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    with Client(server.base_url) as browser, Client(server.base_url) as phone:
        newcomer = {"email": EMAIL, "password": FIRST, "profile": {"firstName": "Grace", "locale": "de"}}
        done(browser.ask(people.REGISTER, {"input": newcomer}))
        assert sign_in(browser, FIRST)["problems"] == [{"code": "EMAIL_NOT_VERIFIED"}]
        proof = {"email": EMAIL, "code": code_in(catcher), "purpose": "VERIFY_EMAIL"}
        assert "Jemand hat sich" in catcher.letters[-1].parts[0]
        user = done(browser.ask(people.VERIFY, {"input": proof}))["user"]
        assert (user["email"], user["isVerified"], user["needsOnboarding"]) == (EMAIL, True, True)

        done(browser.ask(people.UPDATE_PROFILE, {"input": {"lastName": "Hopper"}}))
        assert done(browser.ask(people.ONBOARD))["user"] == {"needsOnboarding": False}
        assert done(browser.ask(LOGOUT))["revokedSessions"] == 1
        assert browser.cookies == {}

        for client in (browser, phone):
            assert sign_in(client, FIRST)["success"] is True
        forgotten = {"email": EMAIL.lower(), "purpose": "RESET_PASSWORD"}
        done(browser.ask(people.REQUEST, {"input": forgotten}))
        reset = {"email": EMAIL, "code": code_in(catcher), "newPassword": SECOND}
        done(browser.ask(people.RESET, {"input": reset}))
        for client in (browser, phone):
            assert refusal(client.ask(ME)) == BLACKLISTED
            assert refusal(client.ask(REFRESH)) == BLACKLISTED
        catcher.arrive(1)
        assert [letter.recipients for letter in catcher.letters] == [[EMAIL]] * 3
        with Client(server.base_url) as again:
            assert sign_in(again, FIRST)["success"] is False
            assert sign_in(again, SECOND)["success"] is True
    assert site.number("SELECT count(*) FROM outbox WHERE state <> 'SENT' OR details <> '{}'") == 0


def test_no_mail_is_lost_or_doubled_while_the_mail_server_is_down(site: Site, catcher: Catcher) -> None:
    """Sign-ups go on without it, answered as ever; when it is back, each letter comes once."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    catcher.stop()
    addresses = [f"person{number}@example.com" for number in range(12)]
    with Client(server.base_url) as browser:
        for address in addresses:
            done(browser.ask(people.REGISTER, {"input": {"email": address, "password": FIRST}}))
    while site.number("SELECT min(attempts) FROM outbox") == 0:
        assert site.number("SELECT count(*) FROM outbox") == len(addresses)
    catcher.start()
    catcher.arrive(len(addresses), within=60)
    while site.number("SELECT count(*) FROM outbox WHERE state = 'SENT'") < len(addresses):
        assert site.number("SELECT count(*) FROM outbox WHERE state IN ('SENT', 'PENDING')") == 12
    assert Counter(letter.recipients[0] for letter in catcher.letters) == Counter(addresses)
    assert site.number("SELECT count(*) FROM outbox WHERE details <> '{}'") == 0
