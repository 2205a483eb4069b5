"""Refresh token rotation: one winner, one successor inside the leeway, the end of the family after it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from limits import RateLimitItem

from models import AuditKind, AuditOutcome, RevocationReason
from models.statements import BLACKLIST, END_SESSION, FIND_PRESENTED, ROTATE
from security.tokens import RefreshClaims
from services import audit
from services.clients import Client
from services.credentials import Credentials, believing
from services.database import Database, Row, Transaction
from services.errors import (
    Refusal,
    TokenBlacklisted,
    TokenExpired,
    TokenInvalid,
    TokenReused,
    Unauthenticated,
)
from services.grants import Grant, Issue
from services.limits import Limits
from services.sessions import Clock, Sessions, revoke, store
from services.tally import Tally

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Issued:
    issue: Issue
    role: str
    remember_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Uses a refresh token up and issues its successor (RFC 9700 section 4.14.2)."""

    database: Database
    sessions: Sessions
    leeway: timedelta
    limits: Limits
    limit: RateLimitItem
    tally: Tally
    clock: Clock

    async def rotate(self, credentials: Credentials, *, client: Client) -> Grant:
        """Give the successor of the refresh token that is presented.

        Raises:
            Unauthenticated: there is none.
            TokenInvalid, TokenExpired: it is not believed.
            FingerprintMismatch: it is bound to another browser.
            TokenReused: it was used before, longer ago than the leeway. The session has been revoked.
            TokenBlacklisted: it was revoked otherwise.
            RateLimited: the session refreshes far more often than its tokens expire.
        """
        with self.tally.refreshes.count():
            return await self._successor(credentials, client)

    async def _successor(self, credentials: Credentials, client: Client) -> Grant:
        if credentials.refresh_token is None:
            raise Unauthenticated("There is no refresh token")
        now = self.clock()
        with believing():
            claims = self.sessions.issuer.tokens.verify_refresh(credentials.refresh_token, now=now)
        credentials.require_binding(claims)
        await self.limits.take(self.limit, "refresh", str(claims.sid))
        verdict = await self._decide(claims, client, now)
        if isinstance(verdict, Refusal):
            raise verdict
        return self.sessions.issuer.grant(
            verdict.issue,
            user_id=claims.sub,
            session_id=claims.sid,
            role=verdict.role,
            fph=claims.fph,
            client_fp=credentials.client_fp,
            remember_me=verdict.remember_me,
        )

    async def _decide(self, claims: RefreshClaims, client: Client, now: datetime) -> _Issued | Refusal:
        async with self.database.transaction() as transaction:
            # A refusal is returned and not raised in here: what a detected reuse revokes has to be committed.
            won = await self._rotate(transaction, claims, client, now)
            verdict = won or await self._judge(transaction, claims, client, now)
        if isinstance(verdict, TokenReused):
            whose = {"user_id": str(claims.sub), "session_id": str(claims.sid)}
            logger.warning("refresh token reused", extra=whose)
        return verdict

    async def _rotate(
        self, transaction: Transaction, claims: RefreshClaims, client: Client, now: datetime
    ) -> _Issued | None:
        jti = self.sessions.issuer.successor(claims.jti)
        kept, unkept = (
            self.sessions.issue(jti, remember_me=remember_me, now=now) for remember_me in (True, False)
        )
        won = await transaction.first(
            ROTATE, claims.sid, claims.jti, jti, now, kept.expires_at, unkept.expires_at
        )
        if won is None:
            return None
        issue = kept if won["remember_me"] else unkept
        store(transaction, issue, session_id=claims.sid, user_id=claims.sub)
        transaction.defer_insert(BLACKLIST, claims.jti, now, RevocationReason.ROTATED)
        event = audit.Event(kind=AuditKind.REFRESH, client=client, user_id=claims.sub, session_id=claims.sid)
        audit.record(transaction, event, now=now)
        return _Issued(issue, won["role"], bool(won["remember_me"]))

    async def _judge(
        self, transaction: Transaction, claims: RefreshClaims, client: Client, now: datetime
    ) -> _Issued | Refusal:
        found = await transaction.first(FIND_PRESENTED, claims.jti, claims.sid)
        if found is None:
            return TokenInvalid()
        if found["revoked_at"] is not None or found["disabled_at"] is not None:
            return TokenBlacklisted()
        if found["expires_at"] <= now or found["used_at"] is None:
            return TokenExpired()
        # A clock that was set back is no reason to let a used token live longer than it would have.
        if not self.leeway or abs(now - found["used_at"]) > self.leeway:
            return await self._end_family(transaction, claims, client, now)
        if found["current_jti"] != self.sessions.issuer.successor(claims.jti):
            return TokenBlacklisted()
        return _replayed(found)

    async def _end_family(
        self, transaction: Transaction, claims: RefreshClaims, client: Client, now: datetime
    ) -> Refusal:
        reason = RevocationReason.REUSED
        if not await revoke(transaction, END_SESSION, claims.sub, claims.sid, now=now, reason=reason):
            return TokenBlacklisted()
        event = audit.Event(
            kind=AuditKind.REUSE_DETECTED,
            outcome=AuditOutcome.FAILURE,
            client=client,
            reason=reason,
            user_id=claims.sub,
            session_id=claims.sid,
        )
        audit.record(transaction, event, now=now)
        return TokenReused()


def _replayed(found: Row) -> _Issued:
    issue = Issue(
        jti=found["current_jti"],
        kid=found["kid"],
        issued_at=found["issued_at"],
        expires_at=found["token_expires_at"],
    )
    return _Issued(issue, found["role"], bool(found["remember_me"]))
