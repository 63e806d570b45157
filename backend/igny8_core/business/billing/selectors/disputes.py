"""Reads of disputes."""

from django.db.models import F, QuerySet

from igny8_core.business.billing.domain.disputes import BLOCKING, DisputedMoney
from igny8_core.business.billing.models import Dispute, Payment


def disputes_across_accounts() -> QuerySet[Dispute]:
    """Every dispute, for operators: the open ones first, whichever is due first."""
    return Dispute.objects.across_accounts().order_by(
        F("closed_at").asc(nulls_first=True), F("respond_by").asc(nulls_last=True), "-sequence"
    )


def was_charged_back(payment: Payment) -> bool:
    """Whether a lost dispute has taken the whole payment back, whatever came of it afterwards."""
    back = (DisputedMoney.CHARGED_BACK.value, DisputedMoney.RETURNED_LATE.value)
    return Dispute.objects.for_account(payment.account_id).filter(payment=payment, money__in=back).exists()


def is_disputed(payment: Payment) -> bool:
    """Whether a dispute holds the payment's money, or the gateway refuses refunds while it is open."""
    rows = Dispute.objects.for_account(payment.account_id).filter(payment=payment)
    held = rows.filter(money__in=sorted(map(str, BLOCKING)))
    return held.exists() or rows.filter(closed_at=None, refundable=False).exists()
