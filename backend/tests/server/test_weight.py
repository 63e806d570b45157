"""A web process has in memory what its requests needed: large libraries and whole rooms wait for the first that does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]
LARGE = (
    *("cryptography", "drf_spectacular.plumbing", "facturx", "fontTools", "lxml", "openpyxl", "pikepdf", "PIL"),
    *("procrastinate", "rapidfuzz", "requests", "segno", "typst", "unfold.admin", "webauthn"),
)
ROOMS = ("igny8_core.console.urls", "igny8_core.portal.urls", "igny8_core.business.banking.urls")
ASK = f"""
import sys
import igny8_core.asgi
from django.test import Client
def loaded():
    return [name for name in {LARGE + ROOMS!r} if sys.modules.get(name) is not None]
print(loaded())
print(Client().get("/api/v1/billing/payments/").status_code, loaded())
print(Client().get("/portal/sign-in/").status_code, loaded())
"""
RACE = """
import threading
import igny8_core.asgi
from django.test import Client
paths = ["/api/v1/billing/payments/", "/api/v1/billing/balance/", "/api/v1/auth/me/", "/api/v1/admin/users/",
         "/api/v1/admin/billing/statements/", "/portal/", "/admin/", "/api/docs/"] * 2
barrier, answers = threading.Barrier(len(paths)), {}
def ask(path):
    barrier.wait()
    answers.setdefault(path, []).append(Client().get(path).status_code)
threads = [threading.Thread(target=ask, args=[path]) for path in paths]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(answers.items()))
"""


GATEWAY = """
import sys
import igny8_core.asgi
from django.test import Client
from igny8_core.business.billing.gateways.registry import REGISTRY
Client().get("/api/v1/billing/payments/")
stripe = REGISTRY["stripe"]({"IGNY8_STRIPE_SECRET_KEY": "sk_test_1", "IGNY8_STRIPE_WEBHOOK_SECRET": "whsec_1"})
print([sys.modules.get(name) is not None for name in ("stripe", "requests")])
assert stripe._client
print([sys.modules.get(name) is not None for name in ("stripe", "requests")])
"""


def said(program: str) -> list[str]:
    """What a new web process that runs this prints."""
    environment = {**os.environ, "IGNY8_PROCESS": "web"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=BACKEND, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_nothing_large_is_imported_before_it_is_needed() -> None:
    assert said(ASK) == ["[]", "401 []", "200 ['igny8_core.portal.urls']"]


def test_a_gateways_library_is_there_once_a_payer_needs_it() -> None:
    """Also what the web process keeps out at its start, because others would import it for nothing."""
    assert said(GATEWAY) == ["[False, False]", "[True, True]"]


@pytest.mark.parametrize("_", range(2))
def test_rooms_that_are_first_asked_for_at_once_all_answer(_: int) -> None:
    assert said(RACE) == [
        "[('/admin/', [302, 302]), ('/api/docs/', [200, 200]), ('/api/v1/admin/billing/statements/', [401, 401]),"
        " ('/api/v1/admin/users/', [401, 401]), ('/api/v1/auth/me/', [401, 401]),"
        " ('/api/v1/billing/balance/', [401, 401]), ('/api/v1/billing/payments/', [401, 401]),"
        " ('/portal/', [303, 303])]"
    ]
