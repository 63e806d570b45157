"""PayPal's page: the payer approves an order in one way or another, or cancels."""

from html import escape
from urllib.parse import urlencode, urlsplit

from fake_gateway.gateway import Gateway
from fake_gateway.http_server import Answer, Request, redirect
from fake_gateway.pages.layout import button, card, form, link, not_found, page, refusal
from fake_gateway.paypal_api.errors import PayPalError
from fake_gateway.paypal_api.orders import BALANCE, DECLINED, approve, find_order, offers
from fake_gateway.records import Record

APPROVE = "/checkoutnow"
BUTTONS = (
    (BALANCE, "Pay with the balance"),
    ("ECHECK", "Pay by eCheck (arrives in days)"),
    ("PENDING_REVIEW", "Pay, and let PayPal review it"),
    (DECLINED, "Pay with a card that will be declined"),
)


def answer(gateway: Gateway, request: Request) -> Answer:
    """The page, or what the payer chose on it."""
    try:
        order = find_order(gateway, request.arguments().get("token", ""))
    except PayPalError:
        return not_found()
    if order["status"] == "COMPLETED":
        return page("Done", card(f"<h1>This is already paid.</h1>{_back(order, 'return_url', 'Back to the shop')}"))
    sentence = ""
    if request.method == "POST":
        try:
            payer = approve(gateway, order["id"], request.form().get("funding", ""))
        except PayPalError as error:
            sentence = str(error)
        else:
            address = order["_context"].get("return_url")
            if address is None:
                return page("Approved", card("<h1>Approved. You may close this page.</h1>"))
            return redirect(with_query(address, {"token": order["id"], "PayerID": payer}))
    return _form(order, sentence)


def with_query(address: str, values: dict[str, str]) -> str:
    """An address with more in its query."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(values)}"


def _form(order: Record, sentence: str) -> Answer:
    unit = order["purchase_units"][0]
    brand = order["_context"].get("brand_name", "The shop")
    total = f"{unit['amount']['value']} {unit['amount']['currency_code']}"
    summary = f'<h1>{escape(brand)} asks for</h1><p class="amount">{escape(total)}</p>'
    if "description" in unit:
        summary += f"<p>{escape(unit['description'])}</p>"
    choices = "".join(
        button(label, "funding", funding, quiet=funding != BALANCE)
        for funding, label in BUTTONS
        if offers(order, funding)
    )
    content = card(summary) + card(f"<h1>PayPal, for the demo</h1>{refusal(sentence)}{form(choices)}")
    return page("PayPal", content + _back(order, "cancel_url", "Cancel and go back"))


def _back(order: Record, name: str, label: str) -> str:
    address = order["_context"].get(name)
    return link(label, with_query(address, {"token": order["id"]})) if address else ""
