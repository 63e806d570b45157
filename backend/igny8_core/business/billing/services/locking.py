"""Locks invoices for the open transaction. A hot path: hand-written SQL."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class LockedInvoice(NamedTuple):
    """An invoice whose row this transaction holds; amounts in minor units. Its fields make the SELECT list."""

    id: UUID
    account_id: UUID
    number: str | None
    status: str
    currency: str
    amount_total_minor: int
    amount_settled_minor: int


COLUMNS = ", ".join(LockedInvoice._fields)
OF_ACCOUNT = f"SELECT {COLUMNS} FROM billing_invoice WHERE account_id = %s AND id = %s FOR NO KEY UPDATE"
ACROSS_ACCOUNTS = f"SELECT {COLUMNS} FROM billing_invoice WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def lock_invoice(*, account_id: UUID, invoice_id: UUID) -> LockedInvoice | None:
    """Lock and read the account's invoice; None if the account has no such invoice."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ACCOUNT, [account_id, invoice_id])
        row = cursor.fetchone()
    return None if row is None else LockedInvoice(*row)


def lock_invoices_across_accounts(ids: Iterable[UUID]) -> dict[UUID, LockedInvoice]:
    """Lock and read invoices of any account, ordered by id; missing ones are absent."""
    with connection.cursor() as cursor:
        cursor.execute(ACROSS_ACCOUNTS, [list(ids)])
        return {row[0]: LockedInvoice(*row) for row in cursor.fetchall()}
