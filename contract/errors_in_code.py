"""The errors that the code has and makes. It is read and not run: whoever raises one has to name it."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from contract.findings import CannotCheck, read_text
from contract.places import Place

ENUM = "ErrorCode"

ROOMS = ("server.py", "web", "resolvers", "services", "security")
"""Where errors are made, of all that is below the root."""


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """A class with a code, by its dotted name."""

    name: str
    code: str
    place: Place


@dataclass(frozen=True, slots=True)
class Code:
    """What was read: the names of codes and where they stand, the classes that have one, and those made."""

    names: list[tuple[str, Place]] = field(default_factory=list)
    errors: list[ErrorClass] = field(default_factory=list)
    made: set[str] = field(default_factory=set)


def read(root: Path) -> Code:
    """Read every module of the rooms in which errors are made.

    Raises:
        CannotCheck: one of them is not Python.
    """
    code = Code()
    for room in ROOMS:
        path = root / room
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            file = str(module.relative_to(root))
            try:
                tree = ast.parse(read_text(file, root=root))
            except SyntaxError as error:
                raise CannotCheck(f"{file}:{error.lineno}: {error.msg}") from None
            _Reader(file, code).visit(tree)
    return code


class _Reader(ast.NodeVisitor):
    """Reads one module. A class is known by where it comes from: `security.tokens` has a TokenExpired too."""

    def __init__(self, file: str, code: Code) -> None:
        self._file, self._code = file, code
        self._module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._origins: dict[str, str] = {}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._origins[node.name] = f"{self._module}.{node.name}"
        for statement in node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self._read_attribute(node.name, statement.targets[0].id, statement)
        self.generic_visit(node)

    def _read_attribute(self, of: str, name: str, statement: ast.Assign) -> None:
        value = statement.value
        if of == ENUM:
            self._code.names.append((name, (self._file, statement.lineno)))
        elif name == "code" and isinstance(value, ast.Attribute) and self._dotted(value.value).endswith(ENUM):
            place = (self._file, statement.lineno)
            self._code.errors.append(ErrorClass(self._origins[of], value.attr, place))

    def visit_Raise(self, node: ast.Raise) -> None:
        self._make(node.exc)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self._make(node.func)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._make(node.body)
        self._make(node.orelse)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            self._make(value)
            # A code that is written out has no class, but is sent all the same.
            if isinstance(key, ast.Constant) and key.value == "code" and isinstance(value, ast.Constant):
                self._code.names.append((str(value.value), (self._file, value.lineno)))
        self.generic_visit(node)

    def _make(self, node: ast.expr | None) -> None:
        """Note a class that is raised, called, or a value to choose among; not one that is only caught."""
        if node is not None:
            self._code.made.add(self._dotted(node))

    def _dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self._origins.get(node.id, node.id)
        return f"{self._dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""
