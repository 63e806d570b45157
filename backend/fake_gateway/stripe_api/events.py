"""What has happened: kept for `GET /v1/events`, and sent to the product where it subscribes to the type."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.call import API_VERSION, Call, running
from fake_gateway.stripe_api.errors import InvalidRequest, unknown_object
from fake_gateway.stripe_api.objects import find, page, view

KEPT_SECONDS = 30 * 86_400
SUBSCRIBED = frozenset(
    [
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.canceled",
        "payment_intent.partially_funded",
        "setup_intent.succeeded",
        "setup_intent.setup_failed",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "radar.early_fraud_warning.created",
        "payment_method.detached",
        "payment_method.automatically_updated",
        "mandate.updated",
        "payout.paid",
        "payout.reconciliation_completed",
    ]
)


def emit(gateway: Gateway, name: str, record: Record, previous: Record | None = None) -> Record:
    """Keep an event about an object as it is now; send it where the product subscribes to its type."""
    data: Record = {"object": view(gateway, record)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Record = {
        "id": gateway.new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": gateway.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": running.get() or {"id": None, "idempotency_key": None},
        "type": name,
    }
    subscribed = gateway.store.setting("stripe_events", None)
    if name in (SUBSCRIBED if subscribed is None else subscribed) or subscribed == ["*"]:
        event["pending_webhooks"] = 1
        gateway.deliveries.queue("stripe", event["id"], json.dumps(event, indent=2).encode())
    return gateway.store.put("event", event)


def signature(body: bytes, secret: str, moment: int) -> str:
    """`t=…,v1=…`: HMAC-SHA256 over time, a dot and the body, with the whole secret as key."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def signed_headers(gateway: Gateway, body: bytes) -> Mapping[str, str]:
    """The headers of a message; while a secret is rolled, a signature by each."""
    moment = int(time.time())
    header = signature(body, gateway.keys.stripe_webhook_secret, moment)
    second = gateway.store.setting("stripe_second_secret", None)
    if second:
        header = f"{signature(body, second, moment)},{header.partition(',')[2]}"
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": header,
    }


def list_events(call: Call) -> Record:
    """Events of the last 30 days, newest first; `types` takes several."""
    given = call.given
    if given.get("type") and given.get("types"):
        raise InvalidRequest("You may only specify one of these parameters: type, types.", param="type")
    records = [each for each in call.gateway.store.newest_first("event") if _is_kept(call.gateway, each)]
    names = given.get("types") or ([given["type"]] if given.get("type") else None)
    if names is not None:
        records = [each for each in records if any(_matches(each["type"], name) for name in names)]
    return page(call, records, "/v1/events")


def retrieve_event(call: Call, name: str) -> Record:
    """One event, for 30 days."""
    event = find(call.gateway, "event", name)
    if not _is_kept(call.gateway, event):
        raise unknown_object("event", name)
    return view(call.gateway, event, call.expand)


def _is_kept(gateway: Gateway, event: Record) -> bool:
    return int(event["created"]) > gateway.now() - KEPT_SECONDS


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
