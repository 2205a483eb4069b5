"""What operations could cost, by the weights in the schema, and what is refused for it."""

import pytest
from graphql import GraphQLSchema, build_schema, get_named_type, parse

import resolvers
from services.audit import MAX_PAGE
from services.errors import QueryTooComplex
from tests.support.browser import LOGIN, Browser
from tests.support.effort import calls
from tests.web.serving import ONE_BACKEND, codes
from web import graphql_costs
from web.graphql_costs import MAX_COST, USUAL, Costs, Weight, weights

SCHEMA = resolvers.build_schema()

SMALL = build_schema("""
directive @cost(weight: Int! = 0, most: Int! = 10) on FIELD_DEFINITION
type Query {
  one: Thing @cost(weight: 7)
  three: [Thing!]! @cost(weight: 2, most: 3)
  some: [Thing]
  page(first: Int = 5): Page @cost(weight: 1, most: 100)
  any: Any
}
interface Any { name: String }
type Page { things: [Thing!]! info: Thing }
type Thing implements Any { name: String dear: String @cost(weight: 40) inner: Thing }
""")


def cost(query: str, monkeypatch: pytest.MonkeyPatch, schema: GraphQLSchema = SMALL) -> int:
    """Give what a document could cost: the lowest limit that it is not refused by."""
    costs, document = Costs(schema), parse(query)
    low, high = -1, 10**6
    while high - low > 1:
        monkeypatch.setattr(graphql_costs, "MAX_COST", middle := (low + high) // 2)
        try:
            costs.require(document)
        except QueryTooComplex:
            low = middle
        else:
            high = middle
    return high


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __typename }", 0),
        ("{ one { name } }", 8),
        ("{ one { name dear } }", 48),
        ("{ one { inner { inner { name } } } }", 10),
        ("{ three { name } }", 5),
        ("{ three { dear inner { name } } }", 2 + 3 * 42),
        ("{ some { name } }", 10),
        ("{ some { inner { name } } }", 20),
        ("{ a: one { name } b: one { name } }", 16),
        ("{ one { name } one { name } }", 16),
        ("{ page(first: 4) { things { name } } }", 1 + 1 + 4),
        ("{ page(first: 4) { info { name } } }", 1 + 1 + 1),
        ("{ page(first: 4) { a: things { inner { name } } b: things { name } } }", 1 + 1 + 8 + 4),
        ("{ page { things { name } } }", 1 + 1 + 100),
        ("{ page(first: null) { things { name } } }", 1 + 1 + 100),
        ("query ($n: Int) { page(first: $n) { things { name } } }", 1 + 1 + 100),
        ("{ page(first: 1000000) { things { name } } }", 1 + 1 + 100),
        ("{ page(first: -9) { things { name } } }", 1 + 1 + 1),
        ("{ page(first: 0) { things { name } } }", 1 + 1 + 1),
        ("{ ...F ...F } fragment F on Query { one { name } }", 16),
        ("{ ... { one { name } } ... on Query { one { name } } }", 16),
        ("{ page(first: 4) { ...P } } fragment P on Page { things { name } }", 1 + 1 + 4),
        (
            "{ a: page(first: 4) { ...P } b: page(first: 6) { ...P } }"
            " fragment P on Page { things { name } }",
            6 + 8,
        ),
        ("{ any { name ... on Thing { dear } ...T } } fragment T on Thing { inner { name } }", 1 + 40 + 1),
        ("query A { one { name } } query B { three { name } }", 8),
        ("{ __schema { types { fields { type { ofType { name } } } } } }", 0),
    ],
)
def test_a_bill_is_added_up(query: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights once, objects one each, and what is in a list as often as the list may be long."""
    assert cost(query, monkeypatch) == expected


def test_fragments_that_multiply_are_added_up_in_no_time() -> None:
    """Each of 30 spreads the next twice: a thousand million fields, none of which is looked at twice."""
    spreads = "".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }} " for i in range(30))
    document = parse("{ ...F0 } " + spreads + "fragment F30 on Query { one { name } }")

    def refuse() -> None:
        with pytest.raises(QueryTooComplex, match=r"^An operation could cost more than 1000$"):
            Costs(SMALL).require(document)

    assert calls(refuse) < 10_000


def test_a_schema_without_weights_costs_its_objects() -> None:
    """The directive is no condition for serving a schema."""
    document = parse("{ a { b } }")
    schema = build_schema("type Query { a: A } type A { b: Int }")
    assert weights(schema) == {}
    Costs(schema).require(document)


def test_the_usual_weight_is_that_of_the_schema() -> None:
    """A field without the directive costs what the directive says by default."""
    assert weights(build_schema(_with_a_plain_cost())) == {("Query", "a"): USUAL}


def _with_a_plain_cost() -> str:
    sdl = (resolvers.SDL / "base.graphql").read_text()
    start = sdl.index("directive @cost")
    return sdl[start : sdl.index("FIELD_DEFINITION", start)] + "FIELD_DEFINITION type Query { a: Int @cost }"


def test_every_mutation_has_a_weight() -> None:
    """Whoever adds one has to say what it costs: hashing and mail are not seen in a type."""
    assert SCHEMA.mutation_type is not None
    groups = [get_named_type(group.type) for group in SCHEMA.mutation_type.fields.values()]
    fields = {(group.name, name) for group in groups for name in getattr(group, "fields", ())}
    assert ("AuthMutations", "login") in fields
    assert fields - weights(SCHEMA).keys() == set()


def test_the_longest_page_is_that_of_the_service() -> None:
    """What a variable could ask for is what the service would give."""
    assert weights(SCHEMA)["Query", "auditEvents"] == Weight(weight=50, most=MAX_PAGE)


def test_what_clients_need_is_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in fits, and so do two of the longest pages; two sign-ins, which are refused anyway, do not."""
    assert MAX_COST / 2 < cost(LOGIN, monkeypatch, SCHEMA) <= MAX_COST * 0.9
    page = "auditEvents(first: $n) { edges { cursor node { id kind } } pageInfo { endCursor } }"
    assert (
        MAX_COST * 0.8 < cost(f"query ($n: Int) {{ a: {page} b: {page} }}", monkeypatch, SCHEMA) <= MAX_COST
    )


@ONE_BACKEND
async def test_a_dear_operation_is_refused_before_it_runs(browser: Browser, user_id: object) -> None:
    """Three of the longest pages are too much, whoever asks; three of a sensible length are not."""
    await browser.login()
    pages = "{{ a: {0} b: {0} c: {0} }}"
    page = "auditEvents(first: {}) {{ edges {{ node {{ kind }} }} }}"
    dear = await browser.post(pages.format(page.format(200)))
    assert (dear.status_code, codes(dear)) == (200, ["QUERY_TOO_COMPLEX"])
    assert "data" not in dear.json()
    cheap = await browser.post(pages.format(page.format(50)))
    assert cheap.json()["data"].keys() == {"a", "b", "c"}
