"""Keeping a payer's card at a gateway: begun in one transaction, opened by a call outside, finished in another one.

The payer enters the card on the gateway's page. Whatever makes us ask afterwards, the gateway's own answer decides
whether a card is kept, and which; nobody types its brand, digits or expiry here.
"""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.availability import available
from igny8_core.business.billing.domain.errors import GatewayUnavailable, MethodNotAvailable
from igny8_core.business.billing.domain.gateway_states import action_document
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.return_addresses import ensure_return_address
from igny8_core.business.billing.domain.saved_cards import Card, CardState, SetupState, card_label, next_try
from igny8_core.business.billing.gateways.base import GatewayError, NothingHappened, NotThere, Started
from igny8_core.business.billing.gateways.cards import CardOrder, KeepsCards
from igny8_core.business.billing.models import AccountPaymentMethod, SavedCard
from igny8_core.business.billing.selectors.submissions import method_configs
from igny8_core.business.billing.services.asking import NO_ANSWER, TRY_AGAIN_SECONDS
from igny8_core.business.billing.services.gateways import calling, gateway_of
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, NotFound
from igny8_core.kit.locks import conditional_update, lock_one

OPEN_FOR = timedelta(hours=1)
AFTER_EXPIRY = timedelta(minutes=2)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardRequest:
    """At which gateway a payer wants to keep a card, and where their browser comes back to."""

    payment_method: PaymentMethod
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class BegunCard:
    """A card that is written down, and the page to be opened for it."""

    account_id: UUID
    card_id: UUID
    gateway: str
    order: CardOrder


@dataclass(frozen=True, slots=True)
class AskedCard:
    """A card to be asked about; `forgets` says that the gateway is to keep it no longer."""

    account_id: UUID
    card_id: UUID
    gateway: str
    setup_handle: str
    card_handle: str
    forgets: bool


@dataclass(frozen=True, slots=True)
class HeardCard:
    """What came of asking: how the page stands, or the card as it is now (None once it is not kept), or a failure."""

    setup: SetupState | None = None
    card: Card | None = None
    failure: GatewayError | None = None


type BroughtCard = Started | GatewayError
"""What came of opening a page on which a card is entered."""


def may_save_card(account: Account, payment_method: PaymentMethod) -> bool:
    """Whether the account is offered a gateway that keeps cards."""
    gateway = gateway_of(payment_method)
    configured = available(method_configs(account.country), country=account.country, currency=None, amount_minor=None)
    offered = any(one.payment_method == payment_method for one in configured)
    return offered and isinstance(gateway, KeepsCards)


def begin_card(*, account: Account, request: CardRequest, resumed: UUID | None = None) -> BegunCard:
    """Write down that a payer wants to keep a card. Raises `ValidationError`, `MethodNotAvailable`."""
    for field in ("success_url", "cancel_url"):
        ensure_return_address(getattr(request, field), hosts=settings.ENV.return_hosts, field=field)
    gateway = gateway_of(request.payment_method)
    if gateway is None or not may_save_card(account, request.payment_method):
        raise MethodNotAvailable
    cards, now = SavedCard.objects.for_account(account), clock.now()
    card = None if resumed is None else cards.filter(id=resumed, state=CardState.OPEN.value).first()
    if card is None:
        card = cards.create(
            account=account,
            gateway=gateway.name,
            live=gateway.live,
            state=CardState.OPEN.value,
            success_url=request.success_url,
            cancel_url=request.cancel_url,
            begun_at=now,
            changed_at=now,
            expires_at=now + OPEN_FOR,
            next_ask_at=now + OPEN_FOR + AFTER_EXPIRY,
        )
    # One customer of the gateway's for all cards of the account.
    own = cards.filter(gateway=gateway.name, live=gateway.live).exclude(customer="").order_by("-begun_at")
    order = CardOrder(
        reference=str(card.id),
        customer=own.values_list("customer", flat=True).first() or "",
        success_url=card.success_url,
        cancel_url=card.cancel_url,
        expires_at=card.expires_at,
    )
    return BegunCard(account.id, card.id, gateway.name, order)


