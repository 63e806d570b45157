"""Cards that payers keep at a gateway: what we know of one, and what a gateway says of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from igny8_core.business.billing.domain.gateway_states import Action


class CardState(StrEnum):
    """Where a saved card stands; the values are stored."""

    OPEN = "open"
    """The payer can enter a card on the gateway's page, and has not."""
    SAVED = "saved"
    ENDED = "ended"
    """No card was entered, and none can be any more."""
    REMOVING = "removing"
    """Nobody may charge it here; the gateway still has to forget it."""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as its gateway has it; `handle` and `customer` are the gateway's names for it and for its owner."""

    handle: str
    customer: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """What a gateway says of a page on which a card is entered; `reference` is our saved card's id."""

    state: CardState
    reference: str
    live: bool
    card: Card | None = None
    action: Action | None = None


BRANDS: Mapping[str, str] = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
"""The names of brands as people know them, by the gateways' names."""


def card_label(brand: str, last4: str) -> str:
    """What people call a card: brand and last four digits."""
    return f"{BRANDS.get(brand, 'Card')} ···· {last4}"


FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=7)


def next_try(*, now: datetime, since: datetime, tries: int) -> datetime | None:
    """When a gateway that gave no answer is asked again; None when a person has to look."""
    if now - since > GIVEN_UP_AFTER:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(tries, 12)
    return now + min(doubled, LONGEST_WAIT)


DECLINED = "The bank declined the card."
NOT_AUTHENTICATED = "The bank asked for a confirmation that was not given."
# What would help a thief (lost, stolen, suspected fraud) stays the bank's general refusal.
_DECLINES: Mapping[str, str] = {
    "authentication_required": NOT_AUTHENTICATED,
    "payment_intent_authentication_failure": NOT_AUTHENTICATED,
    "expired_card": "The card has expired.",
    "insufficient_funds": "The bank declined the card: there is not enough money.",
    "incorrect_cvc": "The bank declined the card: the security code is wrong.",
    "processing_error": "The bank could not process the card. Try again in a while.",
    "card_velocity_exceeded": "The bank declined the card: its limit is reached.",
    "withdrawal_count_limit_exceeded": "The bank declined the card: its limit is reached.",
    "currency_not_supported": "The bank declined the card: it does not take this currency.",
}


def decline_sentence(reason: str) -> str:
    """Why a bank refused a card, by the gateway's code, as far as its owner should know."""
    return _DECLINES.get(reason, DECLINED)
