"""What an approval is decided on: the limit of four eyes and the tolerance of the method."""

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.payment_states import OPEN
from igny8_core.business.billing.models import ApprovalLimit, Payment, PaymentMethodConfig


def limit_minor(currency: str) -> int | None:
    """Above how many minor units of the currency two operators must approve; None where there is no limit."""
    return ApprovalLimit.objects.filter(currency=currency).values_list("amount_minor", flat=True).first()


def tolerance_minor(payment: Payment) -> int:
    """How much too little closes an invoice, by the configuration of the account's country, else by that of `*`.

    Nothing while another payment of the same invoice is open: the rest is on its way.
    """
    if payment.invoice_id is not None:
        siblings = Payment.objects.for_account(payment.account_id).filter(invoice_id=payment.invoice_id)
        if siblings.filter(status__in=sorted(map(str, OPEN))).exclude(id=payment.id).exists():
            return 0
    country = Account.objects.values_list("country", flat=True).get(id=payment.account_id)
    configs = PaymentMethodConfig.objects.filter(
        country__in=(country, "*"), currency=payment.currency, payment_method=payment.payment_method
    )
    found = dict(configs.order_by("tolerance_minor").values_list("country", "tolerance_minor"))
    return found.get(country, found.get("*", 0))
