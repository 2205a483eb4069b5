"""A client with a cookie jar, for tests: it speaks HTTP to the application, and GraphQL over it."""

from typing import Any, cast

import httpx
from quart import Quart

ORIGIN = "http://latchkey.test"
EMAIL = "ada@example.com"
PASSWORD = "correct horse battery staple"

LOGIN = """
mutation ($email: String!, $password: String!, $rememberMe: Boolean!, $delivery: TokenDelivery!) {
  auth {
    login(input: {email: $email, password: $password, rememberMe: $rememberMe, tokenDelivery: $delivery}) {
      success message problems { code message field }
      accessToken accessTokenExpiresAt refreshToken user { id email role isSignIn lastLoginAt }
    }
  }
}
"""
REFRESH = """
mutation ($input: RefreshTokenInput) {
  auth { refreshToken(input: $input) { success message accessToken accessTokenExpiresAt refreshToken } }
}
"""
LOGOUT = """
mutation ($scope: LogoutScope) { auth { logout(scope: $scope) { success message revokedSessions } } }
"""
ME = "{ me { id email role isVerified isSignIn needsOnboarding } }"


class Browser:
    """Signs in and out as a page would. Answers are GraphQL responses: the decoded JSON body."""

    def __init__(self, app: Quart) -> None:
        # Quart types its scopes more exactly than httpx does.
        transport = httpx.ASGITransport(cast("Any", app))
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it holds, by name."""
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies.jar}

    def take_cookies(self, cookies: dict[str, str]) -> "Browser":
        """Hold exactly these cookies, as a copy in another client would."""
        self.http.cookies = httpx.Cookies()
        for name, value in cookies.items():
            self.http.cookies.set(name, value, domain="latchkey.test", path="/")
        return self

    async def post(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        bearer: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send an operation and give the HTTP response."""
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, bearer: str | None = None
    ) -> Any:
        """Send an operation and give the decoded body."""
        return (await self.post(query, variables, bearer=bearer)).json()

    async def login(
        self,
        *,
        email: str = EMAIL,
        password: str = PASSWORD,
        remember_me: bool = False,
        delivery: str = "COOKIE",
    ) -> Any:
        """Sign in and give the payload."""
        variables = {"email": email, "password": password, "rememberMe": remember_me, "delivery": delivery}
        return (await self.ask(LOGIN, variables))["data"]["auth"]["login"]

    async def refresh(self, refresh_token: str | None = None) -> Any:
        """Refresh, from the cookie or with a token of one's own, and give the decoded body."""
        return await self.ask(REFRESH, {"input": {"refreshToken": refresh_token}} if refresh_token else {})

    async def logout(self, scope: str = "THIS_SESSION", *, bearer: str | None = None) -> Any:
        """Sign out and give the decoded body."""
        return await self.ask(LOGOUT, {"scope": scope}, bearer=bearer)

    async def me(self, *, bearer: str | None = None) -> Any:
        """Ask who the server thinks this is, and give the decoded body."""
        return await self.ask(ME, bearer=bearer)


def code(body: Any) -> str:
    """Give the code of the only error of an answer."""
    (error,) = body["errors"]
    return str(error["extensions"]["code"])
