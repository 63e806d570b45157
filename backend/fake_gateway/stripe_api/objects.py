"""How objects go out: found by id, without our own keys, expanded as asked; and lists of them, page by page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fake_gateway.gateway import Gateway
from fake_gateway.records import Missing, Record, shown
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.errors import InvalidRequest, unknown_object
from fake_gateway.stripe_api.fields import Field, Schema, integer, moment, rows, text

DEEPEST_EXPANSION = 4
LONGEST_PAGE = 100


@dataclass(frozen=True)
class Kind:
    """A kind of object: what Stripe calls it, how it is called in a message, and which of its fields are links."""

    name: str
    noun: str
    links: dict[str, str]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "checkout.session",
            "checkout.session",
            {"payment_intent": "payment_intent", "setup_intent": "setup_intent", "customer": "customer"},
        ),
        Kind(
            "payment_intent",
            "payment_intent",
            {"latest_charge": "charge", "customer": "customer", "payment_method": "payment_method"},
        ),
        Kind("setup_intent", "setupintent", {"customer": "customer", "payment_method": "payment_method"}),
        Kind(
            "charge",
            "charge",
            {
                "balance_transaction": "balance_transaction",
                "payment_intent": "payment_intent",
                "customer": "customer",
                "failure_balance_transaction": "balance_transaction",
            },
        ),
        Kind(
            "refund",
            "refund",
            {
                "charge": "charge",
                "payment_intent": "payment_intent",
                "balance_transaction": "balance_transaction",
                "failure_balance_transaction": "balance_transaction",
            },
        ),
        Kind("dispute", "dispute", {"charge": "charge", "payment_intent": "payment_intent"}),
        Kind("balance_transaction", "balance_transaction", {"source": "*"}),
        Kind("payout", "payout", {"balance_transaction": "balance_transaction"}),
        Kind("customer", "customer", {}),
        Kind("payment_method", "PaymentMethod", {"customer": "customer"}),
        Kind("event", "event", {}),
    )
}
BY_PREFIX = {"ch_": "charge", "py_": "charge", "re_": "refund", "du_": "dispute", "po_": "payout"}
PAGE: Schema = {
    "limit": integer(),
    "starting_after": text(),
    "ending_before": text(),
    "created": moment(),
    "expand": rows(text()),
}


def find(gateway: Gateway, kind: str, name: str, *, param: str = "id") -> Record:
    """The object; raises `InvalidRequest` in Stripe's words."""
    try:
        return gateway.store.get(kind, name)
    except Missing as error:
        raise unknown_object(KINDS[kind].noun, name, param=param) from error


def view(gateway: Gateway, record: Record, expand: Iterable[str] = ()) -> Record:
    """An object as it is sent, with the named links opened; raises `InvalidRequest`."""
    sent: Record = shown(record)
    if record["object"] == "checkout.session":
        sent.pop("line_items", None)
        if record["status"] == "open":
            sent["url"] = f"{gateway.public_url}/c/pay/{record['id']}"
    for path in expand:
        _open(gateway, record, sent, path, path)
    return sent


def _open(gateway: Gateway, record: Record, sent: Record, path: str, whole: str) -> None:
    if whole.count(".") >= DEEPEST_EXPANSION:
        raise InvalidRequest(
            f"You cannot expand more than {DEEPEST_EXPANSION} levels of a property: {whole}.", param="expand"
        )
    name, _, rest = path.partition(".")
    if name == "line_items" and record["object"] == "checkout.session" and not rest:
        sent["line_items"] = shown(record["line_items"])
        return
    link = KINDS[record["object"]].links.get(name)
    if link is None:
        raise InvalidRequest(
            f"This property cannot be expanded ({whole}). You may want to try expanding another field.", param="expand"
        )
    target = record.get(name)
    if not isinstance(target, str):
        return
    kind = BY_PREFIX[target[:3]] if link == "*" else link
    linked = find(gateway, kind, target)
    if not isinstance(sent[name], dict):
        sent[name] = view(gateway, linked)
    if rest:
        _open(gateway, linked, sent[name], rest, whole)


def retrieve(kind: str) -> Callable[[Call, str], Record]:
    """The operation that reads one object."""

    def run(call: Call, name: str) -> Record:
        return view(call.gateway, find(call.gateway, kind, name), call.expand)

    return run


def listing(kind: str, url: str, *filters: str) -> Callable[[Call], Record]:
    """The operation that reads a page, newest first; a filter compares a field with what is given."""

    def run(call: Call) -> Record:
        records = call.gateway.store.newest_first(kind)
        for name in filters:
            if call.given.get(name) is not None:
                records = [each for each in records if each.get(name) == call.given[name]]
        return page(call, records, url)

    return run


def filtered(**fields: Field) -> Schema:
    """The schema of a list with filters."""
    return {**PAGE, **fields}


def page(call: Call, records: list[Record], url: str) -> Record:
    """A page of records that are in order; raises `InvalidRequest`."""
    given = call.given
    limit = given.get("limit", 10)
    if not 1 <= limit <= LONGEST_PAGE:
        raise InvalidRequest(
            "Invalid integer: limit must be between 1 and 100", param="limit", code="parameter_invalid_integer"
        )
    if given.get("starting_after") and given.get("ending_before"):
        raise InvalidRequest("You may only specify one of these parameters: starting_after, ending_before.")
    records = [each for each in records if _within(each["created"], given.get("created", {}))]
    chosen, more = _cut(records, given, limit)
    paths = [path.removeprefix("data.") for path in call.expand if path.startswith("data.")]
    if len(paths) != len(call.expand):
        raise InvalidRequest("To expand a list's objects, begin the property with `data.`.", param="expand")
    data = [view(call.gateway, each, paths) for each in chosen]
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _cut(records: list[Record], given: Record, limit: int) -> tuple[list[Record], bool]:
    if given.get("ending_before"):
        before = records[: _place(records, given["ending_before"], "ending_before")]
        return before[-limit:], len(before) > limit
    if given.get("starting_after"):
        records = records[_place(records, given["starting_after"], "starting_after") + 1 :]
    return records[:limit], len(records) > limit


def _place(records: list[Record], name: str, param: str) -> int:
    for number, record in enumerate(records):
        if record["id"] == name:
            return number
    raise unknown_object("object", name, param=param)


def _within(moment_: int, span: Record) -> bool:
    return (
        moment_ > span.get("gt", -1)
        and moment_ >= span.get("gte", 0)
        and ("lt" not in span or moment_ < span["lt"])
        and ("lte" not in span or moment_ <= span["lte"])
    )
