"""Accounts, as many as asked for, made without a server: `python -m soak.people COUNT` prints them.

Its environment is the server's.
"""

import sys

import cli_services
from models import Role
from services import Services
from settings import load

PASSWORD = "correct horse battery staple"


async def create(services: Services, count: int) -> list[str]:
    """Make the accounts, which all have the same password."""
    emails = [f"person{number}@example.com" for number in range(count)]
    for email in emails:
        await services.users.create(email=email, password=PASSWORD, role=Role.USER)
    return emails


def main(count: str) -> None:
    """Print an address to a line."""
    print("\n".join(cli_services.run(load(), lambda services: create(services, int(count)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
