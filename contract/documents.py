"""The documents that clients send: in files of their own, and in the examples of pages.

Files of GraphQL that one pattern finds belong together, as they do to a client's tools: a fragment may have a
file of its own, and no name is given twice. An example stands for itself: a block of GraphQL, a block of JSON
that is a request, or a curl line in a block of shell.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.findings import Finding, read_text
from contract.places import Excerpt

_FENCE = re.compile(r"^ *(`{3,}|~{3,})(\w*)[^\n]*\n(.*?)^ *\1", re.MULTILINE | re.DOTALL)
_QUERY = re.compile(r'\\?"query\\?"\s*:')
_BODY_OPTIONS = {"--json", "-d", "--data", "--data-raw", "--data-binary"}
_BODY_ELSEWHERE = ("@", "$")
"""How the value of such an option begins when it names a file or a variable of the shell."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is sent as one, or what one client is generated from, with the variables that are sent along."""

    texts: Sequence[Excerpt]
    is_example: bool = False
    variables: Mapping[str, Any] | None = None


def find(pattern: str, *, root: Path) -> Iterator[Document | Finding]:
    """Give the documents in the files that a pattern finds, and the examples that cannot be read.

    Raises:
        CannotCheck: a file cannot be read.
    """
    names = sorted(glob(pattern, root_dir=root, recursive=True))
    texts = {name: read_text(name, root=root) for name in names if (root / name).is_file() and _is_ours(name)}
    own = [Excerpt(text, name) for name, text in texts.items() if not name.endswith(".md")]
    if own:
        yield Document(own)
    for name, text in texts.items():
        if name.endswith(".md"):
            yield from examples(text, file=name)


def examples(page: str, *, file: str) -> Iterator[Document | Finding]:
    """Give the examples on a page of Markdown, in its order."""
    for fence in _FENCE.finditer(page):
        language, text = fence[2].lower(), fence[3]
        line = page.count("\n", 0, fence.start(3)) + 1
        if language in ("graphql", "gql"):
            yield Document([Excerpt(text, file, line)], is_example=True)
        elif language in ("sh", "shell", "bash", "console") and "curl" in text:
            yield from _requests(_curl_bodies(text), text, file, line)
        elif language in ("json", "http"):
            yield from _requests([text], text, file, line)


def _requests(bodies: Sequence[str] | None, text: str, file: str, line: int) -> Iterator[Document | Finding]:
    if bodies is None:
        yield Finding(file, line, "curl", "has a quotation that is not closed", "operation")
    position = 0
    for body in bodies or ():
        try:
            request = json.loads(body)
        except ValueError:
            if body != text and not body.startswith(_BODY_ELSEWHERE):
                yield Finding(file, line, "curl", "has a body that is not JSON", "operation")
            continue
        if isinstance(request, dict) and isinstance(request.get("query"), str):
            found = _QUERY.search(text, position)
            position = found.end() if found else position
            at = line + text.count("\n", 0, position)
            query = Excerpt(request["query"], file, at, on_one_line=True)
            yield Document([query], is_example=True, variables=request.get("variables") or {})


def _curl_bodies(text: str) -> Sequence[str] | None:
    """Give the bodies that lines of shell send, or None where its quotations cannot be told apart."""
    words = shlex.shlex(text, posix=True)
    words.whitespace_split = True
    try:
        said = list(words)
    except ValueError:
        return None
    return [body for option, body in pairwise(said) if option in _BODY_OPTIONS]


def _is_ours(name: str) -> bool:
    return "node_modules" not in Path(name).parts
