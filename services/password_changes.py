"""New passwords: chosen by who knows the old one, or by who reads the mail of the account."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from limits import RateLimitItem

from models import AuditKind, AuditOutcome, MailKind, OtpPurpose, RevocationReason
from models.people_statements import FIND_HASH, REPLACE_HASH, RESET_BY_CODE
from models.statements import END_OTHER_SESSIONS, END_SESSIONS_OF_USER
from services import audit, codes, letters, mail
from services.accounts import Viewer
from services.addresses import normalise_email
from services.clients import Client
from services.codes import Codes
from services.database import Database
from services.database_statements import Row, Transaction
from services.errors import Problem, TokenBlacklisted
from services.limits import Limits
from services.password_rules import require_strong
from services.passwords import Passwords
from services.problems import CodeInvalid, InvalidCredentials
from services.session_records import revoke
from services.sessions import Clock

ATTEMPTS = 2
"""How often a change is tried: a sign-in at the same time may have made the hash anew. Then it was wrong."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanges:
    """The use cases of a new password. Both tell the owner by mail, and end what others may hold."""

    database: Database
    codes: Codes
    passwords: Passwords
    limits: Limits
    login_limit: RateLimitItem
    code_limit: RateLimitItem
    clock: Clock

    async def change(
        self, viewer: Viewer, *, current_password: str, new_password: str, client: Client
    ) -> None:
        """Change the viewer's password and end every session but the one that asks.

        Raises:
            WeakPassword: the new one cannot be accepted.
            RateLimited: too many wrong passwords for this account, or from this network.
            InvalidCredentials: the present one is wrong.
            TokenBlacklisted: the session has ended meanwhile.
        """
        account = viewer.account
        require_strong(new_password, email=account.email, field="newPassword")
        subject = normalise_email(account.email)
        attempt = await self.limits.take_both(self.login_limit, "login", client=client, account=subject)
        for _ in range(ATTEMPTS):
            stored = await self._stored(account.id)
            if not await self.passwords.verify(current_password, against=stored):
                break
            hashed = await self.passwords.hash(new_password)
            if await self._change(viewer, stored, hashed, client, self.clock()):
                await attempt.give_back()
                logger.info("password changed", extra={"user_id": str(account.id)})
                return
            if await self._stored(account.id) == stored:
                raise TokenBlacklisted
        raise await self._failed(viewer, client)

    async def reset(self, *, email: str, code: str, new_password: str, client: Client) -> None:
        """Set a new password by a code, and end every session of the account.

        Raises:
            WeakPassword: the new one cannot be accepted. The code stays good.
            RateLimited: too many wrong codes for this address, or from this network.
            CodeInvalid, CodeExpired, CodeAttemptsExceeded: what is wrong with the code.
        """
        require_strong(new_password, email=email, field="newPassword")
        subject = normalise_email(email)
        attempt = await self.limits.take_both(self.code_limit, "code", client=client, account=subject)
        hashed = await self.passwords.hash(new_password)
        async with self.database.transaction() as transaction:
            # A problem is returned and not raised in here: that a code was tried has to be committed.
            verdict = await self._reset(transaction, subject, code, hashed, client, self.clock())
        if isinstance(verdict, Problem):
            raise verdict
        await attempt.give_back()
        logger.info("password reset", extra={"user_id": str(verdict)})

    async def _stored(self, user_id: UUID) -> str | None:
        found = await self.database.first(FIND_HASH, user_id)
        return found["password_hash"] if found else None

    async def _change(
        self, viewer: Viewer, stored: str | None, hashed: str, client: Client, now: datetime
    ) -> bool:
        user_id, session_id = viewer.account.id, viewer.session_id
        async with self.database.transaction() as transaction:
            changed = await transaction.first(REPLACE_HASH, user_id, stored, hashed, session_id, now)
            if changed is None:
                return False
            reason = RevocationReason.PASSWORD_CHANGED
            await revoke(transaction, END_OTHER_SESSIONS, user_id, session_id, now=now, reason=reason)
            await _tell(transaction, MailKind.PASSWORD_CHANGED, changed, client, now)
            event = audit.Event(
                kind=AuditKind.PASSWORD_CHANGED, client=client, user_id=user_id, session_id=session_id
            )
            audit.record(transaction, event, now=now)
        return True

    async def _failed(self, viewer: Viewer, client: Client) -> Exception:
        event = audit.Event(
            kind=AuditKind.PASSWORD_CHANGED,
            outcome=AuditOutcome.FAILURE,
            client=client,
            reason=InvalidCredentials.code,
            user_id=viewer.account.id,
            session_id=viewer.session_id,
        )
        async with self.database.transaction() as transaction:
            audit.record(transaction, event, now=self.clock())
        return InvalidCredentials("The current password is wrong.", field="currentPassword")

    async def _reset(
        self,
        transaction: Transaction,
        email: str,
        code: str,
        hashed: str,
        client: Client,
        now: datetime,
    ) -> UUID | Problem:
        problem = await self.codes.use(transaction, email, OtpPurpose.RESET_PASSWORD, code, now=now)
        reset = None if problem else await transaction.first(RESET_BY_CODE, email, hashed, now)
        if reset is None:
            problem = problem or CodeInvalid()
            kind = AuditKind.PASSWORD_RESET
            await codes.record_failure(transaction, kind, email, problem, client=client, now=now)
            return problem
        user_id: UUID = reset["id"]
        reason = RevocationReason.PASSWORD_RESET
        await revoke(transaction, END_SESSIONS_OF_USER, user_id, now=now, reason=reason)
        await _tell(transaction, MailKind.PASSWORD_RESET, reset, client, now)
        event = audit.Event(kind=AuditKind.PASSWORD_RESET, client=client, user_id=user_id)
        audit.record(transaction, event, now=now)
        return user_id


async def _tell(transaction: Transaction, kind: MailKind, owner: Row, client: Client, now: datetime) -> None:
    letter = letters.notice(kind, to=owner["email"], locale=owner["locale"], client=client)
    await mail.post(transaction, letter, now=now)
