"""Use cases and every rule. The services are wired here, once, from the settings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from limits import parse

from security.derivation import Secret
from security.keys import KeyRing
from security.passwords import OWASP, Hasher, Profile
from security.tokens import TokenFormat
from services import restores
from services.auth import Auth
from services.codes import Codes
from services.database import Database
from services.grants import Issuer
from services.limits import Counters, Limits
from services.limits_memory import MemoryCounters
from services.mail_composition import Composer, load_templates
from services.mail_sender import Sender
from services.mail_transports import Transport
from services.otp import Otp
from services.own_sessions import OwnSessions
from services.password_changes import PasswordChanges
from services.passwords import Passwords
from services.profiles import Profiles
from services.purge import Purge
from services.registration import Registration
from services.restores import Restores
from services.rotation import Rotation
from services.sessions import Clock, Sessions
from services.tally import Tally
from services.users import Users
from settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every service of one server."""

    database: Database
    passwords: Passwords
    limits: Limits
    sessions: Sessions
    rotation: Rotation
    auth: Auth
    registration: Registration
    otp: Otp
    password_changes: PasswordChanges
    profiles: Profiles
    own_sessions: OwnSessions
    users: Users
    sender: Sender
    purge: Purge
    restores: Restores
    tally: Tally
    clock: Clock

    async def open(self) -> None:
        """Open what has to be open before the first request."""
        await self.database.open()

    async def close(self) -> None:
        """Close it again; nothing is lost, as nothing is kept outside the database."""
        await self.limits.close()
        await self.database.close()
        self.passwords.close()


def system_clock() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    ring: KeyRing,
    secret: Secret,
    transport: Transport,
    clock: Clock = system_clock,
    profile: Profile = OWASP,
) -> Services:
    """Wire the services; nothing is opened yet."""
    database = Database(settings.database_url.get_secret_value())
    passwords = Passwords(Hasher(profile))
    limits = Limits(_counters(settings, database, clock), secret)
    codes, tally = Codes(secret), Tally()
    origin = settings.public_url
    sessions = Sessions(
        database=database,
        issuer=Issuer(
            tokens=TokenFormat(issuer=origin, audience=f"{origin}/graphql", ring=ring),
            secret=secret,
            access_ttl=timedelta(seconds=settings.access_ttl),
        ),
        refresh_ttl=timedelta(seconds=settings.refresh_ttl),
        remember_ttl=timedelta(seconds=settings.remember_ttl),
        lifetime=timedelta(seconds=settings.session_lifetime),
        clock=clock,
    )
    return Services(
        database=database,
        passwords=passwords,
        limits=limits,
        sessions=sessions,
        rotation=Rotation(
            database=database,
            sessions=sessions,
            leeway=timedelta(seconds=settings.refresh_leeway),
            limits=limits,
            limit=parse(settings.limit_refresh),
            tally=tally,
            clock=clock,
        ),
        auth=Auth(
            database=database,
            sessions=sessions,
            passwords=passwords,
            limits=limits,
            limit=parse(settings.limit_login),
            tally=tally,
            clock=clock,
        ),
        registration=Registration(
            database=database,
            codes=codes,
            passwords=passwords,
            limits=limits,
            limit=parse(settings.limit_register),
            clock=clock,
        ),
        otp=Otp(
            database=database,
            sessions=sessions,
            codes=codes,
            limits=limits,
            limit=parse(settings.limit_otp),
            tally=tally,
            clock=clock,
        ),
        password_changes=PasswordChanges(
            database=database,
            codes=codes,
            passwords=passwords,
            limits=limits,
            login_limit=parse(settings.limit_login),
            code_limit=parse(settings.limit_otp),
            clock=clock,
        ),
        profiles=Profiles(database=database, clock=clock),
        own_sessions=OwnSessions(database=database, lifetime=sessions.lifetime, clock=clock),
        users=Users(database=database, passwords=passwords, clock=clock),
        sender=Sender(
            database=database,
            composer=Composer(
                templates=load_templates(), sender=settings.mail_from, origin=origin, secret=secret
            ),
            transport=transport,
            clock=clock,
            chance=SystemRandom().random,
        ),
        purge=Purge(
            database=database,
            # 0 seconds mean that the trail is kept for ever.
            audit_retention=timedelta(seconds=settings.audit_retention) or None,
            clock=clock,
            chance=SystemRandom().random,
        ),
        restores=restores.of(database, settings.database_url.get_secret_value(), clock=clock),
        tally=tally,
        clock=clock,
    )


def _counters(settings: Settings, database: Database, clock: Clock) -> Counters:
    if settings.valkey_url is None:
        return MemoryCounters()
    # In here, as the client of Redis is a tenth of what a server without a store would wait for at its start.
    from services.limits_outages import GuardedCounters
    from services.limits_shared import SharedCounters

    shared = SharedCounters(settings.valkey_url.get_secret_value())
    return GuardedCounters(shared=shared, database=database, clock=clock)
