"""The statements of the outbox."""

INSERT_MAIL = """
INSERT INTO outbox (state, kind, recipient, locale, details, attempts, created_at, due_at, expires_at)
VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $7)
"""
