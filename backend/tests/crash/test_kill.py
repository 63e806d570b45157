"""`kill -9` of the web server and of PostgreSQL while payers write: nothing acknowledged is lost, nothing is done twice.

Twenty cycles; `CHAOS_CYCLES` asks for more (`make chaos CYCLES=n`). The product runs as `make serve` runs it.
"""

import os
import threading
import time
import uuid
from typing import Any

import pytest
from tests.crash.product import READY_SECONDS, Product

pytestmark = pytest.mark.slow
CYCLES = int(os.environ.get("CHAOS_CYCLES", "20"))
WRITERS = 6
FINAL = range(200, 500)


class Writers:
    """Payers and an approver who repeat each request with its key until they have a final answer."""

    def __init__(self, product: Product) -> None:
        self.product, self.stopping = product, threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.repeated = 0
        account = next(one for one in product.demo["accounts"] if one["country"] == "PK")
        self.account_id, self.key = account["id"], account["keys"]["member"]
        self.operators = product.demo["operators"]
        self.problems: list[str] = []
        self.threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]

    def _insist(self, path: str, key: str, body: Any) -> tuple[int, Any]:
        once = uuid.uuid4().hex
        for attempt in range(600):
            status, answer = self.product.call("POST", path, key, body, **{"Idempotency-Key": once})
            if status in FINAL and (answer or {}).get("code") != "request_in_progress":
                self.repeated += attempt > 0
                return status, answer
            time.sleep(0.1)
        raise AssertionError(f"no answer to {path}")

    def _write(self) -> None:
        while not self.stopping.is_set():
            reference = uuid.uuid4().hex
            lines = [
                {"kind": "credit_package", "description": "x", "quantity": 1, "unit_amount": "200.00", "credits": 1}
            ]
            draft = {"account_id": self.account_id, "currency": "PKR", "lines": lines}
            _, answer = self._insist("/api/v1/admin/billing/invoices/", self.operators["finance"], draft)
            invoice_id = answer["data"]["id"]
            self._insist(f"/api/v1/admin/billing/invoices/{invoice_id}/finalize/", self.operators["finance"], {})
            claim = {"invoice_id": invoice_id, "payment_method": "bank_transfer", "transaction_reference": reference}
            status, answer = self._insist("/api/v1/billing/payments/manual/", self.key, claim)
            if status != 201:
                self.problems.append(f"submit: {status} {answer}")
                continue
            payment_id = answer["data"]["id"]
            status, answer = self._insist(
                f"/api/v1/admin/billing/payments/{payment_id}/approve/", self.operators["approver"], {}
            )
            if status != 200:
                self.problems.append(f"approve: {status} {answer}")
                continue
            self.acknowledged[payment_id] = reference


def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(product: Product) -> None:
    writers = Writers(product)
    before = product.call("GET", "/api/v1/billing/credits/balance/", writers.key)[1]["data"]["credits"]
    for thread in writers.threads:
        thread.start()
    for cycle in range(CYCLES):
        time.sleep(0.4)
        product.kill("postgres" if cycle % 2 else "web")
        time.sleep(0.2)
        product.await_ready(READY_SECONDS)
    time.sleep(0.5)
    writers.stopping.set()
    for thread in writers.threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    assert writers.problems == []
    assert len(writers.acknowledged) > CYCLES
    assert writers.repeated > 0, "no request was ever cut off: the test has not tested anything"
    for payment_id, reference in writers.acknowledged.items():
        _, found = product.call("GET", f"/api/v1/billing/payments/?reference={reference}", writers.key)
        assert [(one["id"], one["status"]) for one in found["results"]] == [(payment_id, "succeeded")]
    after = product.call("GET", "/api/v1/billing/credits/balance/", writers.key)[1]["data"]["credits"]
    assert after - before == len(writers.acknowledged)
    status, verdict = product.call("GET", "/api/v1/admin/billing/verify/", writers.operators["support"])
    assert status == 200
    assert (verdict["data"]["ledger"]["problems"], verdict["data"]["events"]["ok"]) == ([], True)
