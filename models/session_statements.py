"""The statements by which people look after their own sessions, in the manner of `models.statements`."""

LIST_SESSIONS = """
SELECT id, created_at, last_used_at, expires_at, ip_address, user_agent, remember_me FROM sessions
WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND created_at > $3
ORDER BY last_used_at DESC, id LIMIT $4
"""

TOUCH_SESSION = """
UPDATE sessions SET last_used_at = $2 WHERE id = $1 AND last_used_at <= $3 AND revoked_at IS NULL
"""
"""Notes a use, unless one was noted since `$3`: of any number at the same time, one writes."""
