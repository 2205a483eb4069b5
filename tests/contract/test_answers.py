"""What answers a field: Ariadne builds a schema happily that nobody answers, and gives null."""

import pytest
from ariadne import ObjectType

from contract import answers
from tests.contract import small
from tests.contract.small import FILE, SMALL, faults, line_of


def test_a_field_of_a_group_without_a_resolver_is_named() -> None:
    """The groups have no attributes to fall back to."""
    field = 'logout: LeavePayload @access(to: "ANYONE")'
    sdl = SMALL.replace('  "Leave."\n', f'  "Out."\n  {field}\n  "Leave."\n')
    assert f"{FILE}:{line_of(sdl, field)}: AuthMutations.logout: has no resolver [resolver]" in faults(sdl)


@pytest.mark.parametrize(
    ("old", "new", "subject"),
    [
        ("firstName: String", "fristName: String", "Person.fristName"),
        ("friends: [Person!]!", 'friends: [Person!]!\n  "More."\n  enemies: [Person!]', "Person.enemies"),
        ("  person: Person\n", "  persona: Person\n", "LoginPayload.persona"),
        ("  person: Person\n", "  person: Person!\n", "LoginPayload.person"),
    ],
)
def test_a_field_without_an_attribute_is_named(old: str, new: str, subject: str) -> None:
    """What a resolver gives is known from its annotation, through unions, sequences and other objects.

    Where it gives one of several classes, each of them needs what may not be null.
    """
    sdl = SMALL.replace(old, new)
    line = line_of(sdl, f"{subject.split('.')[1]}:")
    message = f"{subject}: has neither a resolver nor an attribute [resolver]"
    assert f"{FILE}:{line}: {message}" in faults(sdl)


def test_a_resolver_that_does_not_say_what_it_gives_answers_for_nothing() -> None:
    """Without an annotation there is nothing to look the attributes up in."""
    schema = small.built(SMALL)
    bindables = small.bindables()
    query = bindables[0]
    assert isinstance(query, ObjectType)
    query.set_field("me", lambda *_: None)
    login = [str(found) for found in answers.faults(schema, [query, *bindables[1:2], small.Kind])]
    assert any("AuthMutations.login: has no resolver" in found for found in login)
    assert any("Person.firstName: has neither" in found for found in login)


def test_a_resolver_of_no_field_is_named() -> None:
    """A field that was renamed in the schema alone is told from one that nobody ever answered."""
    sdl = SMALL.replace("  leave(", "  depart(").replace("LeavePayload", "DepartPayload")
    message = "does not fit its resolvers: Field leave is not defined on type AuthMutations"
    line = line_of(sdl, "type AuthMutations")
    assert faults(sdl) == [f"{FILE}:{line}: AuthMutations: {message} [resolver]"]


def test_values_of_an_enum_that_one_side_does_not_know_are_named() -> None:
    """A value without a member would reach the services as a text, and a member without a value fails."""
    sdl = SMALL.replace("  ONE_KIND\n", "  OTHER_KIND\n")
    kind, other = line_of(sdl, "enum Kind"), line_of(sdl, "OTHER_KIND")
    assert faults(sdl) == [
        f"{FILE}:{kind}: Kind.ONE_KIND: is known to the code, but not to the schema [resolver]",
        f"{FILE}:{other}: Kind.OTHER_KIND: is known to the schema, but not to the code [resolver]",
    ]
