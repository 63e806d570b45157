"""The house rules find what they should, leave alone what they should, and the project itself keeps them."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent

import pytest
from lints import addresses, assertions, floats, persistence, querysets, requirements, sizes, statuses, structure
from lints.files import load
from lints.rules import findings
from lints.source import Finding, Project

ROOT = Path(__file__).resolve().parents[3]
BUSINESS = "backend/igny8_core/business/"
SERVICES = BUSINESS + "billing/services/"
# Written in two pieces, so that this file does not break the rule it tests.
SLASH = "/"

MODELS = """
    class Payment(TenantModel):
        pass

    class Refund(BankRow):
        pass

    class BankRow(TenantModel):
        pass

    class AccountPaymentMethod(models.Model):
        objects: TenantManager["AccountPaymentMethod"] = TenantManager()

    class PaymentMethodConfig(models.Model):
        name = models.TextField()
"""

type Check = Callable[[Project], Iterable[Finding]]


def lines(check: Check, snippet: str, *, path: str) -> list[int]:
    """The lines at which a rule fires, counted from the snippet's first line of code."""
    texts = {path: dedent(snippet).strip("\n"), "backend/igny8_core/m/models.py": dedent(MODELS)}
    project = Project.of(texts)
    return sorted(finding.line for finding in check(project) if finding.path == path)


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        ("approvals.py", "payment.status = 'succeeded'"),
        ("settlement.py", "payment.status = 'succeeded'"),
        ("approvals.py", "payment.status, other = new, 1"),
        ("approvals.py", "payment.status += new"),
        ("approvals.py", "setattr(payment, 'status', new)"),
        ("approvals.py", "invoice.status = 'paid'"),
        ("approvals.py", "Payment.objects.for_account(a).filter(id=b).update(status=new)"),
        ("approvals.py", "rows.update(updated_at=now, status=new)"),
        ("approvals.py", "rows.update(**{'status': new})"),
        ("approvals.py", "rows.bulk_update(changed, ['status'])"),
        ("approvals.py", "conditional_update(rows, status=new)"),
        ("settlement.py", "conditional_update(Payment.objects.for_account(a), status=new)"),
        ("approvals.py", "conditional_update(Invoice.objects.for_account(a), status=new)"),
        ("approvals.py", "Payment.objects.create(account_id=a, status=new)"),
        ("invoicing.py", "models.Payment.objects.create(account_id=a, status=new)"),
        ("payment_service.py", "Invoice.objects.create(account_id=a, status=new)"),
        ("approvals.py", "Payment.objects.bulk_create([Payment(account_id=a, status=new)])"),
        ("approvals.py", "SQL = 'UPDATE billing_payment SET notes = %s'"),
        ("settlement.py", "SQL = f'WITH x AS (update  only \"billing_payment\" SET status = {x})'"),
        ("payment_service.py", "SQL = 'UPDATE billing_invoice SET status = %s'"),
        ("settlement.py", "SQL = 'INSERT INTO billing_payment (id) VALUES (%s)'"),
        ("../../banking/tasks.py", "payment.status = 'succeeded'"),
        ("../../banking/services/reconcile.py", "line.status = 'matched'"),
        ("../../banking/services/reconcile.py", "StatementLine.objects.filter(id=a).update(status=new)"),
        ("../../banking/services/reconcile.py", "conditional_update(StatementLine.objects.filter(id=a), status=new)"),
        ("../../banking/services/auto_match.py", "SQL = 'UPDATE banking_line AS line SET status = %s'"),
        ("../../banking/services/line_status.py", "SQL = 'INSERT INTO banking_line (status) SELECT %s'"),
        ("../../banking/services/importing.py", "StatementLine.objects.create(status='new')"),
    ],
)
def test_a_status_written_elsewhere_is_found(path: str, snippet: str) -> None:
    path = BUSINESS + "banking/tasks.py" if path.startswith("..") else SERVICES + path

    assert lines(statuses.check, snippet, path=path) == [1]


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        (SERVICES + "transitions.py", "conditional_update(rows, status=new)\npayment.status = new"),
        (SERVICES + "transitions.py", "SQL = 'UPDATE billing_payment SET status = %s'"),
        (SERVICES + "payment_service.py", "Payment.objects.create(account_id=a, status=new)"),
        (SERVICES + "payment_service.py", "SQL = 'INSERT INTO billing_payment (id) VALUES (%s)'"),
        (SERVICES + "settlement.py", "conditional_update(Invoice.objects.for_account(a), status=new)"),
        (SERVICES + "settlement.py", "SQL = 'UPDATE billing_invoice SET amount_settled_minor = 1'"),
        (SERVICES + "invoicing.py", "Invoice.objects.create(account_id=a, status='draft')"),
        (BUSINESS + "banking/services/line_status.py", "SQL = 'UPDATE banking_line AS line SET status = %s'"),
        (BUSINESS + "banking/services/line_status.py", "line.status = 'matched'"),
        (BUSINESS + "banking/services/storing.py", "SQL = 'INSERT INTO banking_line (status) SELECT %s'"),
        (BUSINESS + "banking/services/import_status.py", "StatementImport.objects.filter(id=a).update(status=new)"),
        (SERVICES + "approvals.py", "Payment.objects.for_account(a).filter(status=old)"),
        (SERVICES + "approvals.py", "if payment.status == old:\n    found = payment.status"),
        (SERVICES + "approvals.py", "SQL = 'SELECT 1 FROM billing_payment FOR NO KEY UPDATE'"),
        (SERVICES + "approvals.py", "SQL = 'UPDATE billing_paymentmethodconfig SET enabled = true'"),
        (SERVICES + "approvals.py", "'''Never an UPDATE billing_payment here.'''"),
        (SERVICES + "approvals.py", "conditional_update(rows, amount_refunded_minor=1)"),
        (BUSINESS + "webhooks/services/send.py", "Delivery.objects.for_account(a).update(status='sent')"),
        (BUSINESS + "billing/views.py", "return responses.one(data, status=201)"),
        (BUSINESS + "billing/migrations/0002_x.py", "rows.update(status=new)"),
        ("backend/igny8_core/accounts/services.py", "account.status = 'suspended'"),
    ],
)
def test_a_status_written_where_it_should_be_is_left_alone(path: str, snippet: str) -> None:
    assert lines(statuses.check, snippet, path=path) == []


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        ("views.py", "Payment.objects.filter(id=payment_id)"),
        ("services/x.py", "Payment.objects.all().for_account(a)"),
        ("services/x.py", "models.Payment.objects.get(id=payment_id)"),
        ("services/x.py", "Refund.objects.count()"),
        ("services/x.py", "AccountPaymentMethod.objects.first()"),
        ("services/x.py", "Payment._default_manager.for_all()"),
        ("services/x.py", "rows = Payment.objects"),
        ("views.py", "get_object_or_404(Payment, id=payment_id)"),
        ("views.py", "Payment.objects.across_accounts()"),
        ("serializers.py", "rows.across_accounts()"),
        ("views_operator_x.py", "Payment.objects.across_accounts()"),
    ],
)
def test_a_query_that_names_no_tenant_is_found(path: str, snippet: str) -> None:
    assert lines(querysets.check, snippet, path=BUSINESS + "billing/" + path) == [1]


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        (BUSINESS + "billing/views.py", "Payment.objects.for_account(account).filter(id=x)"),
        (BUSINESS + "billing/views.py", "(\n    Payment.objects\n    .for_account(account)\n)"),
        (BUSINESS + "billing/services/x.py", "Payment.objects.create(account_id=a)"),
        (BUSINESS + "billing/views.py", "PaymentMethodConfig.objects.filter(country='PK')"),
        (BUSINESS + "billing/operator_views.py", "Payment.objects.across_accounts()"),
        (BUSINESS + "billing/selectors/payments.py", "Payment.objects.across_accounts()"),
        (BUSINESS + "billing/services/x.py", "Refund.objects.across_accounts()"),
        (BUSINESS + "billing/tasks.py", "Payment.objects.across_accounts()"),
        ("backend/igny8_core/events/management/commands/x.py", "Payment.objects.across_accounts()"),
        ("backend/igny8_core/kit/models.py", "self.get_queryset().across_accounts()"),
        ("backend/tests/api/test_x.py", "Payment.objects.get()"),
        (BUSINESS + "billing/migrations/0002_x.py", "Payment.objects.all()"),
    ],
)
def test_a_query_that_names_its_tenant_is_left_alone(path: str, snippet: str) -> None:
    assert lines(querysets.check, snippet, path=path) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "rate = 0.05",
        "rate = 1e3",
        "amount = float(text)",
        "share = total / count",
        "total /= count",
        "limit = 0.5  # lint: float-ok",
        "share = paths / count",
    ],
)
@pytest.mark.parametrize("path", [BUSINESS + "ledger/domain/entry.py", "backend/igny8_core/kit/money.py"])
def test_a_float_near_money_is_found(path: str, snippet: str) -> None:
    assert lines(floats.check, snippet, path=path) == [1]


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        (BUSINESS + "x.py", "timeout_seconds = 0.5  # lint: float-ok seconds"),
        (BUSINESS + "x.py", "ratio = (\n    part\n    / whole  # lint: float-ok a ratio for a chart\n)"),
        (BUSINESS + "x.py", "share, rest = divmod(total, count)\nhalf = total // 2"),
        (BUSINESS + "x.py", "file = folder / name"),
        (BUSINESS + "x.py", "file = settings.PROOFS_DIR / account / name"),
        (BUSINESS + "x.py", "file = base / 'proofs' / name"),
        (BUSINESS + "x.py", "folder /= name"),
        (BUSINESS + "x.py", "file = Path(base) / name"),
        (BUSINESS + "x.py", "text = '0.5 / 2'"),
        ("backend/igny8_core/kit/clock.py", "wait_seconds = 0.5"),
    ],
)
def test_a_float_away_from_money_is_left_alone(path: str, snippet: str) -> None:
    assert lines(floats.check, snippet, path=path) == []


