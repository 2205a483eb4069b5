"""What a client is given when it signs in or refreshes: two tokens, both derived from one row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from security.derivation import Secret
from security.fingerprints import UNBOUND
from security.tokens import AccessClaims, RefreshClaims, TokenFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A refresh token as the database knows it: everything that its bytes follow from."""

    jti: UUID
    kid: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A pair of tokens, and how to deliver it. Its representation shows no token."""

    access_token: str = field(repr=False)
    access_token_expires_at: datetime
    refresh_token: str = field(repr=False)
    lifetime: timedelta
    client_fp: str | None = field(repr=False)
    fph: str = field(repr=False)
    remember_me: bool

    @property
    def is_bound(self) -> bool:
        """Whether it goes into cookies of the browser it is bound to, or into the body."""
        return self.fph != UNBOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Makes the same grant from the same issue, on every node and after every restart."""

    tokens: TokenFormat
    secret: Secret
    access_ttl: timedelta

    @property
    def kid(self) -> str:
        """The key that new tokens are signed with."""
        return self.tokens.ring.active.kid

    def successor(self, jti: UUID) -> UUID:
        """Give the `jti` that follows this one: computed by who knows the secret, guessed by nobody."""
        return self.secret.derive_uuid("refresh token successor", jti)

    def grant(
        self,
        issue: Issue,
        *,
        user_id: UUID,
        session_id: UUID,
        role: str,
        fph: str,
        client_fp: str | None,
        remember_me: bool,
    ) -> Grant:
        """Sign both tokens of an issue: equal arguments give equal bytes."""
        access_token_expires_at = issue.issued_at + self.access_ttl
        access = AccessClaims(
            sub=user_id,
            sid=session_id,
            jti=self.secret.derive_uuid("access token", issue.jti),
            iat=issue.issued_at,
            exp=access_token_expires_at,
            role=role,
            fph=fph,
        )
        refresh = RefreshClaims(
            sub=user_id, sid=session_id, jti=issue.jti, iat=issue.issued_at, exp=issue.expires_at, fph=fph
        )
        return Grant(
            access_token=self.tokens.sign(access, kid=issue.kid),
            access_token_expires_at=access_token_expires_at,
            refresh_token=self.tokens.sign(refresh, kid=issue.kid),
            lifetime=issue.expires_at - issue.issued_at,
            client_fp=client_fp,
            fph=fph,
            remember_me=remember_me,
        )
