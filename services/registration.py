"""Signing up: the same words, work and time whether or not the address has an account."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from limits import RateLimitItem

from models import AuditKind, AuditOutcome, MailKind, OtpPurpose, Role
from models.people_statements import DESCRIBE_NEWCOMER, FIND_RECIPIENT, REGISTER
from services import audit, letters, mail
from services.addresses import require_email
from services.clients import Client
from services.codes import Code, Codes
from services.database import Database
from services.database_statements import Transaction
from services.limits import Limits
from services.password_rules import require_strong
from services.passwords import Passwords
from services.problems import require_all
from services.profile_rules import FIELDS, cleaned
from services.sessions import Clock

TAKEN, TOO_SOON = "ADDRESS_TAKEN", "TOO_SOON"
"""Why a sign-up made no account, as the audit trail says it and nothing else does."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody who signs up, as far as what they typed can be accepted."""

    email: str
    normalised: str
    password_hash: str
    profile: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The use case of signing up."""

    database: Database
    codes: Codes
    passwords: Passwords
    limits: Limits
    limit: RateLimitItem
    clock: Clock

    async def register(
        self, *, email: str, password: str, profile: Mapping[str, str | None], client: Client
    ) -> None:
        """Take a sign-up, and send a mail to its address that says how to go on.

        Until its address is proved, an account belongs to the latest sign-up that a code was sent for: the
        code and the password belong together.

        Raises:
            Problems: the address, the password or something in the profile cannot be accepted.
            RateLimited: too many sign-ups from this address, or with this e-mail.
        """
        require_all(
            lambda: require_email(email),
            lambda: require_strong(password, email=email, field="password"),
            lambda: cleaned(profile),
        )
        normalised = require_email(email)
        await self.limits.take_both(self.limit, "register", client=client, account=normalised)
        newcomer = Newcomer(
            email=email.strip(),
            normalised=normalised,
            password_hash=await self.passwords.hash(password),
            profile=cleaned(profile),
        )
        await self._register(newcomer, client, self.clock())

    async def _register(self, newcomer: Newcomer, client: Client, now: datetime) -> None:
        async with self.database.transaction() as transaction:
            code = await self.codes.issue(transaction, newcomer.normalised, OtpPurpose.VERIFY_EMAIL, now=now)
            user_id, reason = (
                (None, TOO_SOON)
                if code is None
                else await self._admit(transaction, newcomer, code, client, now)
            )
            event = audit.Event(
                kind=AuditKind.REGISTERED,
                outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
                client=client,
                reason=reason,
                user_id=user_id,
            )
            audit.record(transaction, event, now=now)
        logger.info("sign-up taken", extra={"user_id": str(user_id)} if user_id else None)

    async def _admit(
        self, transaction: Transaction, newcomer: Newcomer, code: Code, client: Client, now: datetime
    ) -> tuple[UUID, str | None]:
        # New addresses and known ones take the same statements, down to a code that nobody is sent.
        reset = await self.codes.replace(transaction, newcomer.normalised, OtpPurpose.RESET_PASSWORD, now=now)
        account = (newcomer.email, newcomer.normalised, newcomer.password_hash, Role.USER, now)
        made = await transaction.first(REGISTER, uuid4(), *account)
        said = [newcomer.profile.get(name) for name in FIELDS]
        await transaction.execute(DESCRIBE_NEWCOMER, newcomer.normalised, *said, now)
        (found,) = await transaction.fetch(FIND_RECIPIENT, newcomer.normalised)
        kind, sent = (MailKind.VERIFY_EMAIL, code) if made else (MailKind.ALREADY_REGISTERED, reset)
        letter = letters.with_code(kind, sent, to=found["email"], locale=found["locale"], client=client)
        send = mail.post if found["disabled_at"] is None else mail.suppress
        await send(transaction, letter, now=now)
        return found["id"], None if made else TAKEN
