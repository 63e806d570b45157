"""PayPal's Orders, each for one payment of ours: the payer approves at PayPal, and then we capture.

Source: PayPal's OpenAPI files checkout_orders_v2 2.13, payments_payment_v2 2.5, notifications_webhooks_v1 1.11.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from igny8_core.business.billing.domain.gateway_states import GatewayStatus, Redirect, State
from igny8_core.business.billing.domain.money_back import MoneyBack, Returned
from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    Forgotten,
    Message,
    Missed,
    NotThere,
    Order,
    OutcomeUnknown,
    RefundOrder,
    Started,
    Traits,
    Verified,
)
from igny8_core.business.billing.gateways.paypal import amounts, messages, states
from igny8_core.business.billing.gateways.paypal.api import Api, PayPalSettings, Refusal
from igny8_core.business.billing.gateways.paypal.certificates import Certificates
from igny8_core.business.billing.gateways.paypal.money_back import Dispute, Disputes, Refund, disputed_of, returned_of

ORDERS, CAPTURES, DISPUTES = "/v2/checkout/orders", "/v2/payments/captures", "/v1/customer/disputes"
EVENTS = "/v1/notifications/webhooks-events"
VERIFY = "/v1/notifications/verify-webhook-signature"
PAGE, MOST_PAGES = "100", 20
LONGEST_DESCRIPTION = 127
HANDLE = re.compile(r"[A-Za-z0-9-]{1,50}")
DECLINED = frozenset({"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "PAYER_CANNOT_PAY"})
"""The payer may come back to the same order with something else."""
OVER = frozenset({"MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "TRANSACTION_REFUSED"})
TRAITS = Traits(
    currencies=amounts.CURRENCIES,
    longest_reference=127,
    key_life=timedelta(hours=6),
    refund_key_life=timedelta(days=45),
    # An order lives for three hours. What was approved at the last minute is still asked for in time.
    open_for=timedelta(hours=2, minutes=45),
    late_failure=True,
    collects=True,
)

logger = logging.getLogger(__name__)


class _Page(Struct):
    events: list[msgspec.Raw]
    links: list[states.Link] = []


class _Verification(Struct):
    verification_status: str


class PayPal:
    """The gateway behind the payment method `paypal`."""

    name = "paypal"
    traits = TRAITS

    def __init__(self, settings: PayPalSettings) -> None:
        self._settings = settings
        self._api = Api(settings)
        self._certificates = Certificates(settings.certificates, trial_root=settings.trial_root)
        self.live = settings.live

    def to_wire(self, amount_minor: int, currency: str) -> str:
        """Minor units as PayPal's text. Raises `NotTaken`."""
        return amounts.to_wire(amount_minor, currency)

    def from_wire(self, amount: int | str, currency: str) -> int:
        """PayPal's text as minor units. Raises `ValueError`."""
        return amounts.from_wire(str(amount), currency)

    def start(self, order: Order, *, key: str) -> Started:
        """Make an order that waits for its payer."""
        unit = {
            "custom_id": order.reference,
            # Where the account asks for it, PayPal takes money for this payment once.
            "invoice_id": order.reference,
            "description": order.description[:LONGEST_DESCRIPTION],
            "amount": {"currency_code": order.currency, "value": self.to_wire(order.amount_minor, order.currency)},
        }
        context = {
            "return_url": order.success_url,
            "cancel_url": order.cancel_url,
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",
            # Nothing that a bank may take back days later.
            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
        }
        body = {
            "intent": "CAPTURE",
            "purchase_units": [unit],
            "payment_source": {"paypal": {"experience_context": context}},
        }
        made = self._api.post(ORDERS, msgspec.json.encode(body), states.Order, request_id=key)
        address = states.payers_address(made.links)
        if not HANDLE.fullmatch(made.id) or not address.startswith(("https://", self._settings.base)):
            raise OutcomeUnknown("PayPal's answer has no id, or no address for the payer.")
        return Started(made.id, Redirect(address))

    def find(self, reference: str, *, since: datetime) -> str | None:
        """None: PayPal lists no orders. One whose answer was lost has no payer, since nobody knows its address."""
        return None

    def fetch(self, handle: str) -> State:
        """How the order stands, with its money and PayPal's fee."""
        try:
            return self._state(self._api.get(f"{ORDERS}/{handle}", states.Order))
        except NotThere as error:
            raise Forgotten(str(error)) from error

    def collect(self, handle: str, *, key: str) -> State:
        """Capture an order that its payer has approved; one that is captured already is read."""
        try:
            return self._state(self._api.post(f"{ORDERS}/{handle}/capture", b"{}", states.Order, request_id=key))
        except (Refusal, OutcomeUnknown) as failure:
            state = self.fetch(handle)
            if not state.agreement and state.status is not GatewayStatus.OPEN:
                return state
            issue = failure.issue if isinstance(failure, Refusal) else ""
            if issue in DECLINED:
                return replace(state, agreement="", reason=issue)
            if issue in OVER:
                return replace(state, status=GatewayStatus.FAILED, agreement="", action=None, reason=issue)
            raise

    def cancel(self, handle: str) -> State:
        """Nothing to be told to PayPal: whoever approves an order that we do not capture pays nothing."""
        state = self.fetch(handle)
        if state.status is not GatewayStatus.OPEN:
            return state
        return replace(state, status=GatewayStatus.EXPIRED, agreement="", action=None)

    def refund(self, order: RefundOrder, *, key: str) -> Returned:
        """Refund a part of a capture. The amount is always named: without one PayPal gives back all that is left."""
        body = {
            "amount": {"currency_code": order.currency, "value": self.to_wire(order.amount_minor, order.currency)},
            "custom_id": order.payment,
            "invoice_id": order.reference,
        }
        path = f"{CAPTURES}/{order.charge}/refund"
        refund = self._api.post(path, msgspec.json.encode(body), Refund, request_id=key)
        with _read():
            return returned_of(refund)

    def money_back(self, handle: str, charge: str) -> MoneyBack:
        """The refunds of an order's money, PayPal's own among them, and the disputes about it."""
        order = self._api.get(f"{ORDERS}/{handle}", states.Order)
        with _read():
            refunds = tuple(returned_of(one) for one in states.refunds_of(order))
            return MoneyBack(refunds, tuple(disputed_of(one) for one in self._disputes(charge)))

    def _disputes(self, charge: str) -> list[Dispute]:
        """The disputes about a capture; none where PayPal keeps them from our app: refunds work all the same."""
        try:
            listed = self._api.get(DISPUTES, Disputes, query={"disputed_transaction_id": charge})
        except AccessRefused as error:
            logger.warning("paypal_disputes_refused", extra={"problem": str(error)})
            return []
        return [self._api.get(f"{DISPUTES}/{one.dispute_id}", Dispute) for one in listed.items]

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Message:
        """A message of PayPal's, by its signature."""
        return messages.read_message(
            headers,
            body,
            webhook_id=self._settings.webhook_id,
            certificates=self._certificates,
            ask_paypal=self._is_confirmed,
            now=now,
        )

    def missed(self, *, since: datetime) -> Iterator[Missed]:
        """The events of the last 30 days at most, the newest first."""
        query = {"page_size": PAGE, "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        for _ in range(MOST_PAGES):
            page = self._api.get(EVENTS, _Page, query=query)
            for event in page.events:
                message = messages.message_of(bytes(event))
                if isinstance(message, Verified):
                    yield Missed(message, bytes(event))
            following = [link.href for link in page.links if link.rel == "next"]
            if not following:
                return
            # Only the query is taken over, so that an answer cannot send our token anywhere.
            query = dict(parse_qsl(following[0].partition("?")[2]))

    def _is_confirmed(self, claims: Mapping[str, str], body: bytes) -> bool:
        """Whether PayPal says that it has signed a message; the event goes there as it came, byte by byte."""
        asked = msgspec.json.encode({**claims, "webhook_id": self._settings.webhook_id})
        answer = self._api.post(VERIFY, asked[:-1] + b',"webhook_event":' + body + b"}", _Verification)
        return answer.verification_status == "SUCCESS"

    def _state(self, order: states.Order) -> State:
        with _read():
            return states.state_of(order, live=self.live)


@contextmanager
def _read() -> Iterator[None]:
    """An answer whose words or amounts are none of those we know was given after the work was done, or not."""
    try:
        yield
    except (LookupError, ValueError) as error:
        raise OutcomeUnknown(f"PayPal's answer cannot be read: {error}.") from error