def test_sizes_count_to_the_last_allowed_line() -> None:
    def function(count: int) -> str:
        return "def build():\n" + "    x = 1\n" * (count - 1)

    assert lines(sizes.check, function(60), path="backend/a.py") == []
    assert lines(sizes.check, function(61), path="bench/a.py") == [1]
    assert lines(sizes.check, "x = 1\n" * 400, path="backend/tests/a.py") == []
    assert lines(sizes.check, "x = 1\n" * 401, path="backend/tests/a.py") == [1]
    assert lines(sizes.check, "x = 1\n" * 401, path="backend/x/migrations/0001_a.py") == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "util", "utils/text"])
def test_a_module_named_after_nothing_is_found(name: str) -> None:
    assert lines(structure.check, "", path=f"backend/igny8_core/kit/{name}.py") == [1]


@pytest.mark.parametrize(
    "snippet",
    [
        "def read(path, strict: bool): ...",
        "def read(path, strict: bool | None = None): ...",
        "async def read(strict: 'bool', /): ...",
        "class Reader:  # the class\n    def __init__(self, strict: bool = False) -> None: ...",
        "class Reader:  # the class\n    def read(self, strict: bool) -> None: ...",
        "def read():  # a function\n    import json",
        "class Reader:\n    @cached\n    def read(self): from json import loads",
    ],
)
def test_a_hidden_import_and_a_bare_boolean_are_found(snippet: str) -> None:
    assert lines(structure.check, snippet, path="backend/serve.py") == [snippet.count("\n") + 1]


