"""Above how much of a currency two operators have to approve."""

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.money import InvalidAmount, parse_amount


def set_limit(*, currency: str, amount: str | None) -> ApprovalLimit:
    """Set the limit of a currency; `amount` is decimal text, None says that there is none. Raises `ValidationError`."""
    try:
        amount_minor = None if amount is None else parse_amount(amount, currency)
    except InvalidAmount as error:
        raise ValidationError(fields={"amount": [error.message]}) from error
    limit, _ = ApprovalLimit.objects.update_or_create(
        currency=currency, defaults={"amount_minor": amount_minor, "updated_at": clock.now()}
    )
    record(
        EventType.APPROVAL_LIMIT_CHANGED, account_id=PLATFORM_ID, subject_type="approval_limit", subject_id=limit.id,
        data={"currency": currency, "amount_minor": amount_minor},
    )  # fmt: skip
    return limit
