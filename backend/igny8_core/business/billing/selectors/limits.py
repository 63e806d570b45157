"""Reads of the approval limits, and of currencies without one."""

from django.db import connection

from igny8_core.kit.currencies import CURRENCIES

# Each currency is looked up in an index; accounts are few, so their currencies are read completely.
WITHOUT_LIMIT = """WITH billed AS (SELECT DISTINCT billing_currency AS code FROM accounts_account
 WHERE kind = 'customer')
SELECT c.code FROM unnest(%s::text[]) c(code)
 WHERE NOT EXISTS (SELECT 1 FROM billing_approvallimit l WHERE l.currency = c.code)
 AND (c.code IN (SELECT code FROM billed)
  OR EXISTS (SELECT 1 FROM billing_invoice i WHERE i.status = 'pending' AND i.currency = c.code)
  OR EXISTS (SELECT 1 FROM billing_payment p WHERE p.status = 'pending_approval' AND p.currency = c.code))
 ORDER BY 1"""


def currencies_without_limit() -> list[str]:
    """Currencies in use (by accounts, open invoices, waiting payments) in which every amount needs two operators."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_LIMIT, [sorted(CURRENCIES)])
        return [code for (code,) in cursor.fetchall()]
