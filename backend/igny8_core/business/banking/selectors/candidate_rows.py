"""Set-based queries for a batch of lines: each key is an `=` look-up in an index, however many invoices are open.

They are written in SQL because a batch looks up hundreds of keys at once, and because look-ups by amount must stop
after a few rows per amount: an amount that many invoices share is no evidence.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

SAME_AMOUNT = 12
"""How many open items with the same amount are read; more would add no evidence."""
OF_ONE_ACCOUNT = 40
RETURN_WINDOW_DAYS = 100
"""How many days after a transfer it can come back: 13 months for SEPA direct debits, days for credit transfers."""


class InvoiceRow(NamedTuple):
    """An open invoice."""

    id: UUID
    account_id: UUID
    currency: str
    due_minor: int
    number: str
    creditor_reference: str
    opened_on: date
    account_name: str
    country: str


class PaymentRow(NamedTuple):
    """A payment that awaits approval, or a succeeded one that may still be reversed."""

    id: UUID
    account_id: UUID
    currency: str
    amount_minor: int
    reference: str
    method: str
    invoice_id: UUID | None
    opened_on: date
    number: str
    creditor_reference: str
    account_name: str
    country: str


class RefundRow(NamedTuple):
    """One of our transfers that has not appeared on a statement yet."""

    id: UUID
    account_id: UUID
    currency: str
    amount_minor: int
    opened_on: date
    account_name: str


_INVOICE_COLUMNS = """SELECT i.id, i.account_id, i.currency, i.amount_total_minor - i.amount_settled_minor, i.number,
 i.creditor_reference, coalesce(i.finalized_at, i.created_at)::date, a.name, a.country"""
_INVOICE = f"""{_INVOICE_COLUMNS} FROM billing_invoice i JOIN accounts_account a ON a.id = i.account_id"""
_PAYMENT_COLUMNS = """SELECT p.id, p.account_id, p.currency, coalesce(p.amount_received_minor, p.amount_minor),
 p.reference_normalised, p.payment_method, p.invoice_id, coalesce(p.submitted_at, p.created_at)::date,
 coalesce(i.number, ''), coalesce(i.creditor_reference, ''), a.name, a.country"""
_OF_PAYMENT = """JOIN accounts_account a ON a.id = p.account_id
 LEFT JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id"""
_PAYMENT = f"""{_PAYMENT_COLUMNS} FROM billing_payment p {_OF_PAYMENT}"""

INVOICES_NAMED = f"""{_INVOICE} WHERE i.number = ANY(%(numbers)s) AND i.status = 'pending'
 UNION {_INVOICE} WHERE i.creditor_reference = ANY(%(creditors)s) AND i.status = 'pending'"""
# The limit per key is applied in a subquery, before any join, so that rows are read in index order: an amount that a
# thousand invoices share costs no more than one that a dozen share.
INVOICES_BY_AMOUNT = f"""{_INVOICE_COLUMNS} FROM unnest(%(currencies)s::text[], %(amounts)s::bigint[]) AS asked (c, m)
 CROSS JOIN LATERAL (SELECT * FROM billing_invoice WHERE currency = asked.c
  AND amount_total_minor - amount_settled_minor = asked.m AND status = 'pending'
  ORDER BY sequence DESC LIMIT {SAME_AMOUNT}) AS i JOIN accounts_account a ON a.id = i.account_id"""
INVOICES_OF_ACCOUNTS = f"""{_INVOICE_COLUMNS} FROM unnest(%(accounts)s::uuid[]) AS asked (account_id)
 CROSS JOIN LATERAL (SELECT * FROM billing_invoice WHERE account_id = asked.account_id AND status = 'pending'
  ORDER BY sequence DESC LIMIT {OF_ONE_ACCOUNT}) AS i JOIN accounts_account a ON a.id = i.account_id"""
PAYMENTS_BY_REFERENCE = f"""{_PAYMENT} WHERE p.reference_normalised = ANY(%(references)s)
 AND p.status = %(status)s AND (p.status <> 'succeeded' OR p.approved_at > now() - %(window)s * interval '1 day')"""
PAYMENTS_OF_INVOICES = f"""{_PAYMENT_COLUMNS} FROM unnest(%(accounts)s::uuid[], %(invoices)s::uuid[]) AS asked (a, i)
 CROSS JOIN LATERAL (SELECT * FROM billing_payment WHERE account_id = asked.a AND invoice_id = asked.i
  AND status = %(status)s ORDER BY sequence DESC LIMIT {SAME_AMOUNT}) AS p {_OF_PAYMENT}"""
PAYMENTS_BY_AMOUNT = f"""{_PAYMENT_COLUMNS} FROM unnest(%(currencies)s::text[], %(amounts)s::bigint[]) AS asked (c, m)
 CROSS JOIN LATERAL (SELECT * FROM billing_payment WHERE currency = asked.c AND amount_minor = asked.m
  AND status = 'pending_approval' ORDER BY sequence DESC LIMIT {SAME_AMOUNT}) AS p {_OF_PAYMENT}"""
PAYMENTS_OF_ACCOUNTS = f"""{_PAYMENT_COLUMNS} FROM unnest(%(accounts)s::uuid[]) AS asked (account_id)
 CROSS JOIN LATERAL (SELECT * FROM billing_payment WHERE account_id = asked.account_id AND status = 'pending_approval'
  ORDER BY sequence DESC LIMIT {OF_ONE_ACCOUNT}) AS p {_OF_PAYMENT}"""
PAYMENTS_OF_LINES = f"""{_PAYMENT} JOIN banking_match m ON m.account_id = p.account_id AND m.payment_id = p.id
 AND m.undone_at IS NULL AND m.kind IN ('payment', 'invoice') WHERE p.status = 'succeeded' AND m.line_id IN (
 SELECT found.id FROM unnest(%(amounts)s::bigint[]) AS asked (amount_minor) CROSS JOIN LATERAL (
  SELECT l.id FROM banking_line l WHERE l.bank_account_id = ANY(%(bank_accounts)s) AND l.status = 'matched'
  AND l.amount_minor = asked.amount_minor ORDER BY l.sequence DESC LIMIT {SAME_AMOUNT}) AS found)"""
PAID_INVOICES = """SELECT account_id, id, number, creditor_reference FROM billing_invoice
 WHERE number = ANY(%(numbers)s)
 UNION SELECT account_id, id, number, creditor_reference FROM billing_invoice
 WHERE creditor_reference = ANY(%(creditors)s)"""
REFUNDS = """SELECT r.id, r.account_id, r.currency, r.amount_minor, r.created_at::date, a.name FROM billing_refund r
 JOIN accounts_account a ON a.id = r.account_id WHERE r.status = 'pending' AND r.destination = 'transfer'
 AND (r.amount_minor = ANY(%(amounts)s) OR r.id = ANY(%(ids)s)) ORDER BY r.sequence LIMIT 1000"""
SHARED = """SELECT reference_normalised FROM billing_payment WHERE reference_normalised = ANY(%(references)s)
 AND status IN ('pending', 'pending_approval', 'processing', 'succeeded')
 GROUP BY reference_normalised HAVING count(DISTINCT account_id) > 1"""
PAYERS = """SELECT number, account_id FROM banking_knownpayer WHERE number = ANY(%(numbers)s)"""
TOLERANCES = """SELECT country, currency, payment_method, max(tolerance_minor) FROM billing_paymentmethodconfig
 WHERE tolerance_minor > 0 GROUP BY 1, 2, 3"""

type Amounts = Collection[tuple[str, int]]


def invoices_named(numbers: Iterable[str], creditors: Iterable[str]) -> list[InvoiceRow]:
    """Open invoices with one of these numbers or creditor references."""
    return _invoices(INVOICES_NAMED, numbers=sorted(numbers), creditors=sorted(creditors))


def invoices_by_amount(amounts: Amounts) -> list[InvoiceRow]:
    """Open invoices with exactly this amount due, the newest few per amount."""
    return _invoices(INVOICES_BY_AMOUNT, **_split(amounts)) if amounts else []


def invoices_of(accounts: Collection[UUID]) -> list[InvoiceRow]:
    """The newest open invoices of each account."""
    return _invoices(INVOICES_OF_ACCOUNTS, accounts=list(accounts)) if accounts else []


def payments_by_reference(references: Collection[str], *, status: str) -> list[PaymentRow]:
    """Payments with one of these normalised references."""
    if not references:
        return []
    return _payments(PAYMENTS_BY_REFERENCE, references=sorted(references), status=status, window=RETURN_WINDOW_DAYS)


def payments_of_invoices(invoices: Collection[tuple[UUID, UUID]], *, status: str) -> list[PaymentRow]:
    """Payments of invoices, each given as (account id, invoice id)."""
    if not invoices:
        return []
    accounts, ids = zip(*invoices, strict=True)
    return _payments(PAYMENTS_OF_INVOICES, accounts=list(accounts), invoices=list(ids), status=status)


def payments_by_amount(amounts: Amounts) -> list[PaymentRow]:
    """Payments that await approval with exactly this amount, the newest few per amount."""
    return _payments(PAYMENTS_BY_AMOUNT, **_split(amounts)) if amounts else []


def payments_of(accounts: Collection[UUID]) -> list[PaymentRow]:
    """The newest payments of each account that await approval."""
    return _payments(PAYMENTS_OF_ACCOUNTS, accounts=list(accounts)) if accounts else []


def payments_of_lines(amounts: Collection[int], bank_accounts: Collection[UUID]) -> list[PaymentRow]:
    """Succeeded payments that came through a line with one of these amounts on one of our accounts."""
    if not amounts:
        return []
    return _payments(PAYMENTS_OF_LINES, amounts=list(amounts), bank_accounts=list(bank_accounts))


def invoices_of_any_status(numbers: Iterable[str], creditors: Iterable[str]) -> list[tuple[UUID, UUID, str, str]]:
    """Invoices of any status by number or creditor reference: (account id, id, number, creditor reference)."""
    return _rows(PAID_INVOICES, numbers=sorted(numbers), creditors=sorted(creditors))


def pending_refunds(amounts: Collection[int], ids: Collection[UUID]) -> list[RefundRow]:
    """Our transfers that have not appeared on a statement yet."""
    return [RefundRow(*row) for row in _rows(REFUNDS, amounts=list(amounts), ids=list(ids))]


def shared_references(references: Collection[str]) -> frozenset[str]:
    """References among these that several accounts have submitted."""
    if not references:
        return frozenset()
    return frozenset(reference for (reference,) in _rows(SHARED, references=sorted(references)))


def payers(numbers: Collection[str]) -> list[tuple[str, UUID]]:
    """Which bank accounts have paid for which accounts before."""
    return _rows(PAYERS, numbers=sorted(numbers)) if numbers else []


def tolerances() -> dict[tuple[str, str, str], int]:
    """The tolerance by country (`*` for all others), currency and method; minor units."""
    return {(country, currency, method): minor for country, currency, method, minor in _rows(TOLERANCES)}


def _split(amounts: Amounts) -> dict[str, list[Any]]:
    currencies, minors = zip(*amounts, strict=True)
    return {"currencies": list(currencies), "amounts": list(minors)}


def _invoices(sql: str, **values: Any) -> list[InvoiceRow]:
    return [InvoiceRow(*row) for row in _rows(sql, **values)]


def _payments(sql: str, **values: Any) -> list[PaymentRow]:
    return [PaymentRow(*row) for row in _rows(sql, **values)]


def _rows(sql: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
