"""No file of the repository names a machine: neither its folders nor the mirror of its packages."""

import re

import pytest

from tests.test_architecture import files

_HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
)
# Put together here, as this file is one of the repository too.
_REGISTRY = re.compile("|".join(rf"\b{name}\.{ending}\b" for name, ending in _HOSTS))
_WORKPLACE = re.compile(r"(?<![\w.~${}*-])/(?:work|tmp|root|home/\w+)(?![\w-])")


def test_no_file_knows_where_it_was_written() -> None:
    """A clone on a machine with other folders and another mirror of its packages is as good as this one."""
    found = []
    for path, file in files():
        text = file.read_text(errors="ignore")
        for pattern in (_REGISTRY, _WORKPLACE):
            found += [f"{path}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["https://files.{0}/x", "cd {1}/main", "'{1}'", "PATH={1}/x"])
def test_a_place_is_found(text: str) -> None:
    """The pattern sees a host or a folder in each way in which one is written."""
    text = text.format("pythonhosted" + ".org", "/" + "work")
    assert _REGISTRY.search(text) or _WORKPLACE.search(text)
