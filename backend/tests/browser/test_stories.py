"""What customers do, from beginning to end, in a real browser."""

import re
from typing import Any

from igny8_core.accounts.roles import AccountRole
from playwright.sync_api import Page, expect
from tests.browser.people import PHONE, Site, overflow, shoot
from tests.cast import ADMIN, BILLING, Cast, make_cast
from tests.files import picture

MEMBER = AccountRole.MEMBER


def decide(cast: Cast, page: Page, step: str, **body: Any) -> None:
    """An operator decides on the payment the page shows, over the API."""
    payment_id = page.url.rstrip("/").split("/")[-1]
    answer = cast.approver.post(f"{ADMIN}payments/{payment_id}/{step}/", body)
    assert answer.status_code == 200, answer.content


def test_pay_by_transfer(site: Site) -> None:
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, MEMBER)
    page.get_by_role("link", name=re.compile("^Pay ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Pay .*45,000.00"))
    page.get_by_role("link", name="JazzCash").click()
    expect(page.get_by_text("03000000001", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("Bank transfer")).click()
    expect(page.get_by_text("PK36 SCBL 0000 0011 2345 6702")).to_be_visible()
    page.get_by_role("button", name="Copy: IBAN").click()
    assert page.evaluate("navigator.clipboard.readText()") == "PK36SCBL0000001123456702"
    page.get_by_role("button", name="Copy: Amount").click()
    assert page.evaluate("navigator.clipboard.readText()") == "45000.00"
    shoot(page, "pay-wide")
    page.get_by_label("Transaction reference").fill("FT 2026-4471")
    slip = {"name": "slip.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", (800, 600))}
    page.get_by_label("Proof of payment (optional)").set_input_files(slip)
    page.get_by_role("button", name="I have paid").click()
    expect(page.get_by_role("status").first).to_contain_text("We have your payment details")
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    expect(page.get_by_role("link", name="slip.jpg")).to_be_visible()
    decide(cast, page, "approve")
    page.reload()
    expect(page.locator("h1 + p .pill")).to_have_text("Received")
    expect(page.get_by_role("listitem").filter(has_text="by our team")).to_contain_text("Received")
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Receipt").click()
    assert receipt.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="Home").first.click()
    expect(page.get_by_text("Nothing is due. All invoices are paid.")).to_be_visible()


def test_reject_and_try_again(site: Site) -> None:
    cast = make_cast()
    cast.invoice("900.00")
    page = site.signed_in(cast.account, MEMBER)
    page.get_by_role("link", name=re.compile("^Pay ")).click()
    page.get_by_label("Transaction reference").fill("FT WRONG")
    page.get_by_label("Amount sent").fill("5,000")
    page.get_by_role("button", name="I have paid").click()
    amount = page.get_by_label("Amount sent")
    expect(amount).to_be_focused()
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This is more than what is left to pay on this invoice.")).to_be_visible()
    shoot(page, "pay-refused")
    amount.fill("900")
    page.get_by_role("button", name="I have paid").click()
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    decide(cast, page, "reject", reason="No such transfer on our statement.")
    page.reload()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No such transfer on our statement.")
    shoot(page, "payment-refused")
    page.get_by_role("link", name="Try again").click()
    page.get_by_label("Transaction reference").fill("FT RIGHT")
    page.get_by_role("button", name="I have paid").click()
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    decide(cast, page, "approve")
    assert cast.owner.get(f"{BILLING}invoices/").json()["results"][0]["status"] == "paid"


def test_the_page_tells_by_itself_when_the_payment_arrived(site: Site) -> None:
    cast = make_cast()
    cast.invoice("900.00")
    page = site.signed_in(cast.account, MEMBER)
    page.get_by_role("link", name=re.compile("^Pay ")).click()
    page.get_by_label("Transaction reference").fill("FT 1")
    page.get_by_role("button", name="I have paid").click()
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    decide(cast, page, "approve")
    expect(page.locator("h1 + p .pill")).to_have_text("Received", timeout=40_000)
    assert page.get_by_role("button", name="Cancel payment").count() == 0


