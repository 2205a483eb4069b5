"""The context of an operation: who asks is looked up once, and a wish for cookies says nothing of a token."""

from dataclasses import replace
from datetime import timedelta

from services.grants import Grant
from tests.support.clock import START

GRANT = Grant(
    access_token="an access token",
    access_token_expires_at=START,
    refresh_token="a refresh token",
    lifetime=timedelta(days=1),
    client_fp="a secret",
    fph="its hash",
    remember_me=False,
)
UNBOUND = replace(GRANT, client_fp=None, fph="unbound")
