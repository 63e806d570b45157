"""What operators do at the desks, in a real browser: by keyboard, with a file dropped, light, dark and on a phone."""

import io
from pathlib import Path
from typing import Any

import pytest
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import Invoice, Payment
from PIL import Image
from playwright.sync_api import Page, expect
from tests.api.uploading import form, part, upload
from tests.browser.people import PHONE, Site, barriers, overflow, shoot
from tests.cast import ADMIN, BILLING, Cast, as_operator, limited, make_cast, seen
from tests.staff import PASSWORD, operator
from tests.statements import as_worker, bank_account, camt, payer, work

PAGES = (
    "",
    "approvals/",
    "waiting/",
    "reconciliation/",
    "billing/payment/",
    "billing/invoice/",
    "accounts/account/",
    "events/event/",
)


def at_console(site: Site, role: OperatorRole, path: str = "", **window: Any) -> Page:
    """A new operator, signed in through the page, at a page of the console."""
    page, person = site.visitor(**window), operator(role)
    page.goto(f"{site.base}/admin/{path}")
    page.fill("#id_email", person.email)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site.base}/admin/{path}")
    return page


def status_of(payment_id: str) -> str:
    payment: Payment = as_operator(lambda: Payment.objects.across_accounts().get(id=payment_id))
    return payment.status


def claims(cast: Cast, count: int) -> list[str]:
    return [
        str(cast.submit(cast.invoice("1000.00"), f"FT 2026-{number}").json()["data"]["id"]) for number in range(count)
    ]


def wait_for_two(cast: Cast) -> None:
    """Money and changes that wait for a second person."""
    admin, _, person = operator(OperatorRole.ADMIN), operator(OperatorRole.ADMIN), operator(OperatorRole.SUPPORT)
    admin.api.call("PATCH", f"/api/v1/admin/users/{person.id}/", {"role": "finance"})
    admin.api.post("/api/v1/admin/api-keys/", {"user_id": person.id, "name": "till"})
    payment_id = str(cast.submit(cast.invoice("100.00"), "FT 2026-9").json()["data"]["id"])
    cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/", seen("100.00"))
    body = {"destination": "transfer", "beneficiary": {"name": "Somebody", "iban": "DE89370400440532013000"}}
    cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", body)
    with limited("1.00"):
        waiting = str(cast.submit(cast.invoice("1000.00"), "FT 2026-10").json()["data"]["id"])
        cast.approver.post(f"{ADMIN}payments/{waiting}/approve/", seen("1000.00"))


def open_claim(page: Page, site: Site, payment_id: str) -> None:
    page.goto(f"{site.base}/admin/approvals/?payment={payment_id}")
    expect(page.locator(f'[data-claim="{payment_id}"]')).to_be_visible()


def test_approve_and_reject_by_keyboard(site: Site) -> None:
    cast = make_cast()
    first, second = claims(cast, 2)
    picture = io.BytesIO()
    Image.new("RGB", (640, 400), (40, 90, 160)).save(picture, "PNG")
    proof = upload(
        cast.member, f"{BILLING}payments/{first}/proofs/", form(part("file", picture.getvalue(), "slip.png"))
    )
    assert proof.status_code == 201, proof.content
    page = at_console(site, OperatorRole.APPROVER)
    open_claim(page, site, first)
    expect(page.get_by_text(cast.account.name).first).to_be_visible()
    page.get_by_role("button", name="Enlarge slip.png").click()
    expect(page.locator("[data-zoom].is-zoomed img")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-zoom] img').naturalWidth") == 640
    page.keyboard.press("Escape")
    shoot(page, "console-approvals")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_have_text("Approved.")
    assert status_of(first) == "succeeded"
    open_claim(page, site, second)
    page.keyboard.press("r")
    page.keyboard.type("No such transfer.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Rejected.")
    assert status_of(second) == "failed"


def test_the_queue_is_walked_by_keyboard(site: Site) -> None:
    cast = make_cast()
    claims(cast, 2)
    page = at_console(site, OperatorRole.APPROVER, "approvals/")
    opened = [page.locator(".desk-row.is-open").get_attribute("data-row")]
    page.keyboard.press("j")
    expect(page.locator(".desk-row").nth(1)).to_have_class("desk-row is-open")
    opened.append(page.locator(".desk-row.is-open").get_attribute("data-row"))
    page.keyboard.press("k")
    expect(page.locator(".desk-row").nth(0)).to_have_class("desk-row is-open")
    assert opened[0] != opened[1]
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Approve 1 ticked")).to_be_enabled()


def test_a_dropped_statement_matches_itself(site: Site, tmp_path: Path) -> None:
    cast = make_cast()
    sure, doubtful = cast.invoice("45000.00"), cast.invoice("731.00")
    number = bank_account(cast)
    found: dict[Any, Invoice] = as_operator(lambda: Invoice.objects.across_accounts().in_bulk([sure, doubtful]))
    file = tmp_path / "statement.xml"
    file.write_bytes(
        camt(
            number, payer(4500000, found[sure].creditor_reference or ""), payer(73100, "thanks", name=cast.account.name)
        )
    )
    page = at_console(site, OperatorRole.FINANCE, "reconciliation/")
    page.set_input_files("input[name=file]", file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("2 lines imported.")
    as_worker(work)
    page.goto(f"{site.base}/admin/reconciliation/")
    page.locator(".desk-row", has_text="731.00").first.click()
    expect(page.locator(".desk-claim h2")).to_have_text("731.00 PKR")
    shoot(page, "console-reconciliation")
    page.get_by_label("Invoice number, reference, account or name").fill(found[doubtful].number or "")
    page.locator(".desk-targets li", has_text="Invoice").get_by_role("button", name="Assign").click()
    expect(page.get_by_role("status")).to_contain_text("Assigned")
    statuses = as_operator(lambda: Invoice.objects.across_accounts().in_bulk([sure, doubtful]))
    assert [statuses[sure].status, statuses[doubtful].status] == ["paid", "paid"]
    page.get_by_role("link", name="Matched", exact=True).click()
    page.locator(".desk-row", has_text="45,000.00").first.click()
    expect(page.locator(".desk-claim h2")).to_have_text("45,000.00 PKR")
    page.get_by_label("Reason for undoing this").fill("Wrong customer.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back.")
    assert as_operator(lambda: Invoice.objects.across_accounts().get(id=sure).status) == "pending"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_barriers(site: Site, scheme: str) -> None:
    cast = make_cast()
    claims(cast, 2)
    wait_for_two(cast)
    page = at_console(site, OperatorRole.ADMIN, scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(f"{site.base}/admin/{path}")
        page.wait_for_load_state("networkidle")
        found[path] = barriers(page)
        if path in ("", "approvals/", "waiting/"):
            shoot(page, f"console-{path.strip('/') or 'home'}-{scheme}")
    assert {path: each for path, each in found.items() if each} == {}


def test_the_desks_fit_a_phone(site: Site) -> None:
    cast = make_cast()
    claims(cast, 1)
    wait_for_two(cast)
    page = at_console(site, OperatorRole.FINANCE, size=PHONE, touch=True)
    for path in ("", "approvals/", "waiting/", "reconciliation/"):
        page.goto(f"{site.base}/admin/{path}")
        assert overflow(page) == 0, path
    shoot(page, "console-phone")
