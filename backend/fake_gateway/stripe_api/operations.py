"""Every address of Stripe's API that is answered, with its operation and its parameters."""

from fake_gateway.stripe_api import balance, customers, disputes, events, intents, refunds, sessions, setups
from fake_gateway.stripe_api.call import Operation
from fake_gateway.stripe_api.fields import integer, text
from fake_gateway.stripe_api.objects import filtered, listing, retrieve
from fake_gateway.stripe_api.parameters import (
    BY_CHARGE,
    CANCEL_INTENT,
    CANCEL_SETUP,
    CONFIRM_INTENT,
    CONFIRM_SETUP,
    CREATE_INTENT,
    CREATE_REFUND,
    CREATE_SESSION,
    CREATE_SETUP,
    EVENT_LIST,
    EXPAND,
    LIST_SESSIONS,
    METADATA_ALONE,
    UPDATE_CUSTOMER,
    UPDATE_DISPUTE,
    WRITE_CUSTOMER,
)

OPERATIONS = {
    ("POST", "/v1/checkout/sessions"): Operation(sessions.create_session, CREATE_SESSION),
    ("GET", "/v1/checkout/sessions"): Operation(sessions.list_sessions, LIST_SESSIONS),
    ("GET", "/v1/checkout/sessions/{id}"): Operation(retrieve("checkout.session"), EXPAND),
    ("POST", "/v1/checkout/sessions/{id}"): Operation(sessions.changed, METADATA_ALONE),
    ("GET", "/v1/checkout/sessions/{id}/line_items"): Operation(sessions.list_lines, {"limit": integer()}),
    ("POST", "/v1/checkout/sessions/{id}/expire"): Operation(sessions.expire_session, EXPAND),
    ("POST", "/v1/payment_intents"): Operation(intents.create_intent, CREATE_INTENT),
    ("GET", "/v1/payment_intents"): Operation(
        listing("payment_intent", "/v1/payment_intents", "customer"), filtered(customer=text())
    ),
    ("GET", "/v1/payment_intents/{id}"): Operation(retrieve("payment_intent"), EXPAND),
    ("POST", "/v1/payment_intents/{id}/confirm"): Operation(intents.confirm_intent, CONFIRM_INTENT),
    ("POST", "/v1/payment_intents/{id}/cancel"): Operation(intents.cancel_intent, CANCEL_INTENT),
    ("POST", "/v1/setup_intents"): Operation(setups.create_setup, CREATE_SETUP),
    ("GET", "/v1/setup_intents"): Operation(
        listing("setup_intent", "/v1/setup_intents", "customer", "payment_method"),
        filtered(customer=text(), payment_method=text()),
    ),
    ("GET", "/v1/setup_intents/{id}"): Operation(retrieve("setup_intent"), EXPAND),
    ("POST", "/v1/setup_intents/{id}/confirm"): Operation(setups.confirm_setup, CONFIRM_SETUP),
    ("POST", "/v1/setup_intents/{id}/cancel"): Operation(setups.cancel_setup, CANCEL_SETUP),
    ("POST", "/v1/customers"): Operation(customers.create_customer, WRITE_CUSTOMER),
    ("GET", "/v1/customers"): Operation(customers.list_customers, filtered(email=text())),
    ("GET", "/v1/customers/{id}"): Operation(customers.retrieve_customer, EXPAND),
    ("POST", "/v1/customers/{id}"): Operation(customers.update_customer, UPDATE_CUSTOMER),
    ("DELETE", "/v1/customers/{id}"): Operation(customers.delete_customer),
    ("GET", "/v1/payment_methods"): Operation(customers.list_methods, filtered(customer=text(), type=text())),
    ("GET", "/v1/payment_methods/{id}"): Operation(retrieve("payment_method"), EXPAND),
    ("POST", "/v1/payment_methods/{id}/attach"): Operation(
        customers.attach_method, {**EXPAND, "customer": text(required=True)}
    ),
    ("POST", "/v1/payment_methods/{id}/detach"): Operation(customers.detach_method, EXPAND),
    ("GET", "/v1/charges"): Operation(
        listing("charge", "/v1/charges", "customer", "payment_intent"), filtered(customer=text(), payment_intent=text())
    ),
    ("GET", "/v1/charges/{id}"): Operation(retrieve("charge"), EXPAND),
    ("POST", "/v1/refunds"): Operation(refunds.create_refund, CREATE_REFUND),
    ("GET", "/v1/refunds"): Operation(listing("refund", "/v1/refunds", "charge", "payment_intent"), BY_CHARGE),
    ("GET", "/v1/refunds/{id}"): Operation(retrieve("refund"), EXPAND),
    ("GET", "/v1/disputes"): Operation(listing("dispute", "/v1/disputes", "charge", "payment_intent"), BY_CHARGE),
    ("GET", "/v1/disputes/{id}"): Operation(retrieve("dispute"), EXPAND),
    ("POST", "/v1/disputes/{id}"): Operation(disputes.update_dispute, UPDATE_DISPUTE),
    ("POST", "/v1/disputes/{id}/close"): Operation(disputes.accept_dispute, EXPAND),
    ("GET", "/v1/events"): Operation(events.list_events, EVENT_LIST),
    ("GET", "/v1/events/{id}"): Operation(events.retrieve_event, EXPAND),
    ("GET", "/v1/balance_transactions"): Operation(
        balance.list_transactions, filtered(payout=text(), type=text(), currency=text(), source=text())
    ),
    ("GET", "/v1/balance_transactions/{id}"): Operation(retrieve("balance_transaction"), EXPAND),
    ("GET", "/v1/payouts"): Operation(listing("payout", "/v1/payouts", "status"), filtered(status=text())),
    ("GET", "/v1/payouts/{id}"): Operation(retrieve("payout"), EXPAND),
}
