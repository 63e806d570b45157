"""The recount of billing: what invoices and payments say against what the ledger's lines say.

Each query yields a sentence for every row that does not agree, at most twenty.
"""

from typing import Any

from django.db import connection

from igny8_core.business.ledger.selectors.verification import Recount, recount
from igny8_core.events.selectors import verify_chains

RECOUNT_TIMEOUT = "SET LOCAL statement_timeout = '120s'"

SETTLED = """SELECT 'invoice ' || i.id || ' says ' || i.amount_settled_minor || ' settled, its allocations '
  || coalesce(a.total, 0)
 FROM billing_invoice i LEFT JOIN (SELECT account_id, invoice_id, sum(amount_minor)::bigint AS total
  FROM billing_allocation WHERE reversed_at IS NULL GROUP BY account_id, invoice_id) a
 ON a.account_id = i.account_id AND a.invoice_id = i.id
 WHERE i.amount_settled_minor <> coalesce(a.total, 0) LIMIT 20"""
RECEIVABLE = """SELECT 'receivable of account ' || coalesce(i.account_id, l.account_id) || ' is '
  || coalesce(l.amount, 0) || ', its invoices say ' || coalesce(i.due, 0)
 FROM (SELECT account_id, currency, sum(amount_total_minor - amount_settled_minor)::bigint AS due FROM billing_invoice
  WHERE status = 'pending' GROUP BY account_id, currency) i
 FULL JOIN (SELECT account_id, unit, amount_minor AS amount FROM ledger_balance WHERE code = 'receivable') l
 ON l.account_id = i.account_id AND l.unit = i.currency
 WHERE coalesce(i.due, 0) <> coalesce(l.amount, 0) LIMIT 20"""
RECEIVED = """SELECT 'cash of account ' || coalesce(p.account_id, l.account_id) || ' by '
  || coalesce(p.payment_method, l.code) || ' is ' || coalesce(l.amount, 0) || ', its payments say '
  || coalesce(p.total, 0)
 FROM (SELECT account_id, currency, payment_method, sum(amount)::bigint AS total FROM (
   SELECT account_id, currency, payment_method, amount_received_minor AS amount FROM billing_payment
    WHERE status IN ('succeeded', 'refunded')
   UNION ALL SELECT r.account_id, r.currency, p.payment_method, -r.amount_minor FROM billing_refund r
    JOIN billing_payment p ON p.account_id = r.account_id AND p.id = r.payment_id
    WHERE r.status = 'completed' AND r.destination = 'transfer') moves
  GROUP BY account_id, currency, payment_method) p
 FULL JOIN (SELECT account_id, unit, code, amount_minor AS amount FROM ledger_balance WHERE code LIKE 'cash:%%') l
 ON l.account_id = p.account_id AND l.unit = p.currency AND l.code = 'cash:' || p.payment_method
 WHERE coalesce(p.total, 0) <> coalesce(l.amount, 0) LIMIT 20"""
REFUNDED = """SELECT 'payment ' || p.id || ' says ' || p.amount_refunded_minor || ' refunded, its refunds '
  || coalesce(r.total, 0)
 FROM billing_payment p LEFT JOIN (SELECT account_id, payment_id, sum(amount_minor)::bigint AS total
  FROM billing_refund WHERE status = 'completed' GROUP BY account_id, payment_id) r
 ON r.account_id = p.account_id AND r.payment_id = p.id
 WHERE p.amount_refunded_minor <> coalesce(r.total, 0) LIMIT 20"""
PAYABLE = """SELECT 'refunds payable of account ' || coalesce(r.account_id, l.account_id) || ' are '
  || -coalesce(l.amount, 0) || ', its pending refunds ' || coalesce(r.total, 0)
 FROM (SELECT account_id, currency, sum(amount_minor)::bigint AS total FROM billing_refund
  WHERE status IN ('pending_approval', 'pending') GROUP BY account_id, currency) r
 FULL JOIN (SELECT account_id, unit, amount_minor AS amount FROM ledger_balance WHERE code = 'refunds_payable') l
 ON l.account_id = r.account_id AND l.unit = r.currency
 WHERE coalesce(r.total, 0) <> -coalesce(l.amount, 0) LIMIT 20"""
