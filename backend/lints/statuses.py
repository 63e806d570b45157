"""status-writer: one file writes the status of a payment and of a bank line, and three write an invoice's."""

import ast
import re
from collections.abc import Iterator

from lints.source import BUSINESS, Finding, Project, Source
from lints.syntax import last_name, queried_model, strings

RULE = "status-writer"
SERVICES = BUSINESS + "billing/services/"
BANKING = BUSINESS + "banking/services/"
LINE_STATUS = BANKING + "line_status.py"
TRANSITIONS = SERVICES + "transitions.py"
WRITERS = {
    "payment": frozenset({TRANSITIONS}),
    "invoice": frozenset({TRANSITIONS, SERVICES + "settlement.py", SERVICES + "invoicing.py"}),
    "line": frozenset({LINE_STATUS}),
}
INSERTERS = {
    "payment": frozenset({TRANSITIONS, SERVICES + "payment_service.py", SERVICES + "recording.py"}),
    "invoice": frozenset({TRANSITIONS, SERVICES + "invoicing.py"}),
    "line": frozenset({BANKING + "storing.py"}),
}
MODELS = {"Payment": "payment", "Invoice": "invoice", "StatementLine": "line"}
TABLES = {"billing_payment": "payment", "billing_invoice": "invoice", "banking_line": "line"}
ARTICLES = {"payment": "a payment", "invoice": "an invoice", "line": "a bank line"}
UPDATES = frozenset({"update", "conditional_update", "bulk_update"})
CREATES = frozenset({"create", "get_or_create", "update_or_create"})
SQL = re.compile(rf"\b(?P<verb>UPDATE|INSERT\s+INTO)\s+(?:ONLY\s+)?\"?(?P<table>{'|'.join(TABLES)})\b", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    """Statuses written, or rows inserted, by any other file."""
    for source in project.python(BUSINESS):
        for node in source.nodes:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                yield from _assignment(source, node)
            elif isinstance(node, ast.Call):
                yield from _call(source, node)
        for constant in strings(source.nodes):
            yield from _sql(source, constant)


def _assignment(source: Source, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[Finding]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in (part for outer in targets for part in ast.walk(outer)):
        if isinstance(target, ast.Attribute) and target.attr == "status" and isinstance(target.ctx, ast.Store):
            yield from _refuse(source, target, WRITERS, _subject(last_name(target.value)))


def _call(source: Source, node: ast.Call) -> Iterator[Finding]:
    name = last_name(node.func)
    if name == "setattr" and len(node.args) > 1 and _is_status(node.args[1]):
        yield from _refuse(source, node, WRITERS, _subject(last_name(node.args[0])))
    elif name in UPDATES and _passes_status(node):
        rows = node.args[0] if name == "conditional_update" and node.args else node.func
        model = queried_model(rows)
        # Rows of an unknown model count as payments; another model's status is its own room's concern.
        if model is None or model in MODELS:
            yield from _refuse(source, node, WRITERS, _subject(model))
    elif name in CREATES and queried_model(node.func) in MODELS and _passes_status(node):
        yield from _refuse(source, node, INSERTERS, _subject(queried_model(node.func)))
    elif name in MODELS and _passes_status(node):
        yield from _refuse(source, node, INSERTERS, _subject(name))


def _sql(source: Source, constant: ast.Constant) -> Iterator[Finding]:
    for match in SQL.finditer(str(constant.value)):
        allowed = WRITERS if match["verb"].upper() == "UPDATE" else INSERTERS
        yield from _refuse(source, constant, allowed, TABLES[match["table"].lower()])


def _refuse(source: Source, node: ast.AST, allowed: dict[str, frozenset[str]], subject: str) -> Iterator[Finding]:
    if source.path not in allowed[subject]:
        names = ", ".join(sorted(path.removeprefix(SERVICES).removeprefix(BANKING) for path in allowed[subject]))
        verb = "write the status of" if allowed is WRITERS else "insert"
        room = "banking" if subject == "line" else "billing"
        yield source.finding(RULE, node, f"only {room}/services/{{{names}}} may {verb} {ARTICLES[subject]}.")


def _subject(name: str | None) -> str:
    """What a name refers to; anything that is not clearly an invoice or a line counts as a payment."""
    lower = (name or "").lower()
    return next((subject for subject in ("invoice", "line") if lower.endswith(subject)), "payment")


def _passes_status(node: ast.Call) -> bool:
    """As a keyword, in an unpacked or `defaults` dict, or among the field names of a bulk update."""
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    inside = [
        item
        for value in values
        if isinstance(value, ast.Dict | ast.List | ast.Tuple)
        for item in ast.iter_child_nodes(value)
    ]
    return any(keyword.arg == "status" for keyword in node.keywords) or any(map(_is_status, inside))


def _is_status(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "status"
