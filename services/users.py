"""Accounts, as an operator makes them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import AuditKind, MailKind, Profile, RevocationReason, Role, User
from models.operator_statements import SET_HASH
from models.statements import DISABLE_USER, ENABLE_USER, END_SESSIONS_OF_USER, FIND_ACCOUNT
from services import audit, letters, mail
from services.addresses import normalise_email, require_email
from services.clients import Client
from services.database import Database
from services.password_rules import require_strong
from services.passwords import Passwords
from services.profile_rules import cleaned
from services.session_records import revoke
from services.sessions import Clock

OPERATOR = Client()
"""Who acts where nobody asked over the network."""

logger = logging.getLogger(__name__)


class EmailTaken(Exception):
    """There is an account with this e-mail already. Only an operator is told."""


class AccountUnchanged(Exception):
    """There is no account with this id, or it is as it should become already. Only an operator is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The use cases of an account's existence."""

    database: Database
    passwords: Passwords
    clock: Clock

    async def create(
        self,
        *,
        email: str,
        password: str,
        role: Role,
        first_name: str | None = None,
        last_name: str | None = None,
    ) -> UUID:
        """Make an account whose e-mail counts as verified, and give its id.

        Raises:
            InvalidInput, WeakPassword: the e-mail is not one, or the password would be guessed.
            Problems: a name cannot be accepted.
            EmailTaken: the e-mail has an account.
        """
        require_strong(password, email=require_email(email), field="password")
        names = cleaned({"first_name": first_name, "last_name": last_name})
        return await self._create(email, password, role, names)

    async def create_development(self, *, email: str, password: str) -> UUID:
        """Make the user whom everybody may sign in as: a password that is no secret has no rules to keep.

        Raises:
            EmailTaken: the e-mail has an account.
        """
        return await self._create(email, password, Role.USER, {"first_name": "Test", "last_name": "User"})

    async def _create(self, email: str, password: str, role: Role, names: Mapping[str, str | None]) -> UUID:
        now = self.clock()
        user = User(
            email=email.strip(),
            email_normalised=normalise_email(email),
            role=role,
            created_at=now,
            verified_at=now,
        )
        user.password_hash = await self.passwords.hash(password)
        profile = Profile(user_id=user.id, updated_at=now, **names)
        try:
            async with self.database.transaction():
                await user.save(force_create=True)
                await profile.save(force_create=True)
        except IntegrityError:
            raise EmailTaken from None
        return user.id

    async def exists(self, email: str) -> bool:
        """Tell whether the e-mail has an account. Only for an operator's eyes.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        return await self.database.first(FIND_ACCOUNT, normalise_email(email)) is not None

    async def disable(self, user_id: UUID, *, client: Client = OPERATOR) -> int:
        """Disable an account and end every session of it, all or nothing; give how many were ended.

        Raises:
            AccountUnchanged: there is no such account, or it is disabled already.
            ServiceUnavailable: the database could not record it. Nothing was changed.
        """
        now, reason = self.clock(), RevocationReason.ACCOUNT_DISABLED
        event = audit.Event(kind=AuditKind.ACCOUNT_DISABLED, client=client, user_id=user_id)
        async with self.database.transaction() as transaction:
            if await transaction.first(DISABLE_USER, user_id, now) is None:
                raise AccountUnchanged
            ended = await revoke(transaction, END_SESSIONS_OF_USER, user_id, now=now, reason=reason)
            audit.record(transaction, event, now=now)
        logger.info("account disabled", extra={"user_id": str(user_id)})
        return len(ended)

    async def enable(self, user_id: UUID, *, client: Client = OPERATOR) -> None:
        """Let a disabled account sign in again. What was ended stays ended.

        Raises:
            AccountUnchanged: there is no such account, or it is enabled already.
            ServiceUnavailable: the database could not record it. Nothing was changed.
        """
        event = audit.Event(kind=AuditKind.ACCOUNT_ENABLED, client=client, user_id=user_id)
        async with self.database.transaction() as transaction:
            if await transaction.first(ENABLE_USER, user_id) is None:
                raise AccountUnchanged
            audit.record(transaction, event, now=self.clock())
        logger.info("account enabled", extra={"user_id": str(user_id)})

    async def reset_password(
        self, user_id: UUID, *, email: str, password: str, client: Client = OPERATOR
    ) -> int:
        """Set a new password and end every session, all or nothing; give how many were ended.

        The owner is told by mail, unless the account is disabled.

        Raises:
            WeakPassword: it would be guessed.
            AccountUnchanged: there is no such account.
            ServiceUnavailable: the database could not record it. Nothing was changed.
        """
        require_strong(password, email=email, field="password")
        hashed = await self.passwords.hash(password)
        now, reason = self.clock(), RevocationReason.PASSWORD_RESET
        event = audit.Event(kind=AuditKind.PASSWORD_RESET, client=client, user_id=user_id)
        async with self.database.transaction() as transaction:
            owner = await transaction.first(SET_HASH, user_id, hashed)
            if owner is None:
                raise AccountUnchanged
            ended = await revoke(transaction, END_SESSIONS_OF_USER, user_id, now=now, reason=reason)
            if owner["disabled_at"] is None:
                kind, to, locale = MailKind.PASSWORD_RESET, owner["email"], owner["locale"]
                letter = letters.notice(kind, to=to, locale=locale, client=client)
                await mail.post(transaction, letter, now=now)
            audit.record(transaction, event, now=now)
        logger.info("password reset by an operator", extra={"user_id": str(user_id)})
        return len(ended)
