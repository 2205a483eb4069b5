"""The library itself, in Node and under TypeScript: its own tests, its types, and what is made of others."""

import re
import shutil
from pathlib import Path

from graphql import GraphQLEnumType

from resolvers import build_schema
from tests.support.npm import CLIENT, Npm

PAGE = """
import { createClient } from "latchkey-client";
import type { User } from "latchkey-client/shapes";

export const ask: (url: string) => Promise<User | null> = (url) => createClient({ url }).me();
console.log(typeof createClient);
"""


def test_its_own_tests_pass(node: Npm) -> None:
    """Refreshes, tabs, sign-outs and failures, with a clock, a server and tabs that do as they are told."""
    files = sorted(str(path.relative_to(CLIENT)) for path in CLIENT.glob("tests/*.test.js"))
    report = node.run("node", "--test", "--test-reporter=tap", *files)
    passed = re.search(r"^# pass (\d+)$", report, re.MULTILINE)
    assert passed is not None, report
    assert int(passed[1]) > 90, report
    assert re.search(r"^# skipped 0$", report, re.MULTILINE), report


def test_it_keeps_its_types(node: Npm) -> None:
    """Plain JavaScript, as strict as TypeScript can be."""
    node.run("tsc", "--noEmit", "--checkJs", "--strict", "--project", "tsconfig.json")


def test_its_declarations_are_those_of_the_code(node: Npm, tmp_path: Path) -> None:
    """What editors are told is what is there: `make client` writes them."""
    node.run("npm", "run", "--silent", "types", "--", "--outDir", str(tmp_path))
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert len(written) > 5
    assert {path.name: path.read_text() for path in (CLIENT / "types").iterdir()} == written


def test_a_typescript_project_can_copy_it(node: Npm, tmp_path: Path) -> None:
    """Modules and declarations side by side are all that it takes, and a wrong use is an error there."""
    for path in (*CLIENT.glob("*.js"), *CLIENT.glob("types/*.d.ts")):
        shutil.copy(path, tmp_path)
    shutil.copy(CLIENT / "tests" / "usage.ts", tmp_path)
    node.run("tsc", "--noEmit", "--strict", "--lib", "es2022,dom", "usage.ts", cwd=tmp_path)


def test_it_is_a_package(node: Npm, tmp_path: Path) -> None:
    """Which can be imported by its name, with its types."""
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "latchkey-client").symlink_to(CLIENT)
    (tmp_path / "page.mts").write_text(PAGE)
    node.run("tsc", "--strict", "--lib", "es2022,dom", "--module", "esnext", "page.mts", cwd=tmp_path)
    assert (
        node.run("node", "--input-type=module", "--eval", 'import "./page.mjs"', cwd=tmp_path) == "function\n"
    )


def test_it_needs_no_other_package() -> None:
    """Every module imports its neighbours, and nothing else."""
    modules = {path.name: path.read_text() for path in CLIENT.glob("*.js")}
    imported = {
        name for text in modules.values() for name in re.findall(r'^import .* from "([^"]+)"', text, re.M)
    }
    assert imported
    assert {name.removeprefix("./") for name in imported} <= set(modules)


def test_it_knows_every_code_of_the_schema() -> None:
    """A form that heeds a code is warned by its editor when there is no such code."""
    codes = build_schema().type_map["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    union = re.search(r"@typedef \{([^}]+)\} ErrorCode", (CLIENT / "shapes.js").read_text())
    assert union is not None
    assert set(re.findall(r'"(\w+)"', union[1])) == {*codes.values, "NETWORK"}
