"""What has to hold in the database when all is over, whatever has happened meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from soak.truth import Session

Fetch = Callable[[str], Sequence[Mapping[str, Any]]]
"""Runs a query on the database and gives its rows."""

_ENDINGS = "('LOGOUT', 'REUSE_DETECTED', 'SESSION_REVOKED')"

FORBIDDEN: Mapping[str, str] = {
    "sessions are revoked without the blacklisting of their current token, or the reverse": """
        SELECT count(*) FROM sessions s LEFT JOIN blacklisted_tokens b ON b.token_id = s.current_jti
        WHERE (s.revoked_at IS NULL) <> (b.id IS NULL)
    """,
    "sessions have ended for another reason, or at another time, than their current token": """
        SELECT count(*) FROM sessions s JOIN blacklisted_tokens b ON b.token_id = s.current_jti
        WHERE b.reason <> s.revoked_reason OR b.revoked_at <> s.revoked_at
    """,
    "sessions have more or fewer events of their end than ends": f"""
        SELECT count(*) FROM sessions s
        LEFT JOIN (SELECT session_id, count(*) AS ends FROM audit_events WHERE kind IN {_ENDINGS}
                   GROUP BY session_id) a ON a.session_id = s.id
        WHERE coalesce(a.ends, 0) <> CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END
    """,
    "sessions have ended for another reason than their event tells": f"""
        SELECT count(*) FROM sessions s JOIN audit_events a ON a.session_id = s.id
        WHERE a.kind IN {_ENDINGS} AND a.reason <> s.revoked_reason
    """,
    "used tokens are not blacklisted as such, or others are": """
        SELECT count(*) FROM outstanding_tokens o JOIN sessions s ON s.id = o.session_id
        LEFT JOIN blacklisted_tokens b ON b.token_id = o.jti AND b.reason = 'ROTATED'
        WHERE (o.jti = s.current_jti) <> (b.id IS NULL)
    """,
    "sessions have another number of tokens than one and their refreshes": """
        SELECT count(*) FROM sessions s
        LEFT JOIN (SELECT session_id, count(*) AS issued FROM outstanding_tokens GROUP BY session_id) o
          ON o.session_id = s.id
        LEFT JOIN (SELECT session_id, count(*) AS refreshed FROM audit_events WHERE kind = 'REFRESH'
                   GROUP BY session_id) a ON a.session_id = s.id
        WHERE coalesce(o.issued, 0) <> 1 + coalesce(a.refreshed, 0)
    """,
    "sessions have no event of their sign-in, or several": """
        SELECT count(*) FROM sessions s
        LEFT JOIN (SELECT session_id, count(*) AS opened FROM audit_events
                   WHERE kind = 'LOGIN' AND outcome = 'SUCCESS' GROUP BY session_id) a ON a.session_id = s.id
        WHERE coalesce(a.opened, 0) <> 1
    """,
}
"""Queries that count what may not be, by what that is."""


def mistakes(fetch: Fetch, sessions: Iterable[Session]) -> Iterator[str]:
    """Tell what is wrong in the database, by itself and by what clients know of their sessions."""
    for what, query in FORBIDDEN.items():
        (row,) = fetch(query)
        if row["count"]:
            yield f"{row['count']} {what}"
    rows = fetch("SELECT CAST(id AS TEXT) AS id, revoked_at FROM sessions")
    revoked = {row["id"]: row["revoked_at"] is not None for row in rows}
    for session in sessions:
        if session.id not in revoked:
            yield f"session {session.id} is not in the database"
        elif session.ended and not revoked[session.id]:
            yield f"session {session.id} was ended, and is live in the database"
        elif session.is_live and revoked[session.id]:
            yield f"session {session.id} was not ended, and is revoked in the database"
