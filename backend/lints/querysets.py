"""scoped-querysets: a query for a tenant's rows first says whose rows it means."""

import ast
from collections.abc import Iterator

from lints.source import CODE, Finding, Project, Source
from lints.syntax import MANAGERS, last_name

RULE = "scoped-querysets"
# Creating a row names its account, which the policies check again.
BEGINNINGS = frozenset({"for_account", "across_accounts", "create", "bulk_create"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"})
# Code that may read across accounts: operators' views, the worker, and the layers that these two call.
DEFINITION = CODE + "kit/models.py"
ACROSS_FOLDERS = frozenset({"services", "selectors", "management", "console"})
ACROSS_STEMS = frozenset({"services", "selectors", "tasks", "admin", "dispatch"})


def check(project: Project) -> Iterator[Finding]:
    """Queries of tenant tables that do not say whose rows they mean, or that read across accounts
    where they may not.
    """
    tenants = tenant_models(project)
    for source in project.python("backend/"):
        if not source.is_test:
            yield from _beginnings(source, tenants)
            yield from _across(source)


def tenant_models(project: Project) -> frozenset[str]:
    """Classes that have their own `TenantManager` or inherit from `TenantModel`, directly or not."""
    bases: dict[str, set[str | None]] = {}
    found = {"TenantModel"}
    for source in project.python(CODE):
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(map(last_name, node.bases))
                if any(map(_is_tenant_manager, node.body)):
                    found.add(node.name)
    while more := {name for name, parents in bases.items() if parents & found} - found:
        found |= more
    return frozenset(found - {"TenantModel"})


def _is_tenant_manager(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        names = [last_name(target) for target in statement.targets]
    elif isinstance(statement, ast.AnnAssign):
        names = [last_name(statement.target)]
    else:
        return False
    value = statement.value
    return "objects" in names and isinstance(value, ast.Call) and last_name(value.func) == "TenantManager"


def _beginnings(source: Source, tenants: frozenset[str]) -> Iterator[Finding]:
    scoped = {id(node.value) for node in source.nodes if isinstance(node, ast.Attribute) and node.attr in BEGINNINGS}
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in scoped:
            model = last_name(node.value)
            if model in tenants:
                yield _unscoped(source, node, model)
        elif isinstance(node, ast.Call) and last_name(node.func) in SHORTCUTS and node.args:
            model = last_name(node.args[0])
            if model in tenants:
                yield _unscoped(source, node, model)


def _unscoped(source: Source, node: ast.AST, model: str | None) -> Finding:
    return source.finding(RULE, node, f"start with {model}.objects.for_account(…); operators: across_accounts().")


def _across(source: Source) -> Iterator[Finding]:
    allowed = (
        source.path == DEFINITION
        or not ACROSS_FOLDERS.isdisjoint(source.folders)
        or source.stem in ACROSS_STEMS
        or source.stem.startswith("operator_")
    )
    for node in source.nodes:
        if not allowed and isinstance(node, ast.Attribute) and node.attr == "across_accounts":
            yield source.finding(RULE, node, "across_accounts() is for operators, the worker and services.")
