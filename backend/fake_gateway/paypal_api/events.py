"""PayPal's messages: kept for 30 days, listed, sent, and sent again on request."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api.errors import malformed, not_found
from fake_gateway.records import Missing, Record, shown

KIND = "paypal_event"
KEPT_SECONDS = 30 * 86_400
LARGEST_PAGE = 300
SUBSCRIBED = frozenset(
    {
        "CHECKOUT.ORDER.APPROVED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "CUSTOMER.DISPUTE.UPDATED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.DECLINED",
        "PAYMENT.CAPTURE.DENIED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.REVERSED",
        "PAYMENT.REFUND.FAILED",
        "PAYMENT.REFUND.PENDING",
    }
)
SUMMARIES = {
    "checkout-order": "An order has been approved by buyer",
    "capture": "A payment capture has changed",
    "dispute": "A dispute has changed",
}


def time_text(moment: int) -> str:
    """ISO 8601 with a Z, as PayPal writes times."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def emit(gateway: Gateway, name: str, kind: str, resource: Record) -> Record:
    """Keep an event about a resource as it is now, and send it where the product subscribes."""
    event: Record = {
        "id": f"WH-{gateway.new_id('', 17).upper()}-{gateway.new_id('', 17).upper()}",
        "event_version": "1.0",
        "create_time": time_text(gateway.now()),
        "resource_type": kind,
        "resource_version": "2.0",
        "event_type": name,
        "summary": SUMMARIES.get(kind, "A refund has changed"),
        "resource": shown(resource),
        "_created": gateway.now(),
    }
    address = f"{gateway.public_url}/v1/notifications/webhooks-events/{event['id']}"
    event["links"] = [
        {"href": address, "rel": "self", "method": "GET"},
        {"href": f"{address}/resend", "rel": "resend", "method": "POST"},
    ]
    if name in SUBSCRIBED:
        gateway.deliveries.queue("paypal", event["id"], json.dumps(shown(event)).encode())
    return gateway.store.put(KIND, event)


def list_events(gateway: Gateway, query: dict[str, str]) -> Record:
    """Events by type and time, newest first; `links` leads to the next page. Raises `PayPalError`."""
    known = ("page_size", "start_time", "end_time", "event_type", "transaction_id", "page")
    for name in query:
        if name not in known:
            raise malformed("UNKNOWN_TO_THE_DEMO_GATEWAY", name, "The demo gateway does not know this parameter.")
    size, number = _whole(query, "page_size", 10, LARGEST_PAGE), _whole(query, "page", 1, 1_000_000)
    events = [each for each in gateway.store.newest_first(KIND) if _is_kept(gateway, each)]
    if "event_type" in query:
        events = [each for each in events if each["event_type"] == query["event_type"]]
    if "transaction_id" in query:
        events = [each for each in events if each["resource"].get("id") == query["transaction_id"]]
    if "start_time" in query:
        events = [each for each in events if each["_created"] >= _moment(query["start_time"], "start_time")]
    if "end_time" in query:
        events = [each for each in events if each["_created"] <= _moment(query["end_time"], "end_time")]
    page = events[(number - 1) * size : number * size]
    links = [{"href": _page(gateway, query, number), "rel": "self", "method": "GET"}]
    if number * size < len(events):
        links.append({"href": _page(gateway, query, number + 1), "rel": "next", "method": "GET"})
    return {"events": [shown(each) for each in page], "count": len(page), "links": links}


def _page(gateway: Gateway, query: dict[str, str], number: int) -> str:
    return f"{gateway.public_url}/v1/notifications/webhooks-events?{urlencode({**query, 'page': number})}"


def _whole(query: dict[str, str], name: str, default: int, most: int) -> int:
    given = query.get(name, str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= most):
        raise malformed("INVALID_PARAMETER_VALUE", name, f"A whole number from 1 to {most} is expected.")
    return int(given)


def _moment(text: str, name: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise malformed("INVALID_PARAMETER_SYNTAX", name, "A time like 2026-11-26T12:00:00Z is expected.")
    return moment.timestamp()


def find_event(gateway: Gateway, name: str) -> Record:
    """One event, for 30 days; raises `PayPalError`."""
    try:
        event = gateway.store.get(KIND, name)
    except Missing as error:
        raise not_found() from error
    if not _is_kept(gateway, event):
        raise not_found()
    return event


def _is_kept(gateway: Gateway, event: Record) -> bool:
    return int(event["_created"]) > gateway.now() - KEPT_SECONDS
