"""Changes since the release: what would break a client, or surprise one, is named and needs a reason."""

import pytest

from contract import allowances, changes
from contract.findings import CannotCheck
from tests.contract.checkout import Checkout
from tests.contract.small import built

RELEASED = """
directive @access(to: Audience!) on FIELD_DEFINITION
directive @live(within: Int) on FIELD
enum Audience { ANYONE USER }
interface Named { name: String }
type Query { me(depth: Int = 1): Person search: Found }
type Person implements Named { name: String age: Int }
type Place { name: String }
union Found = Person
enum Role { USER ADMIN }
input Filter { role: Role = USER }
type Mutation { find(filter: Filter): Person }
"""


@pytest.mark.parametrize(
    ("old", "new", "rule", "subject", "degree"),
    [
        (" age: Int", "", "FIELD_REMOVED", "Person.age", "breaks"),
        ("age: Int", "age: String", "FIELD_CHANGED_KIND", "Person.age", "breaks"),
        ("type Person implements Named", "type Person", "IMPLEMENTED_INTERFACE_REMOVED", "Person", "breaks"),
        ("(depth: Int = 1)", "", "ARG_REMOVED", "Query.me(depth:)", "breaks"),
        ("Int = 1)", "Int = 1, of: ID!)", "REQUIRED_ARG_ADDED", "Query.me(of:)", "breaks"),
        ("USER ADMIN", "USER", "VALUE_REMOVED_FROM_ENUM", "Role.ADMIN", "breaks"),
        ("= USER }", "= USER id: ID! }", "REQUIRED_INPUT_FIELD_ADDED", "Filter.id", "breaks"),
        ("directive @live(within: Int) on FIELD", "", "DIRECTIVE_REMOVED", "@live", "breaks"),
        ("(within: Int)", "", "DIRECTIVE_ARG_REMOVED", "@live(within:)", "breaks"),
        ("USER ADMIN", "USER ADMIN GUEST", "VALUE_ADDED_TO_ENUM", "Role.GUEST", "dangerous"),
        ("Int = 1", "Int = 2", "ARG_DEFAULT_VALUE_CHANGE", "Query.me(depth:)", "dangerous"),
        ("Found = Person", "Found = Person | Place", "TYPE_ADDED_TO_UNION", "Found", "dangerous"),
        ("= USER }", "= USER id: ID }", "OPTIONAL_INPUT_FIELD_ADDED", "Filter.id", "dangerous"),
        (
            "type Place {",
            "type Place implements Named {",
            "IMPLEMENTED_INTERFACE_ADDED",
            "Place",
            "dangerous",
        ),
    ],
)
def test_a_change_is_named_by_its_kind_and_coordinate(
    old: str, new: str, rule: str, subject: str, degree: str
) -> None:
    """The name is what an allowance of it has to say."""
    released = (
        RELEASED.replace("union Found = Person", "union Found = Person | Place")
        if "Place {" in old
        else RELEASED
    )
    assert old in released
    (found,) = changes.unsafe(built(released), built(released.replace(old, new)))
    assert (found.rule, found.subject) == (rule, subject)
    assert degree in found.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("age: Int", "age: Int!"),
        ("age: Int", "age: Int more: String"),
        ("ANYONE USER", "ANYONE STAFF"),
        ("(to: Audience!)", "(to: Audience!, limit: Int!)"),
        ("directive @live", "directive @cost(weight: Int!) on FIELD_DEFINITION directive @live"),
    ],
)
def test_a_change_that_no_client_minds_is_none(old: str, new: str) -> None:
    """More answers are safe, and so is what only the authors of the schema write."""
    assert old in RELEASED
    assert list(changes.unsafe(built(RELEASED), built(RELEASED.replace(old, new)))) == []


def test_a_field_that_was_taken_out_is_named_where_the_release_has_it(checkout: Checkout) -> None:
    """Nobody can point at a line that is not there any more."""
    checkout.replace("schema/users.graphql", '  "When they last signed in."\n  lastLoginAt: DateTime\n', "")
    line = checkout.line("docs/schema.graphql", "lastLoginAt")
    change = "User.lastLoginAt: Field User.lastLoginAt was removed. This breaks clients. [FIELD_REMOVED]"
    readme = [found for found in checkout.found() if found.startswith("README.md:")]
    assert f"docs/schema.graphql:{line}: {change}" in checkout.found()
    assert len(readme) == 1


def test_a_change_is_allowed_with_a_reason(checkout: Checkout) -> None:
    """The reason is kept beside the released schema; what it allows is told, and no longer a finding."""
    old, new = "  lastLoginAt: DateTime\n", "  lastLoginAt: DateTime!\n"
    checkout.replace("docs/schema.graphql", old, new)
    line = checkout.line("schema/users.graphql", old)
    change = "Field User.lastLoginAt changed type from DateTime! to DateTime. This breaks clients."
    found = f"schema/users.graphql:{line}: User.lastLoginAt: {change} [FIELD_CHANGED_KIND]"
    assert checkout.found() == [found]
    kept = (checkout.root / "docs/schema.allowed").read_text()
    checkout.write("docs/schema.allowed", f"{kept}FIELD_CHANGED_KIND User.lastLoginAt = it was never sent\n")
    assert checkout.found() == []


def test_an_allowance_of_what_is_not_there_is_a_finding(checkout: Checkout) -> None:
    """A reason that nothing needs any more would let the next such change pass unseen."""
    line = checkout.replace(
        "docs/schema.allowed", "# A line", "FIELD_REMOVED User.email = nobody reads it\n# A line"
    )
    message = "FIELD_REMOVED User.email: allows what is not there [stale-allowance]"
    assert checkout.found() == [f"docs/schema.allowed:{line}: {message}"]


@pytest.mark.parametrize(
    "text",
    [
        "FIELD_REMOVED User.email",
        "FIELD_REMOVED User.email =",
        "FIELD_REMOVED = why",
        "access User.email = it is public",
        "description User.email = everybody knows what it is",
    ],
)
def test_an_allowance_has_a_change_and_a_reason(text: str) -> None:
    """Only changes, and codes that are to come, can be allowed: a rule of the house cannot."""
    with pytest.raises(CannotCheck, match=r"^--allow:1: an allowance is CHANGE COORDINATE=reason, and not '"):
        allowances.parse(text)


def test_a_release_that_cannot_be_read_is_no_finding(checkout: Checkout) -> None:
    """Without it nothing can be said of changes, which is worse than any of them."""
    line = checkout.replace("docs/schema.graphql", "type User @access", "type User @@access")
    with pytest.raises(CannotCheck, match=rf"^docs/schema\.graphql:{line}: document: Syntax Error"):
        checkout.found()
    (checkout.root / "docs/schema.graphql").unlink()
    with pytest.raises(CannotCheck, match=r"^docs/schema\.graphql cannot be read: No such file"):
        checkout.found()
