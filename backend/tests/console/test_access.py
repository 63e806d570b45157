"""Who may open which page of the console, and that a refused one changes nothing."""

import pytest
from igny8_core.accounts.models import AccessKey, Account, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.billing.models import Payment, PaymentMethodConfig
from igny8_core.business.platform.services import provisioning
from igny8_core.business.platform.services.web_sessions import open_session, prove_password
from igny8_core.events.models import Event
from igny8_core.http.sessions import COOKIE
from tests.cast import Cast, as_operator
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.staff import PASSWORD, team_member

SUPPORT, APPROVER, FINANCE, ADMIN = OperatorRole
PAGES = {
    "": SUPPORT,
    "approvals/": SUPPORT,
    "waiting/": SUPPORT,
    "reconciliation/": SUPPORT,
    "figures/?currency=PKR": SUPPORT,
    "billing/payment/": SUPPORT,
    "billing/invoice/": SUPPORT,
    "billing/refund/": SUPPORT,
    "ledger/journal/": SUPPORT,
    "billing/creditpackage/": SUPPORT,
    "accounts/account/": SUPPORT,
    "events/event/": SUPPORT,
    "billing/paymentmethodconfig/": FINANCE,
    "billing/paymentmethodconfig/add/": FINANCE,
    "accounts/account/add/": ADMIN,
    "accounts/user/": ADMIN,
    "accounts/invitation/": ADMIN,
    "accounts/invitation/add/": ADMIN,
    "accounts/accesskey/": ADMIN,
    "security/": SUPPORT,
    "security/confirm/": SUPPORT,
    "security/two-step/off/": SUPPORT,
}


@pytest.mark.parametrize("role", [*OperatorRole])
def test_a_role_opens_what_it_includes_and_no_more(role: OperatorRole) -> None:
    desk, _ = at_desk(role)
    ranks = [*OperatorRole]
    for page, least in PAGES.items():
        expected = 200 if ranks.index(role) >= ranks.index(least) else 403
        assert desk.get(CONSOLE + page).status_code == expected, page


