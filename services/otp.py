"""One-time codes by mail: asked for, and brought back to sign in."""

from dataclasses import dataclass
from datetime import datetime

from limits import RateLimitItem

from models import AuditKind, MailKind, OtpPurpose
from models.people_statements import ADMIT_BY_CODE, FIND_RECIPIENT
from services import audit, codes, letters, mail
from services.addresses import normalise_email, require_email
from services.clients import Client
from services.codes import Codes
from services.database import Database
from services.database_statements import Row, Transaction
from services.errors import Problem
from services.limits import Limits
from services.problems import AccountDisabled, CodeInvalid
from services.sessions import Clock, Sessions, SignedIn, TokenDelivery
from services.tally import Outcomes, Tally

_LETTERS = {
    OtpPurpose.VERIFY_EMAIL: MailKind.VERIFY_EMAIL,
    OtpPurpose.LOGIN: MailKind.LOGIN,
    OtpPurpose.RESET_PASSWORD: MailKind.RESET_PASSWORD,
}

_KINDS = {OtpPurpose.RESET_PASSWORD: AuditKind.PASSWORD_RESET}
"""What a code that does not sign in is recorded as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Otp:
    """The use cases of a one-time code, but for the setting of a new password."""

    database: Database
    sessions: Sessions
    codes: Codes
    limits: Limits
    limit: RateLimitItem
    tally: Tally
    clock: Clock

    async def request(self, *, email: str, purpose: OtpPurpose, client: Client) -> None:
        """Send a code, if the address has an account that it is of use to.

        Who asks is not told, by words or by time, whether it has, or whether one was sent a moment ago.

        Raises:
            InvalidInput: it is no e-mail address.
            RateLimited: too many requests for this address, or from this network.
        """
        normalised, now = require_email(email), self.clock()
        await self.limits.take_both(self.limit, "code request", client=client, account=normalised)
        async with self.database.transaction() as transaction:
            code = await self.codes.issue(transaction, normalised, purpose, now=now)
            found = await transaction.first(FIND_RECIPIENT, normalised)
            if code is not None:
                to, locale = (found["email"], found["locale"]) if found else (email, None)
                letter = letters.with_code(_LETTERS[purpose], code, to=to, locale=locale, client=client)
                send = mail.post if _is_of_use(purpose, found) else mail.suppress
                await send(transaction, letter, now=now)
            event = audit.Event(
                kind=AuditKind.CODE_REQUESTED,
                client=client,
                reason=purpose,
                user_id=found["id"] if found else None,
            )
            audit.record(transaction, event, now=now)

    async def verify(
        self,
        *,
        email: str,
        code: str,
        purpose: OtpPurpose,
        remember_me: bool,
        token_delivery: TokenDelivery,
        client: Client,
    ) -> SignedIn | None:
        """Sign in with a code; one for RESET_PASSWORD is only looked at, and signs nobody in.

        Raises:
            CodeInvalid, CodeExpired, CodeAttemptsExceeded: what is wrong with it.
            AccountDisabled: told only to who brings the right code.
            RateLimited: too many wrong codes for this address, or from this network.
        """
        # One that is only looked at is no sign-in, and is counted nowhere.
        outcomes = Outcomes() if purpose is OtpPurpose.RESET_PASSWORD else self.tally.code_logins
        with outcomes.count():
            return await self._verify(
                normalise_email(email),
                code,
                purpose,
                remember_me=remember_me,
                delivery=token_delivery,
                client=client,
            )

    async def _verify(
        self,
        normalised: str,
        code: str,
        purpose: OtpPurpose,
        *,
        remember_me: bool,
        delivery: TokenDelivery,
        client: Client,
    ) -> SignedIn | None:
        now = self.clock()
        attempt = await self.limits.take_both(self.limit, "code", client=client, account=normalised)
        async with self.database.transaction() as transaction:
            # A problem is returned and not raised in here: that a code was tried has to be committed.
            verdict: SignedIn | Problem | None
            if purpose is OtpPurpose.RESET_PASSWORD:
                verdict = await self.codes.check(transaction, normalised, purpose, code, now=now)
            else:
                verdict = await self._admit(
                    transaction,
                    normalised,
                    code,
                    purpose,
                    remember_me=remember_me,
                    delivery=delivery,
                    client=client,
                    now=now,
                )
            if isinstance(verdict, Problem):
                kind = _KINDS.get(purpose, AuditKind.LOGIN)
                await codes.record_failure(transaction, kind, normalised, verdict, client=client, now=now)
        if isinstance(verdict, Problem):
            raise verdict
        await attempt.give_back()
        if verdict is not None:
            verdict.log()
        return verdict

    async def _admit(
        self,
        transaction: Transaction,
        email: str,
        code: str,
        purpose: OtpPurpose,
        *,
        remember_me: bool,
        delivery: TokenDelivery,
        client: Client,
        now: datetime,
    ) -> SignedIn | Problem:
        problem = await self.codes.use(transaction, email, purpose, code, now=now)
        if problem is not None:
            return problem
        # A password is good only from the sign-up whose own code was entered: a code for LOGIN says nothing
        # of who chose the password of an account that nobody had proved to be theirs.
        drops_password = purpose is OtpPurpose.LOGIN
        admitted = await transaction.first(ADMIT_BY_CODE, email, now, drops_password)
        if admitted is None:
            known = await transaction.first(FIND_RECIPIENT, email)
            return AccountDisabled() if known else CodeInvalid()
        if admitted["verified_at"] == now:
            event = audit.Event(kind=AuditKind.EMAIL_VERIFIED, client=client, user_id=admitted["id"])
            audit.record(transaction, event, now=now)
        opening = self.sessions.opening(
            admitted=admitted, remember_me=remember_me, delivery=delivery, client=client, now=now
        )
        transaction.defer(*opening.records)
        return opening.signed_in


def _is_of_use(purpose: OtpPurpose, found: Row | None) -> bool:
    if found is None or found["disabled_at"] is not None:
        return False
    return purpose is not OtpPurpose.VERIFY_EMAIL or found["verified_at"] is None
