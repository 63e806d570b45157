"""Somebody is invited on the team's page, opens the mailed link, and is in: by a password, or by a device's passkey."""

from typing import Any

import pytest
from igny8_core.accounts.models import Invitation, User
from igny8_core.accounts.roles import OperatorRole
from tests.browser.people import PHONE, WIDE, Site, barriers, overflow, shoot
from tests.browser.test_console import at_console
from tests.browser.test_passkeys import CREATE, with_device
from tests.cast import Cast, as_operator
from tests.invitations import TEAM, link_of
from tests.second_admins import confirmed_role
from tests.staff import address, signed_in

WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"size": WIDE},
    "wide-dark": {"size": WIDE, "scheme": "dark", "language": "de"},
    "phone-urdu": {"size": PHONE, "language": "ur"},
}
NEW = "an entirely new password"


def look(page: Any, name: str) -> None:
    shoot(page, name)
    assert (barriers(page), overflow(page)) == ([], 0), name


@pytest.mark.parametrize("window", WINDOWS)
def test_an_invitation_is_sent_and_accepted_with_a_password(site: Site, cast: Cast, window: str) -> None:
    owner, email = site.signed_in(cast.account, **WINDOWS[window]), address()
    owner.goto(f"{site.base}/portal/team/")
    owner.fill("#id_email", email)
    owner.fill("#id_name", "Bilal Khan")
    owner.press("#id_name", "Enter")
    owner.get_by_text(email).first.wait_for()
    look(owner, f"{window}-team-invited")
    (invitation,) = cast.owner.get(TEAM).json()["results"]

    page = site.visitor(**WINDOWS[window])
    link = link_of(invitation)
    page.goto(f"{site.base}{link}")
    look(page, f"{window}-invitation")
    page.fill("#id_password", "short")
    page.press("#id_password", "Enter")
    page.locator("#id_password_error").wait_for()
    page.fill("#id_password", NEW)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site.base}/portal/")
    assert page.get_by_text("Bilal Khan").count() >= 1
    assert signed_in(email, NEW).get("/api/v1/auth/me/").status_code == 200
    page.goto(f"{site.base}{link}")
    assert page.locator("#id_password").count() == 0
    look(page, f"{window}-invitation-over")


def test_an_invitation_is_accepted_with_a_passkey(site: Site, cast: Cast) -> None:
    site.base = site.base.replace("127.0.0.1", "localhost")
    body = {"email": address(), "role": "viewer", "name": "Sana"}
    invitation = cast.owner.post(TEAM, body).json()["data"]
    page = site.visitor()
    session, device = with_device(page)
    page.goto(f"{site.base}{link_of(invitation)}")
    look(page, "invitation-passkey")
    page.locator(CREATE).click()
    page.wait_for_url(f"{site.base}/portal/")
    credentials = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [each["rpId"] for each in credentials] == ["localhost"]
    person = as_operator(lambda: User.objects.get(email_normalised=body["email"]))
    assert (str(person.id), person.name) == (invitation["id"], "Sana")
    page.goto(f"{site.base}/portal/security/")
    assert page.get_by_text("My first passkey").count() >= 1


def test_a_device_that_makes_no_passkey_leaves_the_form(site: Site, cast: Cast) -> None:
    site.base = site.base.replace("127.0.0.1", "localhost")
    invitation = cast.owner.post(TEAM, {"email": address(), "role": "viewer"}).json()["data"]
    page = site.visitor()
    session, device = with_device(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(f"{site.base}{link_of(invitation)}")
    page.locator(CREATE).click()
    page.locator("[data-passkey-failed]").wait_for(state="visible")
    page.fill("#id_password", NEW)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site.base}/portal/")
    assert cast.owner.get(f"{TEAM}{invitation['id']}/").json()["data"]["status"] == "accepted"


CONSOLE_WINDOWS: dict[str, dict[str, Any]] = {
    "console": {},
    "console-dark": {"scheme": "dark"},
    "console-phone": {"size": PHONE, "touch": True},
}


@pytest.mark.parametrize("window", CONSOLE_WINDOWS)
def test_an_operator_is_invited_at_the_console_and_works_there(site: Site, window: str) -> None:
    admin, email = (
        at_console(site, OperatorRole.ADMIN, "accounts/invitation/add/", **CONSOLE_WINDOWS[window]),
        address(),
    )
    look(admin, f"{window}-invite")
    admin.fill("#id_email", email)
    admin.fill("#id_name", "Bilal Khan")
    admin.select_option("#id_role", "approver")
    admin.locator("[name=_save]").first.click()
    admin.get_by_text(email).first.wait_for()
    look(admin, f"{window}-invitations")
    invitation = as_operator(lambda: Invitation.objects.get(email_normalised=email))
    admin.goto(f"{site.base}/admin/accounts/invitation/{invitation.id}/change/")
    look(admin, f"{window}-invitation")
    admin.goto(f"{site.base}/admin/accounts/invitation/{invitation.id}/send-again/")
    look(admin, f"{window}-invitation-again")
    admin.get_by_role("button", name="Send again").click()
    admin.get_by_text("The invitation is on its way.").first.wait_for()
    confirmed_role(str(invitation.id))

    page = site.visitor(**CONSOLE_WINDOWS[window])
    page.goto(f"{site.base}{link_of({'id': str(invitation.id), 'account_id': None, 'email': email})}")
    look(page, f"{window}-operator-invitation")
    page.fill("#id_password", NEW)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site.base}/admin/")
    assert as_operator(lambda: User.objects.get(email_normalised=email).role) == "approver"
