"""Which bank accounts are known as an account's own: money came from them or was refunded to them before."""

from uuid import UUID

from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import APPROVED, RefundDestination
from igny8_core.business.billing.models import Payment, Refund
from igny8_core.kit.sealing import unseal

ARRIVED = (PaymentStatus.SUCCEEDED.value, PaymentStatus.REFUNDED.value)


def is_payers_account(*, account_id: UUID, number: str) -> bool:
    """Whether a bank line of the account's payments, or an earlier refund to it, names this IBAN or account number."""
    payments = Payment.objects.for_account(account_id).filter(payer_account=number, status__in=ARRIVED)
    return payments.exists() or any(
        unseal(sealed)["iban"] == number
        for sealed in Refund.objects.for_account(account_id)
        .filter(destination=RefundDestination.TRANSFER.value, status__in=sorted(map(str, APPROVED)))
        .exclude(beneficiary_sealed="")
        .values_list("beneficiary_sealed", flat=True)
    )
