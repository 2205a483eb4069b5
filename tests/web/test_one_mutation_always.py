"""One mutation field to an operation, however its document is put together: held against what really runs."""

from random import Random
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLObjectType,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    execute,
    parse,
    validate,
)

from web.graphql_selections import fragments_of, mutation_fields

SCHEMA = build_schema("""
type Query { a: Int }
type Mutation { auth: Auth! otp: Otp! }
type Auth { login: Payload logout: Payload }
type Otp { request: Payload verify: Payload }
type Payload { success: Boolean }
""")
FIELDS = {"Auth": ("login", "logout"), "Otp": ("request", "verify")}
VARIABLES = [{"yes": yes, "no": no} for yes in (True, False) for no in (True, False)]


class Writer:
    """Writes mutations at random: aliases, inline fragments, fragments that spread others, and conditions."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._conditions = ["", "", " @skip(if: $yes)", " @include(if: $no)"] if seed % 2 else [""]

    def document(self) -> str:
        """Write a mutation and its fragments, each of which spreads later ones alone."""
        head = f"mutation ($yes: Boolean!, $no: Boolean!) {{ {self._some('Mutation', 0)} }}"
        fragments = [
            f"fragment {type_}{i} on {type_} {{ {self._some(type_, i + 1)} }}"
            for type_ in ("Mutation", *FIELDS)
            for i in range(2)
        ]
        return "\n".join([head, *fragments])

    def _some(self, type_: str, later: int) -> str:
        return " ".join(self._part(type_, later) for _ in range(self._random.choice([1, 1, 2])))

    def _part(self, type_: str, later: int) -> str:
        kind = self._random.choice(["field", "field", "field", "inline", "spread", "__typename"])
        if kind == "spread" and later < 2:
            return f"...{type_}{self._random.randrange(later, 2)}{self._condition()}"
        if kind == "inline":
            on = self._random.choice(["", f" on {type_}"])
            return f"...{on}{self._condition()} {{ {self._some(type_, later)} }}"
        if kind == "__typename":
            return self._alias() + kind
        if type_ == "Mutation":
            group = self._random.choice(list(FIELDS))
            return f"{self._alias()}{group.lower()}{self._condition()} {{ {self._some(group, 0)} }}"
        return f"{self._alias()}{self._random.choice(FIELDS[type_])}{self._condition()} {{ success }}"

    def _alias(self) -> str:
        return self._random.choice(["", "", "", "a: ", "b: "])

    def _condition(self) -> str:
        return self._random.choice(self._conditions)


@pytest.fixture
def ran() -> list[str]:
    """Let every field of a group note that it ran."""
    names: list[str] = []

    def run(_: object, info: Any) -> dict[str, bool]:
        names.append(info.field_name)
        return {"success": True}

    for type_ in map(SCHEMA.type_map.get, ("Mutation", *FIELDS)):
        assert isinstance(type_, GraphQLObjectType)
        for field in type_.fields.values():
            field.resolve = (lambda *_: {}) if type_.name == "Mutation" else run
    return names


def test_what_is_counted_is_what_can_run(ran: list[str]) -> None:
    """Nothing runs that was not counted, whatever the variables; without conditions all of it does."""
    counts = []
    for seed in range(600):
        document = Writer(seed).document()
        ast = parse(document)
        if validate(SCHEMA, ast, [OverlappingFieldsCanBeMergedRule]):
            continue
        operation = ast.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        counts.append(mutation_fields(operation, fragments_of(ast)))
        for variables in VARIABLES:
            ran.clear()
            result = execute(SCHEMA, ast, variable_values=variables)
            assert isinstance(result, ExecutionResult)
            assert result.errors is None
            assert len(ran) <= counts[-1], document
            assert len(ran) == counts[-1] or "@" in document, document
    assert len(counts) > 400
    assert {0, 1, 2, 3} <= set(counts)
