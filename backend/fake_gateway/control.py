"""The control plane, on a port of its own: what a test does to the gateway, and what it asks afterwards."""

import json
from collections.abc import Callable
from typing import Any, Literal, cast

from fake_gateway.books import paypal_books, stripe_books
from fake_gateway.faults import Fault, FaultKind
from fake_gateway.forgery import forge
from fake_gateway.gateway import Gateway
from fake_gateway.http_server import Answer, Request, json_answer
from fake_gateway.paypal_api import captures, orders
from fake_gateway.paypal_api import disputes as paypal_disputes
from fake_gateway.paypal_api.errors import PayPalError
from fake_gateway.paypal_api.signing import authority_pem
from fake_gateway.records import Missing, Record, shown
from fake_gateway.stripe_api import balance, disputes, refunds
from fake_gateway.stripe_api.checkout import Payer, answer_challenge, authenticate, settle_intent, submit
from fake_gateway.stripe_api.errors import StripeError
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import KINDS

type Action = Callable[[Gateway, Record], Any]
type Names = dict[str, type]


class Refused(ValueError):
    """The call of the control plane is wrong; says how."""


class Control:
    """Answers the control plane's calls."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def answer(self, request: Request) -> Answer:
        """One call, with JSON in and out; what is wrong is a 400 with a sentence."""
        known = ACTIONS.get((request.method, request.path))
        if known is None:
            names = sorted(f"{method} {path}" for method, path in ACTIONS)
            return json_answer(404, {"error": "There is no such call.", "calls": names})
        action, names_of = known
        try:
            given = _read(request, names_of)
            content = action(self.gateway, given)
        except Missing as error:
            return json_answer(404, {"error": f"Nothing is kept under {error}."})
        except (Refused, StripeError, PayPalError, ValueError) as error:
            return json_answer(400, {"error": str(error)})
        return json_answer(200, {"ok": True} if content is None else content)


def _read(request: Request, names: Names) -> Record:
    if request.method != "POST":
        return {}
    # A page of the web can post a form to this machine, but not JSON.
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused("Send application/json.")
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise Refused("Send a JSON object.")
    for name, value in given.items():
        if name not in names:
            raise Refused(f"{name} is unknown; this call takes {', '.join(names) or 'nothing'}.")
        if value is not None and not isinstance(value, names[name]):
            raise Refused(f"{name} must be of type {names[name].__name__}.")
    return given


def _needed(given: Record, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise Refused(f"{name} is missing.")
    return value


def _add_fault(gateway: Gateway, given: Record) -> Record:
    values = {key: value for key, value in given.items() if value is not None}
    fault = Fault(**{**values, "kind": FaultKind(_needed(given, "kind"))})
    gateway.faults.add(fault)
    return fault.record()


def _clear_faults(gateway: Gateway, given: Record) -> None:
    gateway.faults.clear()


def _clock(gateway: Gateway, given: Record) -> Record:
    gateway.store.set_setting("offset", given.get("offset_seconds", gateway.offset + given.get("advance_seconds", 0)))
    return _tick(gateway, given)


def _tick(gateway: Gateway, given: Record) -> Record:
    gateway.run_due()
    return {"now": gateway.now(), "offset_seconds": gateway.offset}


def _policy(gateway: Gateway, given: Record) -> Record:
    if given.get("copies") is not None and not 1 <= given["copies"] <= 20:
        raise Refused("copies must be from 1 to 20.")
    return gateway.deliveries.set_policy(given)


def _subscribe(gateway: Gateway, given: Record) -> None:
    gateway.store.set_setting("stripe_events", given.get("types"))


def _second_secret(gateway: Gateway, given: Record) -> None:
    gateway.store.set_setting("stripe_second_secret", given.get("secret"))


def _convert(gateway: Gateway, given: Record) -> Record:
    conversions: Record = gateway.store.setting("conversions", {})
    target = {"currency": _needed(given, "into"), "rate": _needed(given, "rate")}
    gateway.store.set_setting("conversions", {**conversions, _needed(given, "currency"): target})
    return cast(Record, gateway.store.setting("conversions", {}))


def _resend(gateway: Gateway, given: Record) -> Record:
    return {"sent": gateway.deliveries.resend(_needed(given, "event"))}


def _forge(gateway: Gateway, given: Record) -> Record:
    status, answer = forge(gateway, _needed(given, "kind"), _needed(given, "event"))
    return {"status": status, "answer": answer}


def _tamper(gateway: Gateway, given: Record) -> Record:
    """Write fields into an object as it is kept: a gateway that says something else than was agreed."""
    name = _needed(given, "id")
    for kind in (*KINDS, orders.KIND, captures.CAPTURE, captures.REFUND):
        if gateway.store.has(kind, name):
            changed = gateway.store.put(kind, {**gateway.store.get(kind, name), **given.get("set", {})})
            return cast(Record, shown(changed))
    raise Missing(name)


def _pay(gateway: Gateway, given: Record) -> Record:
    payer = Payer(
        card=given.get("card") or ("" if given.get("slow_method") else "4242424242424242"),
        slow_method=given.get("slow_method") or "",
        works=given.get("works", True),
        email=given.get("email") or "payer@example.test",
        name=given.get("name") or "Demo Payer",
    )
    outcome, sentence = submit(gateway, _needed(given, "session"), payer)
    return {"outcome": outcome, "sentence": sentence}


def _authenticate(gateway: Gateway, given: Record) -> Record:
    agreed = given.get("agreed", True)
    if given.get("payment_intent"):
        return {"outcome": answer_challenge(gateway, given["payment_intent"], agreed=agreed)["status"], "sentence": ""}
    outcome, sentence = authenticate(gateway, _needed(given, "session"), agreed=agreed)
    return {"outcome": outcome, "sentence": sentence}


def _renew_card(gateway: Gateway, given: Record) -> None:
    """The bank has given its customer a new card, and the gateway has heard of it."""
    with gateway.store.transaction():
        method = gateway.store.get("payment_method", _needed(given, "payment_method"))
        told = {name: given[name] for name in ("last4", "exp_month", "exp_year") if name in given}
        method = gateway.store.put("payment_method", {**method, "card": {**method["card"], **told}})
        emit(gateway, "payment_method.automatically_updated", method)


def _settle(gateway: Gateway, given: Record) -> None:
    outcome = _needed(given, "outcome")
    if outcome not in ("succeeded", "failed"):
        raise Refused("outcome must be succeeded or failed.")
    with gateway.store.transaction():
        settle_intent(gateway, _intent_of(gateway, given)["id"], cast(Literal["succeeded", "failed"], outcome))


def _intent_of(gateway: Gateway, given: Record) -> Record:
    if given.get("session"):
        session = gateway.store.get("checkout.session", given["session"])
        if session["payment_intent"] is None:
            raise Refused("Nobody has submitted this session yet.")
        return gateway.store.get("payment_intent", session["payment_intent"])
    return gateway.store.get("payment_intent", _needed(given, "payment_intent"))


def _dispute(gateway: Gateway, given: Record) -> Record:
    with gateway.store.transaction():
        charge = given.get("charge") or _intent_of(gateway, given)["latest_charge"]
        opened = disputes.open_dispute(
            gateway,
            charge,
            reason=given.get("reason") or "fraudulent",
            amount=given.get("amount"),
            inquiry=given.get("inquiry", False),
        )
    return cast(Record, shown(opened))


def _close_dispute(gateway: Gateway, given: Record) -> Record:
    outcome = _needed(given, "outcome")
    if outcome not in ("won", "lost"):
        raise Refused("outcome must be won or lost.")
    with gateway.store.transaction():
        closed = disputes.close(gateway, _needed(given, "dispute"), cast(Literal["won", "lost"], outcome))
    return cast(Record, shown(closed))


def _settle_refund(gateway: Gateway, given: Record) -> Record:
    with gateway.store.transaction():
        refunds.settle_refund(gateway, _needed(given, "refund"))
    return cast(Record, shown(gateway.store.get("refund", given["refund"])))


def _fail_refund(gateway: Gateway, given: Record) -> Record:
    with gateway.store.transaction():
        refunds.fail_refund(gateway, _needed(given, "refund"), given.get("reason") or "lost_or_stolen_card")
    return cast(Record, shown(gateway.store.get("refund", given["refund"])))


def _pay_out(gateway: Gateway, given: Record) -> Record:
    with gateway.store.transaction():
        return cast(Record, shown(balance.pay_out(gateway, _needed(given, "currency").lower())))


def _books(gateway: Gateway, given: Record) -> Record:
    with gateway.store.transaction():
        return {"stripe": stripe_books(gateway), "paypal": paypal_books(gateway)}


def _approve(gateway: Gateway, given: Record) -> Record:
    return {"payer_id": orders.approve(gateway, _needed(given, "order"), given.get("funding") or orders.BALANCE)}


def _on_paypal(name: str, act: Callable[[Gateway, str], object], kind: str) -> Action:
    """Something that happens to a capture or a refund at PayPal; answers with it as it is then."""

    def run(gateway: Gateway, given: Record) -> Record:
        with gateway.store.transaction():
            act(gateway, _needed(given, name))
            return cast(Record, shown(gateway.store.get(kind, given[name])))

    return run


def _paypal_dispute(gateway: Gateway, given: Record) -> Record:
    reason = given.get("reason") or "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"
    with gateway.store.transaction():
        return paypal_disputes.view(paypal_disputes.open_dispute(gateway, _needed(given, "capture"), reason))


def _resolve(gateway: Gateway, given: Record) -> Record:
    outcome = _needed(given, "outcome")
    if outcome not in ("won", "lost"):
        raise Refused("outcome must be won or lost.")
    with gateway.store.transaction():
        return paypal_disputes.view(paypal_disputes.resolve(gateway, _needed(given, "dispute"), outcome))


def _revoke_tokens(gateway: Gateway, given: Record) -> None:
    for token in gateway.store.newest_first("paypal_token"):
        gateway.store.remove("paypal_token", token["id"])


def _authority(gateway: Gateway, given: Record) -> Record:
    return {"pem": authority_pem(gateway).decode()}


def _reset(gateway: Gateway, given: Record) -> None:
    gateway.faults.clear()
    gateway.store.clear()


def _deliveries(gateway: Gateway, given: Record) -> Record:
    return {**gateway.deliveries.counts(), "policy": gateway.deliveries.policy, "data": gateway.deliveries.all()}


FAULT: Names = {"kind": str, "gateway": str, "method": str, "path": str, "times": int, "ratio": float, "seed": int}
OF_PAYMENT: Names = {"session": str, "payment_intent": str, "charge": str}
ACTIONS: dict[tuple[str, str], tuple[Action, Names]] = {
    ("GET", "/books"): (_books, {}),
    ("GET", "/clock"): (_tick, {}),
    ("POST", "/clock"): (_clock, {"offset_seconds": int, "advance_seconds": int}),
    ("GET", "/faults"): (lambda gateway, given: {"faults": gateway.faults.all()}, {}),
    ("POST", "/faults"): (_add_fault, {**FAULT, "seconds": float}),
    ("DELETE", "/faults"): (_clear_faults, {}),
    ("GET", "/deliveries"): (_deliveries, {}),
    ("POST", "/deliveries/policy"): (_policy, {"hold": bool, "copies": int, "shuffle_seed": int}),
    ("POST", "/deliveries/resend"): (_resend, {"event": str}),
    ("POST", "/deliveries/forge"): (_forge, {"kind": str, "event": str}),
    ("POST", "/stripe/subscribe"): (_subscribe, {"types": list}),
    ("POST", "/stripe/second_secret"): (_second_secret, {"secret": str}),
    ("POST", "/stripe/convert"): (_convert, {"currency": str, "into": str, "rate": str}),
    ("POST", "/stripe/pay"): (
        _pay,
        {"session": str, "card": str, "slow_method": str, "works": bool, "email": str, "name": str},
    ),
    ("POST", "/stripe/authenticate"): (_authenticate, {"session": str, "payment_intent": str, "agreed": bool}),
    ("POST", "/stripe/renew_card"): (
        _renew_card,
        {"payment_method": str, "last4": str, "exp_month": int, "exp_year": int},
    ),
    ("POST", "/stripe/settle"): (_settle, {**OF_PAYMENT, "outcome": str}),
    ("POST", "/stripe/dispute"): (_dispute, {**OF_PAYMENT, "reason": str, "amount": int, "inquiry": bool}),
    ("POST", "/stripe/close_dispute"): (_close_dispute, {"dispute": str, "outcome": str}),
    ("POST", "/stripe/settle_refund"): (_settle_refund, {"refund": str}),
    ("POST", "/stripe/fail_refund"): (_fail_refund, {"refund": str, "reason": str}),
    ("POST", "/stripe/payout"): (_pay_out, {"currency": str}),
    ("POST", "/paypal/approve"): (_approve, {"order": str, "funding": str}),
    ("POST", "/paypal/complete"): (_on_paypal("capture", captures.complete, captures.CAPTURE), {"capture": str}),
    ("POST", "/paypal/deny"): (_on_paypal("capture", captures.deny, captures.CAPTURE), {"capture": str}),
    ("POST", "/paypal/reverse"): (_on_paypal("capture", captures.reverse, captures.CAPTURE), {"capture": str}),
    ("POST", "/paypal/dispute"): (_paypal_dispute, {"capture": str, "reason": str}),
    ("POST", "/paypal/resolve_dispute"): (_resolve, {"dispute": str, "outcome": str}),
    ("POST", "/paypal/settle_refund"): (_on_paypal("refund", captures.settle_refund, captures.REFUND), {"refund": str}),
    ("POST", "/paypal/fail_refund"): (_on_paypal("refund", captures.fail_refund, captures.REFUND), {"refund": str}),
    ("POST", "/paypal/revoke_tokens"): (_revoke_tokens, {}),
    ("GET", "/paypal/authority"): (_authority, {}),
    ("POST", "/tamper"): (_tamper, {"id": str, "set": dict}),
    ("POST", "/reset"): (_reset, {}),
}
