"""Signing in with a password."""

from dataclasses import dataclass

from limits import RateLimitItem

from models import AuditKind, AuditOutcome
from models.statements import ADMIT, FIND_ACCOUNT
from services import audit
from services.addresses import normalise_email
from services.clients import Client
from services.database import Database
from services.database_statements import Row
from services.errors import Problem
from services.limits import Limits
from services.passwords import Passwords
from services.problems import AccountDisabled, EmailNotVerified, InvalidCredentials
from services.sessions import Clock, Sessions, SignedIn, TokenDelivery
from services.tally import Tally

ADMISSIONS = 2
"""How often a password is verified when the account changes before its admission. Once is common: another
sign-in has just made the hash anew. After that, the credentials are called wrong, as they may well be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """The use cases of proving who one is."""

    database: Database
    sessions: Sessions
    passwords: Passwords
    limits: Limits
    limit: RateLimitItem
    tally: Tally
    clock: Clock

    async def login(
        self, *, email: str, password: str, remember_me: bool, token_delivery: TokenDelivery, client: Client
    ) -> SignedIn:
        """Sign in with e-mail and password, in the same time whether or not the account exists.

        Raises:
            RateLimited: too many failed logins for this account or from this address; taken before hashing.
            InvalidCredentials: the e-mail or the password is wrong.
            AccountDisabled, EmailNotVerified: told only after the right password.
        """
        with self.tally.password_logins.count():
            return await self._login(
                normalise_email(email),
                password,
                remember_me=remember_me,
                delivery=token_delivery,
                client=client,
            )

    async def _login(
        self, subject: str, password: str, *, remember_me: bool, delivery: TokenDelivery, client: Client
    ) -> SignedIn:
        attempt = await self.limits.take_both(self.limit, "login", client=client, account=subject)
        for _ in range(ADMISSIONS):
            found = await self._verified(subject, password, client)
            signed_in = await self._admit(
                found, password, remember_me=remember_me, delivery=delivery, client=client
            )
            if signed_in is not None:
                await attempt.give_back()
                return signed_in
        raise await self._failed(InvalidCredentials(), found, client)

    async def _verified(self, subject: str, password: str, client: Client) -> Row:
        found = await self.database.first(FIND_ACCOUNT, subject)
        stored = found["password_hash"] if found else None
        verified = await self.passwords.verify(password, against=stored)
        if found is None or not verified:
            raise await self._failed(InvalidCredentials(), found, client)
        if found["disabled_at"] is not None:
            raise await self._failed(AccountDisabled(), found, client)
        if found["verified_at"] is None:
            raise await self._failed(EmailNotVerified(), found, client)
        return found

    async def _admit(
        self, found: Row, password: str, *, remember_me: bool, delivery: TokenDelivery, client: Client
    ) -> SignedIn | None:
        user_id, stored, now = found["id"], found["password_hash"], self.clock()
        kept = await self.passwords.hash(password) if self.passwords.is_outdated(stored) else stored
        opening = self.sessions.opening(
            admitted=found, remember_me=remember_me, delivery=delivery, client=client, now=now
        )
        is_admitted = await self.database.decide(ADMIT, user_id, stored, now, kept, then=opening.records)
        if not is_admitted:
            return None
        opening.signed_in.log()
        return opening.signed_in

    async def _failed(self, problem: Problem, found: Row | None, client: Client) -> Problem:
        event = audit.Event(
            kind=AuditKind.LOGIN,
            outcome=AuditOutcome.FAILURE,
            client=client,
            reason=problem.code,
            user_id=found["id"] if found else None,
        )
        async with self.database.transaction() as transaction:
            audit.record(transaction, event, now=self.clock())
        return problem
