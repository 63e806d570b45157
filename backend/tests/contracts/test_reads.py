"""Whoever reads cannot write: every GET runs in a transaction that PostgreSQL holds to reading."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InternalError, connection
from igny8_core.accounts import tenancy
from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.ledger.views import BalanceView
from igny8_core.events import unit_of_work
from igny8_core.http.sessions import COOKIE
from igny8_core.kit.locks import lock_one
from tests.cast import BILLING, Cast, as_operator, make_cast
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.console.test_access import PAGES
from tests.contracts.test_isolation_matrix import LEAST, OPERATORS, ROUTES, one_of_each
from tests.portal.test_pages import FILES, WIDGETS, patterns
from tests.portal.test_pages import World as PortalWorld
from tests.portal.visitor import Visitor
from tests.staff import ABSENT

READ_ONLY_REFUSED = "25006"
WRITING = {"verify"}
"""Reads that write and say so: a recount stores how far it came, in a unit of work of its own (ADR 0018)."""
READS = [route for route in ROUTES if "get" in route.methods and route.name not in WRITING]
NO_RECEIPT = {"receipt": 409, "any-receipt": 409}
"""The payment that is asked for has not succeeded."""
DETAILS = {"billing/payment": "payment_id", "billing/invoice": "invoice_id", "billing/refund": "refund_id"}


@dataclass(frozen=True)
class World:
    cast: Cast
    ids: dict[str, str]
    desk: DeskClient


@pytest.fixture(scope="module")
def world() -> World:
    cast = make_cast()
    return World(cast, one_of_each(cast, cast.account, cast.member), at_desk(OperatorRole.ADMIN)[0])


@pytest.fixture(scope="module")
def portal() -> tuple[PortalWorld, str]:
    """The portal's world, and its owner's session: a page that refuses somebody makes their browser forget it."""
    world = PortalWorld()
    return world, world.owner.client.cookies[COOKIE].value


@contextmanager
def modes() -> Iterator[list[str]]:
    """What PostgreSQL says of each transaction in which a statement ran, after the statement."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if connection.in_atomic_block:
            found.append(connection.connection.execute("SHOW transaction_read_only").fetchone()[0])
        return result

    def begin(statements: str) -> datetime:
        """Begin a transaction: Django's wrapper does not see that."""
        now = asked_with_begin(statements)
        found.append(connection.connection.execute("SHOW transaction_read_only").fetchone()[0])
        return now

    asked_with_begin = tenancy.asked_with_begin
    with connection.execute_wrapper(note), patch.object(tenancy, "asked_with_begin", begin):
        yield found


@pytest.mark.parametrize("route", READS, ids=[str(route.name) for route in READS])
def test_a_get_of_the_api_only_reads(world: World, route: Any) -> None:
    operators = LEAST[str(route.name)]["get"] in OPERATORS
    caller = world.cast.admin if operators else world.cast.owner
    path = re.sub(r"<uuid:(\w+)>", lambda found: world.ids[found[1]], route.path)
    with modes() as found:
        answer = caller.get(path)
    assert answer.status_code == NO_RECEIPT.get(str(route.name), 200), answer.content
    assert set(found) == {"on"}


@pytest.mark.parametrize("name", patterns())
def test_a_page_of_the_portal_only_reads(portal: tuple[PortalWorld, str], name: str) -> None:
    portal_world, session = portal
    visitor = Visitor()
    visitor.client.cookies[COOKIE] = session
    ids = {**portal_world.ids, "token": "forged"}
    path = re.sub(r"<\w+:(\w+)>", lambda found: ids.get(found[1], ABSENT), patterns()[name])
    with modes() as found:
        answer = visitor.get(path)
    assert answer.status_code < 500
    assert set(found) <= {"on"}
    # Some addresses take forms alone, and others need no transaction for somebody who is signed in.
    assert found or name not in {*WIDGETS, *FILES}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_console_only_reads(world: World, page: str) -> None:
    with modes() as found:
        answer = world.desk.get(CONSOLE + page)
    assert answer.status_code == 200
    assert set(found) == {"on"}


@pytest.mark.parametrize("table", DETAILS)
def test_a_row_in_the_console_only_reads(world: World, table: str) -> None:
    with modes() as found:
        answer = world.desk.get(f"{CONSOLE}{table}/{world.ids[DETAILS[table]]}/change/")
    assert answer.status_code == 200
    assert set(found) == {"on"}


@pytest.mark.parametrize("operators", [False, True])
def test_a_read_refuses_writes_locks_and_to_be_loosened(cast: Cast, operators: bool) -> None:
    scope = Scope.operators() if operators else Scope.tenant(cast.account.id)
    own = Account.objects.filter(id=cast.account.id)

    def loosened() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('transaction_read_only', 'off', true)")

    for attempt in (lambda: own.update(name="Renamed"), lambda: lock_one(own), loosened):
        with pytest.raises(InternalError) as refused, unit_of_work.read(scope):
            attempt()
        assert attempt is loosened or unit_of_work.sqlstate(refused.value) == READ_ONLY_REFUSED
    with unit_of_work.read(scope):
        assert own.get().name == cast.account.name


def test_the_next_unit_of_work_may_write(cast: Cast) -> None:
    own = Account.objects.filter(id=cast.account.id)
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        assert own.exists()
    assert as_operator(lambda: own.update(name="Renamed")) == 1


def test_a_get_that_writes_fails_and_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Account.objects.filter(id=cast.account.id)

    def writing(view: Any, request: Any) -> Any:
        own.update(name="Renamed")

    monkeypatch.setattr(BalanceView, "get", writing)
    assert cast.viewer.get(f"{BILLING}balance/").status_code == 500
    with unit_of_work.read(Scope.operators()):
        assert own.get().name == cast.account.name
