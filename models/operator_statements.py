"""The statements of what an operator does to an account, in the manner of `models.statements`."""

SET_HASH = """
UPDATE users SET password_hash = $2 WHERE id = $1
RETURNING id, email, disabled_at, (SELECT p.locale FROM profiles p WHERE p.user_id = users.id) AS locale
"""
"""Decides a reset: there is such an account. One that is disabled stays so, with another password.

The row of the user is written first, so that no sign-in by the old password gets in between."""