def test_others_are_sent_to_sign_in(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    proven = prove_password(email=person.email, password=PASSWORD)
    session = open_session(proven=proven, code="", lasting=False, request_id=None)
    customer = DeskClient()
    customer.client.cookies[COOKIE] = session.secret
    forged = DeskClient()
    forged.client.cookies[COOKIE] = str(cast.admin.key)
    for visitor in (DeskClient(), customer, forged):
        for page in PAGES:
            answer = visitor.get(CONSOLE + page)
            assert answer.status_code == 302, page
            onward = visitor.get(answer["Location"])
            assert (onward.status_code, onward["Location"].split("?")[0]) == (302, "/portal/sign-in/"), page
            assert "next=%2Fadmin%2F" in onward["Location"], page


def test_a_suspended_operator_is_out_at_once() -> None:
    desk, person = at_desk(ADMIN)
    assert desk.get(CONSOLE).status_code == 200
    user = as_operator(lambda: User.objects.get(id=person.id))
    as_operator(lambda: provisioning.suspend_user(user, suspended=True))
    assert desk.get(CONSOLE).status_code == 302


def test_signing_out_revokes_the_session() -> None:
    desk, person = at_desk(SUPPORT)
    kept = desk.client.cookies[COOKIE].value
    assert desk.post(f"{CONSOLE}logout/").status_code == 302
    again = DeskClient()
    again.client.cookies[COOKIE] = kept
    assert again.get(CONSOLE).status_code == 302
    keys = as_operator(lambda: list(AccessKey.objects.filter(user_id=person.id, kind="session")))
    assert [key.revoked_at is not None for key in keys] == [True]


def test_support_decides_nothing(cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    desk, _ = at_desk(SUPPORT)
    for path, fields in (
        (f"approvals/{payment_id}/approve/", {}),
        (f"approvals/{payment_id}/reject/", {"reason": "No"}),
        ("approvals/bulk/", {"ids": [payment_id]}),
        ("reconciliation/upload/", {}),
    ):
        assert desk.post(CONSOLE + path, fields).status_code == 403, path
    assert as_operator(lambda: Payment.objects.across_accounts().get(id=payment_id).status) == "pending_approval"


def test_a_form_without_its_token_does_nothing(cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    desk, _ = at_desk(APPROVER)
    assert desk.client.post(f"{CONSOLE}approvals/{payment_id}/approve/").status_code == 403
    assert as_operator(lambda: Payment.objects.across_accounts().get(id=payment_id).status) == "pending_approval"


@pytest.mark.parametrize(
    "table", ["billing/payment", "billing/invoice", "billing/refund", "ledger/journal", "events/event"]
)
def test_money_and_events_are_only_read(cast: Cast, table: str) -> None:
    desk, _ = at_desk(ADMIN)
    assert desk.get(f"{CONSOLE}{table}/add/").status_code == 403
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    if table == "billing/payment":
        page = desk.get(f"{CONSOLE}{table}/{payment_id}/change/")
        assert page.status_code == 200
        assert 'type="submit" name="_save"' not in page.content.decode()
        assert desk.get(f"{CONSOLE}{table}/{payment_id}/delete/").status_code == 403


def test_an_account_is_made_and_changed_through_the_services() -> None:
    desk, person = at_desk(ADMIN)
    add = f"{CONSOLE}accounts/account/add/"
    fields = {
        "code": "ZEPHYR",
        "name": "Zephyr",
        "country": "PK",
        "billing_currency": "PKR",
        "time_zone": "Asia/Karachi",
    }
    assert desk.post(add, fields, of=add).status_code == 302
    account = as_operator(lambda: Account.objects.get(code="ZEPHYR"))
    change = f"{CONSOLE}accounts/account/{account.id}/change/"
    sent = {"name": "Zephyr Ltd", "time_zone": "UTC", "status": "suspended"}
    assert desk.post(change, sent, of=change).status_code == 302
    facts = as_operator(
        lambda: [(one.type, str(one.actor_id)) for one in Event.objects.for_account(account).order_by("seq")]
    )
    assert facts == [
        ("account.created", person.id),
        ("account.updated", person.id),
        ("account.suspended", person.id),
    ]
    assert desk.post(add, fields, of=add).status_code == 200, "the code is taken: the form says so"


def test_a_way_to_pay_is_configured_through_the_services() -> None:
    desk, _ = at_desk(FINANCE)
    add = f"{CONSOLE}billing/paymentmethodconfig/add/"
    fields = {
        "payment_method": "bank_transfer",
        "country": "SE",
        "currency": "SEK",
        "display_name": "Bankgiro",
        "instructions": '{"payee_name": "IGNY8", "account_number": "123-4567"}',
        "min_amount": "10.00",
        "max_amount": "",
        "tolerance": "",
        "sort_order": "5",
        "enabled": "on",
    }
    assert desk.post(add, {**fields, "min_amount": "ten"}, of=add).status_code == 302
    assert not PaymentMethodConfig.objects.filter(country="SE").exists()
    assert desk.post(add, fields, of=add).status_code == 302
    config = PaymentMethodConfig.objects.get(country="SE")
    assert (config.min_amount_minor, config.max_amount_minor, config.tolerance_minor, config.enabled) == (
        1000,
        None,
        0,
        True,
    )
    delete = f"{CONSOLE}billing/paymentmethodconfig/{config.id}/delete/"
    assert desk.post(delete, {"post": "yes"}, of=delete).status_code == 302
    facts = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=config.id).order_by("seq").values_list("type", flat=True)
        )
    )
    assert facts == ["payment_method_config.created", "payment_method_config.removed"]


@pytest.mark.parametrize(
    "document",
    [
        *("[]", '["a"]', '"a"', "1", "true", "null", '{"payee_name": 5}', '{"payee_name": "\\u0000"}', '{"a": NaN}'),
        *("9" * 5000, "[" * 200_000, '{"a":' * 3000, "{"),
    ],
    ids=lambda document: document[:12],
)
def test_instructions_that_are_none_are_refused(document: str) -> None:
    desk, _ = at_desk(FINANCE)
    config = as_operator(lambda: PaymentMethodConfig.objects.filter(country="NG").order_by("id")[0])
    change = f"{CONSOLE}billing/paymentmethodconfig/{config.id}/change/"
    fields = {"payment_method": config.payment_method, "country": "NG", "currency": config.currency, "sort_order": "9"}
    sent = {**fields, "display_name": "Changed", "instructions": document}
    answer = desk.post(change, sent, of=change)
    assert answer.status_code == 200 or answer["Location"] == change, "back to the form, which says what is wrong"
    kept = as_operator(lambda: PaymentMethodConfig.objects.get(id=config.id))
    assert (kept.display_name, kept.instructions) == (config.display_name, config.instructions)
