"""The SDL: what does not parse or hold together is named by its place; what is printed is what is served."""

from pathlib import Path

import pytest
from graphql import build_schema, lexicographic_sort_schema, parse, print_ast, print_schema

import contract
import resolvers
from contract.findings import CannotCheck
from contract.places import Excerpt
from contract.sdl import printed, understand
from tests.contract.checkout import Checkout
from tests.support import ROOT


def test_every_file_that_is_no_graphql_is_named(checkout: Checkout) -> None:
    """One of them does not hide the others, and nothing else is said of what cannot be read."""
    users = checkout.replace("schema/users.graphql", "type User @access", "type User @@access")
    errors = checkout.replace("schema/errors.graphql", "enum ErrorCode {", "enum ErrorCode [")
    assert checkout.found() == [
        f"schema/errors.graphql:{errors}: document: Syntax Error: Unexpected '['. [sdl]",
        f"schema/users.graphql:{users}: document: Syntax Error: Expected Name, found '@'. [sdl]",
    ]


def test_what_does_not_hold_together_is_named_by_file_line_and_field(checkout: Checkout) -> None:
    """The files make one schema, and a type that is missing in it is missing somewhere."""
    line = checkout.replace("schema/users.graphql", "  role: Role!", "  role: Rule!")
    message = "User.role: Unknown type 'Rule'. Did you mean 'Role'? [sdl]"
    assert checkout.found() == [f"schema/users.graphql:{line}: {message}"]


def test_a_payload_without_a_field_of_its_interface_is_named(checkout: Checkout) -> None:
    """It parses, but it is no schema."""
    payload = "type LogoutPayload implements Payload @access(to: PARENT) {\n"
    field = '  "Whether it was done: nothing of the sessions in scope works any more."\n  success: Boolean!\n'
    checkout.replace("schema/auth.graphql", payload + field, payload)
    message = "Interface field Payload.success expected but LogoutPayload does not provide it. [sdl]"
    line = checkout.line("schema/base.graphql", "  success: Boolean!")
    assert checkout.found() == [f"schema/base.graphql:{line}: Payload.success: {message}"]


def test_a_file_that_is_no_text_cannot_be_checked(checkout: Checkout) -> None:
    """It is named in one line."""
    (checkout.root / "schema" / "users.graphql").write_bytes(b"\xff\xfe")
    with pytest.raises(CannotCheck, match=r"^schema/users\.graphql cannot be read: it is not UTF-8$"):
        checkout.found()


def test_what_is_printed_is_what_is_served() -> None:
    """Whoever reads the file knows the server, with its directives and all of its descriptions."""
    text = contract.printed()
    served = resolvers.build_schema()
    assert print_schema(lexicographic_sort_schema(build_schema(text))) == print_schema(
        lexicographic_sort_schema(served)
    )
    directives = sum(path.read_text().count("@access(to:") for path in (ROOT / "schema").glob("*.graphql"))
    assert text.count("@access(to:") == directives > 10


def test_it_does_not_depend_on_the_files(tmp_path: Path) -> None:
    """A type that moves to another file, or into one piece with what extends it, is no change."""
    one = 'type Query { a: Int } "B." enum B { X } extend type Query @d { b: B } directive @d on OBJECT'
    other = 'directive @d on OBJECT type Query @d { a: Int b: B }\n\n"B."\nenum B { X }'
    texts = [printed(understand([Excerpt(text, "x")]).document) for text in (one, other)]
    assert texts[0] == texts[1]
    assert texts[0].index("@d") < texts[0].index("enum B") < texts[0].index("type Query")
    assert print_ast(parse(texts[0])) + "\n" == texts[0]


def test_a_broken_schema_is_not_printed(checkout: Checkout) -> None:
    """Half a schema would be taken for a release."""
    checkout.replace("schema/users.graphql", "  role: Role!", "  role: Rule!")
    with pytest.raises(CannotCheck, match=r"^schema/users\.graphql:\d+: User\.role: Unknown type 'Rule'"):
        contract.printed(checkout.root)
