"""typed-signatures: functions of business rooms take and return named types, never `dict[str, Any]`."""

import ast
from collections.abc import Iterator

from lints.source import BUSINESS, Finding, Project
from lints.syntax import Function, functions

RULE = "typed-signatures"
UNTYPED = "dict[str, Any]"
EXEMPT = frozenset({"validate", "to_json"})
"""DRF's hook for a whole document, and values that are JSON objects by nature."""


def check(project: Project) -> Iterator[Finding]:
    """Parameters and return types annotated with `dict[str, Any]`, alone or inside another type."""
    for source in project.python(BUSINESS):
        for function in functions(source.nodes):
            if function.name not in EXEMPT and any(UNTYPED in ast.unparse(one) for one in _annotations(function)):
                sentence = f"{function.name} has a {UNTYPED} in its signature; give the thing a type of its own."
                yield source.finding(RULE, function, sentence)


def _annotations(function: Function) -> Iterator[ast.expr]:
    """The annotations of the parameters and of the return type."""
    given = function.args
    for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        if parameter.annotation is not None:
            yield parameter.annotation
    if function.returns is not None:
        yield function.returns
