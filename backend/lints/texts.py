"""Texts: tables are written by one writer, and every regular expression on text can be found and measured."""

import ast
from collections.abc import Iterator

from lints.source import CODE, Finding, Project
from lints.syntax import last_name

WRITER_RULE, EXPRESSION_RULE, FORM_RULE = "one-table-writer", "named-expressions", "one-normal-form"
THE_WRITER, THE_FORM = CODE + "kit/csv_text.py", CODE + "kit/texts.py"
WRITERS = frozenset({"writer", "DictWriter", "Workbook", "to_csv", "to_excel"})
EXPRESSIONS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})


def check(project: Project) -> Iterator[Finding]:
    """CSV or spreadsheets written elsewhere, regular expressions without a module-level name, and Python's own normal
    form.
    """
    for source in project.python(CODE):
        inside = {id(node) for outer in source.nodes if _is_function(outer) for node in ast.walk(outer)}
        for node in source.nodes:
            if source.path != THE_WRITER and _writes_tables(node):
                yield source.finding(WRITER_RULE, node, "kit/csv_text.py alone writes tables: it guards their cells.")
            if source.path != THE_FORM and _calls(node, "unicodedata", {"normalize"}):
                yield source.finding(FORM_RULE, node, "kit/texts.py has normal_form, which bounds what a letter costs.")
            if _calls(node, "re", EXPRESSIONS) or (_calls(node, "re", {"compile"}) and id(node) in inside):
                sentence = "name the expression in the module; the test of their growth looks there."
                yield source.finding(EXPRESSION_RULE, node, sentence)


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _writes_tables(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any(alias.name.split(".")[0] == "xlsxwriter" for alias in node.names)
    return isinstance(node, ast.Call) and last_name(node.func) in WRITERS


def _calls(node: ast.AST, module: str, names: frozenset[str] | set[str]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == module
    )
