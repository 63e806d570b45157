"""PayPal's messages as somebody forges them."""

import copy
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api.signing import signed_headers
from fake_gateway.records import Record, shown

OLD, EARLY = timedelta(days=-5), timedelta(minutes=10)

type Message = tuple[Mapping[str, str], bytes]


def _bytes(event: Record) -> bytes:
    return json.dumps(shown(event)).encode()


def _unsigned(gateway: Gateway, event: Record) -> Message:
    return {"Content-Type": "application/json"}, _bytes(event)


def _by(chain: str) -> Callable[[Gateway, Record], Message]:
    return lambda gateway, event: (signed_headers(gateway, _bytes(event), chain=chain), _bytes(event))


def _with(**headers: str) -> Callable[[Gateway, Record], Message]:
    """Signed well, with other headers; an underscore stands for a hyphen."""
    changed = {f"PAYPAL-{name.replace('_', '-')}": value for name, value in headers.items()}
    return lambda gateway, event: ({**signed_headers(gateway, _bytes(event)), **changed}, _bytes(event))


def _at(distance: timedelta) -> Callable[[Gateway, Record], Message]:
    """Signed well, so long before or after now."""
    return lambda gateway, event: (
        signed_headers(gateway, _bytes(event), moment=datetime.now(UTC) + distance),
        _bytes(event),
    )


def _at_address(path: str, *, port: int | None = None) -> Callable[[Gateway, Record], Message]:
    """Signed well, with a certificate at another address of this gateway, or of this machine."""

    def make(gateway: Gateway, event: Record) -> Message:
        body, origin = _bytes(event), gateway.api_url if port is None else f"http://127.0.0.1:{port}"
        return {**signed_headers(gateway, body), "PAYPAL-CERT-URL": origin + path}, body

    return make


def _body(body: bytes) -> Callable[[Gateway, Record], Message]:
    return lambda gateway, event: (signed_headers(gateway, body), body)


def _hex_crc(gateway: Gateway, event: Record) -> Message:
    body = _bytes(event)
    return signed_headers(gateway, body, crc=f"{zlib.crc32(body):08x}"), body


def _other_webhook(gateway: Gateway, event: Record) -> Message:
    body = _bytes(event)
    return signed_headers(gateway, body, webhook_id="0AB12345CD678901E"), body


def _altered(gateway: Gateway, event: Record) -> Message:
    body = _bytes(event)
    return signed_headers(gateway, body), body.replace(b'"event_version": "1.0"', b'"event_version": "1.1"', 1)


def _changed(change: Callable[[Record], None]) -> Callable[[Gateway, Record], Message]:
    """Signed well; its content is wrong, under an id of its own."""

    def make(gateway: Gateway, event: Record) -> Message:
        other = copy.deepcopy(event)
        other["id"] = f"WH-{gateway.new_id('', 17).upper()}-FORGED"
        change(other)
        return signed_headers(gateway, _bytes(other)), _bytes(other)

    return make


def _amount(event: Record) -> None:
    for amount in _amounts(event):
        amount["value"] = "999999"


def _currency(event: Record) -> None:
    for amount in _amounts(event):
        amount["currency_code"] = "JPY" if amount["currency_code"] != "JPY" else "EUR"


def _amounts(event: Record) -> list[Record]:
    resource = event["resource"]
    return [each["amount"] for each in (resource, *resource.get("purchase_units", ())) if "amount" in each]


def _reference(event: Record) -> None:
    for each in (event["resource"], *event["resource"].get("purchase_units", ())):
        if "custom_id" in each:
            each["custom_id"] = "somebody-else"


def _type(event: Record) -> None:
    event["event_type"] = "PAYMENT.BY.PIGEON"


def _unknown_object(event: Record) -> None:
    event["resource"]["id"] = "00000000000000000"


PAYPAL_FORGERIES: dict[str, Callable[[Gateway, Record], Message]] = {
    "unsigned": _unsigned,
    "wrong_signature": _with(TRANSMISSION_SIG="AAAA"),
    "garbled_signature": _with(TRANSMISSION_SIG="not base64"),
    "other_authority": _by("paypal_other_chain"),
    "expired_certificate": _by("paypal_expired_chain"),
    "foreign_certificate_address": _with(CERT_URL="https://example.test/v1/notifications/certs/CERT-1"),
    "certificate_address_with_user": _with(
        CERT_URL="https://api.paypal.com@example.test/v1/notifications/certs/CERT-1"
    ),
    "other_algorithm": _with(AUTH_ALGO="SHA1withRSA"),
    "stale": _at(OLD),
    "future": _at(EARLY),
    "no_time": _with(TRANSMISSION_TIME="yesterday"),
    "non_ascii_header": _with(TRANSMISSION_ID="\xe9\xe9"),
    "certificate_of_another_name": _by("paypal_foreign_chain"),
    "certificate_that_is_not_there": _at_address("/v1/notifications/certs/CERT-0"),
    "certificate_address_elsewhere": _at_address("/v1/notifications/certs/../webhooks-events"),
    "certificate_address_of_another_port": _at_address("/v1/notifications/certs/CERT-0", port=9),
    "hex_crc": _hex_crc,
    "other_webhook": _other_webhook,
    "altered": _altered,
    "not_json": _body(b"not json"),
    "not_utf8": _body(b'{"id": "\xff\xfe"}'),
    "json_list": _body(b"[1]"),
    "wrong_amount": _changed(_amount),
    "wrong_currency": _changed(_currency),
    "wrong_reference": _changed(_reference),
    "unknown_object": _changed(_unknown_object),
    "unknown_type": _changed(_type),
}
