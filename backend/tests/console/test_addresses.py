"""What an address of the console may be asked: its own filters, ids that exist, and pages that there are."""

from typing import Any

import pytest
from django.contrib import admin
from igny8_core.accounts.models import AccessKey, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import provisioning
from igny8_core.console.admin import TABLES
from igny8_core.console.pages.filters import FixedChoices
from igny8_core.events.models import Event
from tests.cast import Cast, as_operator
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.staff import ABSENT, team_member

LISTS = {model._meta.label_lower.replace(".", "/"): page for model, page in TABLES}
BAD_IDS = (ABSENT, "x", "1", "%00", "a%20b", "_5F_", "9" * 400)
LOOK_UPS = (
    "password__startswith=a",
    "account__users__password__startswith=a",
    "user__password__regex=.",
    "secret_hash__gt=0",
    "id__exact=x",
    "pk=1",
    "created_at__year=2026",
    "sequence__gte=1",
    "account__name__contains=a",
    "status__in=active",
    "role__iexact=owner",
    "nothing=1",
    "country__isnull=1",
    "enabled__exact=2",
    "%00=1",
    "_to_field=password",
)


@pytest.fixture(scope="module")
def desk() -> DeskClient:
    return at_desk(OperatorRole.ADMIN)[0]


def test_only_pages_of_ours_are_registered(desk: DeskClient) -> None:
    assert desk.get(CONSOLE).status_code == 200, "the first page asked for brings the tables along"
    assert {type(page) for page in admin.site._registry.values()} == {page for _, page in TABLES}


@pytest.mark.parametrize("table", LISTS)
def test_a_list_is_narrowed_by_its_own_filters_alone(desk: DeskClient, table: str) -> None:
    for query in LOOK_UPS:
        answer = desk.get(f"{CONSOLE}{table}/?{query}")
        assert (answer.status_code, "The request is malformed." in answer.content.decode()) == (400, True), query
    filters: list[type[FixedChoices]] = LISTS[table].list_filter
    for known in filters:
        for value in known.values:
            assert desk.get(f"{CONSOLE}{table}/?{known.parameter_name}={value}").status_code == 200, value
        for value in ("", "nothing", "%00", "1"):
            assert desk.get(f"{CONSOLE}{table}/?{known.parameter_name}={value}").status_code == 400, value


@pytest.mark.parametrize("table", LISTS)
def test_a_list_bears_any_page_order_and_search(desk: DeskClient, table: str) -> None:
    for query in (
        "o=-1.2.x.99.-.--3",
        "o=%00",
        "p=x",
        "p=2",
        "p=-1",
        f"p={'9' * 5000}",
        "e=1",
        "all=",
        "_facets=True",
        "_popup=1",
        "_to_field=id",
        "q=%00",
        "q=%27",
        "q=%22a",
        f"q={'a+' * 90}",
    ):
        assert desk.get(f"{CONSOLE}{table}/?{query}").status_code in (200, 302), query
    long = desk.get(f"{CONSOLE}{table}/?q={'a+' * 101}")
    assert (long.status_code, "Search for at most 200 characters." in long.content.decode()) == (400, True)


