"""Messages that the product must refuse, or that must change nothing: made from a true event, sent at once."""

import copy
import json
import time
from collections.abc import Callable, Mapping

from fake_gateway.deliveries import post
from fake_gateway.gateway import Gateway
from fake_gateway.paypal_forgery import PAYPAL_FORGERIES
from fake_gateway.records import Record
from fake_gateway.stripe_api.events import signature, signed_headers

OLD_SECONDS = 3600

type Message = tuple[Mapping[str, str], bytes]


def forge(gateway: Gateway, kind: str, event_id: str) -> tuple[int, str]:
    """Send a forged copy of an event to the product; its status and the beginning of its answer. Raises ValueError."""
    name = "paypal" if event_id.startswith("WH-") else "stripe"
    forgeries = PAYPAL_FORGERIES if name == "paypal" else FORGERIES
    if kind not in forgeries:
        raise ValueError(f"kind must be one of {', '.join(forgeries)}.")
    if name not in gateway.deliveries.targets:
        raise ValueError(f"No address for messages of {name} was given.")
    event = gateway.store.get("paypal_event" if name == "paypal" else "event", event_id)
    headers, body = forgeries[kind](gateway, event)
    return post(gateway.deliveries.targets[name].url, headers, body)


def _signed(gateway: Gateway, body: bytes, *, moment: int | None = None, secret: str | None = None) -> Message:
    header = signature(
        body, secret or gateway.keys.stripe_webhook_secret, int(time.time()) if moment is None else moment
    )
    return {**signed_headers(gateway, body), "Stripe-Signature": header}, body


def _bytes(event: Record) -> bytes:
    return json.dumps(event, indent=2).encode()


def _with_header(header: str) -> Callable[[Gateway, Record], Message]:
    def make(gateway: Gateway, event: Record) -> Message:
        return {"Content-Type": "application/json", "Stripe-Signature": header}, _bytes(event)

    return make


def _unsigned(gateway: Gateway, event: Record) -> Message:
    return {"Content-Type": "application/json"}, _bytes(event)


def _wrong_secret(gateway: Gateway, event: Record) -> Message:
    return _signed(gateway, _bytes(event), secret="whsec_of_somebody_else")


def _at(seconds: int) -> Callable[[Gateway, Record], Message]:
    return lambda gateway, event: _signed(gateway, _bytes(event), moment=int(time.time()) + seconds)


def _altered_after_signing(gateway: Gateway, event: Record) -> Message:
    headers, body = _signed(gateway, _bytes(event))
    return headers, body.replace(b'"livemode": false', b'"livemode": null', 1)


def _changed(change: Callable[[Record], None]) -> Callable[[Gateway, Record], Message]:
    """Signed well, as somebody could who has the secret: its content is wrong, under an id of its own."""

    def make(gateway: Gateway, event: Record) -> Message:
        other = copy.deepcopy(event)
        other["id"] = gateway.new_id("evt_")
        change(other)
        return _signed(gateway, _bytes(other))

    return make


def _set(name: str, value: object) -> Callable[[Record], None]:
    return lambda event: event.__setitem__(name, value)


def _amount(event: Record) -> None:
    for name in ("amount", "amount_total", "amount_received", "amount_subtotal"):
        if isinstance(event["data"]["object"].get(name), int):
            event["data"]["object"][name] += 100


def _currency(event: Record) -> None:
    event["data"]["object"]["currency"] = "jpy" if event["data"]["object"].get("currency") != "jpy" else "usd"


def _reference(event: Record) -> None:
    thing = event["data"]["object"]
    thing["client_reference_id"] = "somebody-else"
    thing["metadata"] = dict.fromkeys(thing.get("metadata") or {}, "somebody-else")


def _unknown_object(event: Record) -> None:
    event["data"]["object"]["id"] = event["data"]["object"]["id"][:-8] + "00000000"


FORGERIES: dict[str, Callable[[Gateway, Record], Message]] = {
    "unsigned": _unsigned,
    "wrong_secret": _wrong_secret,
    "stale": _at(-OLD_SECONDS),
    "future": _at(OLD_SECONDS),
    "altered": _altered_after_signing,
    "garbled_header": _with_header("t=,v1=,,,"),
    "only_v0": _with_header("t=1,v0=00"),
    "non_ascii_header": _with_header("t=1,v1=\xe9\xe9"),
    "not_utf8": lambda gateway, event: _signed(gateway, b"\xff\xfe" + _bytes(event)),
    "not_json": lambda gateway, event: _signed(gateway, b"not json"),
    "json_list": lambda gateway, event: _signed(gateway, b"[1]"),
    "wrong_amount": _changed(_amount),
    "wrong_currency": _changed(_currency),
    "wrong_mode": _changed(_set("livemode", True)),
    "wrong_account": _changed(_set("account", "acct_1Another")),
    "wrong_version": _changed(_set("api_version", "2020-08-27")),
    "wrong_reference": _changed(_reference),
    "unknown_object": _changed(_unknown_object),
    "unknown_type": _changed(_set("type", "invoice.paid_by_pigeon")),
    "thin_event": _changed(_set("object", "v2.core.event")),
}
