"""A new signing key, brought to one node after the other, as docs/DEPLOY.md says: nobody is signed out."""

import pytest

from tests.acceptance.client import ME, REFRESH, Client, refusal
from tests.acceptance.site import Site

pytestmark = [pytest.mark.acceptance, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


def test_a_key_that_stood_by_signs_before_every_node_was_restarted(site: Site) -> None:
    """What a restarted node signs by it is believed by one that only knows of it, and the other way round."""
    old = site.run_cli("keys", "generate").split()[0]
    new = site.run_cli("keys", "generate", "--standby").split()[0]
    known = site.start()
    site.run_cli("keys", "promote", new)
    restarted = site.start()
    for here, there in ((known, restarted), (restarted, known)):
        with Client(here.base_url) as browser:
            browser.login()
            with browser.copy(there.base_url) as elsewhere:
                assert elsewhere.ask(ME)["data"]["me"]["isSignIn"] is True
                assert "errors" not in elsewhere.ask(REFRESH)
    assert site.number(f"SELECT count(*) FROM outstanding_tokens WHERE kid = '{old}'") == 2
    assert site.number(f"SELECT count(*) FROM outstanding_tokens WHERE kid = '{new}'") == 2


def test_a_key_that_signs_at_once_is_unknown_elsewhere(site: Site) -> None:
    """Why it has to stand by first: a node with the older file takes its tokens for forged."""
    site.run_cli("keys", "generate")
    known = site.start()
    site.run_cli("keys", "generate")
    with Client(site.start().base_url) as browser:
        browser.login()
        with browser.copy(known.base_url) as elsewhere:
            assert refusal(elsewhere.ask(ME))[0] == "TOKEN_INVALID"
