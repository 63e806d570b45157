"""A forgotten password: the same answer for everybody, a mail from the worker, a link that works once."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from igny8_core.accounts.models import ResetRequest, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import credentials, provisioning
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from igny8_core.kit import clock
from igny8_core.portal.tasks import reset_mail
from tests.cast import Cast, as_operator
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.races.test_manual_payment_races import at_once
from tests.staff import PASSWORD, Person, operator, team_member

FORGOTTEN = f"{PORTAL}password/"
NEW = "an entirely new password"


def link_of(cast: Cast, person: Person) -> str:
    """The path in the mail that the worker would send."""
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        link = credentials.reset_link(user_id=uuid.UUID(person.id))
    assert link is not None
    mail = reset_mail(link)
    assert mail.to == [person.email]
    found = re.search(r"https?://[^/]+(/portal/password/\S+/)", str(mail.body))
    assert found is not None
    return found[1]


def facts_of(person: Person) -> list[str]:
    rows: list[str] = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=person.id).order_by("seq").values_list("type", flat=True)
        )
    )
    return rows


def test_asking_tells_nobody_who_is_known(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)
    pages = [Visitor().submit(FORGOTTEN, {"email": email}) for email in (person.email, "nobody@people.example")]
    texts = [page.content.decode().replace(person.email, "X").replace("nobody@people.example", "X") for page in pages]
    assert [page.status_code for page in pages] == [200, 200]
    strip = r'value="[A-Za-z0-9]{64}"'
    assert re.sub(strip, "", texts[0]) == re.sub(strip, "", texts[1])
    assert facts_of(person)[-1] == "user.signed_in", "nobody has looked whose address it is"
    assert credentials.handle_reset_requests() >= 2
    assert facts_of(person)[-1] == "user.password_reset_requested"


def test_asking_takes_the_same_path_for_everybody(cast: Cast) -> None:
    """The very same statements, in their order, whoever is asked for: there is nothing to measure."""
    known, suspended = (team_member(cast.account, AccountRole.MEMBER) for _ in range(2))
    as_operator(lambda: provisioning.suspend_user(User.objects.get(id=suspended.id), suspended=True))
    staff = operator(OperatorRole.SUPPORT)
    emails = [known.email, suspended.email, staff.email, f"{uuid.uuid4().hex}@people.example"]
    paths = []
    for email in emails:
        visitor = Visitor()
        hidden = visitor.hidden(FORGOTTEN)
        with CaptureQueriesContext(connection) as captured:
            assert visitor.client.post(FORGOTTEN, {**hidden, "email": email}).status_code == 200
        paths.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in captured.captured_queries])
    assert paths == [paths[0]] * 4
    (asked,) = [statement for statement in paths[0] if "accounts_" in statement]
    assert asked.startswith("INSERT INTO accounts_resetrequest")


def test_the_worker_records_the_wishes_of_those_who_are_there(cast: Cast) -> None:
    credentials.handle_reset_requests()
    person, staff = team_member(cast.account, AccountRole.MEMBER), operator(OperatorRole.SUPPORT)
    suspended, late = (team_member(cast.account, AccountRole.MEMBER) for _ in range(2))
    as_operator(lambda: provisioning.suspend_user(User.objects.get(id=suspended.id), suspended=True))
    request_id = uuid.uuid4()
    for email in (person.email.upper(), staff.email, suspended.email, "nobody@people.example", "ß" * 250):
        credentials.request_reset(email=email, request_id=request_id)
    with clock.use(datetime.now(UTC) - timedelta(hours=2)):
        credentials.request_reset(email=late.email, request_id=None)
    assert credentials.handle_reset_requests() == 6
    assert credentials.handle_reset_requests() == 0
    asked = "user.password_reset_requested"
    assert [facts_of(one).count(asked) for one in (person, staff, suspended, late)] == [1, 1, 0, 0]
    told = as_operator(lambda: Event.objects.across_accounts().filter(type=asked, subject_id=person.id).get())
    assert (told.actor_kind, told.actor_id, told.request_id) == ("system", None, request_id)


def test_the_web_writes_wishes_and_reads_none(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        ResetRequest.objects.count()


def test_two_workers_take_each_wish_once(cast: Cast) -> None:
    credentials.handle_reset_requests()
    people = [team_member(cast.account, AccountRole.MEMBER) for _ in range(8)]
    for person in people:
        credentials.request_reset(email=person.email, request_id=None)
    at_once(4, lambda index: credentials.handle_reset_requests())
    assert [facts_of(person).count("user.password_reset_requested") for person in people] == [1] * 8


def test_an_operators_link_works_too() -> None:
    staff = operator(OperatorRole.SUPPORT)
    with unit_of_work.read(Scope.operators()):
        link = credentials.reset_link(user_id=uuid.UUID(staff.id))
    assert link is not None
    assert Visitor().submit(f"{FORGOTTEN}{link.token}/", {"password": NEW}).status_code == 303
    assert Visitor().submit(f"{PORTAL}sign-in/", {"email": staff.email, "password": NEW}).status_code == 303


def test_the_link_sets_a_password_once_and_ends_every_session(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    path = link_of(cast, person)
    weak = Visitor().submit(path, {"password": "1234567890"})
    assert (weak.status_code, "too common" in weak.content.decode()) == (400, True)
    done = Visitor().submit(path, {"password": NEW})
    assert (done.status_code, done["Location"]) == (303, f"{PORTAL}sign-in/")
    assert visitor.get(PORTAL).status_code == 303
    assert facts_of(person)[-1] == "user.password_changed"
    again = Visitor().get(path)
    assert (again.status_code, "no longer valid" in again.content.decode()) == (400, True)
    sign_in = f"{PORTAL}sign-in/"
    assert Visitor().submit(sign_in, {"email": person.email, "password": NEW}).status_code == 303
    assert Visitor().submit(sign_in, {"email": person.email, "password": PASSWORD}).status_code == 400


def test_a_forged_or_foreign_link_opens_nothing(cast: Cast) -> None:
    person, other = (team_member(cast.account, AccountRole.MEMBER) for _ in range(2))
    path = link_of(cast, person)
    assert Visitor().get(path[:-4] + "aaa/").status_code == 400
    assert Visitor().get(f"{FORGOTTEN}x/").status_code == 400
    Visitor().submit(path, {"password": NEW})
    assert Visitor().submit(f"{PORTAL}sign-in/", {"email": other.email, "password": PASSWORD}).status_code == 303


def test_suspended_people_get_no_link(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)
    path = link_of(cast, person)
    as_operator(lambda: provisioning.suspend_user(User.objects.get(id=person.id), suspended=True))
    assert Visitor().get(path).status_code == 400
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        assert credentials.reset_link(user_id=uuid.UUID(person.id)) is None


def test_operators_set_theirs_by_the_same_link() -> None:
    staff = operator(OperatorRole.SUPPORT)
    with unit_of_work.read(Scope.operators()):
        link = credentials.reset_link(user_id=uuid.UUID(staff.id))
    assert link is not None
    path = f"{FORGOTTEN}{link.token}/"
    assert Visitor().submit(path, {"password": NEW})["Location"] == f"{PORTAL}sign-in/"
    entered = Visitor().submit(f"{PORTAL}sign-in/", {"email": staff.email, "password": NEW})
    assert entered.status_code == 303
