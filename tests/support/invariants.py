"""What the tables have to agree on, whatever has happened to the server, its database or the network."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_VIOLATIONS: Mapping[str, str] = {
    "revoked without its token being blacklisted for the same reason, or the reverse": """
SELECT s.id FROM sessions s LEFT JOIN blacklisted_tokens b ON b.token_id = s.current_jti
WHERE COALESCE(s.revoked_reason, '') <> COALESCE(b.reason, '')
   OR (s.revoked_at IS NULL) <> (b.token_id IS NULL)
""",
    "signed out without one event that tells of it, or the reverse": """
SELECT s.id FROM sessions s
WHERE (SELECT COUNT(*) FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'LOGOUT')
      <> CASE WHEN s.revoked_reason = 'LOGOUT' THEN 1 ELSE 0 END
""",
    "ended for a reuse without one event that tells of it, or the reverse": """
SELECT s.id FROM sessions s
WHERE (SELECT COUNT(*) FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'REUSE_DETECTED')
      <> CASE WHEN s.revoked_reason = 'REUSED' THEN 1 ELSE 0 END
""",
    "opened without one event that tells of it": """
SELECT s.id FROM sessions s
WHERE (SELECT COUNT(*) FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'LOGIN') <> 1
""",
    "told of in the trail and nowhere else": """
SELECT a.session_id FROM audit_events a LEFT JOIN sessions s ON s.id = a.session_id
WHERE a.session_id IS NOT NULL AND s.id IS NULL
""",
    "issued other tokens than a first one, and one for each event of a refresh": """
SELECT s.id FROM sessions s
WHERE (SELECT COUNT(*) FROM outstanding_tokens o WHERE o.session_id = s.id)
      <> 1 + (SELECT COUNT(*) FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'REFRESH')
""",
    "left with an older token that was not used up": """
SELECT s.id FROM sessions s
WHERE (SELECT COUNT(*) FROM outstanding_tokens o WHERE o.session_id = s.id AND o.jti <> s.current_jti)
      <> (SELECT COUNT(*) FROM outstanding_tokens o JOIN blacklisted_tokens b ON b.token_id = o.jti
          WHERE o.session_id = s.id AND b.reason = 'ROTATED')
""",
}
"""Each finds the sessions of which something is true that never may be."""


def violations(fetch: Callable[[str], Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Give the sessions with something half done, by what is wrong with them; `fetch` runs a query."""
    found = {what: [str(next(iter(row.values()))) for row in fetch(sql)] for what, sql in _VIOLATIONS.items()}
    return {what: sessions for what, sessions in found.items() if sessions}
