"""The rules of the SDL: whoever forgets one is told which, and where."""

import pytest

from tests.contract.small import FILE, SMALL, faults, line_of

ANYONE = '@access(to: "ANYONE")'


def test_a_schema_that_keeps_the_rules_has_no_faults() -> None:
    """The other tests break this schema, and each has to break it alone."""
    assert faults(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"Their name."\n', "", "Person.firstName: has no description [description]"),
        ('"A group."\n', "", "AuthMutations: has no description [description]"),
        ('"Who." input', "input", "AuthMutations.login(input:): has no description [description]"),
        ('"One."\n', '" "\n', "Kind.ONE_KIND: has no description [description]"),
        ('"Something."\n', "", "LoginInput.text: has no description [description]"),
        ('"Whom." to', "to", "@access(to:): has no description [description]"),
        ('"Guards." directive', "directive", "@access: has no description [description]"),
    ],
)
def test_what_is_not_described_is_named(old: str, new: str, fault: str) -> None:
    """Types, fields, arguments, values and directives: clients read all of them."""
    _, name = (sdl := SMALL.replace(old, new, 1)), fault.split(":")[0].split("(")[0].split(".")[-1].strip("@")
    assert [found.partition(": ")[2] for found in faults(sdl)] == [fault]
    at = int(faults(sdl)[0].split(":")[1])
    assert name in sdl.splitlines()[at - 1]


@pytest.mark.parametrize(
    ("old", "new", "subject", "kind", "case"),
    [
        ("firstName", "first_name", "Person.first_name", "field", "camelCase"),
        ('leave("How." kind:', 'leave("How." Kind:', "AuthMutations.leave(Kind:)", "argument", "camelCase"),
        ("type Person ", "type person ", "person", "type", "PascalCase"),
        ("ONE_KIND", "One_Kind", "Kind.One_Kind", "enum value", "SCREAMING_CASE"),
    ],
)
def test_a_name_in_the_wrong_case_is_named(old: str, new: str, subject: str, kind: str, case: str) -> None:
    """A client that guesses a name from another one guesses right."""
    sdl = SMALL.replace(old, new).replace("Person", new.split()[1] if new.startswith("type") else "Person")
    expected = f"{subject}: a name of its kind ({kind}) is {case} [naming]"
    assert f"{FILE}:{line_of(sdl, new)}: {expected}" in faults(sdl)


def test_a_type_that_nothing_uses_is_named() -> None:
    """A type that is used by another that is not used is as useless; one of a directive is used."""
    more = '"O." enum Other { "O." OTHER }\n"U." input Unused { "O." other: Other "U." unused: Unused }\n'
    line = len(SMALL.splitlines()) + 1
    message = "is used by no field, argument or directive [unused-type]"
    assert faults(SMALL + more) == [
        f"{FILE}:{line}: Other: {message}",
        f"{FILE}:{line + 1}: Unused: {message}",
    ]
    of_directive = '"S." scalar Weight\n"C." directive @cost("W." weight: Weight) on FIELD_DEFINITION\n'
    assert faults(SMALL + of_directive) == []


@pytest.mark.parametrize(
    ("old", "new", "subject"),
    [
        (f"me: Person {ANYONE}", "me: Person", "Query.me"),
        (f"LoginInput!): LoginPayload {ANYONE}", "LoginInput!): LoginPayload", "AuthMutations.login"),
        (f"me: Person {ANYONE}", 'me: Person @access(to: "PARENT")', "Query.me"),
        (f"me: Person {ANYONE}", f"me: Person {ANYONE} {ANYONE}", "Query.me"),
    ],
)
def test_a_field_of_a_group_without_a_guard_of_its_own_is_named(old: str, new: str, subject: str) -> None:
    """Nobody reaches an operation that its author forgot to guard."""
    repeatable = "to: String!) repeatable on" if new.count("@") > 1 else "to: String!) on"
    sdl = SMALL.replace(old, new).replace("to: String!) on", repeatable)
    message = "needs exactly one @access of its own, to others than PARENT [access]"
    assert faults(sdl) == [f"{FILE}:{line_of(sdl, new)}: {subject}: {message}"]


def test_a_group_is_guarded_by_its_fields_and_not_as_a_whole() -> None:
    """A field that is added to a group does not become open by itself."""
    sdl = SMALL.replace("type AuthMutations {", 'type AuthMutations @access(to: "PARENT") {')
    subjects = [found.split(": ")[1] for found in faults(sdl)]
    assert subjects == [f"AuthMutations.{name}" for name in ("login", "request", "leave")]


def test_a_field_of_an_unguarded_type_is_named() -> None:
    """A type says who may have its fields, or each of them does."""
    sdl = SMALL.replace('type Person @access(to: "PARENT") {', "type Person {")
    message = "needs exactly one @access, on itself or on its type [access]"
    names = ("firstName: String", "friends: [", "kind: Kind\n")
    assert faults(sdl) == [
        f"{FILE}:{line_of(sdl, name)}: Person.{name.split(':')[0]}: {message}" for name in names
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "): LoginPayload @",
            "): LoginPayload! @",
            "answers a payload that may be null, and not LoginPayload!",
        ),
        (
            "RequestAuthInput): RequestAuthPayload @",
            "RequestAuthInput): LeavePayload @",
            "answers RequestPayload or RequestAuthPayload, and not LeavePayload",
        ),
        (
            "type LoginPayload implements Payload",
            "type LoginPayload",
            "answers LoginPayload, which does not implement Payload",
        ),
        (
            '"Who." input: LoginInput!',
            '"Who." login: LoginInput!',
            "takes one argument called input, or nothing but scalars and enums",
        ),
        (
            '"Who." input: LoginInput!',
            '"Who." input: LoginInput! "And." more: Int',
            "takes one argument called input, or nothing but scalars and enums",
        ),
        (
            '"Which." input: RequestAuthInput',
            '"Which." input: LoginInput',
            "takes RequestAuthInput, and not LoginInput",
        ),
        (
            "auth: AuthMutations!",
            "signing: AuthMutations!",
            "a group of mutations is a SigningMutations, and not a AuthMutations",
        ),
    ],
)
def test_a_mutation_against_the_convention_is_named(old: str, new: str, fault: str) -> None:
    """What a mutation takes and answers can be told from its name."""
    sdl = SMALL.replace(old, new)
    assert sdl != SMALL
    assert any(f": {fault} [convention]" in found for found in faults(sdl))
