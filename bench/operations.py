"""What is asked, and what has to be answered, to the byte."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from bench.connections import Answer, Connection, WrongAnswer, post
from bench.loads import Step, UsedUp
from tests.support import hostile
from web.guards import MAX_BODY

EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"

ME = "{ me { id email } }"
LOGIN = "mutation ($input: LoginInput!) { auth { login(input: $input) { success user { id email } } } }"
REFRESH = "mutation { auth { refreshToken { success } } }"
LOGOUT = "mutation { auth { logout { success revokedSessions } } }"

REFUSALS = {"QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
"""What a hostile document may be answered."""

_COOKIES = 4


def body(query: str, **variables: object) -> bytes:
    """Write the body of a request."""
    return orjson.dumps({"query": query, "variables": variables} if variables else {"query": query})


def me_answer(user_id: str) -> bytes:
    """Give the bytes that tell somebody who they are."""
    return orjson.dumps({"data": {"me": {"id": user_id, "email": EMAIL}}})


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations on one server, for one account, with sessions that were opened beforehand."""

    user_id: str
    sessions: Iterator[str]
    """Cookie headers, each of a session of its own."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def me(self) -> Step:
        """Ask who one is."""
        return exactly(post(body(ME), cookie=next(self.sessions)), me_answer(self.user_id))

    def me_uncached(self) -> Step:
        """Ask who one is by a document that no server has ever seen."""
        cookie, expected = next(self.sessions), me_answer(self.user_id)

        async def step(connection: Connection) -> None:
            request = post(body(f"query Q{next(self._numbers)} {ME}"), cookie=cookie)
            (await connection.ask(request)).require(expected)

        return step

    def login(self) -> Step:
        """Sign in by password."""
        account = {"id": self.user_id, "email": EMAIL}
        expected = orjson.dumps({"data": {"auth": {"login": {"success": True, "user": account}}}})
        request = post(body(LOGIN, input={"email": EMAIL, "password": PASSWORD}))

        async def step(connection: Connection) -> None:
            answer = await connection.ask(request)
            answer.require(expected)
            require_cookies(answer)

        return step

    def refresh(self) -> Step:
        """Refresh with the cookies of the answer before: each token is used once, as by a browser."""
        expected = orjson.dumps({"data": {"auth": {"refreshToken": {"success": True}}}})
        cookie, asked = next(self.sessions), body(REFRESH)

        async def step(connection: Connection) -> None:
            nonlocal cookie
            answer = await connection.ask(post(asked, cookie=cookie))
            answer.require(expected)
            renewed = require_cookies(answer)
            if renewed == cookie:
                raise WrongAnswer("a refresh that changed nothing")
            cookie = renewed

        return step

    def logout(self, sessions: int) -> Step:
        """End a session, and with the next request another, until there were so many."""
        expected = orjson.dumps({"data": {"auth": {"logout": {"success": True, "revokedSessions": 1}}}})
        asked, left = body(LOGOUT), itertools.islice(self.sessions, sessions)

        async def step(connection: Connection) -> None:
            if (cookie := next(left, None)) is None:
                raise UsedUp
            answer = await connection.ask(post(asked, cookie=cookie))
            answer.require(expected)
            if [value for _, value in answer.cookies()] != [""] * _COOKIES:
                raise WrongAnswer("a sign-out that left cookies")

        return step

    def hostile(self) -> Step:
        """Send documents that are made to be expensive, in turn; none is ever remembered."""
        documents = {**hostile.TOO_LONG, **hostile.TOO_COMPLEX, **hostile.UNFIT}.values()
        bodies = (body(document) for document in documents)
        # What needs so many escapes in JSON that it is no body any more is refused by its size alone.
        requests = itertools.cycle([post(each) for each in bodies if len(each) <= MAX_BODY])

        async def step(connection: Connection) -> None:
            require_refusal(await connection.ask(next(requests)))

        return step


def exactly(request: bytes, expected: bytes) -> Step:
    """Send the same request always, to be answered by the same bytes always."""

    async def step(connection: Connection) -> None:
        (await connection.ask(request)).require(expected)

    return step


def require_cookies(answer: Answer) -> str:
    """Give the cookie header that a browser would send after an answer that hands out a session.

    Raises:
        WrongAnswer: it does not set all four.
    """
    cookies = answer.cookies()
    if len(cookies) != _COOKIES or not all(value for _, value in cookies):
        raise WrongAnswer(f"a session with the cookies {[name for name, _ in cookies]}")
    return "; ".join(f"{name}={value}" for name, value in cookies)


def require_refusal(answer: Answer) -> None:
    """Refuse whatever is not the plain refusal of a document.

    Raises:
        WrongAnswer: it is something else.
    """
    decoded = orjson.loads(answer.body)
    codes = {error["extensions"]["code"] for error in decoded.get("errors", ())}
    if answer.status != 200 or "data" in decoded or not codes or codes - REFUSALS:
        raise WrongAnswer(f"status {answer.status} for a hostile document, codes {sorted(codes)}")
