"""All rules, and running them over a project."""

from collections.abc import Callable, Iterable

from lints import (
    addresses,
    assertions,
    floats,
    formatting,
    persistence,
    querysets,
    requirements,
    signatures,
    sizes,
    statuses,
    structure,
    texts,
)
from lints.source import Finding, Project

type Check = Callable[[Project], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    statuses.check,
    querysets.check,
    floats.check,
    sizes.check,
    structure.check,
    persistence.check,
    addresses.check,
    assertions.check,
    formatting.check,
    requirements.check,
    signatures.check,
    texts.check,
)


def findings(project: Project) -> list[Finding]:
    """Every violation by path and line; a file that cannot be parsed is reported first and alone."""
    unreadable = list(_unreadable(project))
    if unreadable:
        return sorted(unreadable)
    return sorted({finding for check in CHECKS for finding in check(project)})


def _unreadable(project: Project) -> Iterable[Finding]:
    for source in project.python(""):
        try:
            _ = source.tree
        except SyntaxError as error:
            yield Finding(source.path, error.lineno or 1, "syntax", f"{error.msg}.")
