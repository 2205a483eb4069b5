"""What clients send: an operation that the server would refuse is named by its file, line and field."""

from pathlib import Path

import pytest

import contract
from contract import documents, operations
from contract.documents import Document
from contract.findings import CannotCheck, Finding
from tests.contract.checkout import Checkout
from tests.contract.small import SMALL, built

PAGE = """\
# A page

```graphql
query Me {
  me { firstName }
}
```

```graphql
type Person { anything: Int }
```

  ~~~gql
  { me { friends { firstName } } }
  ~~~

```sh
# It isn't asked twice.
curl http://localhost:8000/graphql --json '{
  "query": "query ($kind: Kind) { me { kind } }",
  "variables": {"kind": "ONE_KIND"}
}'
TOKEN=$(curl -d '{"query": "{ me { kind } }"}' http://localhost:8000 | sed 's/x/"query":/')
curl -d @body.json http://localhost:8000/graphql
```

```json
{"query": "{ me { __typename } }"}
```

```json
{"data": {"me": null}}
```

```
{ me { nothing } }
```
"""


def checked(page: str) -> list[str]:
    """Check the examples of a page against the small schema, and give what is found."""
    found = list(documents.examples(page, file="page.md"))
    sent = [each for each in found if isinstance(each, Document)]
    return [
        *(str(each) for each in found if isinstance(each, Finding)),
        *(str(each) for each in operations.check(sent, built(SMALL)).findings),
    ]


def test_the_examples_of_a_page_are_found_at_their_lines() -> None:
    """Blocks of GraphQL, bodies of curl and requests in JSON; not SDL, answers, or blocks of no language."""
    found = [each for each in documents.examples(PAGE, file="page.md") if isinstance(each, Document)]
    assert [each.texts[0].place(0) for each in found] == [
        ("page.md", line) for line in (4, 10, 14, 20, 23, 28)
    ]
    assert [each.variables for each in found] == [None, None, None, {"kind": "ONE_KIND"}, {}, {}]
    assert checked(PAGE) == ["page.md:20: $kind: Variable '$kind' is never used. [operation]"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "{ firstName }",
            "{ lastName }",
            "5: Me.me.lastName: Cannot query field 'lastName' on type 'Person'. Did you mean 'firstName'?",
        ),
        ("query Me {", "query Me {{", "4: document: Syntax Error: Expected Name, found '{'."),
        ("{ friends {", "{ foes {", "14: me.foes: Cannot query field 'foes' on type 'Person'."),
        (
            '{ kind } }",',
            '{ kin } }",',
            "20: me.kin: Cannot query field 'kin' on type 'Person'. Did you mean 'kind'?",
        ),
        ('{ me { kind } }"}', '{ me { k } }"}', "23: me.k: Cannot query field 'k' on type 'Person'."),
        ("__typename", "__type", "28: me.__type: Cannot query field '__type' on type 'Person'."),
        (
            '"ONE_KIND"',
            '"TWO"',
            "20: $kind: Variable '$kind' has invalid value: Value 'TWO' does not exist in 'Kind' enum.",
        ),
        ('\'{"query"', "'{query", "18: curl: has a body that is not JSON"),
        ("isn't asked", "is asked'", None),
        ("--json '{", "--json '{'", "18: curl: has a quotation that is not closed"),
    ],
)
def test_an_example_that_does_not_fit_is_named(old: str, new: str, found: str | None) -> None:
    """A reader copies it, and it has to work."""
    assert old in PAGE
    unused = "page.md:20: $kind: Variable '$kind' is never used. [operation]"
    others = [each for each in checked(PAGE.replace(old, new, 1)) if each != unused]
    assert others[:1] == ([f"page.md:{found} [operation]"] if found else [])


def test_a_page_of_the_repository_that_is_wrong_turns_it_red(checkout: Checkout) -> None:
    """The README, the pages of docs/ and the files of clients are all looked at."""
    readme = checkout.replace("README.md", "{ me { id email isSignIn", "{ me { id emial isSignIn")
    checkout.write("docs/more/page.md", "```graphql\n{\n  me { nam }\n}\n```\n")
    checkout.write("client/app/me.graphql", "query OfThisTest {\n  me { ...OfTest }\n}\n")
    checkout.write("client/fragments.graphql", "fragment OfTest on User {\n  id\n  nickname\n}\n")
    checkout.write("client/node_modules/theirs.graphql", "query { theirs }\n")
    where = "on type 'User'."
    assert checkout.found() == [
        f"README.md:{readme}: me.emial: Cannot query field 'emial' {where} Did you mean 'email'? [operation]",
        f"client/fragments.graphql:3: OfTest.nickname: Cannot query field 'nickname' {where} [operation]",
        f"docs/more/page.md:3: me.nam: Cannot query field 'nam' {where} [operation]",
    ]


def test_files_of_one_pattern_are_one_set(tmp_path: Path) -> None:
    """A fragment may have a file of its own, no name is given twice, and a broken file hides no other."""

    def found(**files: str) -> list[str]:
        for name, text in files.items():
            (tmp_path / f"{name}.graphql").write_text(text)
        report = contract.check_clients(["*.graphql"], built(SMALL), root=tmp_path)
        return [str(finding) for finding in report.findings]

    person = "fragment Person on Person { firstName }\n"
    assert found(a="query Me { me { ...Person } }\n", b=person) == []
    twice = "a.graphql:1: Me: There can be only one operation named 'Me'. [operation]"
    assert found(b=f"{person}\nquery Me {{ me {{ kind }} }}\n") == [twice]
    error = "document: Syntax Error: Expected Name, found <EOF>. [operation]"
    assert found(c="query {\n", d="\nquery {\n") == [f"c.graphql:2: {error}", f"d.graphql:3: {error}"]


def test_a_pattern_that_finds_nothing_cannot_be_checked(checkout: Checkout) -> None:
    """A CI that looks into the wrong folder would be green for ever."""
    schema = contract.served(checkout.root)
    with pytest.raises(CannotCheck, match=r"^src/\*\*/\*\.graphql finds no document$"):
        contract.check_clients(["README.md", "src/**/*.graphql"], schema, root=checkout.root)
    report = contract.check_clients(["README.md"], schema, root=checkout.root)
    assert (report.findings, len(report.fitting)) == ([], 10)
