"""Who may read what the product writes: nobody but the users it runs as."""

import os
import pwd
import stat
import time
from pathlib import Path

import pytest
from igny8_core.kit.embedded_postgres import SYSTEM_USER
from tests.crash.product import Product

pytestmark = pytest.mark.slow
WRITTEN = {
    "secrets.json",
    "demo.json",
    "demo-statement.xml",
    "postgres.log",
    "run/web.pid",
    "run/worker.pid",
    "run/gateway.pid",
    "fake-gateway-keys.json",
    "fake-gateway-root.pem",
    "fake-gateway.sqlite3",
    "run/postgres.pid",
    "run/launcher.lock",
    "postgres/PG_VERSION",
    "postgres/postgresql.auto.conf",
}
PATIENCE_SECONDS = 60


def test_what_is_written_is_for_its_owner_alone(product: Product) -> None:
    mail = bill_somebody(product)
    written = [path for path in product.folder.rglob("*") if not path.is_socket()]
    assert WRITTEN | {str(mail.relative_to(product.folder))} <= {
        str(path.relative_to(product.folder)) for path in written
    }
    open_to_others = {str(path): oct(mode_of(path)) for path in written if mode_of(path) & 0o077 and path.exists()}
    assert open_to_others == {}
    if os.geteuid() == 0:  # PostgreSQL runs as another user then, and passes through to its cluster
        assert (mode_of(product.folder), product.folder.stat().st_gid) == (0o710, pwd.getpwnam(SYSTEM_USER).pw_gid)
    else:
        assert mode_of(product.folder) == 0o700


def mode_of(path: Path) -> int:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:  # the database removes files of its own meanwhile
        return 0


def bill_somebody(product: Product) -> Path:
    """The mail about a new invoice, once the worker has written it."""
    finance, account = product.demo["operators"]["finance"], product.demo["accounts"][0]
    lines = [{"kind": "custom", "description": "Set-up", "quantity": 1, "unit_amount": "200.00"}]
    draft = {"account_id": account["id"], "currency": account["currency"], "lines": lines}
    status, answer = product.call("POST", "/api/v1/admin/billing/invoices/", finance, draft)
    assert status == 201, answer
    invoice = answer["data"]["id"]
    assert product.call("POST", f"/api/v1/admin/billing/invoices/{invoice}/finalize/", finance, {})[0] == 200
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (mails := [*product.folder.glob("mail/*")]):
        assert time.monotonic() < deadline, "no mail was written"
        time.sleep(0.1)
    return mails[0]
