"""Health: whether the process is up, and whether it can do its work."""

import asyncio
from typing import Any

from quart import Blueprint

from services import Services
from services.errors import ServiceUnavailable

READY_WITHIN = 1.0
"""How long the database may take to answer, in seconds."""


def blueprint(services: Services) -> Blueprint:
    """Give `/healthz` and `/readyz`."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return {"status": "up"}

    @routes.get("/readyz")
    async def readyz() -> tuple[dict[str, Any], int]:
        try:
            async with asyncio.timeout(READY_WITHIN):
                lacking = await services.database.unapplied_migrations()
                restored = not lacking and await services.restores.is_pending()
        except (ServiceUnavailable, TimeoutError):
            return {"status": "unavailable", "database": "does not answer"}, 503
        if lacking:
            return {"status": "unavailable", "migrations": sorted(lacking)}, 503
        if restored:
            return {"status": "unavailable", "database": "was brought back from a backup"}, 503
        return {"status": "ready"}, 200

    return routes
