"""What a body may look like. What is not named is refused, so that a mistaken name is found; PayPal would ignore it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fake_gateway.paypal_api.errors import malformed
from fake_gateway.records import Record

type Shape = Callable[[Any, str], Any]


def thing(*required: str, **members: Shape) -> Shape:
    """An object; `required` names the members that have to come."""

    def read(value: Any, field: str) -> Record:
        if not isinstance(value, dict):
            raise malformed("INVALID_PARAMETER_SYNTAX", field or "/", "An object is expected.")
        for name in value:
            if name not in members:
                raise malformed(
                    "UNKNOWN_TO_THE_DEMO_GATEWAY", f"{field}/{name}", "The demo gateway does not know this field."
                )
        for name in required:
            if name not in value:
                raise malformed("MISSING_REQUIRED_PARAMETER", f"{field}/{name}", "A required field is missing.")
        return {name: members[name](each, f"{field}/{name}") for name, each in value.items()}

    return read


def text(longest: int, *, least: int = 1) -> Shape:
    """A text of so many characters."""

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise malformed("INVALID_PARAMETER_SYNTAX", field, "A string is expected.")
        if not least <= len(value) <= longest:
            raise malformed("INVALID_STRING_LENGTH", field, f"The length must be from {least} to {longest}.")
        return value

    return read


def word(*words: str) -> Shape:
    """One of a few words."""

    def read(value: Any, field: str) -> str:
        if value not in words:
            raise malformed("INVALID_PARAMETER_VALUE", field, f"The value must be one of {', '.join(words)}.")
        return str(value)

    return read


def address() -> Shape:
    """A URL of the web."""
    inner = text(4000, least=10)

    def read(value: Any, field: str) -> str:
        given: str = inner(value, field)
        if urlsplit(given).scheme not in ("http", "https"):
            raise malformed("INVALID_PARAMETER_SYNTAX", field, "A URL is expected.")
        return given

    return read


def rows(item: Shape, *, most: int) -> Shape:
    """A list with at least one row."""

    def read(value: Any, field: str) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise malformed("INVALID_ARRAY_LENGTH", field, f"A list of 1 to {most} is expected.")
        return [item(each, f"{field}/{number}") for number, each in enumerate(value)]

    return read


MONEY = thing("currency_code", "value", currency_code=text(3, least=3), value=text(32))
EXPERIENCE = thing(
    return_url=address(),
    cancel_url=address(),
    user_action=word("CONTINUE", "PAY_NOW"),
    shipping_preference=word("GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"),
    landing_page=word("LOGIN", "GUEST_CHECKOUT", "NO_PREFERENCE"),
    payment_method_preference=word("UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED"),
    brand_name=text(127),
    locale=text(10, least=2),
)
UNIT = thing(
    "amount",
    reference_id=text(256),
    description=text(127),
    custom_id=text(127),
    invoice_id=text(127),
    soft_descriptor=text(22),
    amount=MONEY,
)
CREATE_ORDER = thing(
    "intent",
    "purchase_units",
    intent=word("CAPTURE"),
    purchase_units=rows(UNIT, most=1),
    payment_source=thing("paypal", paypal=thing(experience_context=EXPERIENCE)),
)
CAPTURE_ORDER = thing()
REFUND = thing(amount=MONEY, custom_id=text(127), invoice_id=text(127), note_to_payer=text(255))
RESEND = thing(webhook_ids=rows(text(50), most=10))
VERIFY = thing(
    *(
        "auth_algo",
        "cert_url",
        "transmission_id",
        "transmission_sig",
        "transmission_time",
        "webhook_id",
        "webhook_event",
    ),
    auth_algo=text(100),
    cert_url=text(500),
    transmission_id=text(50),
    transmission_sig=text(500),
    transmission_time=text(100),
    webhook_id=text(50),
    webhook_event=lambda value, field: value,
)
