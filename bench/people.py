"""Somebody with sessions, as many as asked for, made without a server: `python -m bench.people COUNT`.

Its environment is the server's. It prints the account's id, and then the cookie header of each session, which
would take a second of argon2 for every few of them if they were opened by signing in.
"""

import sys

import cli_services
from bench.operations import EMAIL, PASSWORD
from models import Role
from models.statements import FIND_ACCOUNT
from server import edge_of
from services import Services
from services.clients import Client
from services.grants import Grant
from services.sessions import TokenDelivery
from settings import load
from web import cookies

BATCH = 200
"""How many sessions are opened in one transaction: a server that runs is to write in between."""


async def open_sessions(services: Services, count: int) -> tuple[str, list[Grant]]:
    """Open sessions of the account, which is made when it is missing, and give its id and their tokens."""
    if not await services.users.exists(EMAIL):
        await services.users.create(email=EMAIL, password=PASSWORD, role=Role.USER)
    account = await services.database.first(FIND_ACCOUNT, EMAIL)
    if account is None:
        raise LookupError(EMAIL)
    grants: list[Grant] = []
    while len(grants) < count:
        async with services.database.transaction() as transaction:
            for _ in range(min(BATCH, count - len(grants))):
                opening = services.sessions.opening(
                    admitted=account,
                    remember_me=False,
                    delivery=TokenDelivery.COOKIE,
                    client=Client(ip_address="127.0.0.1"),
                    now=services.sessions.clock(),
                )
                transaction.defer(*opening.records)
                grants.append(opening.signed_in.grant)
    return str(account["id"]), grants


def main(count: str) -> None:
    """Print the id of the account, and the cookie headers."""
    settings = load()
    user_id, grants = cli_services.run(settings, lambda services: open_sessions(services, int(count)))
    prefix = edge_of(settings).cookie_prefix
    print(user_id)
    for grant in grants:
        values = {
            cookies.ACCESS: grant.access_token,
            cookies.REFRESH: grant.refresh_token,
            cookies.CLIENT_FP: grant.client_fp,
            cookies.FP_HASH: grant.fph,
        }
        print("; ".join(f"{prefix}{name}={value}" for name, value in values.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
