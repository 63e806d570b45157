"""Every page renders in a few queries, for its own account alone, under the strict policy, and never from a cache."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from igny8_core.accounts.roles import AccountRole
from tests.cast import ADMIN, BILLING, make_cast
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.staff import ABSENT, team_member

# Widgets of each page; a page costs at most five queries and one for each of these.
WIDGETS = {
    "home": 5,
    "invoices": 2,
    "invoice": 4,
    "pay": 4,
    "payments": 1,
    "payment": 3,
    "credits": 4,
    "statement": 6,
    "methods": 1,
    "method": 1,
    "team": 3,
    "team-member": 1,
    "keys": 2,
    "security": 3,
    "two-step-off": 0,
    "passkeys": 2,
    "confirm": 0,
}
FRAME = 5
OWN_ID = {
    "invoice": "invoice_id",
    "pay": "invoice_id",
    "payment": "payment_id",
    "method": "method_id",
    "team-member": "user_id",
}
POSTS = {
    "cancel": "payment_id",
    "buy": "package_id",
    "method-default": "method_id",
    "method-remove": "method_id",
    "revoke-key": "key_id",
}
PUBLIC = {
    "sign-in",
    "second-step",
    "passkey-sign-in",
    "passkey-options",
    "sign-out",
    "preferences",
    "forgotten",
    "reset",
    "invitation",
    "invitation-passkey",
    "invitation-passkey-options",
}
NO_PAGE = {"two-step", "two-step-begin", "add-passkey"}
CONFIRM = {"confirm-passkey", "confirm-options", "end-sign-in", "end-other-sign-ins"}  # see test_confirm.py
FILES = {"invoice-pdf": "invoice_id", "receipt": "payment_id"}
PROOFS = {"add-proof", "proof"}  # see test_proofs.py
CARDS = {"charge", "checkout", "continue", "enter-card"}  # see tests/gateways/test_portal.py
PASSKEYS = {"remove-passkey"}  # see test_passkeys.py
INVITATIONS = {"resend-invitation", "revoke-invitation"}  # see test_invitations.py


def patterns() -> dict[str, str]:
    """The portal's addresses by name."""
    portal: Any = next(each for each in get_resolver().url_patterns if str(each.pattern) == "portal/")
    return {each.name: PORTAL + str(each.pattern) for each in portal.url_patterns}


class World:
    """Two accounts with one of each thing, and their owners signed in."""

    def __init__(self) -> None:
        self.cast = make_cast()
        self.owner, _ = signed_in(self.cast.account)
        self.stranger, _ = signed_in(self.cast.other)
        self.ids = self._ids()

    def _ids(self) -> dict[str, str]:
        cast = self.cast
        invoice = cast.invoice("987654.00")
        paid = cast.submit(cast.invoice("123456.00"), "OWN-REF-1").json()["data"]["id"]
        assert cast.approver.post(f"{ADMIN}payments/{paid}/approve/").status_code == 200
        payment = cast.submit(invoice, "OWN-REF-2", amount="555.00").json()["data"]["id"]
        method = cast.owner.post(f"{BILLING}payment-methods/", {"payment_method": "bank_transfer", "label": "OWN-HBL"})
        key = cast.owner.post("/api/v1/account/api-keys/", {"name": "OWN-KEY", "role": "viewer"}).json()["data"]["id"]
        return {
            "invoice_id": str(invoice),
            "payment_id": payment,
            "method_id": method.json()["data"]["id"],
            "user_id": team_member(cast.account, AccountRole.MEMBER).id,
            "key_id": key,
        }

    def path(self, name: str, ids: dict[str, str] | None = None) -> str:
        """The address of a page with ids filled in (default: account A's)."""
        return re.sub(r"<uuid:(\w+)>", lambda found: (ids or self.ids)[found[1]], patterns()[name])


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    yield World()


def test_the_tables_know_every_address() -> None:
    assert set(patterns()) == {
        *WIDGETS,
        *POSTS,
        *PUBLIC,
        *NO_PAGE,
        *FILES,
        *PROOFS,
        *CARDS,
        *PASSKEYS,
        *INVITATIONS,
        *CONFIRM,
    }


