"""text: the repository contains no path of a developer's machine and no registry address: it is the same in every
clone.
"""

import re
from collections.abc import Iterator

from lints.source import Finding, Project

RULE = "text"
# An absolute path: not the end of a longer one, of a URL or of a variable.
START = r"(?<![\w.~)}*-])"
SLASH = "/"  # kept apart from the names, so that this file does not find itself
MACHINE = re.compile(START + SLASH + rf"(?:root{SLASH}|work{SLASH}|home{SLASH}[A-Za-z0-9_]|Users{SLASH}[A-Za-z0-9_])")
REGISTRY_HOSTS = ("files.pythonhosted" + ".org", "registry.npmjs" + ".org", "registry.yarnpkg" + ".com")
REGISTRY = re.compile(
    "|".join(map(re.escape, REGISTRY_HOSTS))
    + r"|https?:"
    + SLASH * 2
    + r"\S+"
    + SLASH
    + r"\+?simple(?![\w.-])"
    + r"|(?:index[-_]url|registry)[\s=\"':]+https?:",
    re.IGNORECASE,
)


def check(project: Project) -> Iterator[Finding]:
    """Absolute paths of a developer's machine and registry addresses, in any text file."""
    for source in project.files.values():
        for number, line in enumerate(source.lines, start=1):
            if MACHINE.search(line):
                yield Finding(source.path, number, RULE, "a machine's own path; write it from the project's root.")
            if REGISTRY.search(line):
                yield Finding(source.path, number, RULE, "a registry's address; every machine has its own.")
