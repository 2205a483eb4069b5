"""The examples of the playground, which both of its pages offer."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from resolvers import build_schema
from web import playground
from web.graphql_documents import Documents

SCHEMA = build_schema()


@pytest.mark.parametrize("example", sorted(playground.EXAMPLES.iterdir()), ids=lambda path: path.stem)
def test_an_example_fits_the_schema_and_the_caps(example: Path) -> None:
    """It is one operation, by the name of its file: the plain page shows the one, GraphiQL the other."""
    query = example.read_text()
    Documents(SCHEMA, allow_introspection=False).prepare(query)
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    assert example.stem.partition("_")[2] == operation.name.value.lower()
