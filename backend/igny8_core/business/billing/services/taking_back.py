"""What becomes of a paid checkout once its gateway says that money went back. The caller holds the rows' locks."""

from collections.abc import Sequence

from igny8_core.business.billing.domain.gateway_states import State, difference
from igny8_core.business.billing.domain.money_back import MoneyBack
from igny8_core.business.billing.domain.refunds import RefundStatus
from igny8_core.business.billing.models import Refund
from igny8_core.business.billing.selectors.disputes import is_disputed
from igny8_core.business.billing.services import disputes, gateway_refunds, settlement
from igny8_core.business.billing.services.checkout_rows import Held, disagree, expected_of
from igny8_core.business.billing.services.gateway_refunds import Sent

FAILED_LATE = "The gateway has taken the payment back after it had succeeded."


def take_back(held: Held, back: MoneyBack, *, sent: Sequence[Sent], known_problem: str) -> None:
    """Book what went back; `known_problem` is what an operator was told before."""
    told = (
        gateway_refunds.take_refunds(payment_id=held.payment.id, known=back.refunds, sent=sent),
        _take_disputes(held, back),
    )
    problem = " ".join(sentence for sentence in told if sentence)
    if problem:
        held.checkout.problem = known_problem
        disagree(held, problem[:300])


def take_late_failure(held: Held, state: State) -> bool:
    """A gateway takes back what it had called paid, asked after we knew that: as a bounced transfer.

    Returns False where a person has to look.
    """
    payment = held.payment
    refunds = Refund.objects.for_account(payment.account_id).filter(payment=payment)
    problem = difference(state, expected_of(held))
    if not problem and (refunds.exclude(status=RefundStatus.CANCELLED.value).exists() or is_disputed(payment)):
        problem = "The gateway takes a payment back that was refunded or is disputed."
    if problem:
        disagree(held, problem)
        return False
    settlement.unsettle(payment=payment, invoices=held.invoices, reason=FAILED_LATE)
    return True


def _take_disputes(held: Held, back: MoneyBack) -> str:
    """Refunds have changed the payment's row meanwhile."""
    if not back.disputes:
        return ""
    held.payment.refresh_from_db()
    return disputes.take_disputes(
        payment=held.payment, gateway=held.checkout.gateway, invoices=held.invoices, known=back.disputes
    )