GRANTED = """SELECT 'credits granted to account ' || coalesce(i.account_id, l.account_id) || ' are '
  || coalesce(l.amount, 0) || ', its invoices say ' || coalesce(i.total, 0)
 FROM (SELECT account_id, sum(credits_granted)::bigint AS total FROM billing_invoice
  WHERE credits_granted > 0 GROUP BY account_id) i
 FULL JOIN (SELECT account_id, amount_minor AS amount FROM ledger_balance
  WHERE code = 'credits_granted' AND unit = 'CREDITS') l ON l.account_id = i.account_id
 WHERE coalesce(i.total, 0) <> coalesce(l.amount, 0) LIMIT 20"""
# What is told of a code: the ledger's balance beside what billing's own rows come to, debits positive.
COMPARED = """SELECT '{name} of account ' || coalesce(b.account_id, l.account_id) || ' in '
  || coalesce(b.currency, l.unit) || ' is ' || coalesce(l.amount, 0) || ', billing says ' || coalesce(b.amount, 0)
 FROM (SELECT account_id, currency, sum(amount)::bigint AS amount FROM ({rows}) moves GROUP BY account_id, currency) b
 FULL JOIN (SELECT account_id, unit, amount_minor AS amount FROM ledger_balance WHERE code = '{code}') l
 ON l.account_id = b.account_id AND l.unit = b.currency
 WHERE coalesce(b.amount, 0) <> coalesce(l.amount, 0) LIMIT 20"""
# What came and settled nothing, and what refunds returned; less what went out again, and what it has paid.
KEPT = """SELECT account_id, currency, -amount_received_minor AS amount FROM billing_payment
   WHERE status IN ('succeeded', 'refunded')
  UNION ALL SELECT a.account_id, i.currency, a.amount_minor - a.charges_minor FROM billing_allocation a
   JOIN billing_invoice i ON i.account_id = a.account_id AND i.id = a.invoice_id WHERE a.reversed_at IS NULL
  UNION ALL SELECT account_id, currency,
    CASE destination WHEN 'balance' THEN from_balance_minor - amount_minor ELSE from_balance_minor END
   FROM billing_refund WHERE status <> 'cancelled'"""
CHARGED = """SELECT a.account_id, i.currency, a.charges_minor AS amount FROM billing_allocation a
   JOIN billing_invoice i ON i.account_id = a.account_id AND i.id = a.invoice_id
   WHERE a.reversed_at IS NULL AND i.status <> 'void'"""
BILLED = "SELECT account_id, currency, {amount} AS amount FROM billing_invoice WHERE status NOT IN ('draft', 'void')"
CODES = (
    COMPARED.format(name="customer balance", code="customer_balance", rows=KEPT),
    COMPARED.format(name="bank charges", code="bank_charges", rows=CHARGED),
    COMPARED.format(name="revenue", code="revenue", rows=BILLED.format(amount="amount_tax_minor - amount_total_minor")),
    COMPARED.format(name="tax", code="tax", rows=BILLED.format(amount="-amount_tax_minor")),
)
CHECKS = (SETTLED, RECEIVABLE, RECEIVED, REFUNDED, PAYABLE, GRANTED, *CODES)


def recount_money() -> Recount:
    """Recount the ledger and everything that must agree with it, over all accounts."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT_TIMEOUT)
    return recount(*CHECKS)


def verdict() -> dict[str, Any]:
    """Both recounts as answered: the money's and the event chains'."""
    money, events = recount_money(), verify_chains()
    return {
        "ledger": {"ok": money.ok, "journals": money.journals, "problems": money.problems},
        "events": {"ok": events.ok, "events": events.events, "first_bad": events.first_bad},
    }
