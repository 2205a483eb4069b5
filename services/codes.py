"""One-time codes: issued, counted and used up, each by the one statement that decides it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models import AuditKind, AuditOutcome, OtpPurpose
from models.people_statements import (
    CHECK_CODE,
    FIND_CODE,
    FIND_RECIPIENT,
    ISSUE_CODE,
    REPLACE_CODE,
    USE_CODE,
)
from security import one_time_codes
from security.derivation import Secret
from services import audit
from services.clients import Client
from services.database_statements import Transaction
from services.errors import Problem
from services.problems import CodeAttemptsExceeded, CodeExpired, CodeInvalid

LIFETIME = timedelta(minutes=10)
"""How long a code is good (OWASP ASVS 5.0, 6.5.5: at most ten minutes when it comes by mail)."""

COOLDOWN = timedelta(minutes=1)
"""How long after a code no other is issued for the same address and purpose: nobody's mailbox is flooded."""

MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was issued. Its representation does not show it."""

    digits: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Codes:
    """The life of a code, in the transaction of the flow that needs it."""

    secret: Secret

    async def issue(
        self, transaction: Transaction, email: str, purpose: OtpPurpose, *, now: datetime
    ) -> Code | None:
        """Issue a code for a normalised address, or none so soon after the one before."""
        code = Code(one_time_codes.generate(), now + LIFETIME)
        digest = self._digest(code.digits, email, purpose)
        values = (email, purpose, digest, now, code.expires_at, now - COOLDOWN)
        return code if await transaction.first(ISSUE_CODE, *values) else None

    async def replace(
        self, transaction: Transaction, email: str, purpose: OtpPurpose, *, now: datetime
    ) -> Code:
        """Issue a code however soon after the one before; nor does it keep the next one waiting."""
        code = Code(one_time_codes.generate(), now + LIFETIME)
        digest = self._digest(code.digits, email, purpose)
        before = now - COOLDOWN  # Or a sign-up would keep who has just signed up from asking for a code.
        await transaction.execute(REPLACE_CODE, email, purpose, digest, before, code.expires_at)
        return code

    async def use(
        self, transaction: Transaction, email: str, purpose: OtpPurpose, code: str, *, now: datetime
    ) -> Problem | None:
        """Use a code up. What is wrong with it is returned and not raised: the try has to be committed."""
        return await self._try(USE_CODE, transaction, email, purpose, code, now)

    async def check(
        self, transaction: Transaction, email: str, purpose: OtpPurpose, code: str, *, now: datetime
    ) -> Problem | None:
        """Tell what is wrong with a code, if anything. It counts as a try, but leaves a good code good."""
        return await self._try(CHECK_CODE, transaction, email, purpose, code, now)

    async def _try(
        self,
        statement: str,
        transaction: Transaction,
        email: str,
        purpose: OtpPurpose,
        code: str,
        now: datetime,
    ) -> Problem | None:
        digest = self._digest(code, email, purpose)
        tried = await transaction.first(statement, email, purpose, digest, now, MAX_ATTEMPTS)
        if tried is None:
            return _refused(await transaction.first(FIND_CODE, email, purpose), now)
        return None if tried["matches"] else CodeInvalid()

    def _digest(self, code: str, email: str, purpose: OtpPurpose) -> str:
        return one_time_codes.digest(code, email=email, purpose=purpose, secret=self.secret)


async def record_failure(
    transaction: Transaction, kind: AuditKind, email: str, problem: Problem, *, client: Client, now: datetime
) -> None:
    """Record that a code was tried in vain, with the account of the address if it has one."""
    found = await transaction.first(FIND_RECIPIENT, email)
    event = audit.Event(
        kind=kind,
        outcome=AuditOutcome.FAILURE,
        client=client,
        reason=problem.code,
        user_id=found["id"] if found else None,
    )
    audit.record(transaction, event, now=now)


def _refused(found: Mapping[str, Any] | None, now: datetime) -> Problem:
    if found is None or found["used_at"] is not None:
        return CodeInvalid()
    return CodeExpired() if found["expires_at"] <= now else CodeAttemptsExceeded()
