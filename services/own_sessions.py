"""Sessions as people see them: where they are signed in, and how to end it there."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models import AuditKind, RevocationReason
from models.session_statements import LIST_SESSIONS
from models.statements import BEGIN_LOGOUT, END_SESSION
from services import audit, devices
from services.accounts import Account, Viewer
from services.clients import Client
from services.database import Database
from services.errors import TokenBlacklisted
from services.problems import InvalidInput
from services.session_records import revoke
from services.sessions import Clock

MAX_LISTED = 100
"""How many sessions are listed at the most, those used last first."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A live session, as its owner sees it."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip_address: str | None
    user_agent: str | None
    device: str | None
    remember_me: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSessions:
    """The use cases of one's own sessions."""

    database: Database
    lifetime: timedelta
    clock: Clock

    async def list(self, account: Account) -> Sequence[OwnSession]:
        """Give the live sessions of an account, those used last first.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        now = self.clock()
        rows = await self.database.fetch(LIST_SESSIONS, account.id, now, now - self.lifetime, MAX_LISTED)
        named = await devices.name([row["user_agent"] for row in rows])
        return [
            OwnSession(
                **{
                    **row,
                    "expires_at": min(row["expires_at"], row["created_at"] + self.lifetime),
                    "remember_me": bool(row["remember_me"]),
                },
                device=device,
                is_current=row["id"] == account.session_id,
            )
            for row, device in zip(rows, named, strict=True)
        ]

    async def revoke(self, viewer: Viewer, session_id: UUID | None, *, client: Client) -> None:
        """End one session of the viewer's own, all or nothing.

        A session of somebody else, one that has ended and one that never was are answered alike.

        Raises:
            InvalidInput: the viewer has no such session.
            TokenBlacklisted: the session that asks has ended meanwhile.
        """
        user_id, now, reason = viewer.account.id, self.clock(), RevocationReason.REVOKED_BY_USER
        event = audit.Event(
            kind=AuditKind.SESSION_REVOKED,
            client=client,
            reason=reason,
            user_id=user_id,
            session_id=session_id,
        )
        async with self.database.transaction() as transaction:
            if not await transaction.first(BEGIN_LOGOUT, user_id, viewer.session_id, now):
                raise TokenBlacklisted
            if session_id is None or not await revoke(
                transaction, END_SESSION, user_id, session_id, now=now, reason=reason
            ):
                raise InvalidInput("You have no such session.", field="id")
            audit.record(transaction, event, now=now)
        logger.info("session revoked", extra={"user_id": str(user_id), "session_id": str(session_id)})
