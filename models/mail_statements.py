"""The statements of the outbox, in the manner of `models.statements`.

Whoever is to change many rows first takes those that nobody else holds, and leaves the rest to whoever does:
senders never wait for each other. SQLite, with its one writer at a time, needs no such clause. The rows are
taken in a `WITH` that is materialised, as PostgreSQL may run a subquery more than once, `LIMIT` or not.
"""

INSERT_MAIL = """
INSERT INTO outbox (state, kind, recipient, locale, details, attempts, created_at, due_at, expires_at)
VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $7)
"""

CLAIM_MAIL = """
WITH due AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE state = 'PENDING' AND due_at <= $1 AND (expires_at IS NULL OR expires_at > $1)
  ORDER BY due_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET due_at = $2 WHERE id IN (SELECT id FROM due)
RETURNING id, kind, recipient, locale, details, attempts, created_at, due_at, expires_at
"""
"""Decides who delivers a letter: until `$2`, when the claim lapses, it is due for nobody else."""

COUNT_PENDING = """
SELECT COUNT(*) AS pending FROM outbox WHERE state = 'PENDING'
"""

EXPIRE_MAIL = """
WITH late AS MATERIALIZED (
  SELECT id FROM outbox WHERE state = 'PENDING' AND expires_at <= $1
  FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET state = 'EXPIRED', details = '{}' WHERE id IN (SELECT id FROM late)
RETURNING id, kind
"""
"""Wipes what is of no use any more, also while somebody is delivering it."""

SETTLE_MAIL = """
UPDATE outbox SET state = 'SENT', details = '{}', sent_at = $2 WHERE id = $1 AND sent_at IS NULL
RETURNING id
"""
"""A letter that has gone out is sent, whatever has become of the claim to it meanwhile."""

POSTPONE_MAIL = """
UPDATE outbox SET attempts = attempts + 1, due_at = $3
WHERE id = $1 AND state = 'PENDING' AND due_at = $2
RETURNING id
"""
"""Counts a failure, on condition that the claim, which lapses at `$2`, is still the one that failed."""

BURY_MAIL = """
UPDATE outbox SET attempts = attempts + 1, state = 'DEAD', details = '{}'
WHERE id = $1 AND state = 'PENDING' AND due_at = $2
RETURNING id
"""
"""Counts the last failure, on the same condition."""