@pytest.mark.parametrize(
    "snippet",
    [
        "def read(path, *, strict: bool = False) -> bool: ...",
        "def _read(strict: bool): ...",
        "def test_reads(strict: bool): ...",
        "def read(flags: list[bool], name: str): ...",
        "if TYPE_CHECKING:\n    from json import loads",
        "try:\n    import uvloop\nexcept ImportError:\n    uvloop = None",
    ],
)
def test_clear_structure_is_left_alone(snippet: str) -> None:
    assert lines(structure.check, snippet, path="backend/igny8_core/kit/commonplace.py") == []


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        ("x/models.py", "class Row(Base):  # the class\n    def save(self): ..."),
        ("x/rows.py", "class Row(models.Model):  # the class\n    def delete(self): ..."),
        ("x/rows.py", "class Row(TenantModel):  # the class\n    async def asave(self): ..."),
        ("x/apps.py", "from django.dispatch import receiver"),
        ("x/apps.py", "from django.db.models.signals import post_save"),
        ("x/apps.py", "from django.db.models import signals"),
        ("x/apps.py", "import django.db.models.signals"),
        ("x/apps.py", "@mark\n@receiver(post_save)\ndef on_saved(): ..."),
        ("business/billing/services/x.py", "payment.save()"),
        ("business/billing/services/x.py", "payment.save(update_fields=['notes'])"),
    ],
)
def test_a_hidden_write_is_found(path: str, snippet: str) -> None:
    expected = 3 if snippet.startswith("@") else snippet.count("\n") + 1

    assert lines(persistence.check, snippet, path="backend/igny8_core/" + path) == [expected]


