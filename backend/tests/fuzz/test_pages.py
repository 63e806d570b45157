"""Every address and every form of the portal and the console, asked well and badly: never a 500."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from fake_gateway.running import Running
from igny8_core.accounts.models import Passkey, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.console.admin import TABLES
from igny8_core.console.pages.invitations import InvitationPage
from igny8_core.console.site import OWN_PAGES
from igny8_core.http.requests import TolerantRequest
from igny8_core.kit import clock
from tests.cast import Api, as_operator
from tests.console.desk_client import CONSOLE, at_desk
from tests.fuzz.fuzzer import Fuzzer, Tally, new_client
from tests.fuzz.values import Known
from tests.fuzz.world import ACTIONS, World, absent, addresses, code_of, forgive, world
from tests.gateways.desk import Desk, save_card
from tests.invitations import TEAM, link_of
from tests.portal.test_reset import link_of as reset_link_of
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.second_steps import switch_on
from tests.staff import PASSWORD, Person, address, team_member

pytestmark = pytest.mark.slow
LEAST_SENT = {"portal": 1200, "console": 2000}
"""Requests to each; the API has a test of its own."""
ONLY_SHOWN = {
    *("figures", "approvals", "claim", "claim-proof", "reconciliation", "statement-line", "import-progress"),
    *("line-targets", "confirm-options", "waiting"),
}
BY_SCRIPTS = {
    "portal": {"add-passkey", "confirm-options"},
    "console": {"keep-passkey", "settle-import"},
}
"""What no form of a page leads to: the scripts of passkeys ask for it, or it takes a file that nobody can read."""


@pytest.fixture(autouse=True)
def as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's client makes a plain request, where the product makes one of its own."""
    monkeypatch.setattr("django.test.client.WSGIRequest", TolerantRequest)


@pytest.fixture
def desk(gateway: Running) -> Desk:
    return Desk(gateway)


@pytest.fixture
def here(gateway: Running) -> Iterator[World]:
    with world() as made:
        yield made


class Signing:
    """Signs people in, one after another, and knows who is at it."""

    def __init__(self, here: World, desk: Desk) -> None:
        self.here = here
        self.desk = desk
        self.person: Person | None = None
        self.known: Known = {"code": lambda: code_of(self.now)}

    @property
    def now(self) -> Person:
        """Who is at it."""
        assert self.person is not None
        return self.person

    def at_portal(self) -> Client:
        visitor, self.person = signed_in(self.here.cast.account, AccountRole.OWNER)
        return visitor.client

    def at_console(self) -> Client:
        desk, self.person = at_desk(OperatorRole.ADMIN)
        return desk.client

    def half_way(self) -> Client:
        self.person = team_member(self.here.cast.account, AccountRole.OWNER)
        switch_on(self.person)
        visitor = Visitor()
        visitor.submit(f"{PORTAL}sign-in/", {"email": self.person.email, "password": PASSWORD})
        return visitor.client

    def begin_two_step(self) -> None:
        switch_on(self.now, confirmed=False)

    def switch_on(self) -> None:
        switch_on(self.now)

    def sign_in_elsewhere(self) -> None:
        """Where the second factor and the password are still what they were."""
        body = {"email": self.now.email, "password": PASSWORD, "code": code_of(self.now)}
        Api(None).post("/api/v1/auth/login/", body)

    def add_passkey(self) -> None:
        """Somebody's passkey, which proves nothing but can be removed."""

        def operation() -> Passkey:
            account_id, now = User.objects.get(id=self.now.id).account_id, clock.now()
            facts = {"created_at": now, "last_challenge_at": now, "sign_count": 0, "name": "Laptop", "public_key": b""}
            mine = {"user_id": self.now.id, "account_id": account_id, "credential_id": secrets.token_bytes(32)}
            return Passkey.objects.create(**facts, **mine)

        self.here.ids["passkey_id"] = [str(as_operator(operation).id)]

    def save_card(self) -> None:
        save_card(self.here.cast.owner, self.desk)

    @property
    def before(self) -> dict[str, Callable[[], None]]:
        """What makes pages show something, by their names."""
        return {
            "two-step": self.begin_two_step,
            "two-step-off": self.switch_on,
            "passkeys": self.add_passkey,
            "remove-passkey": self.add_passkey,
            "security": self.show_security,
            "pay": self.save_card,
        }

    def show_security(self) -> None:
        self.sign_in_elsewhere()
        self.add_passkey()

    def fuzzer(self, name: str, enter: Callable[[], Client], tally: Tally) -> Fuzzer:
        made = Fuzzer(name, enter, tally, self.known)
        made.before_code = lambda: forgive(self.now)
        return made


