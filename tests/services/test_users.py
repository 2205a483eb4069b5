"""Making accounts: what is an address, what is a password, and one account to an address."""

import asyncio
from uuid import UUID

import pytest

from models import Role
from services import Services
from services.problems import InvalidInput, Problems, WeakPassword
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


async def test_what_is_no_address_is_refused(services: Services) -> None:
    """Nothing is made, and what was typed is not echoed."""
    with pytest.raises(InvalidInput) as refused:
        await create(services, "a da@example.com")
    assert (str(refused.value), refused.value.field) == ("This is not an e-mail address.", "email")
    assert await tables.rows(services, "users") == []


@pytest.mark.parametrize("password", ["\N{SNOWMAN}" * 7, "\N{SNOWMAN}" * 129, "password123", "I am ada!"])
async def test_a_weak_password_is_refused(services: Services, password: str) -> None:
    """An operator's people have to choose as well as those who sign up."""
    with pytest.raises(WeakPassword) as refused:
        await create(services, password=password)
    assert refused.value.field == "password"
    assert await tables.rows(services, "users") == []


async def test_a_name_that_cannot_be_is_refused(services: Services) -> None:
    """A profile that an operator writes keeps the rules of one that its owner writes."""
    with pytest.raises(Problems) as refused:
        await services.users.create(
            email=EMAIL, password=PASSWORD, role=Role.USER, first_name="A\nda", last_name="L" * 101
        )
    assert [problem.field for problem in refused.value.problems] == ["firstName", "lastName"]
    assert await tables.rows(services, "users") == []


async def test_names_are_kept_cleaned(services: Services) -> None:
    """Trimmed, and null where there is nothing."""
    await services.users.create(
        email=EMAIL, password=PASSWORD, role=Role.USER, first_name=" Ada ", last_name=" "
    )
    (profile,) = await tables.rows(services, "profiles")
    assert (profile["first_name"], profile["last_name"]) == ("Ada", None)


async def test_only_the_development_user_has_a_password_that_everybody_knows(
    services: Services, browser: Browser
) -> None:
    """Its path is one of its own; the same password is refused to everybody else."""
    await services.users.create_development(email="test@example.com", password="password")
    assert (await browser.login(email="test@example.com", password="password"))["success"] is True
    with pytest.raises(WeakPassword):
        await create(services, password="password")


async def test_a_password_is_never_truncated(services: Services, browser: Browser) -> None:
    """The last of 128 characters counts, although they are 384 bytes."""
    password = "\N{SNOWMAN}" * 127 + "y"
    await create(services, password=password)
    assert (await browser.login(password=password[:-1] + "z"))["success"] is False
    assert (await browser.login(password=password[:-1]))["success"] is False
    assert (await browser.login(password=password + "y"))["success"] is False
    assert (await browser.login(password=password))["success"] is True
