"""The amounts above which two operators have to approve. Raising a limit needs a second admin."""

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.billing.domain.approvals import NO_LIMIT_SET
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.platform.domain.errors import ChangeOutdated
from igny8_core.business.platform.domain.second_admin import LimitChange
from igny8_core.business.platform.public import PendingChange, hold, second_admin
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import lock_one
from igny8_core.kit.money import parse_amount


def set_limit(*, currency: str, amount: str | None) -> ApprovalLimit | PendingChange:
    """Set the limit of a currency; `amount` is decimal text, None removes the limit.

    If this loosens the limit, the change waits for a second admin and the request is returned instead. Raises
    `ValidationError`.
    """
    amount_minor = None if amount is None else parse_amount(amount, currency, field="amount")
    hold()
    second_admin.replace_open("limit", currency)
    change = LimitChange(currency, amount_minor, before_minor=_today(currency))
    if change.loosens:
        asked = second_admin.ask(change)
        if not asked.outcome:
            return asked
    return _write(change)


def make_confirmed(change: LimitChange) -> ApprovalLimit:
    """Set a limit that a second admin has confirmed. Raises `ChangeOutdated`."""
    if _today(change.currency) != change.before_minor:
        raise ChangeOutdated
    return _write(change)


def _today(currency: str) -> int | None:
    """The current limit, locked; a currency without a row has the strictest."""
    limit = lock_one(ApprovalLimit.objects.filter(currency=currency))
    return NO_LIMIT_SET if limit is None else limit.amount_minor


def _write(change: LimitChange) -> ApprovalLimit:
    limit, _ = ApprovalLimit.objects.update_or_create(
        currency=change.currency, defaults={"amount_minor": change.amount_minor, "updated_at": clock.now()}
    )
    record(
        EventType.APPROVAL_LIMIT_CHANGED,
        account_id=PLATFORM_ID,
        subject_type="approval_limit",
        subject_id=limit.id,
        data={"currency": change.currency, "amount_minor": change.amount_minor},
    )
    return limit
