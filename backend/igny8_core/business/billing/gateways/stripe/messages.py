"""Stripe's messages: whether one is Stripe's, and what it is about.

The library's check raises more than its own exception where a header or a body is no text, and accepts any time in the
future. So everything that it may raise is a refusal, and time, mode and shape are checked here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from igny8_core.business.billing.gateways.base import Message, Refused, Subject, Verified
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import stripe
else:
    stripe = OnDemand("stripe")

SIGNATURE = "stripe-signature"
WINDOW_SECONDS = 300

type _Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[!-~]+$")]


class _Thing(Struct):
    object: str
    id: _Name | None = None
    metadata: dict[str, Any] | None = None
    payment_intent: Any = None
    client_reference_id: Any = None


class _Data(Struct):
    object: _Thing


class _Event(Struct):
    object: Literal["event"]
    id: _Name
    type: _Name
    livemode: bool
    data: _Data
    api_version: str | None = None
    account: Any = None
    context: Any = None


def read_message(headers: Mapping[str, str], body: bytes, *, secret: str, live: bool, now: datetime) -> Message:
    """Check a message and say what it is about. Never raises."""
    signature = headers.get(SIGNATURE, "")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
        age_seconds = int(now.timestamp()) - _signed_at(signature)
    except (stripe.SignatureVerificationError, TypeError, ValueError, AttributeError, LookupError) as error:
        return Refused(f"the signature is not Stripe's ({type(error).__name__})")
    if abs(age_seconds) > WINDOW_SECONDS:
        return Refused(f"it was signed {age_seconds} seconds ago")
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return Refused(f"the body is no JSON ({type(error).__name__})")
    return message_of(document, live=live)


def message_of(document: object, *, live: bool) -> Verified | Refused:
    """What an event is about, whatever way it came."""
    try:
        event = msgspec.convert(document, _Event)
    except msgspec.ValidationError as error:
        return Refused(f"it is no event of the shape we know ({error})")
    if event.livemode is not live:
        return Refused("it is of the other mode: test instead of live, or live instead of test")
    if event.account or event.context:
        return Refused("it is of a connected account, and we have none")
    ours = stripe.api_version
    oddity = "" if event.api_version == ours else f"its API version is {event.api_version}, and not {ours}"
    return Verified(event.id, event.type, _subject(event.data.object), oddity)


def _subject(thing: _Thing) -> Subject:
    is_named = thing.object in ("checkout.session", "payment_method")
    charge = thing.id if thing.object == "payment_intent" else thing.payment_intent
    named = thing.metadata or {}
    reference = named.get("payment") or named.get("card") or thing.client_reference_id
    return Subject(
        handle=(thing.id or "") if is_named else "", reference=_name_or_none(reference), charge=_name_or_none(charge)
    )


def _name_or_none(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 255 and value.isascii() and value.isprintable() else ""


def _signed_at(signature: str) -> int:
    """The time that was signed: the library signs with the first one that it finds."""
    return int(next(part[2:] for part in signature.split(",") if part.startswith("t=")))
