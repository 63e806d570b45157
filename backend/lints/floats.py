"""no-float-money: amounts are integers of minor units, and every division of an amount names its rounding."""

import ast
import re
from collections.abc import Iterator

from lints.source import BUSINESS, CODE, Finding, Project, Source
from lints.syntax import last_name

RULE = "no-float-money"
EXCUSE = re.compile(r"#\s*lint:\s*float-ok\b[\s:]*(?P<reason>.*)")
PATH_NAME = re.compile(r"(path|dir|root|folder)$", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    """Float literals, `float(…)` and true division in code about money, unless the line gives a reason."""
    for source in project.python(BUSINESS, CODE + "kit/money.py"):
        for node in source.nodes:
            sentence = _fault(node)
            if sentence and not _excused(source, node):
                yield source.finding(RULE, node, sentence)


def _fault(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        return "a float literal; use integers of minor units, or say `# lint: float-ok <reason>`."
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return "a float cannot hold money; use integers of minor units."
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _is_path(node):
        return "true division; use divmod or a function of kit.money that names its rounding."
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div) and not _is_path(node.target):
        return "true division; use divmod or a function of kit.money that names its rounding."
    return None


def _is_path(node: ast.AST) -> bool:
    """Whether an expression joins a path: it contains a string, a `Path(…)` or a name that suggests a path."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _is_path(node.left) or _is_path(node.right)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Call):
        return last_name(node.func) == "Path"
    return PATH_NAME.search(last_name(node) or "") is not None


def _excused(source: Source, node: ast.AST) -> bool:
    """One of the expression's lines has an excuse with a reason."""
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    excuses = (EXCUSE.search(line) for line in source.lines[first - 1 : last])
    return any(match["reason"].strip() for match in excuses if match)
