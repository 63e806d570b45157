"""Operators set up their own sign-in at the console, and everybody shows again who they are, in a real browser."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from igny8_core.accounts.models import AccessKey
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.domain import totp
from playwright.sync_api import Page
from tests.browser.people import PHONE, WIDE, Site, barriers, overflow, shoot
from tests.browser.test_console import at_console
from tests.browser.test_passkeys import CREATE, GET, with_device
from tests.cast import Cast, as_operator
from tests.invitations import TEAM
from tests.staff import PASSWORD, address

WINDOWS: dict[str, dict[str, Any]] = {
    "own": {"size": WIDE},
    "own-dark": {"size": WIDE, "scheme": "dark"},
    "own-phone": {"size": PHONE, "touch": True},
}


def look(page: Page, name: str) -> None:
    shoot(page, name)
    assert (barriers(page), overflow(page)) == ([], 0), name


def age(page: Page, site: Site) -> None:
    """Let the window's session have been proven too long ago."""
    (cookie,) = [each for each in page.context.cookies(site.base) if each["name"] == "igny8_session"]
    keys = AccessKey.objects.filter(prefix=cookie["value"][:12], kind="session")
    assert as_operator(lambda: keys.update(proven_at=datetime(2026, 1, 1, tzinfo=UTC))) == 1


@pytest.mark.parametrize("window", WINDOWS)
def test_an_operator_sets_up_two_steps(site: Site, window: str) -> None:
    page = at_console(site, OperatorRole.SUPPORT, **WINDOWS[window])
    page.goto(f"{site.base}/admin/security/")
    look(page, f"{window}-security")
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url(re.compile("two-step"))
    look(page, f"{window}-two-step")
    secret = page.locator(".own-secret").inner_text()
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name="Switch on").click()
    page.get_by_text("This code is wrong or has already been used.").wait_for()
    page.get_by_role("textbox", name="Code").fill(totp.code_at(secret, totp.step_of(datetime.now(UTC))))
    page.get_by_role("button", name="Switch on").click()
    page.locator(".own-codes li").first.wait_for()
    look(page, f"{window}-recovery-codes")
    code = page.locator(".own-codes li").first.inner_text()
    page.get_by_role("link", name="I have saved them").click()
    page.get_by_role("link", name="Switch off").click()
    look(page, f"{window}-two-step-off")
    page.get_by_role("textbox").fill(code)
    page.get_by_role("button", name="Switch off").click()
    page.get_by_text("Two-step sign-in is off.").first.wait_for()
    page.get_by_label("Current password").fill("wrong")
    page.get_by_label("New password").fill("an entirely new password")
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("This is not your password.").wait_for()
    look(page, f"{window}-security-refused")
    assert page.get_by_role("link", name="Switch off").count() == 0


@pytest.mark.parametrize("window", WINDOWS)
def test_an_operator_adds_a_passkey_and_confirms_with_it(site: Site, window: str) -> None:
    site.base = site.base.replace("127.0.0.1", "localhost")
    page = at_console(site, OperatorRole.SUPPORT, **WINDOWS[window])
    with_device(page)
    page.goto(f"{site.base}/admin/security/")
    age(page, site)
    page.reload()
    page.get_by_role("link", name="Confirm that it is you").click()
    look(page, f"{window}-confirm")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.wait_for_url(f"{site.base}/admin/security/")
    page.get_by_label("Name of the new passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.locator(CREATE).wait_for()
    look(page, f"{window}-passkey-new")
    page.locator(CREATE).click()
    page.get_by_text("Your passkey is ready.").first.wait_for()
    look(page, f"{window}-security-passkey")
    age(page, site)
    page.goto(f"{site.base}/admin/security/confirm/?next=/admin/approvals/")
    page.locator(GET).click()
    page.wait_for_url(f"{site.base}/admin/approvals/")
    page.goto(f"{site.base}/admin/security/")
    assert page.get_by_role("link", name="Confirm that it is you").count() == 0


PORTAL_WINDOWS: dict[str, dict[str, Any]] = {
    "confirm-wide": {"size": WIDE},
    "confirm-dark": {"size": WIDE, "scheme": "dark", "language": "de"},
    "confirm-phone": {"size": PHONE, "language": "ur"},
}


@pytest.mark.parametrize("window", PORTAL_WINDOWS)
def test_an_owner_is_asked_before_inviting(site: Site, cast: Cast, window: str) -> None:
    page, email = site.signed_in(cast.account, AccountRole.OWNER, **PORTAL_WINDOWS[window]), address()
    page.goto(f"{site.base}/portal/security/")
    look(page, f"{window}-security")
    age(page, site)
    page.goto(f"{site.base}/portal/team/")
    look(page, f"{window}-team")
    page.locator("main a[href^='/portal/security/confirm/']").click()
    look(page, f"{window}-page")
    page.fill("#id_secret_password", PASSWORD)
    page.press("#id_secret_password", "Enter")
    page.wait_for_url(f"{site.base}/portal/team/")
    # The proof grows old while the form is filled in: the question comes, and leads back.
    page.fill("#id_email", email)
    age(page, site)
    page.press("#id_email", "Enter")
    page.wait_for_url(re.compile(r"security/confirm/\?next=%2Fportal%2Fteam%2F"))
    page.fill("#id_secret_password", PASSWORD)
    page.press("#id_secret_password", "Enter")
    page.wait_for_url(f"{site.base}/portal/team/")
    page.fill("#id_email", email)
    page.press("#id_email", "Enter")
    page.get_by_text(email).first.wait_for()
    assert [row["email"] for row in cast.owner.get(TEAM).json()["results"]] == [email]
