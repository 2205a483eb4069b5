"""Refresh token rotation: one winner, one successor inside the leeway, the end of the family after it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from limits import RateLimitItem

from models import AuditKind, AuditOutcome, RevocationReason
from models.statements import BLACKLIST, FIND_PRESENTED, ROTATE
from security.tokens import RefreshClaims
from services import audit
from services.clients import Client
from services.credentials import Credentials, believing
from services.database import Database
from services.database_decisions import Decided
from services.database_statements import Row
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
from services.session_records import end_session, outstanding
from services.sessions import Clock, Sessions
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
        verdict = await self._rotate(claims, client, now) or await self._judge(claims, client, now)
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

    async def _rotate(self, claims: RefreshClaims, client: Client, now: datetime) -> _Issued | None:
        jti = self.sessions.issuer.successor(claims.jti)
        kept, unkept = (
            self.sessions.issue(jti, remember_me=remember_me, now=now) for remember_me in (True, False)
        )
        event = audit.Event(kind=AuditKind.REFRESH, client=client, user_id=claims.sub, session_id=claims.sid)
        won = await self.database.decide(
            ROTATE,
            *(claims.sid, claims.jti, jti, now, kept.expires_at, unkept.expires_at),
            *self.sessions.bounds(now=now),
            then=(
                # Of the two, the session knows which it was.
                outstanding(kept, session_id=claims.sid, user_id=claims.sub, until=Decided("expires_at")),
                (BLACKLIST, (claims.jti, now, RevocationReason.ROTATED)),
                audit.entry(event, now=now),
            ),
        )
        if won is None:
            return None
        return _Issued(kept if won["remember_me"] else unkept, won["role"], bool(won["remember_me"]))

    async def _judge(self, claims: RefreshClaims, client: Client, now: datetime) -> _Issued | Refusal:
        found = await self.database.first(FIND_PRESENTED, claims.jti, claims.sid)
        if found is None:
            return TokenInvalid()
        if found["revoked_at"] is not None or found["disabled_at"] is not None:
            return TokenBlacklisted()
        if found["expires_at"] <= now or found["used_at"] is None:
            return TokenExpired()
        # Of a clock that was set back, or of another node's that is behind, no time has passed yet: a session
        # that nobody has ended is not to be lost for it.
        if not self.leeway or now - found["used_at"] > self.leeway:
            return await self._end_family(claims, client, now)
        if found["current_jti"] != self.sessions.issuer.successor(claims.jti):
            return TokenBlacklisted()
        return _replayed(found)

    async def _end_family(self, claims: RefreshClaims, client: Client, now: datetime) -> Refusal:
        event = audit.Event(
            kind=AuditKind.REUSE_DETECTED,
            outcome=AuditOutcome.FAILURE,
            client=client,
            reason=RevocationReason.REUSED,
            user_id=claims.sub,
            session_id=claims.sid,
        )
        is_ended = await end_session(
            self.database, user_id=claims.sub, session_id=claims.sid, event=event, now=now
        )
        if not is_ended:
            return TokenBlacklisted()
        whose = {"user_id": str(claims.sub), "session_id": str(claims.sid)}
        logger.warning("refresh token reused", extra=whose)
        return TokenReused()


def _replayed(found: Row) -> _Issued:
    issue = Issue(
        jti=found["current_jti"],
        kid=found["kid"],
        issued_at=found["issued_at"],
        expires_at=found["token_expires_at"],
    )
    return _Issued(issue, found["role"], bool(found["remember_me"]))
