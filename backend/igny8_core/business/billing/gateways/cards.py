"""What a gateway can do that keeps payers' cards. One that keeps none has nothing of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from igny8_core.business.billing.domain.gateway_states import State
from igny8_core.business.billing.domain.saved_cards import Card, SetupState
from igny8_core.business.billing.gateways.base import Started


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOrder:
    """A page on which a payer enters a card; `reference` is our saved card's id.

    `customer` is the gateway's name for the account, empty where it has none yet.
    """

    reference: str
    customer: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is to be taken from a saved card while its payer may be away; the rest is as in an `Order`."""

    reference: str
    amount_minor: int
    currency: str
    description: str
    card: str
    customer: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge that the gateway has taken on, and how it stands.

    It is open where the bank wants to ask the payer: `state.action` leads there.
    """

    handle: str
    state: State


@runtime_checkable
class KeepsCards(Protocol):
    """A gateway that keeps cards. Every method calls, and raises `GatewayError`.

    `fetch` and `cancel` of the gateway take a charge's handle, too.
    """

    def start_card(self, order: CardOrder, *, key: str) -> Started:
        """Open a page on which the payer enters a card. Raises `NotThere` where it does not know the customer."""

    def fetch_setup(self, handle: str) -> SetupState:
        """How such a page stands, with the card once it is kept."""

    def fetch_card(self, handle: str) -> Card | None:
        """A card as the gateway has it now; None where it does not keep it any more."""

    def forget_card(self, handle: str) -> None:
        """Keep a card no longer; one that is not kept is fine."""

    def charge(self, charge: Charge, *, key: str) -> Charged:
        """Charge a card; again with the same key, the same charge. A decline is an answer.

        Raises `NotThere` where the gateway does not keep the card any more.
        """

    def find_charge(self, reference: str, *, since: datetime) -> str | None:
        """The handle of the charge of a payment, made since then; None when there is none."""
