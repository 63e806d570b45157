"""The recount of billing: compares invoices and payments with the ledger's lines.

Each query yields a sentence for every row that does not agree, at most twenty. The queries run over all rows, or only
over rows affected since the verified points (see the ledger's recount): the invoices and payments that new journals and
events refer to, with everything that allocations tie to these. Rows that are tied together agree with their own
journals, so nothing else has to be read, and sums are formed over these rows only.
"""

from igny8_core.business.ledger.public import NEW_LINES, Books, Recount, recount

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
   UNION ALL SELECT r.account_id, r.currency, CASE WHEN r.destination = 'original'
     OR p.payment_method IN ('bank_transfer', 'local_wallet') THEN p.payment_method ELSE 'bank_transfer' END,
    -r.amount_minor FROM billing_refund r
    JOIN billing_payment p ON p.account_id = r.account_id AND p.id = r.payment_id
    WHERE r.status = 'completed' AND r.destination <> 'balance'
   UNION ALL SELECT d.account_id, d.currency, d.gateway,
    CASE WHEN d.money IN ('withdrawn', 'lost') THEN -d.amount_minor ELSE d.amount_minor END
    FROM billing_dispute d WHERE d.money IN ('withdrawn', 'lost', 'returned_late')
   UNION ALL SELECT d.account_id, d.fee_currency, d.gateway, -d.fee_minor FROM billing_dispute d WHERE d.fee_minor <> 0
   UNION ALL SELECT c.account_id, c.fee_currency, c.gateway, -c.fee_minor FROM billing_checkout c
    WHERE c.fee_minor <> 0) moves
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
  WHERE status IN ('pending_approval', 'pending', 'processing', 'failed') GROUP BY account_id, currency) r
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
# What a code is checked against: the ledger's balance, and the same from billing's own rows; debits positive.
COMPARED = """SELECT '{name} of account ' || coalesce(b.account_id, l.account_id) || ' in '
  || coalesce(b.currency, l.unit) || ' is ' || coalesce(l.amount, 0) || ', billing says ' || coalesce(b.amount, 0)
 FROM (SELECT account_id, currency, sum(amount)::bigint AS amount FROM ({rows}) moves GROUP BY account_id, currency) b
 FULL JOIN (SELECT account_id, unit, amount_minor AS amount FROM ledger_balance WHERE code = '{code}') l
 ON l.account_id = b.account_id AND l.unit = b.currency
 WHERE coalesce(b.amount, 0) <> coalesce(l.amount, 0) LIMIT 20"""
# Received but unallocated money and refunds returned to the balance, minus what was refunded or has paid invoices.
KEPT = """SELECT account_id, currency, -amount_received_minor AS amount FROM billing_payment
   WHERE status IN ('succeeded', 'refunded')
  UNION ALL SELECT a.account_id, i.currency, a.amount_minor - a.charges_minor FROM billing_allocation a
   JOIN billing_invoice i ON i.account_id = a.account_id AND i.id = a.invoice_id WHERE a.reversed_at IS NULL
  UNION ALL SELECT account_id, currency,
    CASE destination WHEN 'balance' THEN from_balance_minor - amount_minor ELSE from_balance_minor END
   FROM billing_refund WHERE status <> 'cancelled'
  UNION ALL SELECT account_id, currency, -amount_minor FROM billing_dispute WHERE money = 'returned_late'"""
CHARGED = """SELECT a.account_id, i.currency, a.charges_minor AS amount FROM billing_allocation a
   JOIN billing_invoice i ON i.account_id = a.account_id AND i.id = a.invoice_id
   WHERE a.reversed_at IS NULL AND i.status <> 'void'"""
BILLED = "SELECT account_id, currency, {amount} AS amount FROM billing_invoice WHERE status NOT IN ('draft', 'void')"
RETURNED = """SELECT account_id, currency, amount_minor - from_balance_minor AS amount FROM billing_refund
   WHERE status <> 'cancelled'
  UNION ALL SELECT a.account_id, i.currency, -a.refunded_minor FROM billing_allocation a
   JOIN billing_invoice i ON i.account_id = a.account_id AND i.id = a.invoice_id
   WHERE a.reversed_at IS NULL AND i.status = 'void'"""
FEES = """SELECT account_id, fee_currency AS currency, fee_minor AS amount FROM billing_checkout WHERE fee_minor <> 0
  UNION ALL SELECT account_id, fee_currency, fee_minor FROM billing_dispute WHERE fee_minor <> 0"""
DISPUTED = "SELECT account_id, currency, amount_minor AS amount FROM billing_dispute WHERE money = '{money}'"
GIVEN_UP = """SELECT account_id, currency, amount_total_minor - amount_settled_minor AS amount FROM billing_invoice
   WHERE status = 'uncollectible'"""