def invited(here: World) -> str:
    """The way in of somebody new."""
    return link_of(here.cast.owner.post(TEAM, {"email": address(), "role": "viewer"}).json()["data"])


def walk(fuzzer: Fuzzer, signing: Signing, routes: dict[str, str], fill_in: Callable[[str, str], str]) -> None:
    """Every address, twice: what was sent the first time makes forms for the second. Then with ids that are none."""
    for rounds in (3, 1):
        for name, route in routes.items():
            prepare = signing.before.get(name, lambda: None)
            prepare()
            fuzzer.visit(fill_in(name, route), rounds=rounds)
            prepare()
            fuzzer.poke(fill_in(name, route), rounds=1)
    for route in routes.values():
        if route != absent(route):
            fuzzer.visit(absent(route), rounds=0)
            fuzzer.poke(absent(route), rounds=1)


def assert_sound(tally: Tally, name: str, forms: set[str]) -> None:
    """Nothing broke, enough was sent, and every form was looked at as a form of somebody who may send it."""
    assert not tally.faults, "\n\n".join(tally.faults)
    assert tally.sent.total() >= LEAST_SENT[name], tally.sent
    assert forms - tally.reached == set(), "no form was looked at here"
    assert forms - tally.filled == BY_SCRIPTS[name], "the page with this form was not found"


def test_portal(here: World, desk: Desk) -> None:
    tally, signing = Tally(), Signing(here, desk)
    owner = signing.fuzzer("an owner", signing.at_portal, tally)
    portal = addresses(PORTAL)
    walk(owner, signing, portal, lambda _, route: here.path(route, owner.rng))
    nobody = Fuzzer("nobody", new_client, tally)
    person = team_member(here.cast.account, AccountRole.MEMBER)
    for path in (portal["sign-in"], portal["forgotten"], reset_link_of(here.cast, person), invited(here)):
        nobody.visit(path, rounds=8)
        nobody.poke(path, rounds=4)
    link = invited(here)
    for path in (f"{link}passkey/", f"{link}passkey/options/"):
        nobody.poke(path, rounds=8)
    half = signing.fuzzer("half way", signing.half_way, tally)
    half.visit(portal["second-step"], rounds=4)
    half.poke(portal["second-step"], rounds=8)
    assert_sound(tally, "portal", forms_of_portal())


def test_console(here: World, desk: Desk) -> None:
    tally, signing = Tally(), Signing(here, desk)
    admin = signing.fuzzer("an admin", signing.at_console, tally)
    signing.known["file"] = lambda: ("statement.xml", here.statement())
    rows = here.rows()

    def filled(name: str, route: str) -> str:
        here.ids["object_id"] = rows.get("/".join(route.split("/")[2:4]), [])
        here.ids["action"] = ["confirm", "discard"] if name == "settle-import" else [*ACTIONS]
        return here.path(route, admin.rng)

    walk(admin, signing, addresses(CONSOLE), filled)
    assert_sound(tally, "console", forms_of_console())


def test_enough_is_sent() -> None:
    assert sum(LEAST_SENT.values()) >= 2000


def forms_of_portal() -> set[str]:
    """Names of addresses that take forms."""
    portal: Any = next(one for one in get_resolver().url_patterns if str(one.pattern) == "portal/")
    return {one.name for one in portal.url_patterns if hasattr(one.callback.view_class, "post")}


def forms_of_console() -> set[str]:
    """The same for operators: pages of ours that do not only show, and what a table says may be done to its rows."""
    found = {name for _, _, name in OWN_PAGES} - ONLY_SHOWN
    for model, page in TABLES:
        steps = {"add": page.adds, "delete": page.removes, "change": page.least_to_write and page is not InvitationPage}
        names = [*(step for step, is_there in steps.items() if is_there), *page.actions_detail]
        found |= {f"{model._meta.app_label}_{model._meta.model_name}_{name}" for name in names}
    return found | {"logout"}
