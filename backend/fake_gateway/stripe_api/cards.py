"""Stripe's test cards (docs.stripe.com/testing): what each number does when it is charged."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Decline:
    """Why a bank says no."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class Card:
    """A card by its number. `three_d_secure`: asked never, always, or on the first use alone."""

    number: str
    label: str
    brand: str = "visa"
    decline: Decline | None = None
    three_d_secure: Literal["never", "always", "first"] = "never"
    dispute: str | None = None
    inquiry: bool = False
    refund: Literal["works", "pending", "fails_later"] = "works"
    warns: bool = False
    attaches: bool = True
    alias: str = ""

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


def _declined(
    decline_code: str | None, message: str = "Your card was declined.", code: str = "card_declined"
) -> Decline:
    return Decline(code, decline_code, message)


AUTHENTICATION_REQUIRED = _declined(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)
GENERIC = _declined("generic_decline")
CARDS = (
    Card("4242424242424242", "Pays", alias="visa"),
    Card("5555555555554444", "Pays (Mastercard)", "mastercard", alias="mastercard"),
    Card("378282246310005", "Pays (American Express)", "amex", alias="amex"),
    Card("4000000000000077", "Pays", alias="bypassPending"),
    Card("4000000000000002", "Declined", decline=GENERIC, attaches=False, alias="visa_chargeDeclined"),
    Card(
        "4000000000009995",
        "Insufficient funds",
        decline=_declined("insufficient_funds", "Your card has insufficient funds."),
        attaches=False,
        alias="visa_chargeDeclinedInsufficientFunds",
    ),
    Card(
        "4000000000009987",
        "Lost card",
        decline=_declined("lost_card"),
        attaches=False,
        alias="visa_chargeDeclinedLostCard",
    ),
    Card(
        "4000000000009979",
        "Stolen card",
        decline=_declined("stolen_card"),
        attaches=False,
        alias="visa_chargeDeclinedStolenCard",
    ),
    Card(
        "4000000000000069",
        "Expired card",
        decline=_declined(None, "Your card has expired.", "expired_card"),
        attaches=False,
        alias="chargeDeclinedExpiredCard",
    ),
    Card(
        "4000000000000127",
        "Wrong security code",
        decline=_declined(None, "Your card's security code is incorrect.", "incorrect_cvc"),
        attaches=False,
        alias="chargeDeclinedIncorrectCvc",
    ),
    Card(
        "4000000000000119",
        "Processing error",
        decline=_declined(
            None, "An error occurred while processing your card. Try again in a little bit.", "processing_error"
        ),
        attaches=False,
        alias="chargeDeclinedProcessingError",
    ),
    Card("4000000000000341", "Saved, then declined", decline=GENERIC, alias="chargeCustomerFail"),
    Card("4000000000003220", "3-D Secure always", three_d_secure="always", alias="threeDSecure2Required"),
    Card("4000002760003184", "3-D Secure at every payment", three_d_secure="always", alias="authenticationRequired"),
    Card(
        "4000002500003155",
        "3-D Secure on the first use",
        three_d_secure="first",
        alias="authenticationRequiredOnSetup",
    ),
    Card("4000000000000259", "Disputed as fraud", dispute="fraudulent", alias="createDispute"),
    Card(
        "4000000000002685",
        "Disputed as not received",
        dispute="product_not_received",
        alias="createDisputeProductNotReceived",
    ),
    Card("4000000000001976", "Inquiry", dispute="fraudulent", inquiry=True, alias="createDisputeInquiry"),
    Card("4000000000005423", "Early fraud warning", warns=True, alias="createIssuerFraudRecord"),
    Card("4000000000007726", "Refund takes long", refund="pending", alias="pendingRefund"),
    Card("4000000000005126", "Refund fails later", refund="fails_later", alias="refundFail"),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_ALIAS = {f"pm_card_{card.alias}": card for card in CARDS}


@dataclass(frozen=True)
class SlowMethod:
    """A method whose payment is known only later, and the one currency it is offered in here."""

    name: str
    currency: str
    label: str


SLOW_METHODS = (
    SlowMethod("sepa_debit", "eur", "SEPA direct debit"),
    SlowMethod("us_bank_account", "usd", "US bank account"),
    SlowMethod("bacs_debit", "gbp", "Bacs direct debit"),
    SlowMethod("konbini", "jpy", "Konbini"),
    SlowMethod("boleto", "brl", "Boleto"),
    SlowMethod("oxxo", "mxn", "OXXO"),
)
SLOW_BY_NAME = {method.name: method for method in SLOW_METHODS}


def methods_for(currency: str, allowed: list[str] | None) -> list[str]:
    """The kinds of payment method offered in a currency; what a call allows is a filter on them."""
    offered = ["card", *(method.name for method in SLOW_METHODS if method.currency == currency)]
    return [each for each in offered if allowed is None or each in allowed]
