"""Requests by Hypothesis: documents that the schema allows, the same but damaged, and bodies of any kind."""

import json
from typing import Any

import hypothesis.strategies as st
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

DEEPEST = 6
PIECES = [*"{}()[]@$:!#&|\0\n\ufeff\u2028", '"', '"""', "\\u0000", "...", "me", "null", "1e999", "__schema"]
PIECES += ["@skip(if: true)", "fragment F on User { ...F }"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
junk: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 2**31, 2**70, 1.5, "", "\0", "LOGIN", [], [[]], {}, {"a": None}, ["x"]]
)
scalars: dict[str, st.SearchStrategy[Any]] = {
    "Int": st.integers(-3, 300),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
    "Boolean": st.booleans(),
    "String": texts,
    "ID": texts | st.uuids().map(str),
    "DateTime": st.sampled_from(
        ["2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z", ""]
    ),
}


class Writer:
    """Writes one operation of a schema, with what Hypothesis draws."""

    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema) -> None:
        self._draw, self._schema = draw, schema
        self._declared: dict[str, str] = {}
        self._variables: dict[str, Any] = {}

    def write(self) -> dict[str, Any]:
        """Write an operation, and give it as the body of a request."""
        kind = self._draw(st.sampled_from(["query", "mutation"]))
        root = self._schema.query_type if kind == "query" else self._schema.mutation_type
        assert root is not None
        selected = self._selected(root, 0)
        declared = " ".join(f"${name}: {type_}" for name, type_ in self._declared.items())
        head = f"{kind} ({declared})" if declared else kind
        return {"query": f"{head} {selected}", "variables": self._variables}

    def _selected(self, type_: GraphQLObjectType, depth: int) -> str:
        names = sorted(type_.fields)
        if depth >= DEEPEST:
            names = ["__typename"]
        chosen = self._draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
        parts = [self._field(name, type_, depth) for name in chosen]
        if self._rarely():
            parts.append(f"... on {type_.name} {{ __typename }}")
        return "{ " + " ".join(parts) + " }"

    def _field(self, name: str, type_: GraphQLObjectType, depth: int) -> str:
        alias = self._draw(st.sampled_from(["", "", "", "a: ", "b: "]))
        if name == "__typename":
            return alias + name
        field = type_.fields[name]
        inner = get_named_type(field.type)
        below = f" {self._selected(inner, depth + 1)}" if isinstance(inner, GraphQLObjectType) else ""
        return alias + name + self._arguments(field) + below

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._argument(argument.type)}"
            for name, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self._draw(st.booleans())
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, type_: GraphQLInputType) -> str:
        value = self._value(type_)
        if self._draw(st.booleans()):
            name = f"v{len(self._declared)}"
            self._declared[name], self._variables[name] = str(type_), value
            return f"${name}"
        return _literal(value, get_named_type(type_))

    def _value(self, type_: GraphQLInputType) -> Any:
        if self._rarely():
            return self._draw(junk)
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type)
        if isinstance(type_, GraphQLList):
            return [self._value(type_.of_type) for _ in range(self._draw(st.integers(0, 3)))]
        if isinstance(type_, GraphQLInputObjectType):
            return {
                name: self._value(field.type)
                for name, field in type_.fields.items()
                if isinstance(field.type, GraphQLNonNull) or self._draw(st.booleans())
            }
        if isinstance(type_, GraphQLEnumType):
            return self._draw(st.sampled_from(sorted(type_.values)))
        assert isinstance(type_, GraphQLScalarType)
        return self._draw(scalars[type_.name])

    def _rarely(self) -> bool:
        return self._draw(st.integers(0, 11)) == 0


def _literal(value: Any, type_: GraphQLNamedType) -> str:
    """Write a value as GraphQL does: keys without quotes, and the names of an enum too."""
    if isinstance(value, dict):
        fields = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        inner = {name: get_named_type(fields[name].type) if name in fields else type_ for name in value}
        return "{" + ", ".join(f"{name}: {_literal(value[name], inner[name])}" for name in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item, type_) for item in value) + "]"
    if isinstance(value, str) and isinstance(type_, GraphQLEnumType) and value.isidentifier():
        return value
    return json.dumps(value)


@st.composite
def operations(draw: st.DrawFn, schema: GraphQLSchema) -> bytes:
    """Give operations of the schema, with values that fit their places but for some."""
    return json.dumps(Writer(draw, schema).write()).encode()


@st.composite
def damaged(draw: st.DrawFn, schema: GraphQLSchema) -> bytes:
    """Give operations of which pieces were taken away, doubled, moved or put in."""
    body = Writer(draw, schema).write()
    body["query"] = _damaged(draw, body["query"])
    return json.dumps(body).encode()


@st.composite
def bodies(draw: st.DrawFn, schema: GraphQLSchema) -> bytes:
    """Give bodies of which the JSON is damaged, or is anything, or which are no JSON at all."""
    kind = draw(st.sampled_from(["damaged", "json", "members", "bytes"]))
    if kind == "damaged":
        return _damaged(draw, json.dumps(Writer(draw, schema).write())).encode()
    if kind == "members":
        names = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId"])
        return json.dumps(draw(st.dictionaries(names, _any_json))).encode()
    return json.dumps(draw(_any_json)).encode() if kind == "json" else draw(st.binary(max_size=200))


_any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(["{ me { id } }", "{"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def _damaged(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        piece = draw(st.sampled_from(["", text[first:last] * 2, text[last:], text[:first], *PIECES]))
        text = text[:first] + piece + text[last:]
    return text
