"""Disputes and inquiries: opened by a payer's bank, answered by the API, closed by the bank."""

from typing import Literal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.balance import dispute_fee, move, settled
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.customers import merged
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import find, view

DUE_SECONDS = 9 * 86_400
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
EVIDENCE = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
]
# Texts by which Stripe's test mode lets a dispute end.
ENDINGS: dict[str, Literal["won", "lost"]] = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(
    gateway: Gateway, charge_id: str, *, reason: str = "fraudulent", amount: int | None = None, inquiry: bool = False
) -> Record:
    """A payer's bank disputes a charge: its amount and a fee are taken, unless it only asks."""
    charge = gateway.store.get("charge", charge_id)
    if charge["disputed"] or charge["status"] != "succeeded":
        raise InvalidRequest(f"Charge {charge_id} cannot be disputed: it is disputed already, or has not succeeded.")
    dispute: Record = {
        "id": gateway.new_id("du_"),
        "object": "dispute",
        "amount": charge["amount"] if amount is None else amount,
        "balance_transactions": [],
        "charge": charge_id,
        "created": gateway.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE),
        "evidence_details": {
            "due_by": gateway.now() + DUE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "inquiry" if inquiry else "chargeback"},
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    gateway.store.put("charge", {**charge, "disputed": True})
    gateway.store.put("dispute", dispute)
    if not inquiry:
        _withdraw(gateway, dispute)
    emit(gateway, "charge.dispute.created", dispute)
    if not inquiry:
        emit(gateway, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _withdraw(gateway: Gateway, dispute: Record) -> None:
    fee = dispute_fee(settled(gateway, 0, dispute["currency"])[1])
    _book(gateway, dispute, -dispute["amount"], fee, f"Chargeback withdrawal for {dispute['charge']}")


def _book(gateway: Gateway, dispute: Record, amount: int, fee: int, description: str) -> None:
    transaction = move(
        gateway,
        kind="adjustment",
        category="dispute" if amount < 0 else "dispute_reversal",
        source=dispute,
        amount=amount,
        fee=fee,
        description=description,
    )
    dispute["balance_transactions"].append({key: value for key, value in transaction.items() if key != "_payout"})
    gateway.store.put("dispute", dispute)


def update_dispute(call: Call, name: str) -> Record:
    """Evidence, sent to the bank unless `submit` is false; Stripe's test texts end the dispute at once."""
    gateway, given = call.gateway, call.given
    dispute = find(gateway, "dispute", name)
    if dispute["status"] in CLOSED and given.get("evidence"):
        raise InvalidRequest("This dispute is already closed.", code="dispute_closed")
    dispute["metadata"] = merged(dispute["metadata"], given.get("metadata"))
    evidence = given.get("evidence") or {}
    if evidence:
        dispute["evidence"].update(evidence)
        dispute["evidence_details"]["has_evidence"] = True
        if given.get("submit", True):
            dispute["evidence_details"]["submission_count"] += 1
            inquiry = dispute["status"].startswith("warning_")
            dispute["status"] = "warning_under_review" if inquiry else "under_review"
    gateway.store.put("dispute", dispute)
    emit(gateway, "charge.dispute.updated", dispute)
    ending = ENDINGS.get(evidence.get("uncategorized_text") or "")
    if ending is not None and dispute["status"] == "under_review":
        close(gateway, name, ending)
    return view(gateway, find(gateway, "dispute", name), call.expand)


def accept_dispute(call: Call, name: str) -> Record:
    """We give in: the dispute is lost."""
    dispute = find(call.gateway, "dispute", name)
    if dispute["status"] in CLOSED:
        raise InvalidRequest("This dispute is already closed.", code="dispute_closed")
    return view(call.gateway, close(call.gateway, name, "lost"), call.expand)


def close(gateway: Gateway, name: str, outcome: Literal["won", "lost"]) -> Record:
    """The bank decides; what was won comes back, without the fee."""
    dispute = gateway.store.get("dispute", name)
    if dispute["status"] in CLOSED:
        raise InvalidRequest(f"Dispute {name} is already closed.", code="dispute_closed")
    inquiry = dispute["status"].startswith("warning_")
    if inquiry and outcome == "lost":
        # An inquiry that is not answered well becomes a dispute, and then the money goes.
        _withdraw(gateway, dispute)
        dispute.update(status="needs_response", is_charge_refundable=False)
        gateway.store.put("dispute", dispute)
        emit(gateway, "charge.dispute.updated", dispute)
        emit(gateway, "charge.dispute.funds_withdrawn", dispute)
        return dispute
    dispute["status"] = "warning_closed" if inquiry else outcome
    if dispute["status"] == "won":
        _book(gateway, dispute, dispute["amount"], 0, f"Chargeback reversal for {dispute['charge']}")
    gateway.store.put("dispute", dispute)
    charge = gateway.store.get("charge", dispute["charge"])
    gateway.store.put("charge", {**charge, "disputed": outcome == "lost"})
    emit(gateway, "charge.dispute.closed", dispute)
    if dispute["status"] == "won":
        emit(gateway, "charge.dispute.funds_reinstated", dispute)
    return dispute


def warn(gateway: Gateway, charge_id: str) -> None:
    """The card's bank suspects fraud before anybody disputes; there is no route for it here, only the event."""
    warning: Record = {
        "id": gateway.new_id("issfr_"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge_id,
        "created": gateway.now(),
        "fraud_type": "misc",
        "livemode": False,
        "payment_intent": gateway.store.get("charge", charge_id)["payment_intent"],
    }
    emit(gateway, "radar.early_fraud_warning.created", warning)