def open_card(begun: BegunCard) -> BroughtCard:
    """Call the gateway; outside of any transaction."""
    try:
        with calling(begun.gateway) as gateway:
            if not isinstance(gateway, KeepsCards):
                return NothingHappened(f"{begun.gateway} keeps no cards.")
            key = f"{begun.card_id}:1:card"
            try:
                return gateway.start_card(begun.order, key=key)
            except NotThere:
                # Somebody has deleted the customer at the gateway: it makes a new one.
                return gateway.start_card(replace(begun.order, customer=""), key=key)
    except GatewayError as failure:
        return failure


def finish_card(begun: BegunCard, brought: BroughtCard) -> SavedCard | AppError:
    """Write down where the payer goes on; a refusal where no page was opened, which nobody can use then."""
    card = _locked(begun.account_id, begun.card_id)
    if isinstance(brought, Started):
        document = action_document(brought.action)
        if card.state == CardState.OPEN and not card.setup_handle:
            _write(card, setup_handle=brought.handle, action=document)
        return card
    # Should the page be open at the gateway all the same, nobody has its address.
    if not card.setup_handle:
        _write(card, state=CardState.ENDED.value, changed_at=clock.now(), next_ask_at=None)
    return GatewayUnavailable(retry_after_seconds=TRY_AGAIN_SECONDS)


def card_question(*, account_id: UUID, card_id: UUID) -> AskedCard:
    """What somebody asks a gateway about a card of the account. Raises `NotFound`."""
    asked = asked_card(account_id=account_id, card_id=card_id)
    if asked is None:
        raise NotFound
    return asked


def asked_card(*, account_id: UUID, card_id: UUID) -> AskedCard | None:
    """What to ask about a card; None where there is none."""
    card = SavedCard.objects.for_account(account_id).filter(id=card_id).first()
    if card is None:
        return None
    return AskedCard(
        account_id=account_id,
        card_id=card_id,
        gateway=card.gateway,
        setup_handle=card.setup_handle,
        card_handle=card.card_handle,
        forgets=card.state == CardState.REMOVING,
    )


def ask_card(asked: AskedCard) -> HeardCard:
    """Ask the gateway; outside of any transaction."""
    if not asked.card_handle and not asked.setup_handle:
        return HeardCard()
    try:
        with calling(asked.gateway) as gateway:
            if not isinstance(gateway, KeepsCards):
                return HeardCard(failure=NothingHappened(f"{asked.gateway} keeps no cards."))
            if asked.forgets:
                gateway.forget_card(asked.card_handle)
                return HeardCard()
            if asked.card_handle:
                return HeardCard(card=gateway.fetch_card(asked.card_handle))
            return HeardCard(setup=gateway.fetch_setup(asked.setup_handle))
    except GatewayError as failure:
        return HeardCard(failure=failure)


def hear_card(asked: AskedCard, heard: HeardCard) -> SavedCard:
    """Let the answer become of the card what it says."""
    card = _locked(asked.account_id, asked.card_id)
    if heard.failure is not None:
        _try_again(card, heard.failure)
    elif card.state == CardState.OPEN:
        _hear_setup(card, heard.setup)
    elif card.state == CardState.SAVED and asked.card_handle and not asked.forgets:
        _hear_kept(card, heard.card)
    elif card.state == CardState.REMOVING and asked.forgets:
        _write(card, state=CardState.REMOVED.value, changed_at=clock.now(), next_ask_at=None)
    return card


def card_heard_or(asked: AskedCard, heard: HeardCard) -> AppError | None:
    """The same for somebody who waits: `GatewayUnavailable` where the gateway gave no answer."""
    hear_card(asked, heard)
    return None if heard.failure is None else GatewayUnavailable(NO_ANSWER, retry_after_seconds=TRY_AGAIN_SECONDS)


