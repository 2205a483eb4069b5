"""Documents that are made to be expensive: none is longer than a body may be, each has a weakness in mind."""

LENGTH = 64 * 1024 - 256
"""What a body leaves for its document, in characters."""

_N = 5000


def _filled(part: str, before: str, after: str) -> str:
    """Repeat a part until the document is as long as it may be."""
    return before + part * ((LENGTH - len(before) - len(after)) // len(part)) + after


_SPREADS = "".join(f"fragment F{i} on Mutation {{ ...F{i + 1} ...F{i + 1} }} " for i in range(30))

TOO_LONG = {
    "a thousand aliases": "{" + " ".join(f"a{i}: me {{ id }}" for i in range(1000)) + "}",
    "deep fields": "{ me " * _N + "}" * _N,
    "deep fields, never closed": "{ me " * _N,
    "deep lists": "{ me(a: " + "[" * _N + "]" * _N + ") }",
    "deep objects": "{ me(a: " + "{a: " * _N + "1" + "}" * _N + ") }",
    "deep list types": "query ($a: " + "[" * _N + "Int" + "]" * _N + ") { me { id } }",
    "deep inline fragments": "{" + "... { " * _N + "me { id }" + "}" * _N + "}",
    "many fragments": "{ ...F0 }" + "".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(1500)),
    "endless directives": "{ me { id " + "@skip(if: false) " * 3500 + "} }",
    "many variables": "query (" + "".join(f"$v{i}: Int " for i in range(_N)) + ") { me { id } }",
    "comments": _filled("#\n", "", "{ me { id } }"),
    "a comment": _filled("x", "#", "\n{ me { id } }"),
    "blanks": _filled(" ", "{ me { id } }", ""),
    "commas": _filled(",", "{ me { id } }", ""),
    "lines, and then a mistake": _filled("\n", "{ me { id } }", "%"),
    "a string of escapes": _filled("\\u0041", '{ auditEvents(after: "', '") { edges { cursor } } }'),
    "a string that never ends": _filled("x", '{ auditEvents(after: "', ""),
    "a block string": _filled("x\n", '{ auditEvents(after: """', '""") { edges { cursor } } }'),
    "a name": _filled("x", "{ ", " }"),
    "a number": _filled("7", "{ auditEvents(first: ", ") { edges { cursor } } }"),
    "names that are unknown": "{" + "".join(f"{'x' * 200}{i} " for i in range(300)) + "}",
    "fields of an input that are unknown": "mutation { auth { login(input: {"
    + "".join(f"{'x' * 200}{i}: 1 " for i in range(300))
    + "}) { success } } }",
}
"""They are refused by the length of their text, which is all that is looked at."""

TOO_COMPLEX = {
    "fields as deep as the parser goes": "{ me " * 150 + "}" * 150,
    "lists somewhat deep": "{ me(a: " + "[" * 100 + "]" * 100 + ") { id } }",
    "list types somewhat deep": "query ($a: " + "[" * 100 + "Int" + "]" * 100 + ") { me { id } }",
    "depth by fragments": "{ ...F0 }"
    + "".join(f"fragment F{i} on Query {{ ... {{ ... {{ ...F{i + 1} }} }} }}" for i in range(9))
    + "fragment F9 on Query { me { id } }",
    "fragments that double": "mutation { ...F0 }"
    + _SPREADS
    + "fragment F30 on Mutation { auth { logout { success } } }",
    "too many tokens": "{ me { id " + "@skip(if: false) " * 100 + "} }",
    "many directives": "{ me { id " + "@include " * 200 + "} }",
    "many aliases": "{ me {" + " ".join(f"a{i}: id" for i in range(31)) + "} }",
    "many roots": "{" + " ".join(f"a{i}: me {{ id }}" for i in range(11)) + "}",
    "the same field again and again": "{" + "me { id } " * 120 + "}",
    "the same leaf again and again": "{ me {" + "id " * 290 + "} }",
    "the same leaf in many fragments": "{ me {"
    + "".join(f"...F{i} " for i in range(38))
    + "} }"
    + "".join(f"fragment F{i} on User {{ id email }}" for i in range(38)),
    "the same pages again and again": "{"
    + "auditEvents { edges { node { id kind } } pageInfo { endCursor } } " * 18
    + "}",
    "comments, but not so many": "#\n" * 3000 + "{ me { id } }",
    "many operations": "".join(f"query Q{i} {{ me {{ id }} }}" for i in range(60)),
    "three long pages": "{"
    + " ".join(f"a{i}: auditEvents(first: 200) {{ edges {{ node {{ id }} }} }}" for i in range(3))
    + "}",
}
"""They are short enough to be parsed, and refused by their shape or their cost."""

UNFIT = {
    "values by the hundred": "{ auditEvents(filter: {kinds: ["
    + "LOGIN " * 470
    + "]}) { edges { cursor } } nothing }",
    "an enum, which is no operation": "enum A {" + " ".join(f"V{i}" for i in range(490)) + "}",
    "an input of unknown fields": "mutation { auth { login(input: {"
    + "".join(f"a{i}: 1 " for i in range(155))
    + "}) { success } } }",
    "unknown arguments": "{ me(" + "".join(f"a{i}: 1 " for i in range(160)) + ") { id } }",
    "unknown fields": "{ me {" + " ".join(f"f{i}" for i in range(290)) + "} }",
    "unknown fragments": "{" + "".join(f"...F{i} " for i in range(240)) + "}",
    "unknown types": "{ me {" + "".join(f"... on T{i} {{ a }} " for i in range(80)) + "} }",
    "unused variables": "query (" + "".join(f"$v{i}: Int " for i in range(120)) + ") { me { id } }",
}
"""They are within every cap, and no document of the schema: the most that can be made of one."""

LARGE = "query Q%d { auditEvents(filter: {kinds: [" + "LOGIN " * 320 + "]}) { edges { cursor } } }"
"""What takes the most room in the memory of documents; the number makes each another."""