@pytest.mark.parametrize(
    ("path", "snippet"),
    [
        ("business/billing/views.py", "class View(ApiView):\n    def delete(self, request): ..."),
        ("business/billing/services/proofs.py", "image.save(buffer, 'PNG')"),
        ("business/billing/services/x.py", "Payment.objects.create(account_id=a)"),
        ("accounts/services.py", "user.save()"),
        ("serve.py", "import signal\nfrom signal import SIGTERM"),
    ],
)
def test_an_open_write_is_left_alone(path: str, snippet: str) -> None:
    assert lines(persistence.check, snippet, path="backend/igny8_core/" + path) == []


@pytest.mark.parametrize(
    "line",
    [
        f"cd {SLASH}root{SLASH}project",
        f"DATA_DIR={SLASH}home{SLASH}somebody",
        f'"{SLASH}work{SLASH}main"',
        f"file:{SLASH * 3}Users{SLASH}somebody",
        "resolved https:" + SLASH * 2 + "registry.npmjs" + ".org" + SLASH + "htmx",
        "--index-url " + "https:" + SLASH * 2 + "example.org",
        "UV_INDEX_URL=" + "https:" + SLASH * 2 + "example.org",
        "registry=" + "https:" + SLASH * 2 + "example.org",
        "mirror https:" + SLASH * 2 + "mirror.example" + SLASH + "+simple" + SLASH,
        "index = https:" + SLASH * 2 + "mirror.example" + SLASH + "simple" + SLASH,
    ],
)
@pytest.mark.parametrize("path", ["Makefile", "docs/x.md", "backend/x.py", "package-lock.json"])
def test_a_path_of_one_machine_or_a_registry_is_found(path: str, line: str) -> None:
    text = f"# {line}" if path.endswith(".py") else line

    assert lines(addresses.check, f"# one\n{text}", path=path) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "docs/work/plan.md and ~/work/x and $HOME/work/x",
        "https://example.com/home/page and ${BASE}/root/x",
        '<a href="/home/">Home</a>',
        "uv pip compile --no-emit-index-url --generate-hashes",
        "https://docs.example.org/simple-start",
    ],
)
def test_an_ordinary_address_is_left_alone(line: str) -> None:
    assert lines(addresses.check, line, path="docs/x.md") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pay(invoice)", [1]),
        ("expected = pay(invoice)", [1]),
        ("assert pay(invoice)", []),
        ("with pytest.raises(NotFound):\n        pay(invoice)", []),
        ("assert_error(pay(invoice), 404)", []),
        ("stranger.refuses_access(pay)", []),
        ("expect_no_events()", []),
        ("if slow:\n        assert pay(invoice)", []),
    ],
)
def test_a_test_without_an_assertion_is_found(body: str, expected: list[int]) -> None:
    snippet = f"def test_pays():\n    {body}"

    assert lines(assertions.check, snippet, path="backend/tests/api/test_x.py") == expected
    assert lines(assertions.check, snippet, path="backend/igny8_core/x.py") == []


