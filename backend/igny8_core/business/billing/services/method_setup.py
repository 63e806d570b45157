"""The payment methods that an account has saved."""

from dataclasses import asdict, dataclass, field
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.saved_cards import CardState
from igny8_core.business.billing.models import AccountPaymentMethod, SavedCard
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update, lock_all, lock_one


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A payment method as an account saves it; `details` are masked values."""

    payment_method: PaymentMethod
    label: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedMethodChange:
    """Changes to a saved payment method; None leaves a value as it is."""

    payment_method: PaymentMethod | None = None
    label: str | None = None
    details: dict[str, str] | None = None


def save_method(*, account: Account, method: SavedMethod) -> AccountPaymentMethod:
    """Save a payment method; only `set_default_method` makes it the default."""
    now = clock.now()
    saved = AccountPaymentMethod.objects.create(account=account, created_at=now, updated_at=now, **asdict(method))
    _record(EventType.PAYMENT_METHOD_SAVED, saved)
    return saved


def change_method(*, account: Account, method_id: UUID, change: SavedMethodChange) -> AccountPaymentMethod:
    """Change label, method or details of a saved payment method; of a card the label alone.

    Raises `NotFound`, `ValidationError`.
    """
    saved = _locked(account, method_id)
    rows = AccountPaymentMethod.objects.for_account(account).filter(id=saved.id)
    changed = {name: value for name, value in asdict(change).items() if value is not None}
    told = [name for name in changed if name != "label" and changed[name] != getattr(saved, name)]
    if saved.card_id is not None and told:
        raise ValidationError(fields={name: ["What a saved card is, its gateway says."] for name in told})
    conditional_update(rows, updated_at=clock.now(), **changed)
    _record(EventType.PAYMENT_METHOD_UPDATED, saved)
    return AccountPaymentMethod.objects.for_account(account).select_related("card").get(id=method_id)


def set_default_method(*, account: Account, method_id: UUID) -> AccountPaymentMethod:
    """Make this the account's one default. Raises `NotFound`."""
    everything = lock_all(AccountPaymentMethod.objects.for_account(account))
    if method_id not in {saved.id for saved in everything}:
        raise NotFound
    now = clock.now()
    rows = AccountPaymentMethod.objects.for_account(account)
    rows.filter(is_default=True).exclude(id=method_id).update(is_default=False, updated_at=now)
    conditional_update(rows.filter(id=method_id), is_default=True, updated_at=now)
    saved = rows.select_related("card").get(id=method_id)
    _record(EventType.PAYMENT_METHOD_UPDATED, saved)
    return saved


def remove_method(*, account: Account, method_id: UUID) -> None:
    """Delete a saved payment method; the worker has the gateway forget a card. Raises `NotFound`."""
    rows = AccountPaymentMethod.objects.for_account(account).filter(id=method_id)
    card_id = rows.values_list("card_id", flat=True).first()
    if card_id is not None:
        cards, now = SavedCard.objects.for_account(account).filter(id=card_id), clock.now()
        lock_one(cards)
        cards.filter(state=CardState.SAVED.value).update(
            state=CardState.REMOVING.value, changed_at=now, tries=0, next_ask_at=now
        )
    saved = _locked(account, method_id)
    AccountPaymentMethod.objects.for_account(account).filter(id=saved.id).delete()
    _record(EventType.PAYMENT_METHOD_REMOVED, saved)


def _locked(account: Account, method_id: UUID) -> AccountPaymentMethod:
    saved = lock_one(AccountPaymentMethod.objects.for_account(account).filter(id=method_id))
    if saved is None:
        raise NotFound
    return saved


def _record(fact: EventType, saved: AccountPaymentMethod) -> None:
    record(fact, account_id=saved.account_id, subject_type="payment_method", subject_id=saved.id)
