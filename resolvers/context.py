"""What a resolver knows of the request: who asks, the services, and its wish for the cookies."""

import asyncio
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from graphql import GraphQLResolveInfo

from services import Services
from services.accounts import Anonymous, Viewer
from services.clients import Client
from services.credentials import Credentials
from services.errors import Unauthenticated
from services.grants import Grant


@dataclass(slots=True)
class Cookies:
    """A wish that the web edge grants when the operation has succeeded. At most one of the two is set."""

    grant: Grant | None = None
    cleared: bool = False
    whose: UUID | None = None

    def deliver(self, grant: Grant) -> None:
        """Wish for the tokens of a grant to be set, if that is how it is delivered."""
        if grant.is_bound:
            self.grant = grant

    def clear(self, *, whose: UUID | None) -> None:
        """Wish for all cookies of ours to be removed, and say for the log whose they were."""
        self.cleared, self.whose = True, whose


@dataclass(slots=True, kw_only=True)
class Context:
    """The context value of one execution."""

    services: Services
    client: Client
    credentials: Credentials
    cookies: Cookies = field(default_factory=Cookies)
    _identified: "asyncio.Future[Viewer | Anonymous] | None" = None

    async def identify(self) -> Viewer | Anonymous:
        """Tell who asks, with one look at the database however many fields want to know."""
        if self._identified is None:
            self._identified = asyncio.ensure_future(self.services.sessions.identify(self.credentials))
        return await self._identified

    @property
    def recognised(self) -> Viewer | None:
        """Who was found to ask, if any field wanted to know and it was somebody."""
        asked = self._identified
        if asked is None or not asked.done() or asked.cancelled() or asked.exception() is not None:
            return None
        found = asked.result()
        return found if isinstance(found, Viewer) else None

    async def viewer(self) -> Viewer:
        """Give the viewer.

        Raises:
            Unauthenticated: nobody presents an access token.
        """
        viewer = await self.identify()
        if isinstance(viewer, Anonymous):
            raise Unauthenticated
        return viewer


Info: TypeAlias = "GraphQLResolveInfo[Context]"