CODES = (
    COMPARED.format(name="customer balance", code="customer_balance", rows=KEPT),
    COMPARED.format(name="bank charges", code="bank_charges", rows=CHARGED),
    COMPARED.format(name="gateway fees", code="gateway_fees", rows=FEES),
    COMPARED.format(name="revenue", code="revenue", rows=BILLED.format(amount="amount_tax_minor - amount_total_minor")),
    COMPARED.format(name="tax", code="tax", rows=BILLED.format(amount="-amount_tax_minor")),
    COMPARED.format(name="refunds", code="refunds", rows=RETURNED),
    COMPARED.format(name="disputed", code="disputed", rows=DISPUTED.format(money="withdrawn")),
    COMPARED.format(name="dispute losses", code="dispute_losses", rows=DISPUTED.format(money="lost")),
    COMPARED.format(name="bad debts", code="bad_debts", rows=GIVEN_UP),
)
# The journals that billing posts; used or adjusted credits have no rows in billing.
SOURCES = """SELECT account_id, id FROM billing_invoice UNION ALL SELECT account_id, id FROM billing_payment
 UNION ALL SELECT account_id, id FROM billing_allocation UNION ALL SELECT account_id, id FROM billing_refund
 UNION ALL SELECT account_id, id FROM billing_dispute"""
STRAY = f"""SELECT 'journal ' || j.id || ' (' || j.kind || ') is for ' || j.source_id || ', which billing does not know'
 FROM ledger_journal j LEFT JOIN ({SOURCES}) s ON s.account_id = j.account_id AND s.id = j.source_id
 WHERE s.id IS NULL AND EXISTS (SELECT 1 FROM ledger_journalline l WHERE l.account_id = j.account_id
  AND l.journal_id = j.id AND l.code NOT IN ('credits', 'credits_used', 'credits_adjusted')) LIMIT 20"""
CHECKS = (SETTLED, RECEIVABLE, RECEIVED, REFUNDED, PAYABLE, GRANTED, *CODES, STRAY)

# What is new, what it is tied to, and their journals' sums instead of balances; OFFSET 0 as in the ledger's recount.
TIED = """{table} AS MATERIALIZED (SELECT own.* FROM tied CROSS JOIN LATERAL (SELECT * FROM public.{table} own
  WHERE own.account_id = tied.account_id AND own.{key} = tied.id OFFSET 0) own)"""
TOUCHED = f"""{NEW_LINES},
touched AS (
 SELECT account_id, source_id AS id FROM ledger_journal
 UNION SELECT e.account_id, e.subject_id FROM events_chainhead h
  LEFT JOIN ledger_verifiedledger v ON v.account_id = h.account_id
  CROSS JOIN LATERAL (SELECT account_id, subject_id FROM events_event e
   WHERE e.account_id = h.account_id AND e.seq > coalesce(v.event_seq, 0) OFFSET 0) e
  WHERE h.seq > coalesce(v.event_seq, 0)),
tied AS (
 SELECT account_id, id FROM touched
 UNION SELECT next.account_id, next.id FROM tied CROSS JOIN LATERAL (
  SELECT a.account_id, a.invoice_id AS id FROM public.billing_allocation a
   WHERE a.account_id = tied.account_id AND a.payment_id = tied.id
  UNION ALL SELECT a.account_id, a.payment_id FROM public.billing_allocation a
   WHERE a.account_id = tied.account_id AND a.invoice_id = tied.id AND a.payment_id IS NOT NULL
  UNION ALL SELECT a.account_id, a.invoice_id FROM public.billing_allocation a
   WHERE a.account_id = tied.account_id AND a.id = tied.id
  UNION ALL SELECT r.account_id, r.payment_id FROM public.billing_refund r
   WHERE r.account_id = tied.account_id AND r.id = tied.id
  UNION ALL SELECT d.account_id, d.payment_id FROM public.billing_dispute d
   WHERE d.account_id = tied.account_id AND d.id = tied.id) next),
{TIED.format(table="billing_invoice", key="id")},
{TIED.format(table="billing_payment", key="id")},
{TIED.format(table="billing_allocation", key="invoice_id")},
{TIED.format(table="billing_refund", key="payment_id")},
{TIED.format(table="billing_dispute", key="payment_id")},
{TIED.format(table="billing_checkout", key="payment_id")},
ledger_balance AS MATERIALIZED (
 SELECT l.account_id, l.unit, l.code, sum(l.amount_minor)::bigint AS amount_minor
 FROM (SELECT DISTINCT account_id, id FROM ({SOURCES}) sources) s
 CROSS JOIN LATERAL (SELECT id FROM public.ledger_journal j
  WHERE j.account_id = s.account_id AND j.source_id = s.id OFFSET 0) j
 CROSS JOIN LATERAL (SELECT * FROM public.ledger_journalline l
  WHERE l.account_id = s.account_id AND l.journal_id = j.id OFFSET 0) l
 GROUP BY l.account_id, l.unit, l.code)"""
BILLING = Books(CHECKS, TOUCHED)


def recount_money(*, full: bool) -> Recount:
    """Recount the ledger and everything that must agree with it, over all accounts; call it inside a snapshot."""
    return recount(BILLING, full=full)
