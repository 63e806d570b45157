"""Helpers for syntax trees that several rules use."""

import ast
from collections.abc import Iterable, Iterator

type Function = ast.FunctionDef | ast.AsyncFunctionDef

MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})


def last_name(node: ast.AST) -> str | None:
    """The name an expression ends in: `Payment` of `models.Payment`, `update` of `rows.update`."""
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def queried_model(node: ast.AST) -> str | None:
    """The model whose manager an expression starts from: `Payment` of `Payment.objects.filter(…)`."""
    while True:
        if isinstance(node, ast.Attribute):
            if node.attr in MANAGERS:
                return last_name(node.value)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return None


def functions(nodes: Iterable[ast.AST]) -> Iterator[Function]:
    """Every function and method among the nodes."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def strings(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    """String constants used as values, including parts of f-strings but not docstrings."""
    nodes = list(nodes)
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node