REQUIREMENTS = {
    "requirements/runtime.in": "Django~=6.1\npsycopg[binary,pool]\nwhitenoise\n",
    "requirements/dev.in": "-r runtime.in\npytest\nruff\n",
    "requirements/runtime.txt": "django==6.1.3 \\\n    --hash=sha256:0\npsycopg==3.3.9 \\\n",
    "requirements/dev.txt": "django==6.1.3 \\\npsycopg==3.3.9 \\\npytest==9.2.0 \\\n",
    "backend/igny8_core/settings.py": "import os\nimport django.conf\nM = 'whitenoise.middleware.WhiteNoiseMiddleware'\n",
    "backend/igny8_core/pool.py": "from psycopg_pool import Pool\nfrom igny8_core import env\nfrom . import x\n",
    "backend/tests/test_pool.py": "import django, pytest\nfrom igny8_core.pool import x\nfrom tests import y\n",
    "Makefile": "check:\n\t.venv/bin/ruff check .\n",
}


def test_requirements_that_are_used_and_asked_for_are_left_alone() -> None:
    assert list(requirements.check(Project.of(REQUIREMENTS))) == []


@pytest.mark.parametrize(
    ("path", "line", "place", "sentence"),
    [
        ("requirements/runtime.in", "httpx", "requirements/runtime.in:4", "nothing imports httpx"),
        ("requirements/runtime.in", "pytest", "requirements/runtime.in:4", "nothing imports pytest"),
        ("requirements/dev.in", "time-machine", "requirements/dev.in:4", "nothing imports time-machine"),
        ("requirements/dev.in", "mypy", "requirements/dev.in:4", "nothing imports mypy or says bin/mypy"),
        ("backend/igny8_core/pool.py", "import lxml", "backend/igny8_core/pool.py:4", "lxml is imported"),
        ("backend/igny8_core/pool.py", "import pytest", "backend/igny8_core/pool.py:4", "pytest is imported"),
        ("backend/tests/test_pool.py", "from lxml import etree", "backend/tests/test_pool.py:4", "lxml is imported"),
        ("tools/font.py", "import lxml", "tools/font.py:1", "lxml is imported"),
        ("requirements/runtime.txt", "idna==3.20 \\", "requirements/runtime.txt:4", "idna==3.20 is not in"),
    ],
)
def test_idle_and_missing_requirements_are_found(path: str, line: str, place: str, sentence: str) -> None:
    texts = {**REQUIREMENTS, path: REQUIREMENTS.get(path, "") + line + "\n"}

    (found,) = requirements.check(Project.of(texts))
    assert str(found).startswith(f"{place}: requirements: {sentence}")


def test_a_file_that_does_not_parse_is_named() -> None:
    found = findings(Project.of({"backend/x.py": "x = 1\ndef :\n", "backend/y.py": "float("}))

    assert [(finding.path, finding.line, finding.rule) for finding in found] == [
        ("backend/x.py", 2, "syntax"),
        ("backend/y.py", 1, "syntax"),
    ]


def test_files_come_from_git_and_without_git_from_the_folder(tmp_path: Path) -> None:
    for name, content in (("a.py", b"x = 1"), ("b.txt", b"y"), ("c.bin", b"\0"), ("ignored.log", b"z")):
        (tmp_path / name).write_bytes(content)
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "foreign.py").write_text("x = 1")

    assert set(load(tmp_path).files) == {".gitignore", "a.py", "b.txt", "ignored.log"}
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert set(load(tmp_path).files) == {".gitignore", "a.py", "b.txt"}


def test_the_project_keeps_its_own_rules() -> None:
    project = load(ROOT)

    assert "backend/lints/rules.py" in project.files
    assert [str(finding) for finding in findings(project)] == []
