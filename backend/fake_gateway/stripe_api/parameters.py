"""The parameters of each call. Every name is one of Stripe's (a test compares); those that are missing are refused."""

from fake_gateway.stripe_api.cards import SLOW_METHODS
from fake_gateway.stripe_api.disputes import EVIDENCE
from fake_gateway.stripe_api.fields import (
    Field,
    Schema,
    address,
    boolean,
    choice,
    group,
    integer,
    metadata,
    needed,
    rows,
    text,
)
from fake_gateway.stripe_api.objects import filtered

EXPAND: Schema = {"expand": rows(text())}
FUTURE_USAGE = choice("off_session", "on_session")
AUTOMATIC = group(enabled=boolean(), allow_redirects=choice("always", "never"))


def _method_types() -> Field:
    return rows(choice("card", *(method.name for method in SLOW_METHODS)))


CREATE_SESSION: Schema = {
    **EXPAND,
    "mode": choice("payment", "setup", required=True),
    "success_url": address(required=True),
    "cancel_url": address(),
    "client_reference_id": text(longest=200),
    "expires_at": integer(),
    "currency": text(),
    "customer": text(),
    "customer_email": text(longest=800),
    "customer_creation": choice("always", "if_required"),
    "locale": text(longest=10),
    "submit_type": choice("auto", "book", "donate", "pay", "subscribe"),
    "ui_mode": choice("hosted_page"),
    "adaptive_pricing": group(enabled=boolean()),
    "allowed_payment_method_types": _method_types(),
    "metadata": metadata(),
    "line_items": rows(
        group(
            quantity=integer(required=True),
            price_data=needed(
                group(
                    currency=text(required=True),
                    unit_amount=integer(required=True),
                    product_data=needed(group(name=text(required=True, longest=1500), description=text())),
                )
            ),
        )
    ),
    "payment_intent_data": group(
        description=text(longest=1000),
        metadata=metadata(),
        receipt_email=text(),
        setup_future_usage=FUTURE_USAGE,
        statement_descriptor_suffix=text(longest=22),
    ),
    "setup_intent_data": group(description=text(longest=1000), metadata=metadata()),
}
LIST_SESSIONS = filtered(
    customer=text(),
    payment_intent=text(),
    status=choice("open", "complete", "expired"),
    customer_details=group(email=text(required=True)),
)
CONFIRMING: Schema = {
    "payment_method": text(),
    "off_session": boolean(),
    "return_url": address(),
    "error_on_requires_action": boolean(),
    "setup_future_usage": FUTURE_USAGE,
}
CREATE_INTENT: Schema = {
    **EXPAND,
    **CONFIRMING,
    "amount": integer(required=True),
    "currency": text(required=True),
    "customer": text(),
    "confirm": boolean(),
    "description": text(longest=1000),
    "metadata": metadata(),
    "automatic_payment_methods": AUTOMATIC,
    "allowed_payment_method_types": _method_types(),
    "capture_method": choice("automatic", "automatic_async"),
    "receipt_email": text(),
    "statement_descriptor_suffix": text(longest=22),
}
CONFIRM_INTENT: Schema = {**EXPAND, **CONFIRMING}
CANCEL_INTENT: Schema = {
    **EXPAND,
    "cancellation_reason": choice("abandoned", "duplicate", "fraudulent", "requested_by_customer"),
}
CREATE_SETUP: Schema = {
    **EXPAND,
    "customer": text(),
    "payment_method": text(),
    "confirm": boolean(),
    "return_url": address(),
    "usage": FUTURE_USAGE,
    "description": text(longest=1000),
    "metadata": metadata(),
    "automatic_payment_methods": AUTOMATIC,
    "allowed_payment_method_types": rows(choice("card")),
}
CONFIRM_SETUP: Schema = {**EXPAND, "payment_method": text(), "return_url": address()}
CANCEL_SETUP: Schema = {**EXPAND, "cancellation_reason": choice("abandoned", "duplicate", "requested_by_customer")}
WRITE_CUSTOMER: Schema = {
    **EXPAND,
    "email": text(longest=512),
    "name": text(longest=256),
    "description": text(longest=1000),
    "phone": text(longest=20),
    "metadata": metadata(),
}
UPDATE_CUSTOMER: Schema = {
    **WRITE_CUSTOMER,
    "invoice_settings": group(default_payment_method=text(required=True)),
}
CREATE_REFUND: Schema = {
    **EXPAND,
    "charge": text(),
    "payment_intent": text(),
    "amount": integer(),
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": metadata(),
}
UPDATE_DISPUTE: Schema = {
    **EXPAND,
    "evidence": group(**{name: text(longest=20000) for name in EVIDENCE}),
    "metadata": metadata(),
    "submit": boolean(),
}
METADATA_ALONE: Schema = {**EXPAND, "metadata": metadata()}
BY_CHARGE = filtered(charge=text(), payment_intent=text())
EVENT_LIST = filtered(type=text(), types=rows(text(), most=20), delivery_success=boolean())
