"""Error codes: the enum that clients read and the errors that the code makes are one and the same."""

from pathlib import Path

import pytest

from contract import codes
from tests.contract.checkout import Checkout
from tests.contract.small import built

CATCHING = """
from services.errors import Forbidden

try:
    x: type[Forbidden] = None
except (Forbidden, OSError):
    x = {Forbidden: 403}
"""


def test_a_code_that_is_sent_but_not_declared_is_named(checkout: Checkout) -> None:
    """A client that looks it up in the schema would find nothing."""
    checkout.replace(
        "schema/errors.graphql", '  "The right to do this is missing. In errors."\n  FORBIDDEN\n', ""
    )
    line = checkout.line("services/errors.py", 'FORBIDDEN = "FORBIDDEN"')
    message = "ErrorCode.FORBIDDEN: can be sent, but is not declared in the schema [undeclared-code]"
    assert f"services/errors.py:{line}: {message}" in checkout.found()


def test_a_code_that_is_written_out_has_to_be_declared_too(checkout: Checkout) -> None:
    """Whoever goes past the tree of errors does not go past the schema."""
    checkout.write("web/teapot.py", 'BODY = {\n    "message": "I am one",\n    "code": "TEAPOT",\n}\n')
    message = "ErrorCode.TEAPOT: can be sent, but is not declared in the schema [undeclared-code]"
    assert checkout.found() == [f"web/teapot.py:3: {message}"]


def test_an_error_that_nothing_raises_any_more_is_named(checkout: Checkout) -> None:
    """Whoever only imports, catches or compares it sends nothing."""
    old = 'raise Forbidden("Only an ADMIN may read the events of others")'
    checkout.replace("services/audit.py", old, "return isinstance(filter, Forbidden)")
    checkout.write("services/catching.py", CATCHING)
    line = checkout.line("services/errors.py", "code = ErrorCode.FORBIDDEN")
    message = "services.errors.Forbidden: the code FORBIDDEN is declared for it, but nothing raises it"
    assert checkout.found() == [f"services/errors.py:{line}: {message} [unsent-code]"]


def test_a_class_of_the_same_name_is_another_one(checkout: Checkout) -> None:
    """`security.tokens` raises a TokenExpired of its own, which no client ever sees."""
    old = "        raise TokenExpired from None\n"
    checkout.replace("services/credentials.py", old, "        raise\n")
    checkout.replace("services/rotation.py", "return TokenExpired()", "return TokenInvalid()")
    assert [found for found in checkout.found() if "services.errors.TokenExpired" in found]


@pytest.mark.parametrize(
    "module",
    [
        "from services.errors import Forbidden\n\n\ndef f() -> None:\n    raise Forbidden\n",
        "from services.errors import Forbidden as No\n\n\ndef f() -> Exception:\n    return No('why')\n",
        "from services import errors\n\n\ndef f() -> None:\n    raise errors.Forbidden from None\n",
        "from services.errors import Forbidden, TokenExpired\n\n\ndef f(x: bool) -> None:\n"
        "    raise (Forbidden if x else TokenExpired)\n",
        "from services.errors import Forbidden\n\n\nBY_STATUS = {403: Forbidden}\n",
    ],
)
def test_every_way_to_make_an_error_counts(tmp_path: Path, module: str) -> None:
    """Raised, made, chosen, or looked up: a class that is sent is not called unsent."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "flow.py").write_text(module)
    error = "class ErrorCode:\n    FORBIDDEN = 'F'\n\n\nclass Forbidden:\n    code = ErrorCode.FORBIDDEN\n"
    (tmp_path / "services" / "errors.py").write_text(error)
    schema = built("type Query { code: ErrorCode } enum ErrorCode { FORBIDDEN }")
    assert list(codes.unmatched(schema, tmp_path)) == []


def test_a_code_without_an_error_is_named(checkout: Checkout) -> None:
    """A value of the enum that no class has cannot be sent."""
    line = checkout.replace(
        "schema/errors.graphql", "  RATE_LIMITED\n", '  RATE_LIMITED\n  "Tea."\n  TEAPOT\n'
    )
    checkout.replace("docs/schema.graphql", "  RATE_LIMITED\n", '  RATE_LIMITED\n  "Tea."\n  TEAPOT\n')
    message = "ErrorCode.TEAPOT: is declared, but no error has it [unsent-code]"
    assert checkout.found() == [f"schema/errors.graphql:{line + 2}: {message}"]
