"""Sessions: opened by a sign-in, asked for by every request, ended all or nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid4

from models import AuditKind, RevocationReason
from models.session_statements import TOUCH_SESSION
from models.statements import (
    BEGIN_LOGOUT,
    END_ALL_SESSIONS,
    END_OTHER_SESSIONS,
    IDENTIFY,
    INSERT_SESSION,
)
from security import fingerprints, tokens
from services import audit
from services.accounts import Account, Anonymous, Viewer
from services.clients import Client
from services.credentials import Credentials, believing
from services.database import Database
from services.database_inserts import Insert
from services.database_statements import Row, Transaction
from services.errors import TokenBlacklisted
from services.grants import Grant, Issue, Issuer
from services.session_records import end_session, outstanding, revoke

NOTED_EVERY = timedelta(minutes=1)
"""How often a use of a session is written down, at the most: a request is not a write."""

Clock = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""

logger = logging.getLogger(__name__)


class TokenDelivery(StrEnum):
    """How a client takes its tokens: cookies bound to a browser, or the response body, unbound."""

    COOKIE = "COOKIE"
    BODY = "BODY"


class LogoutScope(StrEnum):
    """Which of the user's sessions a sign-out ends."""

    THIS_SESSION = "THIS_SESSION"
    OTHER_SESSIONS = "OTHER_SESSIONS"
    ALL_SESSIONS = "ALL_SESSIONS"


_ENDING = {
    LogoutScope.OTHER_SESSIONS: END_OTHER_SESSIONS,
    LogoutScope.ALL_SESSIONS: END_ALL_SESSIONS,
}

