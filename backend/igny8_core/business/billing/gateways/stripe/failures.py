"""What each exception of Stripe's library says of what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    Declined,
    GatewayError,
    NothingHappened,
    NotTaken,
    NotThere,
    OutcomeUnknown,
)
from igny8_core.business.billing.gateways.unsent import never_left
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import stripe
else:
    stripe = OnDemand("stripe")

AMOUNT_CODES = frozenset({"amount_too_small", "amount_too_large", "invalid_currency", "currency_not_supported"})


@contextmanager
def translated() -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    try:
        yield
    except stripe.StripeError as error:
        raise _meaning(error) from error
    except (msgspec.ValidationError, AttributeError, LookupError, TypeError, ValueError) as error:
        # An answer that has not the shape of one was given after the work was done, or not: nobody knows.
        raise OutcomeUnknown(f"Stripe's answer cannot be read: {type(error).__name__}.") from error


def required(value: str | None) -> str:
    """An id or an address that has to be in an answer."""
    if not isinstance(value, str) or not value:
        raise ValueError("an id or an address is missing")
    return value


def _meaning(error: "stripe.StripeError") -> GatewayError:
    told = _told(error)
    if isinstance(error, stripe.APIConnectionError):
        return NothingHappened(told) if never_left(error.__cause__) else OutcomeUnknown(told)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return AccessRefused(told)
    if isinstance(error, stripe.RateLimitError):
        return NothingHappened(told)
    if isinstance(error, stripe.InvalidRequestError):
        if error.code == "resource_missing" or error.http_status == 404:
            return NotThere(told)
        return NotTaken(told) if error.code in AMOUNT_CODES else Declined(told)
    if isinstance(error, stripe.CardError):
        return Declined(told)
    # 5xx, 409 (a twin runs), answers that cannot be read, and another body under the same key, which is our defect.
    return OutcomeUnknown(told)


def _told(error: "stripe.StripeError") -> str:
    """The exception's name, status, code and request id. Stripe's own sentence may quote what a payer typed."""
    # A 409 has its code in the body alone.
    code = error.code or getattr(error.error, "code", None)
    parts = [type(error).__name__, error.http_status, code, error.request_id]
    return "Stripe: " + " ".join(str(part) for part in parts if part)
