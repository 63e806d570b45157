"""structure: writes are visible: no overridden save, no signals, no `.save()` on money rows."""

import ast
from collections.abc import Iterator

from lints.source import BUSINESS, Finding, Project, Source
from lints.syntax import functions, last_name

RULE = "structure"
OVERRIDES = frozenset({"save", "asave", "delete", "adelete"})
SAVES = frozenset({"save", "asave"})


def check(project: Project) -> Iterator[Finding]:
    """Model methods that hide a write, Django's signals, and `.save()` on rows of the business rooms."""
    for source in project.python("backend/", "bench/"):
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and _is_model(source, node):
                for method in functions(node.body):
                    if method.name in OVERRIDES:
                        sentence = f"{node.name}.{method.name} is overridden; write a service function."
                        yield source.finding(RULE, method, sentence)
            elif _is_signal(node):
                yield source.finding(RULE, node, "no signals: call the function that should run.")
            elif source.path.startswith(BUSINESS) and _saves(node):
                yield source.finding(RULE, node, "no .save(): conditional_update changes a row, create makes it.")


def _is_model(source: Source, node: ast.ClassDef) -> bool:
    in_models = source.stem == "models" or "models" in source.folders
    return in_models or any((last_name(base) or "").endswith("Model") for base in node.bases)


def _is_signal(node: ast.AST) -> bool:
    """An import of Django's dispatcher or of a `signals` module, or a `@receiver`."""
    if isinstance(node, ast.ImportFrom):
        named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        return any(map(_names_signals, named))
    if isinstance(node, ast.Import):
        return any(_names_signals(alias.name) for alias in node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(
            last_name(mark.func if isinstance(mark, ast.Call) else mark) == "receiver" for mark in node.decorator_list
        )
    return False


def _names_signals(module: str) -> bool:
    if not module.startswith("django."):
        return False
    return module.startswith("django.dispatch") or module.endswith(".signals")


def _saves(node: ast.AST) -> bool:
    """A model's `save`: it takes no positional argument, unlike that of a file or picture."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SAVES
        and not node.args
    )
