"""sizes: a file and a function that a reader can hold in mind. Split by meaning when one grows too long."""

from collections.abc import Iterator

from lints.source import Finding, Project
from lints.syntax import functions

RULE = "sizes"
FILE_LINES = 400
FUNCTION_LINES = 60


def check(project: Project) -> Iterator[Finding]:
    """Python files over 400 lines and functions over 60, tests and benchmarks included."""
    for source in project.python("backend/", "bench/"):
        count = len(source.lines)
        if count > FILE_LINES:
            yield Finding(source.path, 1, RULE, f"{count} lines; a file has at most {FILE_LINES}.")
        for function in functions(source.nodes):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES:
                sentence = f"{function.name} has {length} lines; a function has at most {FUNCTION_LINES}."
                yield source.finding(RULE, function, sentence)
