"""What the documents put in code font is there: paths, commands, variables, names, tests, and where links lead."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BACKEND = ROOT / "backend"
DOCUMENTS = sorted(
    {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "bench" / "README.md", BACKEND / "tests" / "README.md"}
)
# Of other systems' making, made at run time, or meant as an example of a form.
ELSEWHERE = frozenset(
    {"NNNN-what-it-says.md", "secrets.json", "demo.json", "expected.json", "seller.json", "demo-statement.xml"}
)
# Names of Django's, of PostgreSQL's, of a deployment's own logins, and of a manner of writing.
NAMES_ELSEWHERE = frozenset(
    {"ATOMIC_REQUESTS", "django_session", "igny8_operator", "igny8_web", "igny8_worker", "log_connections"}
    | {"SpoofChecker", "max_prepared_statements", "pg_dump", "pg_stat_statements", "pg_trgm", "snake_case"}
)
SKIPPED = frozenset({".venv", ".data", ".git", "node_modules", "build", "static", "__pycache__", ".tools"})


@cache
def files() -> dict[str, Path]:
    """Every file of the project by its path."""
    found = (path for path in ROOT.rglob("*") if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts))
    return {path.relative_to(ROOT).as_posix(): path for path in found}


@cache
def code() -> str:
    """All that is not a document."""
    endings = (".py", ".html", ".json", ".sh", ".toml", ".typ", ".js", ".txt", ".po", "Makefile", "run", ".in")
    texts = [path for name, path in files().items() if name.endswith(endings) and "/tests/unit/test_docu" not in name]
    return "\n".join(path.read_text(errors="replace") for path in texts)


@cache
def words() -> frozenset[str]:
    """Every word of the code."""
    return frozenset(re.findall(r"\w+", code()))


def spans(pattern: str) -> list[tuple[str, str]]:
    """What stands in code font and has this form, with the document."""
    found: set[tuple[str, str]] = set()
    for document in DOCUMENTS:
        text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
        inline = re.findall(r"`([^`\n]+)`", text)
        found |= {(span, document.relative_to(ROOT).as_posix()) for span in inline if re.fullmatch(pattern, span)}
    return sorted(found)


def missing(pattern: str, is_there: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Spans of this form that are not there."""
    found = spans(pattern)
    assert found, f"no document has anything like {pattern}"
    return (one for one in found if not is_there(one[0]))


def test_variables() -> None:
    assert list(missing(r"(IGNY8|BENCH|MONEY|CHAOS)_[A-Z_]+(=.*)?", lambda span: span.split("=")[0] in words())) == []


def test_every_variable_of_the_environment_is_documented() -> None:
    read = set(re.findall(r"\"(IGNY8_[A-Z_]+)\"", (BACKEND / "igny8_core" / "env.py").read_text()))
    told = {span.split("=")[0] for span, _ in spans(r"IGNY8_[A-Z_]+(=.*)?")}
    # The launcher tells each process which it is.
    assert read - told - {"IGNY8_PROCESS"} == set()


def test_commands() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert list(missing(r"(\w+=\S+ )*make [a-z]+.*", lambda span: _after(span, "make") in targets)) == []
    commands = {Path(name).stem for name in files() if "/management/commands/" in name}
    django = {"migrate", "check", "shell", "makemigrations"}
    assert list(missing(r".*manage\.py \w+.*", lambda span: _after(span, "manage.py") in commands | django)) == []


def _after(span: str, word: str) -> str:
    parts = span.split()
    return parts[[part.endswith(word) for part in parts].index(True) + 1]


def test_paths() -> None:
    def is_there(span: str) -> bool:
        return span in ELSEWHERE or any(name == span or name.endswith(f"/{span}") for name in files())

    assert list(missing(r"[\w./-]+\.(py|sh|md|txt|toml|sql|json|typ|in)", is_there)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    ours = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in ours if not (document.parent / target).exists()] == []


def test_names() -> None:
    def is_there(span: str) -> bool:
        return span in NAMES_ELSEWHERE or set(re.findall(r"\w+", span.split("(", maxsplit=1)[0])) <= words()

    assert list(missing(r"[A-Za-z]\w*_\w+(\(.*\))?", is_there)) == []
    assert list(missing(r"[A-Z][a-z]+[A-Z]\w+(\(.*\))?", is_there)) == []


def test_things_of_modules() -> None:
    """`settlement.settle` is something in a module of that name; our events and a gateway's have names of the same form."""
    catalogues = ("igny8_core/events/catalogue.py", "fake_gateway/stripe_api/events.py")
    events = {
        name for path in catalogues for name in re.findall(r'"([a-z_]+\.[a-z_.]+)"', (BACKEND / path).read_text())
    }

    def is_there(span: str) -> bool:
        module, _, thing = span.removesuffix("()").rpartition(".")
        if span in events or thing in ("py", "typ"):
            return True
        paths = [path for name, path in files().items() if name.endswith(f"/{module.replace('.', '/')}.py")]
        return not paths or any(re.search(rf"\b{re.escape(thing)}\b", path.read_text()) for path in paths)

    assert list(missing(r"[a-z_]+(\.[a-z_]+)*\.[A-Za-z_]+(\(\))?", is_there)) == []


def test_the_tests_that_walls_name() -> None:
    page = (BACKEND / "tests" / "README.md").read_text()
    rows = [line.split("|")[3] for line in page.splitlines() if line.startswith("| ") and line.count("|") == 4]
    named: list[tuple[str, str]] = []
    for row in rows:
        file = ""
        for path, test in re.findall(r"`([\w/]*\.py)?::(test_\w+)", row):
            file = path or file
            named.append((file, test))
    assert len(named) > 20
    assert [one for one in named if not _has_test(*one)] == []


def _has_test(file: str, test: str) -> bool:
    path = BACKEND / "tests" / file
    return path.is_file() and re.search(rf"def {test}\b", path.read_text()) is not None
