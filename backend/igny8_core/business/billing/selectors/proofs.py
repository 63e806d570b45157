"""Reads of proofs of payment. Lists never load the bytes."""

from uuid import UUID

from django.db.models import QuerySet

from igny8_core.business.billing.models import PaymentProof
from igny8_core.kit.models import HasId


def proofs_of(account: HasId, *, payment_id: UUID) -> QuerySet[PaymentProof]:
    """The proofs of one of the account's payments, oldest first."""
    rows = PaymentProof.objects.for_account(account).filter(payment_id=payment_id)
    return rows.defer("content").order_by("sequence")


def proofs_across_accounts(*, payment_id: UUID) -> QuerySet[PaymentProof]:
    """The proofs of any payment, for operators."""
    rows = PaymentProof.objects.across_accounts().filter(payment_id=payment_id)
    return rows.defer("content").order_by("sequence")
