"""A client of the acceptance tests: `requests` and its cookie jar. It knows nothing of the server inside."""

import base64
import json
from typing import Any, Self

import requests

LOGIN = """mutation {
  auth {
    login(input: {email: "test@example.com", password: "password", rememberMe: true}) {
      success
      accessToken
      user { id email role }
    }
  }
}"""
LOGOUT = "mutation { auth { logout { success message } } }"
REFRESH = "mutation { auth { refreshToken { success accessToken } } }"
ME = "{ me { email isSignIn } }"

LOGIN_BODY = """mutation {
  auth {
    login(input: {email: "test@example.com", password: "password", tokenDelivery: BODY}) {
      success
      accessToken
      refreshToken
    }
  }
}"""
REFRESH_BODY = """mutation ($refreshToken: String!) {
  auth { refreshToken(input: {refreshToken: $refreshToken}) { success accessToken refreshToken } }
}"""

BLACKLISTED = ("TOKEN_BLACKLISTED", "Token is blacklisted")
COOKIES = {"auth-token", "refresh_token", "client_fp", "fp_hash"}
PATIENCE = 60
"""How many seconds a request may take: longer than the server waits for its database."""


class Client:
    """A browser as `requests` plays it, at one server or, as a jar knows no ports, at several of one host."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it holds, by name."""
        return {str(cookie.name): str(cookie.value) for cookie in self.http.cookies}

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, bearer: str | None = None) -> Any:
        """Send an operation and give the decoded answer."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else None
        body = {"query": query, "variables": variables} if variables else {"query": query}
        return self.http.post(f"{self.url}/graphql", json=body, headers=headers, timeout=PATIENCE).json()

    def login(self) -> str:
        """Sign in the development user by cookies and give the access token."""
        payload = self.ask(LOGIN)["data"]["auth"]["login"]
        assert payload["success"] is True
        return str(payload["accessToken"])

    def copy(self, url: str | None = None) -> "Client":
        """Give another client with a copy of all cookies, at the same server or at another one."""
        other = Client(url or self.url)
        other.http.cookies.update(self.cookies)
        return other


def refusal(answer: Any) -> tuple[str, str]:
    """Give code and message of the only error of an answer, which may hold nothing else."""
    (error,) = answer["errors"]
    assert answer.get("data") in (None, {"me": None}, {"auth": {"refreshToken": None}}), answer
    return error["extensions"]["code"], error["message"]


def session_of(token: str) -> str:
    """Give the session that a token names."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sid"])
