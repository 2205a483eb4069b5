"""Making accounts: what is an address, what is a password, and one account to an address."""

import asyncio
from uuid import UUID

import pytest

from models import Role
from services import Services
from services.errors import BadUserInput
from services.users import EmailTaken
from tests.services import tables
from tests.support.browser import EMAIL, PASSWORD, Browser


async def create(services: Services, email: str = EMAIL, password: str = PASSWORD) -> UUID:
    """Make a user."""
    return await services.users.create(
        email=email, password=password, role=Role.USER, first_name="Ada", last_name="Lovelace"
    )


async def test_an_account_is_kept_as_typed_and_compared_normalised(
    services: Services, browser: Browser
) -> None:
    """Shown as `Ada@Example.com`, found as `ada@example.com`; the password is a hash."""
    user_id = await create(services, "  Ada@Example.com ")
    (user,) = await tables.rows(services, "users")
    assert (user["id"], user["email"], user["email_normalised"]) == (user_id, "Ada@Example.com", EMAIL)
    assert user["password_hash"].startswith("$argon2id$v=19$")
    (profile,) = await tables.rows(services, "profiles")
    assert (profile["first_name"], profile["last_name"]) == ("Ada", "Lovelace")
    assert (await browser.login())["user"]["email"] == "Ada@Example.com"


@pytest.mark.parametrize("email", [EMAIL, "ADA@EXAMPLE.COM", "\uff41da@example.com", " ada@example.com "])
async def test_an_address_has_one_account(services: Services, user_id: UUID, email: str) -> None:
    """However it is spelt; and a refused second account leaves nothing behind."""
    before = await tables.dump(services)
    with pytest.raises(EmailTaken):
        await create(services, email)
    assert await tables.dump(services) == before


async def test_of_concurrent_accounts_of_one_address_one_is_made(services: Services) -> None:
    """The database decides, not a look before."""
    made = await asyncio.gather(*(create(services) for _ in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in made) == ["EmailTaken"] * 7 + ["UUID"]
    assert len(await tables.rows(services, "users")) == len(await tables.rows(services, "profiles")) == 1


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@example.com", "ada@", "a da@example.com", "ada@exam\nple.com", "a\0@b.c", "a@" + "b" * 320],
)
async def test_what_is_no_address_is_refused(services: Services, email: str) -> None:
    """Nothing is made, and what was typed is not echoed."""
    with pytest.raises(BadUserInput) as refused:
        await create(services, email)
    assert str(refused.value) == "The e-mail address is not valid"
    assert await tables.rows(services, "users") == []


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
async def test_a_password_has_8_to_128_characters(services: Services, length: int, fits: bool) -> None:
    """Characters, not bytes: a snowman is one."""
    password = "\N{SNOWMAN}" * length
    if fits:
        await create(services, password=password)
        assert len(await tables.rows(services, "users")) == 1
    else:
        with pytest.raises(BadUserInput):
            await create(services, password=password)
        assert await tables.rows(services, "users") == []


async def test_a_password_is_never_truncated(services: Services, browser: Browser) -> None:
    """The last of 128 characters counts, although they are 384 bytes."""
    password = "\N{SNOWMAN}" * 127 + "y"
    await create(services, password=password)
    assert (await browser.login(password=password[:-1] + "z"))["success"] is False
    assert (await browser.login(password=password[:-1]))["success"] is False
    assert (await browser.login(password=password + "y"))["success"] is False
    assert (await browser.login(password=password))["success"] is True
