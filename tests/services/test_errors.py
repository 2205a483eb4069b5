"""The tree of errors: one class to a code, and drawn as it is."""

import re
from collections.abc import Iterator

from services import errors
from services.errors import BadUserInput, ErrorCode, Problem, Refusal, ServiceError
from services.problems import InvalidInput


def test_every_code_has_exactly_one_error_class() -> None:
    """A client that reads the code knows as much as a service that catches the class."""
    leaves = [found for found in _tree(ServiceError) if not found.__subclasses__()]
    assert {leaf.code for leaf in leaves} == set(ErrorCode)
    # What a person mistyped and what a program got wrong are told apart by where the code stands.
    shared = [leaf for leaf in leaves if leaf.code is ErrorCode.BAD_USER_INPUT]
    assert shared == [InvalidInput, BadUserInput]
    assert len(leaves) == len(ErrorCode) + 1
    assert {Problem, Refusal} == set(ServiceError.__subclasses__())
    assert all("code" in vars(leaf) and "message" in vars(leaf) for leaf in leaves)
    assert not any("code" in vars(parent) for parent in (ServiceError, Problem, Refusal))


def test_the_drawing_of_the_errors_is_the_tree() -> None:
    """What the first lines of the module draw is what its classes are, in the order of the drawing."""
    drawing = re.findall(r"^([│├└─ ]*)(\w+)(?= {2,}|$)", errors.__doc__ or "", re.MULTILINE)
    drawn = [(len(indent) // 4, name) for indent, name in drawing if indent or name == "ServiceError"]
    assert drawn == [
        (len(found.__mro__) - len(ServiceError.__mro__), found.__name__) for found in _tree(ServiceError)
    ]


def _tree(root: type[ServiceError]) -> Iterator[type[ServiceError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)
