"""What every payment gateway can do, in our words. No Django, no tables: a gateway's folder needs nothing but this.

A call either answers or raises a `GatewayError`, which says what is known of what happened. Nothing here is called
inside a transaction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from igny8_core.business.billing.domain.gateway_states import Action, State
from igny8_core.business.billing.domain.money_back import MoneyBack, Returned


class GatewayError(Exception):
    """A gateway did not do what it was asked to; the text is for operators."""


class OutcomeUnknown(GatewayError):
    """Nobody knows whether it was done: ask, and do not do it again under another key."""


class NothingHappened(GatewayError):
    """It was not done, for certain: it may be tried again."""


class NotTaken(NothingHappened):
    """The gateway does not take this amount or currency."""


class Declined(NothingHappened):
    """The gateway refuses it, and would refuse it again."""


class AccessRefused(NothingHappened):
    """The gateway does not accept our key: an operator has to look at the settings."""


class NotThere(NothingHappened):
    """The gateway has no such thing."""


class Forgotten(NotThere):
    """The gateway does not know this checkout any more, as it does with those that nobody paid in time."""


class BadSettings(ValueError):
    """The settings of a gateway cannot be used; the text names the variable at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a payer is to pay; `reference` is our payment's id, `amount_minor` in minor units of ISO 4217.

    The same order with the same key is the same checkout, so that nothing in it may change from one try to the next.
    """

    reference: str
    amount_minor: int
    currency: str
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What is to go back of a payment; `reference` is our refund's id, `amount_minor` in minor units of ISO 4217.

    `payment` is our payment's id, `handle` its checkout and `charge` its money in the gateway's names. `begun_at` is
    when it was decided. The same order with the same key is the same refund.
    """

    reference: str
    payment: str
    handle: str
    charge: str
    amount_minor: int
    currency: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """A checkout that the gateway has opened: its own name for it, and what the payer does next."""

    handle: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a message is about, in the gateway's names: a checkout or a card (`handle`), its money (`charge`).

    `reference` is our own id: of a payment, or of a saved card.
    """

    handle: str = ""
    reference: str = ""
    charge: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A message that the gateway has signed: its id, by which it is known again, its kind, and what it is about.

    `oddity` is what an operator should know of it, though it is read all the same.
    """

    event_id: str
    kind: str
    subject: Subject
    oddity: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """No message of the gateway's; `reason` is for our log."""

    reason: str


type Message = Verified | Refused


@dataclass(frozen=True, slots=True)
class Missed:
    """A message as the gateway keeps it, for those that never reached us; `body` is what it would have sent."""

    message: Verified
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is particular to a gateway.

    `key_life` is how long the same key is the same call, None where it has no keys; `refund_key_life` the same for
    refunds. `open_for` is how long we let a checkout be open. `late_failure` says that a payment which succeeded may
    fail afterwards. `collects` says that a payer only agrees there, and that no money moves before we collect it.
    """

    currencies: frozenset[str]
    longest_reference: int
    key_life: timedelta | None
    refund_key_life: timedelta
    open_for: timedelta
    late_failure: bool
    collects: bool


class Gateway(Protocol):
    """A payment gateway with its keys. Every method that calls raises `GatewayError`."""

    @property
    def name(self) -> str:
        """The payment method that it stands for."""

    @property
    def traits(self) -> Traits:
        """What is particular to it."""

    @property
    def live(self) -> bool:
        """Whether its keys move real money."""

    def to_wire(self, amount_minor: int, currency: str) -> int | str:
        """An amount as the gateway writes it. Raises `NotTaken` where it cannot be written."""

    def from_wire(self, amount: int | str, currency: str) -> int:
        """The gateway's amount in minor units of ISO 4217. Raises `ValueError` where that is no whole number."""

    def start(self, order: Order, *, key: str) -> Started:
        """Open a checkout; again with the same key, the same checkout."""

    def find(self, reference: str, *, since: datetime) -> str | None:
        """The handle of the checkout of a payment, opened since then; None when there is none."""

    def fetch(self, handle: str) -> State:
        """How a checkout stands. Raises `Forgotten` where a gateway that collects knows it no more."""

    def collect(self, handle: str, *, key: str) -> State:
        """Take the money that a payer has agreed to (`State.agreement`); again with the same key, the same money.

        Answers how the checkout stands then: a payer whose means were declined may pay there in another way.
        """

    def cancel(self, handle: str) -> State:
        """Let nobody pay here any more; answers how the checkout stands then, since somebody may have been faster.

        Where the gateway collects, that is our own word: what is cancelled is never collected.
        """

    def refund(self, order: RefundOrder, *, key: str) -> Returned:
        """Give money back to where it came from; again with the same key, the same refund.

        `Declined`, `NotTaken` and `NotThere` say that it never will be; any other `NothingHappened` that it may be
        tried again.
        """

    def money_back(self, handle: str, charge: str) -> MoneyBack:
        """Every refund and dispute of a paid checkout, also those that nobody here has asked for."""

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Message:
        """Whether a message is the gateway's, and what it is about. Header names are in lower case. Never raises."""

    def missed(self, *, since: datetime) -> Iterator[Missed]:
        """The messages that the gateway has sent or tried to send since then, as it keeps them."""