_REACH_OF_EXPIRED = {
    LogoutScope.THIS_SESSION: LogoutScope.THIS_SESSION,
    LogoutScope.OTHER_SESSIONS: None,
    LogoutScope.ALL_SESSIONS: LogoutScope.THIS_SESSION,
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account with a session of its own, and the tokens to use it."""

    account: Account
    grant: Grant

    def log(self) -> None:
        """Say so in the log, once it is committed."""
        whose = {"user_id": str(self.account.id), "session_id": str(self.account.session_id)}
        logger.info("user logged in", extra=whose)


class Opening(NamedTuple):
    """A new session: what is answered once it is written, and what is to be written."""

    signed_in: SignedIn
    records: Sequence[Insert]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logout:
    """What a sign-out did, for whom if that is known, and whether the client that asked is signed out now."""

    user_id: UUID | None
    revoked_sessions: int
    signed_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The use cases of a session, but for its rotation."""

    database: Database
    issuer: Issuer
    refresh_ttl: timedelta
    remember_ttl: timedelta
    lifetime: timedelta
    clock: Clock

    def opening(
        self, *, admitted: Row, remember_me: bool, delivery: TokenDelivery, client: Client, now: datetime
    ) -> Opening:
        """Give a new session for an account, to be written together with the admission that it is for."""
        session_id, user_id = uuid4(), admitted["id"]
        client_fp = fingerprints.generate() if delivery is TokenDelivery.COOKIE else None
        issue = self.issue(uuid4(), remember_me=remember_me, now=now)
        token = (issue.jti, remember_me, now, issue.expires_at)
        event = audit.Event(kind=AuditKind.LOGIN, client=client, user_id=user_id, session_id=session_id)
        grant = self.issuer.grant(
            issue,
            user_id=user_id,
            session_id=session_id,
            role=admitted["role"],
            fph=fingerprints.digest(client_fp) if client_fp else fingerprints.UNBOUND,
            client_fp=client_fp,
            remember_me=remember_me,
        )
        return Opening(
            SignedIn(Account.of({**admitted, "last_login_at": now}, session_id=session_id), grant),
            (
                (INSERT_SESSION, (session_id, user_id, *token, client.ip_address, client.user_agent)),
                outstanding(issue, session_id=session_id, user_id=user_id, until=issue.expires_at),
                audit.entry(event, now=now),
            ),
        )

    def issue(self, jti: UUID, *, remember_me: bool, now: datetime) -> Issue:
        """Decide times and key of a new refresh token. JWT counts whole seconds, so these are whole too."""
        issued_at = now.replace(microsecond=0)
        ttl = self.remember_ttl if remember_me else self.refresh_ttl
        return Issue(jti=jti, kid=self.issuer.kid, issued_at=issued_at, expires_at=issued_at + ttl)

    def bounds(self, *, now: datetime) -> tuple[datetime, datetime, datetime]:
        """Tell since when a session has to have begun, and been used with and without `rememberMe`, to go on.

        They are of the policy of now, so that a shorter one is the policy of sessions that run already.
        """
        return now - self.lifetime, now - self.remember_ttl, now - self.refresh_ttl

    async def identify(self, credentials: Credentials) -> Viewer | Anonymous:
        """Tell who presents an access token; liveness comes from the database, in one statement, every time.

        Raises:
            TokenInvalid, TokenExpired: the token is not believed.
            FingerprintMismatch: it is bound to another browser.
            TokenBlacklisted: its session has ended, or its user is disabled.
        """
        if credentials.access_token is None:
            return Anonymous()
        now = self.clock()
        with believing():
            claims = self.issuer.tokens.verify_access(credentials.access_token, now=now)
        credentials.require_binding(claims)
        row = await self.database.first(IDENTIFY, claims.sid, claims.sub, now)
        if row is None:
            raise TokenBlacklisted
        if now - row["last_used_at"] >= NOTED_EVERY:
            await self.database.execute(TOUCH_SESSION, claims.sid, now, now - NOTED_EVERY)
        return Viewer(Account.of(row, session_id=claims.sid))

    async def end(self, credentials: Credentials, *, scope: LogoutScope, client: Client) -> Logout:
        """Sign out: every session in scope revoked, its refresh token blacklisted, an event each, or nothing.

        Presenting the token is enough, without the browser's secret: who holds a stolen token may end the
        session, which is what its owner would want. What has ended already ends nothing more.

        Raises:
            ServiceUnavailable: the database could not record it. Nothing was changed.
        """
        now = self.clock()
        signed_out = scope is not LogoutScope.OTHER_SESSIONS
        claims = self._claims_to_end(credentials, now)
        if claims is None:
            return Logout(user_id=None, revoked_sessions=0, signed_out=signed_out)
        whose = {"user_id": str(claims.sub)}
        logger.info("user found from token", extra=whose)
        ended = await self._end(claims, scope, client, now)
        if ended:
            logger.info("user logged out", extra=whose)
            logger.info("refresh token blacklisted", extra=whose)
        return Logout(user_id=claims.sub, revoked_sessions=len(ended), signed_out=signed_out)

    async def _end(
        self, claims: tokens.Claims, scope: LogoutScope, client: Client, now: datetime
    ) -> Sequence[UUID]:
        # A token that is over may be an old copy: it ends its own session, but reaches no other.
        reach = scope if now < claims.exp else _REACH_OF_EXPIRED[scope]
        if reach is None:
            return ()
        if reach is LogoutScope.THIS_SESSION:
            own, event = claims.sid, _logout(claims, claims.sid, client)
            is_ended = await end_session(
                self.database, user_id=claims.sub, session_id=own, event=event, now=now
            )
            return (own,) if is_ended else ()
        async with self.database.transaction() as transaction:
            return await _end_several(transaction, claims, reach, client, now)

    def _claims_to_end(self, credentials: Credentials, now: datetime) -> tokens.Claims | None:
        verify = self.issuer.tokens
        try:
            if credentials.refresh_token is not None:
                return verify.verify_refresh_of_any_age(credentials.refresh_token, now=now)
        except tokens.TokenRejected:
            logger.info("refresh token not usable for logout")
        try:
            if credentials.access_token is not None:
                return verify.verify_access(credentials.access_token, now=now)
        except tokens.TokenRejected:
            logger.info("access token not usable for logout")
        return None


async def _end_several(
    transaction: Transaction, claims: tokens.Claims, reach: LogoutScope, client: Client, now: datetime
) -> Sequence[UUID]:
    if not await transaction.first(BEGIN_LOGOUT, claims.sub, claims.sid, now):
        return ()
    reason = RevocationReason.LOGOUT
    ended = await revoke(transaction, _ENDING[reach], claims.sub, claims.sid, now=now, reason=reason)
    events = [_logout(claims, session_id, client) for session_id in ended]
    audit.record(transaction, *events, now=now)
    return ended


def _logout(claims: tokens.Claims, session_id: UUID, client: Client) -> audit.Event:
    return audit.Event(
        kind=AuditKind.LOGOUT,
        client=client,
        reason=RevocationReason.LOGOUT,
        user_id=claims.sub,
        session_id=session_id,
    )
