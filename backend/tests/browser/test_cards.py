"""Paying by card and with PayPal in a real browser: out to the fake gateway's page, and back to a page that follows the payment."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from fake_gateway.running import Running
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.models import SavedCard
from playwright.sync_api import Browser, Page, expect
from tests.browser.people import PHONE, Site, barriers, overflow, shoot
from tests.cast import Cast, as_operator, make_cast
from tests.gateways.desk import CARDS, refresh
from tests.server.running import Server


@pytest.fixture(scope="module")
def shop(gateway: Running) -> Iterator[Server]:
    """A web server that has the fake gateway's keys; it sends no messages here, so that a story says when it is asked."""
    names = [name for name in settings.ENV.variables if name.startswith(("IGNY8_STRIPE_", "IGNY8_PAYPAL_"))]
    server = Server(throttled=False, variables={name: settings.ENV.variables[name] for name in names})
    yield server
    server.stop()


@pytest.fixture
def site(browser: Browser, shop: Server) -> Iterator[Site]:
    site = Site(browser, f"http://127.0.0.1:{shop.port}")
    yield site
    site.close()
    assert site.complaints == []


def asked_by_the_worker(cast: Cast, page: Page) -> None:
    """What a message makes the worker do."""
    assert refresh(cast.member, page.url.rstrip("/").split("/")[-1]).status_code == 200


def asked_about_the_card(cast: Cast) -> None:
    """The same for a card that has been entered."""
    waiting = SavedCard.objects.across_accounts().filter(account_id=cast.account.id, state="open")
    card_id = as_operator(lambda: waiting.values_list("id", flat=True).get())
    assert cast.owner.post(f"{CARDS}cards/{card_id}/refresh/").json()["data"]["status"] == "saved"


def to_the_gateway(page: Page, button: str) -> None:
    page.locator("main a.btn-primary").first.click()
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/c/pay/**")


def test_pay_by_card(site: Site) -> None:
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, AccountRole.MEMBER)
    page.locator("main a.btn-primary").first.click()
    expect(page.get_by_role("heading", name="Pay online now")).to_be_visible()
    shoot(page, "pay-card")
    assert barriers(page) == []
    page.get_by_role("button", name="Card", exact=True).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url("**/portal/payments/**")
    expect(page.locator("h1 + p .pill")).to_have_text("Started")
    expect(page.get_by_role("link", name="Receipt")).to_have_count(0)
    shoot(page, "card-back")
    assert barriers(page) == []
    asked_by_the_worker(cast, page)
    # The page tells by itself.
    expect(page.locator("h1 + p .pill")).to_have_text("Received")
    expect(page.get_by_role("link", name="Receipt")).to_be_visible()
    expect(page.get_by_role("link", name="Continue to the payment page")).to_have_count(0)


def test_leave_and_go_on_by_phone_from_right_to_left(site: Site) -> None:
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, AccountRole.MEMBER, size=PHONE, touch=True, scheme="dark", language="ur")
    to_the_gateway(page, "کارڈ")
    page.get_by_role("button", name="Cancel and go back").or_(
        page.get_by_role("link", name="Cancel and go back")
    ).click()
    page.wait_for_url("**/portal/invoices/*/pay/")
    assert overflow(page) == 0
    page.get_by_role("button", name="کارڈ", exact=True).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url("**/portal/payments/**")
    assert overflow(page) == 0
    shoot(page, "card-back-phone-urdu")
    asked_by_the_worker(cast, page)
    expect(page.locator("h1 + p .pill")).to_have_text("موصول")


def test_pay_with_paypal(site: Site) -> None:
    """Declined first; the same order is gone on with, and coming back collects what the payer agreed to."""
    cast = make_cast("DE", "EUR")
    cast.invoice("1500.00")
    page = site.signed_in(cast.account, AccountRole.MEMBER)
    page.locator("main a.btn-primary").first.click()
    expect(page.get_by_role("button", name="Card", exact=True)).to_be_visible()
    shoot(page, "pay-paypal")
    assert barriers(page) == []
    page.get_by_role("button", name="Pay with PayPal", exact=True).click()
    page.wait_for_url("**/checkoutnow**")
    page.get_by_role("button", name="Pay with a card that will be declined").click()
    page.wait_for_url("**/portal/payments/**")
    expect(page.locator("h1 + p .pill")).to_have_text("Started")
    page.get_by_role("link", name="Continue to the payment page").click()
    page.wait_for_url("**/checkoutnow**")
    page.get_by_role("button", name="Pay with the balance").click()
    page.wait_for_url("**/portal/payments/**")
    expect(page.locator("h1 + p .pill")).to_have_text("Received")
    expect(page.get_by_role("link", name="Receipt")).to_be_visible()


def test_save_a_card_and_pay_with_it(site: Site) -> None:
    """From the list to the gateway's page and back, and one click later the invoice is paid."""
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, AccountRole.OWNER)
    page.goto(f"{site.base}/portal/methods/")
    page.get_by_role("button", name="Save a card").click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("button", name="Save the card", exact=True).click()
    page.wait_for_url("**/portal/methods/")
    expect(page.get_by_text("A card is not saved yet.")).to_be_visible()
    shoot(page, "methods-waiting")
    asked_about_the_card(cast)
    expect(page.get_by_text("Visa ···· 4242", exact=True)).to_be_visible()
    expect(page.get_by_text("12/2034")).to_be_visible()
    expect(page.get_by_text("A card is not saved yet.")).to_have_count(0)
    shoot(page, "methods-card")
    assert barriers(page) == []
    page.get_by_role("button", name="Make default").click()
    expect(page.locator(".pill", has_text="Default")).to_be_visible()
    page.goto(f"{site.base}/portal/")
    page.locator("main a.btn-primary").first.click()
    shoot(page, "pay-saved-card")
    assert barriers(page) == []
    phone = site.signed_in(cast.account, AccountRole.MEMBER, size=PHONE, touch=True, scheme="dark", language="ur")
    phone.goto(page.url)
    shoot(phone, "pay-saved-card-phone")
    assert (overflow(phone), barriers(phone)) == (0, [])
    page.get_by_role("button", name="Pay with Visa ···· 4242").click()
    page.wait_for_url("**/portal/payments/**")
    expect(page.locator("h1 + p .pill")).to_have_text("Received")
    expect(page.get_by_role("link", name="Receipt")).to_be_visible()
    phone.goto(f"{site.base}/portal/methods/")
    shoot(phone, "methods-card-phone")
    assert (overflow(phone), barriers(phone)) == (0, [])
    page.goto(f"{site.base}/portal/methods/")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
