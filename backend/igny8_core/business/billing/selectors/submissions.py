"""What a manual submission is decided on, read after its invoice is locked. A hot path: hand-written SQL."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from igny8_core.business.billing.domain.availability import MethodConfig
from igny8_core.business.billing.domain.payment_states import LIVE, SUBMITTED
from igny8_core.business.billing.domain.references import Reference

_SUBMITTED = ", ".join(f"'{status}'" for status in sorted(SUBMITTED))
_LIVE = ", ".join(f"'{status}'" for status in sorted(LIVE))
FACTS = f"""SELECT
 (SELECT coalesce(sum(amount_minor), 0)::bigint FROM billing_payment
  WHERE account_id = %(account_id)s AND invoice_id = %(invoice_id)s AND status IN ({_SUBMITTED})),
 (SELECT array[id::text, status::text] FROM billing_payment
  WHERE account_id = %(account_id)s AND invoice_id = %(invoice_id)s AND payment_method = %(payment_method)s
  AND reference_normalised = %(normalised)s AND status IN ({_LIVE}) LIMIT 1),
 EXISTS (SELECT 1 FROM billing_payment WHERE account_id = %(account_id)s
  AND reference_normalised = %(normalised)s AND invoice_id IS DISTINCT FROM %(invoice_id)s)
 OR EXISTS (SELECT 1 FROM billing_payment WHERE account_id = %(account_id)s
  AND reference_skeleton = %(skeleton)s AND reference_normalised <> %(normalised)s)"""

CONFIG_COLUMNS = (
    "id",
    "payment_method",
    "country",
    "currency",
    "display_name",
    "instructions",
    "min_amount_minor",
    "max_amount_minor",
    "tolerance_minor",
    "requires_proof",
    "enabled",
    "sort_order",
)
CONFIGS = f"SELECT {', '.join(CONFIG_COLUMNS)} FROM billing_paymentmethodconfig WHERE country IN (%s, '*')"


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """What is known besides the invoice and the reference."""

    open_minor: int
    duplicate: tuple[UUID, str] | None
    used_elsewhere: bool
    """Payments of other invoices of the account with this reference, or of any invoice with a reference that looks like
    it.
    """


def submission_facts(
    *, account_id: UUID, invoice_id: UUID, payment_method: str, reference: Reference
) -> SubmissionFacts:
    """Open submissions, a live payment with the same method and reference, and other uses of the reference by the
    account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FACTS,
            {
                "account_id": account_id,
                "invoice_id": invoice_id,
                "payment_method": payment_method,
                "normalised": reference.normalised,
                "skeleton": reference.skeleton,
            },
        )
        row = cursor.fetchone()
    assert row is not None
    open_minor, twin, elsewhere = row
    return SubmissionFacts(open_minor, None if twin is None else (UUID(twin[0]), twin[1]), elsewhere)


def method_configs(country: str) -> list[MethodConfig]:
    """Every payment method configured for the country or for `*`, including disabled ones."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIGS, [country])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [_config(row) for row in rows]


def _config(row: tuple[Any, ...]) -> MethodConfig:
    values = dict(zip(CONFIG_COLUMNS, row, strict=True))
    return MethodConfig(**{**values, "instructions": json.loads(values["instructions"])})
