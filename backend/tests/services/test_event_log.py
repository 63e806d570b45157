"""The event log from end to end: what a unit of work records, and that the dispatcher tells subscribers once."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.tasks import note_shared_reference
from igny8_core.business.platform.tasks import delete_expired
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.models import Event
from igny8_core.events.record import record
from igny8_core.events.subscriptions import subscribers_of
from igny8_core.events.verification import verify_chains
from igny8_core.kit import clock
from procrastinate.contrib.django import app
from tests.cast import ADMIN, Cast, as_operator


def verify(cast: Cast) -> Any:
    with unit_of_work.read(Scope.operators()):
        return verify_chains(account_id=cast.account.id)


def test_an_untouched_chain_verifies(cast: Cast) -> None:
    assert cast.submit(cast.invoice()).status_code == 201
    found = verify(cast)
    assert (found.ok, found.bad) == (True, [])
    assert found.events >= 4


def test_a_fact_has_the_instant_it_was_recorded_at_and_not_that_of_the_unit_s_end(cast: Cast) -> None:
    then = datetime(2025, 3, 1, 12, tzinfo=UTC)

    def operation() -> None:
        with clock.use(then):
            record(
                EventType.ACCOUNT_UPDATED,
                account_id=cast.account.id,
                subject_type="account",
                subject_id=cast.account.id,
            )

    as_operator(operation)
    with unit_of_work.read(Scope.operators()):
        last = Event.objects.for_account(cast.account).order_by("seq").last()
    assert last is not None
    assert last.occurred_at == then
    assert verify(cast).ok is True


def test_a_failed_unit_records_nothing(cast: Cast) -> None:
    before = verify(cast).events

    def operation() -> None:
        record(
            EventType.ACCOUNT_UPDATED, account_id=cast.account.id, subject_type="account", subject_id=cast.account.id
        )
        raise RuntimeError("after recording")

    with pytest.raises(RuntimeError, match="after recording"):
        unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
    assert verify(cast).events == before


def test_submissions_have_a_subscriber(cast: Cast) -> None:
    app.perform_import_paths()
    assert cast.account.id
    names = sorted(task.name for task in subscribers_of("payment.submitted"))
    assert names == ["billing.note_shared_reference", "documents.write_letters"]


def test_a_reference_of_two_accounts_is_shown_to_operators_only(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    reference = f"SHARED {cast.account.code}"
    theirs = cast.invoice(account=cast.other)
    body = {"invoice_id": str(theirs), "payment_method": "bank_transfer", "transaction_reference": reference}
    assert cast.stranger.post("/api/v1/billing/payments/manual/", body).status_code == 201
    mine = cast.submit(cast.invoice(), reference).json()["data"]
    row = owner_connection.execute("SELECT id FROM events_event WHERE subject_id = %s", [mine["id"]]).fetchone()
    assert row is not None
    for _ in range(2):
        note_shared_reference(event_id=str(row[0]), account_id=str(cast.account.id))
    assert mine["duplicate_reference"] is False
    query = f"{ADMIN}payments/?duplicate_reference=true&reference={reference}"
    assert cast.support.get(query).json()["count"] == 2
    own = cast.viewer.get(f"/api/v1/billing/payments/{mine['id']}/").json()["data"]
    assert own["duplicate_reference"] is False


def test_expired_rows_are_swept(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    invoice_id = cast.invoice()
    for key in ("old", "new"):
        cast.submit(invoice_id, headers={"Idempotency-Key": key})
    owner_connection.execute(
        "UPDATE http_idempotencyrecord SET created_at = now() - interval '8 days' WHERE account_id = %s AND key = 'old'",
        [cast.account.id],
    )
    delete_expired(timestamp=0)
    rows = owner_connection.execute(
        "SELECT key FROM http_idempotencyrecord WHERE account_id = %s", [cast.account.id]
    ).fetchall()
    assert rows == [("new",)]
    assert as_operator(lambda: True) is True
