"""tests-assert: a test that cannot fail proves nothing."""

import ast
from collections.abc import Iterator

from lints.source import Finding, Project
from lints.syntax import Function, functions, last_name

RULE = "tests-assert"
PREFIXES = ("assert_", "refuses_", "expect_")


def check(project: Project) -> Iterator[Finding]:
    """Functions named `test_…` without an assert, a `pytest.raises` or a call of a function that asserts."""
    for source in project.python("backend/", "bench/"):
        for function in functions(source.nodes):
            if source.is_test and function.name.startswith("test_") and not _asserts(function):
                yield source.finding(RULE, function, f"{function.name} asserts nothing.")


def _asserts(function: Function) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _is_assertion(last_name(node.func)))
        for node in ast.walk(function)
    )


def _is_assertion(name: str | None) -> bool:
    return name is not None and (name == "raises" or name.startswith(PREFIXES))
