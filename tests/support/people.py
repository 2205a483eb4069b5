"""Signing up, bringing codes back and choosing passwords, as a page would; and the mail that was promised."""

import json
from collections.abc import Sequence
from typing import Any

from services import Services
from tests.support.browser import EMAIL, PASSWORD, Browser

REGISTER = """
mutation ($input: RegisterInput!) {
  auth { register(input: $input) { success message problems { code message field } } }
}
"""
REQUEST = """
mutation ($input: RequestOtpInput!) {
  otp { request(input: $input) { success message problems { code message field } } }
}
"""
VERIFY = """
mutation ($input: VerifyOtpInput!) {
  otp {
    verify(input: $input) {
      success message problems { code message field }
      accessToken accessTokenExpiresAt refreshToken
      user { id email isVerified isSignIn needsOnboarding lastLoginAt profile { firstName locale } }
    }
  }
}
"""
CHANGE = """
mutation ($input: ChangePasswordInput!) {
  auth { changePassword(input: $input) { success message problems { code message field } } }
}
"""
RESET = """
mutation ($input: ResetPasswordInput!) {
  auth { resetPassword(input: $input) { success message problems { code message field } } }
}
"""
UPDATE_PROFILE = """
mutation ($input: UpdateProfileInput!) {
  account {
    updateProfile(input: $input) {
      success message problems { code message field }
      user { profile { firstName lastName displayName phone locale timezone updatedAt } }
    }
  }
}
"""
ONBOARD = """
mutation {
  account {
    completeOnboarding { success message problems { code message field } user { needsOnboarding } }
  }
}
"""


async def register(
    browser: Browser, email: str = EMAIL, password: str = PASSWORD, **profile: str | None
) -> Any:
    """Sign up and give the decoded body."""
    return await browser.ask(
        REGISTER, {"input": {"email": email, "password": password, "profile": profile or None}}
    )


async def request_code(browser: Browser, purpose: str, email: str = EMAIL) -> Any:
    """Ask for a code and give the decoded body."""
    return await browser.ask(REQUEST, {"input": {"email": email, "purpose": purpose}})


async def verify(browser: Browser, code: str, purpose: str, email: str = EMAIL, **wishes: object) -> Any:
    """Bring a code back and give the decoded body."""
    return await browser.ask(VERIFY, {"input": {"email": email, "code": code, "purpose": purpose, **wishes}})


async def change_password(browser: Browser, current: str, new: str) -> Any:
    """Change the password and give the decoded body."""
    return await browser.ask(CHANGE, {"input": {"currentPassword": current, "newPassword": new}})


async def reset_password(browser: Browser, code: str, new: str, email: str = EMAIL) -> Any:
    """Set a new password by a code and give the decoded body."""
    return await browser.ask(RESET, {"input": {"email": email, "code": code, "newPassword": new}})


def payload(body: Any) -> Any:
    """Give the payload of the one mutation of an answer without errors."""
    assert "errors" not in body, body
    (group,) = body["data"].values()
    (found,) = group.values()
    return found


def problems(body: Any) -> list[tuple[str, str | None]]:
    """Give code and field of every problem of a mutation that was not done."""
    found = payload(body)
    assert found["success"] is False
    assert found["message"] == found["problems"][0]["message"]
    assert found.get("accessToken") is found.get("user") is None
    return [(problem["code"], problem["field"]) for problem in found["problems"]]


async def letters(services: Services) -> Sequence[tuple[str, str, str]]:
    """Give state, kind and recipient of every letter, in the order in which they were promised."""
    rows = await services.database.fetch("SELECT state, kind, recipient FROM outbox ORDER BY id")
    return [(row["state"], row["kind"], row["recipient"]) for row in rows]


async def newest_code(services: Services) -> str:
    """Give the code in the newest letter that is to be sent."""
    row = await services.database.first(
        "SELECT details FROM outbox WHERE state = 'PENDING' ORDER BY id DESC LIMIT 1"
    )
    assert row is not None
    return str(json.loads(row["details"])["code"])


def another(code: str) -> str:
    """Give six digits that are another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
