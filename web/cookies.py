"""The four cookies: read, set, and cleared with the attributes they were set with (RFC 6265bis)."""

import logging
from collections.abc import Mapping

from werkzeug.http import dump_cookie

from resolvers.context import Cookies
from services.credentials import Credentials
from services.grants import Grant
from web.edge import Edge

ACCESS, REFRESH, CLIENT_FP, FP_HASH = "auth-token", "refresh_token", "client_fp", "fp_hash"
NAMES = (ACCESS, REFRESH, CLIENT_FP, FP_HASH)

logger = logging.getLogger(__name__)


def read(cookies: Mapping[str, str], *, bearer: str | None, edge: Edge) -> Credentials:
    """Collect what a request presents; a bearer token, even an unusable one, comes before the cookie."""
    values = {name: cookies.get(edge.cookie_prefix + name) or None for name in NAMES}
    return Credentials(
        access_token=values[ACCESS] if bearer is None else bearer,
        refresh_token=values[REFRESH],
        client_fp=values[CLIENT_FP],
    )


def written(wish: Cookies, *, edge: Edge) -> list[tuple[str, str]]:
    """Give the headers that grant the wish of an operation."""
    values: Mapping[str, str] = {}
    # Without Max-Age a cookie ends with the browser: that is what rememberMe chooses.
    max_age = expires = None
    if wish.grant is not None:
        values = _values(wish.grant)
        max_age = int(wish.grant.lifetime.total_seconds()) if wish.grant.remember_me else None
    if wish.cleared:
        values, max_age, expires = dict.fromkeys(NAMES, ""), 0, 0
        logger.info("cookies cleared", extra={"user_id": str(wish.whose)} if wish.whose else None)
    return [
        (
            "Set-Cookie",
            dump_cookie(
                edge.cookie_prefix + name,
                value,
                max_age=max_age,
                expires=expires,
                path="/",
                secure=edge.has_tls,
                httponly=True,
                samesite=_same_site(name, edge),
            ),
        )
        for name, value in values.items()
    ]


def _values(grant: Grant) -> dict[str, str]:
    return {
        ACCESS: grant.access_token,
        REFRESH: grant.refresh_token,
        CLIENT_FP: grant.client_fp or "",
        FP_HASH: grant.fph,
    }


def _same_site(name: str, edge: Edge) -> str:
    """Give the access cookie to a page that is followed to from elsewhere, and none of the others."""
    return "Strict" if edge.cookie_samesite == "Lax" and name != ACCESS else edge.cookie_samesite
