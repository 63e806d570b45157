"""PayPal's messages: whether one is PayPal's, and what it is about.

Signed are the transmission's id and time, the id of our webhook, and the CRC32 of the body: `id|time|webhook|crc`. A
CRC32 is no seal, since anybody can write another body with the same one. So a message proves no more than that PayPal
has sent one, and what it names is asked for.
"""

import base64
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from igny8_core.business.billing.gateways.base import GatewayError, Message, Refused, Subject, Verified
from igny8_core.business.billing.gateways.paypal.certificates import CertificateRefused, Certificates
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
else:
    exceptions = OnDemand("cryptography.exceptions")
    hashes = OnDemand("cryptography.hazmat.primitives.hashes")
    padding = OnDemand("cryptography.hazmat.primitives.asymmetric.padding")

CLAIMS = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
"""What PayPal claims of a message, by the names of its own check, and the headers that carry it."""
ALGORITHM = "SHA256withRSA"
OLDEST, SOONEST = timedelta(days=4), timedelta(minutes=5)
"""PayPal tries for three days."""
LONGEST_CLAIM = 1000
_PLAIN = re.compile(r"[!-~]+")
_CAPTURE = re.compile(r"/v2/payments/captures/([A-Za-z0-9]{1,50})")

type _Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
type Ask = Callable[[Mapping[str, str], bytes], bool]


class _Ids(Struct):
    order_id: Any = None


class _Related(Struct):
    related_ids: _Ids | None = None


class _Unit(Struct):
    custom_id: Any = None


class _Link(Struct):
    href: str = ""
    rel: str = ""


class _Disputed(Struct):
    seller_transaction_id: Any = None


class _Resource(Struct):
    id: Any = None
    custom_id: Any = None
    purchase_units: list[_Unit] = []
    supplementary_data: _Related | None = None
    links: list[_Link] = []
    disputed_transactions: list[_Disputed] = []


class _Event(Struct):
    id: _Name
    event_type: _Name
    resource_type: str
    resource: _Resource


def read_message(
    headers: Mapping[str, str],
    body: bytes,
    *,
    webhook_id: str,
    certificates: Certificates,
    ask_paypal: Ask,
    now: datetime,
) -> Message:
    """Check a message and say what it is about. Never raises.

    PayPal is asked only where its own host gave a certificate that signed the message, and that certificate leads to
    no root that we know: PayPal's file may leave out what lies in between.
    """
    claims = {name: headers.get(header, "") for name, header in CLAIMS.items()}
    refused = _ill_formed(claims, now=now)
    if refused:
        return Refused(refused)
    message = message_of(body)
    if isinstance(message, Refused):
        return message
    text = f"{claims['transmission_id']}|{claims['transmission_time']}|{webhook_id}|{zlib.crc32(body)}"
    try:
        certificate = certificates.get(claims["cert_url"], now=now)
        signature = base64.b64decode(claims["transmission_sig"], validate=True)
        certificate.key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        if not certificate.is_chained and not ask_paypal(claims, body):
            return Refused("PayPal says that it has not sent it")
    except CertificateRefused as error:
        return Refused(str(error))
    except GatewayError as error:
        return Refused(f"PayPal could not be asked whether it has sent it ({error})")
    except (exceptions.InvalidSignature, ValueError) as error:
        return Refused(f"the signature is not PayPal's ({type(error).__name__})")
    return message


def message_of(body: bytes) -> Verified | Refused:
    """What an event is about, whatever way it came."""
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return Refused(f"it is no event of the shape we know ({error})")
    return Verified(event.id, event.event_type, _subject(event.resource_type, event.resource))


def _ill_formed(claims: Mapping[str, str], *, now: datetime) -> str:
    """Why a message cannot be PayPal's by its headers alone; empty where it can."""
    if any(len(value) > LONGEST_CLAIM or not _PLAIN.fullmatch(value) for value in claims.values()):
        return "a header of PayPal's is missing or is no text of PayPal's"
    if claims["auth_algo"] != ALGORITHM:
        return "it is signed in another way"
    try:
        age = now - datetime.fromisoformat(claims["transmission_time"])
    except (ValueError, TypeError, OverflowError):
        return "its time is none"
    return "" if -SOONEST <= age <= OLDEST else f"it was sent {age.total_seconds():.0f} seconds ago"


def _subject(kind: str, thing: _Resource) -> Subject:
    """An order, a capture, a refund of one (which names it by a link), or a dispute about one."""
    units, disputed = thing.purchase_units, thing.disputed_transactions
    related = None if thing.supplementary_data is None else thing.supplementary_data.related_ids
    refunded = [found[1] for link in thing.links if link.rel == "up" and (found := _CAPTURE.search(link.href))]
    handle = thing.id if kind == "checkout-order" else related.order_id if related is not None else ""
    charge = thing.id if kind == "capture" else refunded[0] if refunded else ""
    return Subject(
        handle=_name_or_none(handle),
        reference=_name_or_none(units[0].custom_id if units else thing.custom_id),
        charge=_name_or_none(disputed[0].seller_transaction_id if disputed else charge),
    )


def _name_or_none(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 255 and _PLAIN.fullmatch(value) else ""
