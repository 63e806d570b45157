"""no-fmt-skip: the formatter is never switched off, so that all code has one layout."""

import re
from collections.abc import Iterator

from lints.source import Finding, Project

RULE = "no-fmt-skip"
SWITCH = re.compile(r"#\s*(?:fmt|yapf):\s*(?:off|on|skip|disable|enable)\b")


def check(project: Project) -> Iterator[Finding]:
    """Comments that switch the formatter off for a line or a block, in tests, benchmarks and migrations too."""
    for source in project.files.values():
        if source.path.endswith(".py"):
            for number, line in enumerate(source.lines, start=1):
                if SWITCH.search(line):
                    yield Finding(source.path, number, RULE, "the formatter is switched off; let it lay out this code.")