def test_the_history_of_a_row_is_what_the_event_log_tells(desk: DeskClient, cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    answer = desk.get(f"{CONSOLE}billing/payment/{payment_id}/history/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CONSOLE}events/event/?q={payment_id}")
    page = desk.get(answer["Location"]).content.decode()
    assert "payment.submitted" in page
    assert page.count(payment_id) >= 1


@pytest.mark.parametrize("table", LISTS)
def test_ids_that_are_none(desk: DeskClient, table: str) -> None:
    support, _ = at_desk(OperatorRole.SUPPORT)
    for text in BAD_IDS:
        assert desk.get(f"{CONSOLE}{table}/{text}/history/").status_code == 404, text
        assert desk.get(f"{CONSOLE}{table}/{text}/change/").status_code == 302, text
        hidden = LISTS[table].least_to_view != OperatorRole.SUPPORT
        assert support.get(f"{CONSOLE}{table}/{text}/history/").status_code == (403 if hidden else 404), text


@pytest.mark.parametrize("table", LISTS)
def test_a_row_is_named_by_its_id_alone(desk: DeskClient, table: str) -> None:
    for step in ("change", "delete"):
        for query in ("_to_field=", "_to_field=&_popup=1", "_to_field=id", "_changelist_filters=%00&_to_field="):
            answer = desk.get(f"{CONSOLE}{table}/{ABSENT}/{step}/?{query}")
            assert answer.status_code in (302, 403), (step, query)


def test_a_key_is_revoked_when_the_question_is_answered(desk: DeskClient, cast: Cast) -> None:
    issue: Any = lambda: provisioning.issue_account_key(account=cast.account, role=AccountRole.VIEWER, name="till")  # noqa: E731
    key = as_operator(issue).key
    path = f"{CONSOLE}accounts/accesskey/{key.id}/revoke/"
    question = desk.get(path)
    assert (question.status_code, "till" in question.content.decode()) == (200, True)
    assert as_operator(lambda: AccessKey.objects.get(id=key.id).revoked_at) is None, "looking changes nothing"
    answer = desk.post(path, {}, of=path)
    assert (answer.status_code, answer["Location"]) == (302, f"{CONSOLE}accounts/accesskey/")
    assert as_operator(lambda: AccessKey.objects.get(id=key.id).revoked_at) is not None
    facts = as_operator(
        lambda: [*Event.objects.across_accounts().filter(subject_id=key.id).values_list("type", flat=True)]
    )
    assert sorted(facts) == ["api_key.issued", "api_key.revoked"]
    for text in BAD_IDS:
        absent = f"{CONSOLE}accounts/accesskey/{text}/revoke/"
        assert (desk.get(absent).status_code, desk.post(absent).status_code) == (404, 404), text
    finance, _ = at_desk(OperatorRole.FINANCE)
    assert (finance.get(path).status_code, finance.post(path).status_code) == (403, 403)


@pytest.mark.parametrize(
    "address",
    [
        "password_change/",
        "password_change/done/",
        "autocomplete/?app_label=accounts&model_name=user&field_name=account&term=%00",
        "r/1/x/",
        "r/x/1/",
        f"r/1/{ABSENT}/",
        "auth/group/",
        "auth/group/add/",
        "procrastinate/procrastinatejob/",
        "procrastinate/procrastinatejob/1/history/",
        "search/?s=pay&page=x",
        "search/?s=pay&page=2",
        "nothing/",
    ],
)
def test_what_the_console_does_not_have_is_not_found(desk: DeskClient, address: str) -> None:
    assert (desk.get(CONSOLE + address).status_code, desk.post(CONSOLE + address).status_code) == (404, 404)


def test_the_palette_finds_pages(desk: DeskClient) -> None:
    found = desk.get(f"{CONSOLE}search/?s=payment")
    assert (found.status_code, f"{CONSOLE}billing/payment/" in found.content.decode()) == (200, True)
    assert desk.get(f"{CONSOLE}search/?s=%00").status_code == 200


def test_the_last_owner_stays(desk: DeskClient, cast: Cast) -> None:
    owner = team_member(cast.account, AccountRole.OWNER)
    change = f"{CONSOLE}accounts/user/{owner.id}/change/"
    for sent in ({"role": "viewer", "status": "active"}, {"role": "owner", "status": "suspended"}):
        assert desk.post(change, {"name": "New", **sent}, of=change)["Location"] == change
        assert "This is the account&#x27;s last active owner" in desk.get(change).content.decode()
    user = as_operator(lambda: User.objects.get(id=owner.id))
    assert (user.role, user.status, user.name) == ("owner", "active", "")
    team_member(cast.account, AccountRole.OWNER)
    assert desk.post(change, {"name": "New", "role": "viewer", "status": "active"}, of=change).status_code == 302
    assert as_operator(lambda: User.objects.get(id=owner.id).role) == "viewer"
