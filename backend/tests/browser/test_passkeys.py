"""A passkey in a real browser: chromium's own authenticator makes it, and signs in with it."""

from typing import Any

import pytest
from igny8_core.accounts.roles import AccountRole
from playwright.sync_api import CDPSession, Page
from tests.browser.people import PHONE, WIDE, Site, barriers, overflow, shoot
from tests.cast import Cast
from tests.staff import PASSWORD, Person, team_member

WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"size": WIDE},
    "phone-urdu": {"size": PHONE, "scheme": "dark", "language": "ur"},
}
GET, CREATE = "[data-passkey=get]", "[data-passkey=create]"


@pytest.fixture
def named_site(site: Site) -> Site:
    """The site by its name: there are no passkeys for bare addresses."""
    site.base = site.base.replace("127.0.0.1", "localhost")
    return site


def with_device(page: Page) -> tuple[CDPSession, str]:
    """Give the window a device that recognises its person."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device: str = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return session, device


def by_password(page: Page, site: Site, person: Person) -> None:
    page.goto(f"{site.base}/portal/sign-in/")
    page.fill("#id_email", person.email)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site.base}/portal/")


def look(page: Page, name: str) -> None:
    shoot(page, name)
    assert (barriers(page), overflow(page)) == ([], 0), name


@pytest.mark.parametrize("window", WINDOWS)
def test_a_passkey_is_made_and_signs_in(named_site: Site, cast: Cast, window: str) -> None:
    site, person = named_site, team_member(cast.account, AccountRole.MEMBER)
    page = site.visitor(**WINDOWS[window])
    session, device = with_device(page)
    by_password(page, site, person)
    page.goto(f"{site.base}/portal/security/")
    page.locator("main a[href='/portal/security/passkeys/']").click()
    page.fill("#id_name", "My laptop")
    page.press("#id_name", "Enter")
    page.locator(CREATE).wait_for()
    look(page, f"{window}-passkey-new")
    page.locator(CREATE).click()
    page.wait_for_url(f"{site.base}/portal/security/passkeys/")
    page.get_by_text("My laptop").first.wait_for()
    look(page, f"{window}-passkeys-one")
    credentials = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [(each["isResidentCredential"], each["rpId"]) for each in credentials] == [(True, "localhost")]

    page.context.clear_cookies(name="igny8_session")
    page.goto(f"{site.base}/portal/credits/")
    look(page, f"{window}-sign-in-passkey")
    page.locator(GET).click()
    page.wait_for_url(f"{site.base}/portal/credits/")
    page.goto(f"{site.base}/portal/security/")
    assert page.get_by_text("My laptop").count() >= 1
    look(page, f"{window}-security-passkey")


def test_a_device_that_does_not_answer_changes_nothing(named_site: Site, cast: Cast) -> None:
    site, person = named_site, team_member(cast.account, AccountRole.MEMBER)
    page = site.visitor()
    session, device = with_device(page)
    page.goto(f"{site.base}/portal/sign-in/")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.locator(GET).click()
    page.locator("[data-passkey-failed]").wait_for(state="visible")
    assert page.url == f"{site.base}/portal/sign-in/"
    by_password(page, site, person)


def test_bare_addresses_offer_none(site: Site) -> None:
    page = site.visitor()
    page.goto(f"{site.base}/portal/sign-in/")
    page.wait_for_function("document.readyState === 'complete'")
    assert page.locator(GET).is_hidden()
