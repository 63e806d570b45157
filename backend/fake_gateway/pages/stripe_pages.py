"""The hosted page of a checkout session, and the bank's page of 3-D Secure."""

from html import escape
from urllib.parse import urlencode, urlsplit

from fake_gateway.gateway import Gateway
from fake_gateway.http_server import Answer, Request, redirect
from fake_gateway.pages.layout import button, card, form, link, not_found, page, refusal
from fake_gateway.records import Missing, Record
from fake_gateway.stripe_api.amounts import decimal_of
from fake_gateway.stripe_api.cards import CARDS, SLOW_BY_NAME
from fake_gateway.stripe_api.checkout import Payer, answer_challenge, authenticate, submit
from fake_gateway.stripe_api.errors import InvalidRequest

PAY, CHALLENGE = "/c/pay/", "/3ds/"


def answer(gateway: Gateway, request: Request) -> Answer:
    """A page that is looked at, or a form that is sent."""
    try:
        if request.path.startswith(CHALLENGE):
            return _challenge(gateway, request, request.path.removeprefix(CHALLENGE))
        name, _, rest = request.path.removeprefix(PAY).partition("/")
        session = gateway.store.get("checkout.session", name)
        if session["status"] != "open":
            return _closed(session)
        if rest == "bank":
            return _bank(gateway, request, session)
        return _pay(gateway, request, session) if rest == "" else not_found()
    except Missing:
        return not_found()
    except InvalidRequest as error:
        return page("Not possible", card(f"<h1>This is not possible</h1>{refusal(str(error))}"), status=409)


def return_address(session: Record) -> str:
    """`success_url` with the session's id in the place of its template."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _closed(session: Record) -> Answer:
    sentence = "This payment page has expired." if session["status"] == "expired" else "This is already done."
    back = return_address(session) if session["status"] == "complete" else session["cancel_url"]
    return page("Closed", card(f"<h1>{sentence}</h1>{link('Back to the shop', back) if back else ''}"))


def _pay(gateway: Gateway, request: Request, session: Record) -> Answer:
    if request.method != "POST":
        return _form(session, "")
    fields = request.form()
    payer = Payer(
        card=fields.get("number", "") or fields.get("card", ""),
        slow_method=fields.get("slow_method", ""),
        works=fields.get("works", "yes") == "yes",
        email=fields.get("email", ""),
        name=fields.get("name", ""),
    )
    try:
        outcome, sentence = submit(gateway, session["id"], payer)
    except InvalidRequest as error:
        return _form(session, str(error))
    if outcome == "requires_action":
        return redirect(f"{PAY}{session['id']}/bank")
    return redirect(return_address(session)) if outcome == "complete" else _form(session, sentence)


def _bank(gateway: Gateway, request: Request, session: Record) -> Answer:
    if request.method != "POST":
        return _question(str(session["currency"] or "").upper(), session["amount_total"], session["currency"])
    outcome, sentence = authenticate(gateway, session["id"], agreed=request.form().get("agreed") == "yes")
    return redirect(return_address(session)) if outcome == "complete" else _form(session, sentence)


def _challenge(gateway: Gateway, request: Request, name: str) -> Answer:
    """3-D Secure of an intent that the product confirmed itself."""
    kind = "setup_intent" if name.startswith("seti_") else "payment_intent"
    intent = gateway.store.get(kind, name)
    if request.method != "POST":
        return _question(str(intent.get("currency") or "").upper(), intent.get("amount"), intent.get("currency"))
    back = intent["_return_url"]
    intent = answer_challenge(gateway, name, agreed=request.form().get("agreed") == "yes")
    status = "succeeded" if intent["status"] == "succeeded" else "failed"
    if back is None:
        return page("Done", card(f"<h1>The bank's question is answered: {status}.</h1>"))
    query = urlencode({kind: name, f"{kind}_client_secret": intent["client_secret"], "redirect_status": status})
    return redirect(f"{back}{'&' if urlsplit(back).query else '?'}{query}")


def _question(currency: str, amount: int | None, wire_currency: str | None) -> Answer:
    money = "" if amount is None or wire_currency is None else f" for {decimal_of(amount, wire_currency)} {currency}"
    content = (
        f"<h1>Your bank asks (3-D Secure)</h1><p>Is it you who uses this card{escape(money)}?</p>"
        + button("Yes, complete the authentication", "agreed", "yes")
        + button("No, let it fail", "agreed", "no", quiet=True)
    )
    return page("Your bank asks", card(form(content)))


def _form(session: Record, sentence: str) -> Answer:
    email = session["customer_email"] or ""
    options = "".join(f'<option value="{each.number}">{escape(each.label)} (…{each.last4})</option>' for each in CARDS)
    parts = [card(_summary(session))]
    if "card" in session["payment_method_types"]:
        fields = (
            f"<h1>Card</h1>{refusal(sentence)}"
            f'<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="email"'
            f' value="{escape(email)}">'
            '<label for="name">Name on the card</label><input id="name" name="name" autocomplete="cc-name">'
            f'<label for="card">Test card</label><select id="card" name="card">{options}</select>'
            '<label for="number">or a test card\'s number</label>'
            '<input id="number" name="number" inputmode="numeric" autocomplete="off" placeholder="4242 4242 4242 4242">'
            + button("Save the card" if session["mode"] == "setup" else "Pay", "action", "pay")
        )
        parts.append(card(form(fields, action=PAY + session["id"])))
    parts += [_slow(session, name) for name in session["payment_method_types"] if name in SLOW_BY_NAME]
    if session["cancel_url"]:
        parts.append(link("Cancel and go back", session["cancel_url"]))
    return page("Pay", "".join(parts))


def _summary(session: Record) -> str:
    if session["mode"] == "setup":
        return "<h1>Keep a card for later payments</h1>"
    currency = session["currency"]
    lines = "".join(
        f"<li><span>{escape(line['description'])} × {line['quantity']}</span>"
        f"<span>{decimal_of(line['amount_total'], currency)}</span></li>"
        for line in session["line_items"]["data"]
    )
    total = f"{decimal_of(session['amount_total'], currency)} {currency.upper()}"
    return f'<h1>To pay</h1><p class="amount">{escape(total)}</p><ul>{lines}</ul>'


def _slow(session: Record, name: str) -> str:
    label = escape(SLOW_BY_NAME[name].label)
    fields = (
        f'<h1>{label}</h1><input type="hidden" name="slow_method" value="{name}">'
        "<p><small>The payment is on its way at once and known only later.</small></p>"
        + button(f"Pay later by {SLOW_BY_NAME[name].label}", "works", "yes")
        + button("Pay later, and let it fail", "works", "no", quiet=True)
    )
    return card(form(fields, action=PAY + session["id"]))