@pytest.mark.parametrize("name", WIDGETS)
def test_a_page_costs_few_queries(world: World, name: str) -> None:
    path = world.path(name)
    world.owner.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = world.owner.get(path)
    assert page.status_code == 200, page.content
    asked = [each["sql"] for each in captured if not each["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(asked) <= FRAME + WIDGETS[name], asked


@pytest.mark.parametrize("name", WIDGETS)
def test_a_page_is_private_strict_and_without_inline_script(world: World, name: str) -> None:
    page = world.owner.get(world.path(name))
    text = page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text)
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize("name", [*OWN_ID, *FILES])
def test_a_strangers_page_looks_absent(world: World, name: str) -> None:
    foreign = world.stranger.get(world.path(name))
    absent = world.stranger.get(world.path(name, {{**OWN_ID, **FILES}[name]: ABSENT}))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert _same(foreign) == _same(absent)


@pytest.mark.parametrize("name", [name for name in WIDGETS if name not in OWN_ID])
def test_a_strangers_lists_show_nothing_of_the_first(world: World, name: str) -> None:
    text = world.stranger.get(world.path(name)).content.decode()
    for mark in ("OWN-", "987,654", "123,456", "555.00", world.cast.account.name, world.cast.account.code):
        assert mark not in text, mark


@pytest.mark.parametrize("name", [name for name in POSTS if name != "buy"])
def test_a_stranger_changes_nothing(world: World, name: str) -> None:
    assert world.stranger.submit(world.path(name), {}, page=PORTAL).status_code == 404
    assert world.owner.get(f"{PORTAL}payments/{world.ids['payment_id']}/").content.count(b"pill-busy") == 1


def test_a_stranger_can_neither_pay_nor_change_what_is_not_theirs(world: World) -> None:
    claim = {"transaction_reference": "X", "amount": "1.00", "paid_on": "2026-01-01", "method": "bank_transfer"}
    assert world.stranger.submit(world.path("pay"), claim, page=PORTAL).status_code == 404
    person = {"name": "Mallory", "role": "owner"}
    assert world.stranger.submit(world.path("team-member"), person, page=PORTAL).status_code == 404
    method = {"payment_method": "bank_transfer", "label": "Mine"}
    assert world.stranger.submit(world.path("method"), method, page=PORTAL).status_code == 404


def test_invoices_and_receipts_are_files(world: World) -> None:
    invoice = world.owner.get(world.path("invoice-pdf"))
    assert (invoice.status_code, invoice["Content-Type"]) == (200, "application/pdf")
    assert invoice.content.startswith(b"%PDF")
    assert "attachment" in invoice["Content-Disposition"]
    undecided = world.owner.get(world.path("receipt"))
    assert (undecided.status_code, undecided["Content-Type"]) == (409, "text/html; charset=utf-8")


ROLES = {
    "pay": AccountRole.MEMBER,
    "method": AccountRole.ADMIN,
    "team": AccountRole.OWNER,
    "keys": AccountRole.OWNER,
    "team-member": AccountRole.OWNER,
}


@pytest.mark.parametrize("role", list(AccountRole))
def test_roles_see_what_they_may(world: World, role: AccountRole) -> None:
    visitor, _ = signed_in(world.cast.account, role)
    order = list(AccountRole)
    for name in WIDGETS:
        allowed = order.index(role) >= order.index(ROLES.get(name, AccountRole.VIEWER))
        assert visitor.get(world.path(name)).status_code == (200 if allowed else 403), name


@pytest.mark.parametrize("name", [*WIDGETS, *sorted(NO_PAGE - {"two-step-begin"})])
def test_nobody_gets_in_without_a_session(world: World, name: str) -> None:
    answer = Visitor().get(world.path(name))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (303, f"{PORTAL}sign-in/")


def test_errors_are_pages_here_and_json_there(world: World) -> None:
    page = world.owner.get(f"{PORTAL}nothing/")
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert Visitor().get("/nothing/")["Content-Type"] == "application/json"
    assert world.owner.get(f"{PORTAL}invoices/?before=99999999999999999999999999").status_code == 200
    assert world.owner.client.put(PORTAL).status_code in (403, 405)


@pytest.mark.parametrize("language", ["en", "de", "ur"])
def test_every_page_speaks_every_language(world: World, language: str) -> None:
    visitor, _ = signed_in(world.cast.account)
    answer = visitor.submit(f"{PORTAL}preferences/", {"language": language, "next": PORTAL}, page=PORTAL)
    assert answer.status_code == 303
    for name in WIDGETS:
        page = visitor.get(world.path(name))
        assert page["Content-Language"] == language
        direction = "rtl" if language == "ur" else "ltr"
        assert f'<html lang="{language}" dir="{direction}"' in page.content.decode()


def _same(page: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|value="/portal/[^"]*"', "", page.content.decode())