def _hear_setup(card: SavedCard, setup: SetupState | None) -> None:
    if setup is None:
        # No page was ever opened for it.
        _write(card, state=CardState.ENDED.value, changed_at=clock.now(), next_ask_at=None)
        return
    if (setup.reference, setup.live) != (str(card.id), card.live):
        logger.error("card_disagreed", extra={"card_id": str(card.id), "gateway": card.gateway})
        _write(card, state=CardState.ENDED.value, changed_at=clock.now(), next_ask_at=None)
        return
    match setup.state:
        case CardState.SAVED:
            assert setup.card is not None, "a kept card is told"
            _keep(card, setup.card)
        case CardState.OPEN:
            again = max(card.expires_at, clock.now()) + AFTER_EXPIRY
            _write(card, tries=0, next_ask_at=again)
        case _:
            _write(card, state=CardState.ENDED.value, changed_at=clock.now(), next_ask_at=None)


def _keep(card: SavedCard, told: Card) -> None:
    """The card is the account's from now on."""
    now = clock.now()
    _write(
        card,
        state=CardState.SAVED.value,
        action=None,
        changed_at=now,
        tries=0,
        next_ask_at=None,
        card_handle=told.handle,
        customer=told.customer,
        **_facts(told),
    )
    saved = AccountPaymentMethod.objects.create(
        account_id=card.account_id,
        card=card,
        payment_method=card.gateway,
        label=card_label(told.brand, told.last4),
        created_at=now,
        updated_at=now,
    )
    _record(EventType.PAYMENT_METHOD_SAVED, saved)


def _hear_kept(card: SavedCard, told: Card | None) -> None:
    """The gateway renews cards by itself, and may have been told to forget one."""
    now = clock.now()
    saved = lock_one(AccountPaymentMethod.objects.for_account(card.account_id).filter(card_id=card.id))
    if told is None or told.customer != card.customer:
        _write(card, state=CardState.REMOVED.value, changed_at=now, next_ask_at=None)
        if saved is not None:
            AccountPaymentMethod.objects.for_account(card.account_id).filter(id=saved.id).delete()
            _record(EventType.PAYMENT_METHOD_REMOVED, saved)
        return
    before, facts = card_label(card.brand, card.last4), _facts(told)
    is_new = any(getattr(card, name) != value for name, value in facts.items())
    _write(card, tries=0, next_ask_at=None, **facts)
    if is_new and saved is not None:
        label = card_label(told.brand, told.last4) if saved.label == before else saved.label
        conditional_update(
            AccountPaymentMethod.objects.for_account(card.account_id).filter(id=saved.id), label=label, updated_at=now
        )
        _record(EventType.PAYMENT_METHOD_UPDATED, saved)


def _try_again(card: SavedCard, failure: GatewayError) -> None:
    now = clock.now()
    again = next_try(now=now, since=card.changed_at, tries=card.tries)
    _write(card, tries=card.tries + 1, next_ask_at=again)
    if again is None:
        logger.error("card_given_up", extra={"card_id": str(card.id), "gateway": card.gateway, "problem": str(failure)})


def _facts(told: Card) -> dict[str, str | int]:
    return {
        "brand": told.brand[:40],
        "last4": told.last4[:4],
        "exp_month": told.exp_month,
        "exp_year": told.exp_year,
    }


def _locked(account_id: UUID, card_id: UUID) -> SavedCard:
    card = lock_one(SavedCard.objects.for_account(account_id).filter(id=card_id))
    assert card is not None, "saved cards are never deleted"
    return card


def _write(card: SavedCard, **changes: Any) -> None:
    conditional_update(SavedCard.objects.for_account(card.account_id).filter(id=card.id), **changes)
    for name, value in changes.items():
        setattr(card, name, value)


def _record(fact: EventType, saved: AccountPaymentMethod) -> None:
    record(fact, account_id=saved.account_id, subject_type="payment_method", subject_id=saved.id)
