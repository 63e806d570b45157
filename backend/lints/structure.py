"""structure: modules have meaningful names, imports are at the top, and booleans are keyword-only."""

import ast
from collections.abc import Iterator

from lints.source import Finding, Project, Source
from lints.syntax import Function, functions, last_name

RULE = "structure"
EMPTY_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "misc"})


def check(project: Project) -> Iterator[Finding]:
    """Meaningless module names, function-local imports, and boolean parameters that may be passed by position."""
    for source in project.python("backend/", "bench/"):
        for part in (*source.folders, source.stem):
            if part.lower() in EMPTY_NAMES:
                yield Finding(source.path, 1, RULE, f"`{part}` says nothing; name it by what it is about.")
        yield from _local_imports(source)
        yield from _booleans(source)


def _local_imports(source: Source) -> Iterator[Finding]:
    lines = {}
    for function in functions(source.nodes):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                lines[node.lineno] = node
    for node in lines.values():
        yield source.finding(RULE, node, "an import inside a function is hidden; move it to the top.")


def _booleans(source: Source) -> Iterator[Finding]:
    """Of public functions and methods, including constructors; pytest passes a test's parameters by name."""
    for owner in source.nodes:
        if isinstance(owner, ast.Module | ast.ClassDef):
            for function in functions(owner.body):
                private = function.name.startswith("_") and function.name != "__init__"
                if not private and not function.name.startswith("test_"):
                    yield from _positional_booleans(source, function)


def _positional_booleans(source: Source, function: Function) -> Iterator[Finding]:
    for parameter in (*function.args.posonlyargs, *function.args.args):
        if parameter.annotation is not None and _is_boolean(parameter.annotation):
            sentence = f"make `{parameter.arg}` of {function.name} keyword-only: a bare True says nothing."
            yield source.finding(RULE, parameter, sentence)


def _is_boolean(annotation: ast.expr) -> bool:
    """`bool`, `"bool"`, or a union with it."""
    if isinstance(annotation, ast.BinOp):
        return _is_boolean(annotation.left) or _is_boolean(annotation.right)
    if isinstance(annotation, ast.Constant):
        return annotation.value == "bool"
    return last_name(annotation) == "bool"