def test_a_double_click_pays_once(site: Site) -> None:
    cast = make_cast()
    cast.invoice("900.00")
    page = site.signed_in(cast.account, MEMBER)
    page.get_by_role("link", name=re.compile("^Pay ")).click()
    page.get_by_label("Transaction reference").fill("FT 1")
    page.get_by_label("Amount sent").fill("300")
    page.get_by_role("button", name="I have paid").dblclick(no_wait_after=True)
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    assert cast.owner.get(f"{BILLING}payments/").json()["count"] == 1


def test_cancel_through_the_dialog(site: Site) -> None:
    cast = make_cast()
    cast.submit(cast.invoice("900.00"))
    page = site.signed_in(cast.account, MEMBER)
    page.get_by_role("link", name=re.compile("FT 1")).click()
    page.get_by_role("button", name="Cancel payment").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Cancel payment").click()
    dialog.get_by_role("button", name="Cancel payment").click()
    expect(page.locator("h1 + p .pill")).to_have_text("Cancelled")
    assert cast.owner.get(f"{BILLING}payments/").json()["results"][0]["status"] == "cancelled"


def test_on_a_phone(site: Site) -> None:
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, MEMBER, size=PHONE, touch=True)
    assert overflow(page) == 0
    shoot(page, "home-phone")
    shortcuts = page.get_by_role("navigation", name="Shortcuts")
    expect(shortcuts.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")
    shortcuts.get_by_role("link", name="Invoices").tap()
    page.wait_for_url(re.compile("/invoices/$"))
    page.get_by_role("link", name=re.compile("To pay")).last.tap()
    page.get_by_role("link", name="Pay this invoice").tap()
    page.wait_for_url(re.compile("/pay/$"))
    assert overflow(page) == 0
    shoot(page, "pay-phone")
    page.get_by_label("Transaction reference").fill("M-PESA 1")
    page.get_by_role("button", name="I have paid").tap()
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    shoot(page, "payment-phone")
    page.locator("header summary").tap()
    page.get_by_role("navigation", name="All pages").get_by_role("link", name="Statement").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement of account")
    assert overflow(page) == 0


def test_right_to_left(site: Site) -> None:
    cast = make_cast()
    cast.invoice("45000.00")
    page = site.signed_in(cast.account, MEMBER, language="ur")
    assert page.locator("html").get_attribute("dir") == "rtl"
    sidebar, main = page.locator("aside").bounding_box(), page.locator("main").bounding_box()
    assert sidebar is not None
    assert main is not None
    assert sidebar["x"] > main["x"]
    shoot(page, "home-urdu")
    page.locator("main a.btn-primary").first.click()
    shoot(page, "pay-urdu")
    page.fill("#id_transaction_reference", "FT 1")
    page.locator("form button.btn-primary").click()
    expect(page.locator("h1 + p .pill")).to_have_text("جانچ میں")
    page.locator("aside").get_by_role("button", name="English").click()
    expect(page.locator("h1 + p .pill")).to_have_text("Being checked")
    assert page.locator("html").get_attribute("dir") == "ltr"


def test_by_keyboard_alone(site: Site) -> None:
    cast = make_cast()
    cast.invoice("900.00")
    page = site.signed_in(cast.account, MEMBER)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, r"^Pay\b")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/pay/$"))
    _tab_to(page, "JazzCash")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("way="))
    expect(page.get_by_text("03000000001", exact=True)).to_be_visible()
    _tab_to(page, "id_transaction_reference")
    page.keyboard.type("KEYS 1")
    _tab_to(page, "I have paid")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/portal/payments/"))
    _tab_to(page, "Cancel payment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Cancel payment")).to_be_focused()
    assert cast.owner.get(f"{BILLING}payments/").json()["count"] == 1


def _tab_to(page: Page, pattern: str) -> None:
    """Press Tab until what has the focus reads like the pattern, and is marked as having it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return [`${e.innerText || ''}`.trim() || e.id, getComputedStyle(e).outlineStyle]; })()"
        )
        if re.search(pattern, name):
            assert outline != "none", name
            return
    raise AssertionError(f"Tab never reached {pattern}")
