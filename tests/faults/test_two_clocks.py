"""Two servers whose clocks are two seconds apart: everything holds that holds for two servers on one."""

import pytest

from tests.acceptance.client import LOGIN, ME, REFRESH, Client
from tests.acceptance.site import Site
from tests.acceptance.test_two_servers import (
    test_logout_on_one_during_a_refresh_on_the_other_leaves_nothing_alive as test_logout_during_a_refresh,
)
from tests.acceptance.test_two_servers import (
    test_logout_on_one_is_dead_on_the_other_at_once as test_logout_is_dead_at_once,
)
from tests.acceptance.test_two_servers import (
    test_one_token_refreshed_over_both_rotates_once as test_one_token_rotates_once,
)
from tests.support.invariants import violations

__all__ = ["test_logout_during_a_refresh", "test_logout_is_dead_at_once", "test_one_token_rotates_once"]

pytestmark = [pytest.mark.acceptance, pytest.mark.parametrize("backend", ["postgres"])]

ROUNDS = 10


@pytest.fixture
def urls(site: Site) -> tuple[str, str]:
    """Give the addresses of a server that is right and of one that is ahead."""
    return site.start().base_url, site.start(launcher="tests.support.clock_ahead").base_url


def _expiry_of_a_sign_in(url: str) -> str:
    with Client(url) as client:
        payload = client.ask(LOGIN.replace("accessToken\n", "accessTokenExpiresAt\n"))["data"]["auth"][
            "login"
        ]
    return str(payload["accessTokenExpiresAt"])


def test_one_session_lives_on_both(site: Site, urls: tuple[str, str]) -> None:
    """Signed in, refreshed and used here and there in turn, with each response of a refresh lost once."""
    # The one that is ahead issues a token earlier, which expires later.
    assert _expiry_of_a_sign_in(urls[1]) > _expiry_of_a_sign_in(urls[0])
    with Client(urls[1]) as browser:
        browser.login()
        for number in range(ROUNDS):
            browser.url = urls[number % 2]
            with browser.copy(urls[1 - number % 2]) as lost:
                missed = lost.ask(REFRESH)
            assert browser.ask(REFRESH) == missed
            assert browser.ask(ME)["data"]["me"]["isSignIn"] is True
    rotations = site.number("SELECT count(*) FROM blacklisted_tokens WHERE reason = 'ROTATED'")
    assert rotations == ROUNDS
    assert violations(site.rows) == {}
