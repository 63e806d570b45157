"""Invitations at the console: made by a form, sent again and revoked after a question, by admins alone."""

from typing import Any

import pytest
from igny8_core.accounts.models import Invitation
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.events.models import Event
from tests.cast import Cast, as_operator
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.invitations import mailed
from tests.staff import address, team_member

TABLE = f"{CONSOLE}accounts/invitation/"
ADD = f"{TABLE}add/"


@pytest.fixture
def desk() -> DeskClient:
    return at_desk(OperatorRole.ADMIN)[0]


def found(email: str) -> list[Invitation]:
    rows = Invitation.objects.filter(email_normalised=email).order_by("sequence")
    return as_operator(lambda: list(rows))  # type: ignore[no-any-return]


def invites(desk: DeskClient, email: str, account_code: str = "", role: str = "support") -> Any:
    return desk.post(ADD, {"email": email, "name": "", "account_code": account_code, "role": role}, of=ADD)


def test_people_and_operators_are_invited(desk: DeskClient, cast: Cast) -> None:
    for code, account_id, wanted, role in (
        (cast.account.code.lower(), cast.account.id, "owner", "owner"),
        ("", PLATFORM_ID, "finance", "support"),
    ):
        email = address()
        assert invites(desk, email, code, wanted).status_code == 302
        (invitation,) = found(email)
        assert (invitation.account_id, invitation.role, invitation.outcome) == (account_id, role, "")
        assert email in desk.get(TABLE).content.decode()
        page = desk.get(f"{TABLE}{invitation.id}/change/")
        assert (page.status_code, 'name="_save"' in page.content.decode()) == (200, False)
        data = {"id": str(invitation.id), "account_id": str(account_id), "email": email}
        assert mailed(data) is not None


def test_bad_forms_say_so(desk: DeskClient, cast: Cast) -> None:
    email = address()
    for answer, sentence in (
        (invites(desk, email, "NOBODY1"), "There is no account with this code."),
        (invites(desk, "nobody"), "Enter a valid email address."),
        (invites(desk, email, role="king"), "Select a valid choice."),
    ):
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True), sentence
    for code, role in (("", "owner"), (cast.account.code, "finance")):
        answer = invites(desk, email, code, role)
        assert answer.status_code == 302
        assert "Choose one of these roles" in desk.get(answer["Location"]).content.decode()
    assert found(email) == []


def test_the_form_tells_nobody_who_is_known(desk: DeskClient, cast: Cast) -> None:
    elsewhere = team_member(cast.other, AccountRole.OWNER)
    answers = [invites(desk, email, cast.account.code, "member") for email in (elsewhere.email, address())]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, TABLE)] * 2


def test_it_is_sent_again_and_revoked_after_a_question(desk: DeskClient) -> None:
    email = address()
    invites(desk, email)
    (invitation,) = found(email)
    for step, times, outcome in (("send-again", 2, ""), ("revoke", 2, "revoked")):
        path = f"{TABLE}{invitation.id}/{step}/"
        assert email in desk.get(path).content.decode()
        assert [row.outcome for row in found(email)] == [""], "looking changes nothing"
        assert desk.post(path, of=path).status_code == 302
        assert [(row.times_sent, row.outcome) for row in found(email)] == [(times, outcome)]
    again = desk.post(f"{TABLE}{invitation.id}/send-again/", of=ADD)
    assert (again.status_code, "This invitation is no longer valid" in again.content.decode()) == (409, True)
    rows = Event.objects.across_accounts().filter(subject_id=invitation.id).order_by("seq")
    assert as_operator(lambda: [row.type for row in rows]) == [
        "invitation.created",
        "invitation.sent_again",
        "invitation.revoked",
    ]


def test_others_invite_nobody(cast: Cast) -> None:
    email = address()
    admin = at_desk(OperatorRole.ADMIN)[0]
    invites(admin, email)
    (invitation,) = found(email)
    desk, _ = at_desk(OperatorRole.FINANCE)
    for path in (ADD, f"{TABLE}{invitation.id}/send-again/", f"{TABLE}{invitation.id}/revoke/", TABLE):
        assert desk.get(path).status_code == 403
        assert desk.post(path, {"email": address(), "role": "admin"}).status_code == 403
    assert [(row.times_sent, row.outcome) for row in found(email)] == [(1, "")]
