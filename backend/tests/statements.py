"""Bank statements for tests: files made of lines, and bank accounts that nobody else uses."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from demo.camt import write
from django.db import connection
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.domain.lines import StatementKind, StatementLine, StatementStart
from igny8_core.business.banking.models import StatementImport
from igny8_core.business.banking.services import auto_match, importing
from igny8_core.events import unit_of_work

from tests.api.uploading import form, part, upload
from tests.cast import ADMIN, Api, Cast

STATEMENTS, LINES = f"{ADMIN}statements/", f"{ADMIN}statements/lines/"
DAY = date(2026, 11, 20)


def payer(
    amount_minor: int,
    remittance: str = "",
    *,
    name: str = "",
    account: str = "",
    creditor_reference: str = "",
    end_to_end_id: str = "",
) -> StatementLine:
    """What somebody paid, before a statement gives it a day and a currency."""
    return StatementLine(
        position=0,
        amount_minor=amount_minor,
        currency="",
        booking_date=DAY,
        value_date=DAY,
        counterparty_name=name,
        counterparty_account=account,
        structured_reference=creditor_reference,
        end_to_end_id=end_to_end_id,
        remittance=remittance,
    )


def camt(
    account: str,
    *payers: StatementLine | list[StatementLine],
    name: str | None = None,
    currency: str = "PKR",
    opening: int = 0,
    closing: int | None = None,
    day: date = DAY,
    references: bool = False,
) -> bytes:
    """A statement with an entry for each payer, or a batch for each list of them."""

    def entry(index: int, one: StatementLine | list[StatementLine]) -> Sequence[StatementLine]:
        booked: dict[str, Any] = {"currency": currency, "booking_date": day, "value_date": day}
        booked |= {"bank_reference": f"{name}-{index}"} if references else {}
        return [replace(line, **booked) for line in (one if isinstance(one, list) else [one])]

    entries = [entry(index, one) for index, one in enumerate(payers)]
    total = sum(line.amount_minor for batch in entries for line in batch)
    start = StatementStart(
        kind=StatementKind.STATEMENT,
        account=account,
        currency=currency,
        opening_minor=opening,
        identification=name or secrets.token_hex(6),
    )
    closing_minor = opening + total if closing is None else closing
    return b"".join(write(start, entries, closing_minor=closing_minor, created_at=datetime.combine(day, time(22), UTC)))


def bank_account(cast: Cast, currency: str = "PKR") -> str:
    """A new account of ours; returns its number."""
    number = str(10**13 + secrets.randbelow(10**12))
    body = {"name": "HBL main", "number": number, "currency": currency}
    answer = cast.finance.post(f"{ADMIN}bank-accounts/", body)
    assert answer.status_code == 201, answer.content
    return number


def drop(api: Api, content: bytes, *parts: bytes, name: str = "s.xml", **headers: str) -> Any:
    """Upload a file."""
    return upload(api, STATEMENTS, form(part("file", content, name), *parts), **headers)


def work() -> None:
    """What the worker would do: read what waits, match what is read."""
    for import_id in _waiting("received"):
        importing.read_stored(import_id, actor=auto_match.BANK)
    for import_id in _waiting("matching"):
        auto_match.match_import(import_id)


def _waiting(status: str) -> list[UUID]:
    with unit_of_work.read(Scope.operators()):
        return list(StatementImport.objects.filter(status=status).values_list("id", flat=True))


def imported(cast: Cast, content: bytes, **options: Any) -> dict[str, Any]:
    """Drop a file, let the worker match it, and return the import."""
    answer = drop(cast.finance, content, **options)
    assert answer.status_code in (201, 202), answer.content
    as_worker(work)
    found: dict[str, Any] = cast.support.get(f"{STATEMENTS}{answer.json()['data']['id']}/").json()["data"]
    return found


def as_worker(operation: Any) -> Any:
    """Run it as the worker does: under the operator role in transactions of its own."""
    try:
        return operation()
    finally:
        connection.close()


def lines(cast: Cast, import_id: str, **query: str) -> list[dict[str, Any]]:
    """An import's lines in the order of the file."""
    asked = "&".join(f"{name}={value}" for name, value in {"import_id": import_id, "page_size": "100", **query}.items())
    answer = cast.support.get(f"{LINES}?{asked}")
    assert answer.status_code == 200, answer.content
    return list(reversed(answer.json()["results"]))


def decide(cast: Cast, line: dict[str, Any], action: str, body: Any) -> Any:
    """Finance decides a line."""
    return cast.finance.post(f"{LINES}{line['id']}/{action}/", body)
