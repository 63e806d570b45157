"""Every route, every caller, every kind of id: who is refused, how, and that a foreign row looks like an absent one.

The table below is written by hand and not read from the views: a route that it does not know fails the test.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.billing.models import CreditPackage, PaymentMethodConfig
from igny8_core.business.platform.services import provisioning
from tests.api.test_method_configs import new_config
from tests.api.uploading import form, part, upload
from tests.cast import ADMIN, BILLING, Api, Cast, as_operator, make_cast
from tests.files import picture
from tests.gateways.keys import keys_of_gateways, unopened_card
from tests.invitations import TEAM
from tests.staff import ABSENT, address, operator, team_member
from tests.statements import bank_account, camt, drop, lines
from tests.statements import payer as transfer

ACCOUNT = ("viewer", "member", "admin", "owner")
OPERATORS = ("support", "approver", "finance", "operator admin")
API = "/api/v1/"
LEAST = {
    "login": {"post": "public"},
    "refresh": {"post": "public"},
    "logout": {"post": "any"},
    "reauthenticate": {"post": "any"},
    "me": {"get": "any"},
    "payments": {"get": "viewer"},
    "payment": {"get": "viewer"},
    "payment-manual": {"post": "member"},
    "payment-cancel": {"post": "member"},
    "payment-checkout": {"post": "member"},
    "checkout-refresh": {"post": "member"},
    "stripe-message": {"post": "public"},
    "paypal-message": {"post": "public"},
    "methods-available": {"get": "viewer"},
    "saved-methods": {"get": "viewer", "post": "admin"},
    "saved-method": {"get": "viewer", "patch": "admin", "delete": "admin"},
    "saved-method-default": {"post": "admin"},
    "enter-card": {"post": "admin"},
    "card-refresh": {"post": "admin"},
    "charge-card": {"post": "member"},
    "invoices": {"get": "viewer"},
    "invoice": {"get": "viewer"},
    "credit-packages": {"get": "viewer"},
    "invoice-pdf": {"get": "viewer"},
    "receipt": {"get": "viewer"},
    "any-invoice-pdf": {"get": "support"},
    "any-receipt": {"get": "support"},
    "proofs": {"get": "viewer", "post": "member"},
    "proof": {"get": "viewer"},
    "any-proofs": {"get": "support"},
    "any-proof": {"get": "support"},
    "purchase": {"post": "admin"},
    "balance": {"get": "viewer"},
    "credits": {"get": "viewer"},
    "credit-transactions": {"get": "viewer"},
    "team": {"get": "owner"},
    "team-invitations": {"get": "owner", "post": "owner"},
    "team-invitation": {"get": "owner"},
    "send-team-invitation": {"post": "owner"},
    "revoke-team-invitation": {"post": "owner"},
    "team-member": {"get": "owner", "patch": "owner"},
    "team-keys": {"get": "owner", "post": "owner"},
    "team-key": {"get": "owner"},
    "revoke-team-key": {"post": "owner"},
    "all-payments": {"get": "support"},
    "any-payment": {"get": "support"},
    "bulk-approve": {"post": "approver"},
    "record-payment": {"post": "finance"},
    "payment-approve": {"post": "approver"},
    "payment-reject": {"post": "approver"},
    "payment-refund": {"post": "finance"},
    "payment-bounce": {"post": "finance"},
    "payment-refresh": {"post": "approver"},
    "refunds": {"get": "support"},
    "refund": {"get": "support"},
    "refund-approve": {"post": "approver"},
    "refunds-export": {"get": "finance"},
    "refund-paid": {"post": "finance"},
    "refund-cancel": {"post": "finance"},
    "approval-limits": {"get": "support", "put": "operator admin"},
    "verify": {"get": "support"},
    "waiting": {"get": "support"},
    "confirm-change": {"post": "operator admin"},
    "reject-change": {"post": "operator admin"},
    "all-invoices": {"get": "support", "post": "finance"},
    "any-invoice": {"get": "support"},
    "finalize": {"post": "finance"},
    "apply-balance": {"post": "finance"},
    "void": {"post": "finance"},
    "mark-uncollectible": {"post": "finance"},
    "method-configs": {"get": "finance", "post": "finance"},
    "method-config": {"get": "finance", "patch": "finance", "delete": "finance"},
    "trial-balance": {"get": "support"},
    "ledger-account": {"get": "support"},
    "credits-consume": {"post": "operator admin"},
    "credits-adjust": {"post": "operator admin"},
    "accounts": {"get": "operator admin", "post": "operator admin"},
    "any-account": {"get": "operator admin", "patch": "operator admin"},
    "events": {"get": "support"},
    "audit": {"get": "support"},
    "users": {"get": "operator admin"},
    "invitations": {"get": "operator admin", "post": "operator admin"},
    "any-invitation": {"get": "operator admin"},
    "send-any-invitation": {"post": "operator admin"},
    "revoke-any-invitation": {"post": "operator admin"},
    "reset-user": {"post": "operator admin"},
    "any-user": {"get": "operator admin", "patch": "operator admin"},
    "api-keys": {"get": "operator admin", "post": "operator admin"},
    "any-api-key": {"get": "operator admin"},
    "revoke-any-api-key": {"post": "operator admin"},
    "statements": {"get": "support", "post": "finance"},
    "statement": {"get": "support"},
    "confirm-statement": {"post": "finance"},
    "discard-statement": {"post": "finance"},
    "match-again": {"post": "finance"},
    "match-all-again": {"post": "finance"},
    "statement-lines": {"get": "support"},
    "statement-line": {"get": "support"},
    "line-candidates": {"get": "support"},
    "line-accept": {"post": "finance"},
    "line-reject": {"post": "finance"},
    "line-assign": {"post": "finance"},
    "line-split": {"post": "finance"},
    "line-ignore": {"post": "finance"},
    "line-park": {"post": "finance"},
    "line-undo": {"post": "finance"},
    "bank-accounts": {"get": "support", "post": "finance"},
    "bank-account": {"get": "support", "patch": "finance", "delete": "finance"},
    "csv-profiles": {"get": "support", "post": "finance"},
    "csv-profile-preview": {"post": "finance"},
    "csv-profile": {"get": "support", "patch": "finance", "delete": "finance"},
}
BODIES: dict[str, Any] = {
    "saved-method": {"label": "Renamed"},
    "charge-card": {"invoice_id": ABSENT},
    "team-member": {"name": "Renamed"},
    "payment-reject": {"reason": "No"},
    "payment-bounce": {"reason": "No"},
    "credits-consume": {"credits": 1},
    "any-user": {"name": "Renamed"},
    "credits-adjust": {"credits": 1, "reason": "Goodwill"},
    "any-account": {"name": "Renamed"},
    "method-config": {"sort_order": 7},
    "line-ignore": {"reason": "No"},
    "line-park": {"reason": "No"},
    "line-undo": {"reason": "No"},
    "line-accept": {"proposal_id": ABSENT},
    "line-reject": {"proposal_id": ABSENT},
    "line-assign": {"refund_id": ABSENT},
    "line-split": {"parts": [{"account_id": ABSENT, "amount": "9.00"}, {"account_id": ABSENT, "amount": "8.00"}]},
}


FORMS = {"proofs": form(part("file", picture(), "slip.png"))}


@dataclass(frozen=True)
class Route:
    """An address with its name and methods."""

    name: str | None
    path: str
    methods: tuple[str, ...]

    @property
    def parameter(self) -> str | None:
        """The name of the id in the path."""
        found = re.search(r"<uuid:(\w+)>", self.path)
        return None if found is None else found[1]


def routes(patterns: list[Any] | None = None, prefix: str = "/") -> Iterator[Route]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            view: Any = pattern.callback
            verbs = ("get", "post", "put", "patch", "delete")
            actions = getattr(view, "actions", None)
            methods = actions or [verb for verb in verbs if hasattr(getattr(view, "view_class", view), verb)]
            yield Route(pattern.name, path, tuple(sorted(methods)))


# The portal's pages answer people, not programs: `tests/portal/test_strangers.py` walks them.
ROUTES = [route for route in routes() if route.path.startswith(API)]


@dataclass(frozen=True)
class World:
    """The callers, and an id of each kind for account A and for account B."""

    callers: dict[str, Api]
    own: dict[str, str]
    foreign: dict[str, str]


@pytest.fixture(scope="module", autouse=True)
def _gateways() -> Iterator[None]:
    with keys_of_gateways():
        yield


@pytest.fixture(scope="module")
def world() -> World:
    cast = make_cast()
    admin_key, expired, suspended = as_operator(lambda: _keys(cast))
    callers = {
        "anonymous": cast.anonymous,
        "expired": expired,
        "suspended": suspended,
        "viewer": cast.viewer,
        "member": cast.member,
        "admin": admin_key,
        "owner": cast.owner,
        "stranger": cast.stranger,
        "support": cast.support,
        "approver": cast.approver,
        "finance": cast.finance,
        "operator admin": cast.admin,
    }
    return World(callers, one_of_each(cast, cast.account, cast.member), one_of_each(cast, cast.other, cast.stranger))


def _keys(cast: Cast) -> tuple[Api, Api, Api]:
    def issue(account: Any, role: AccountRole, **more: Any) -> Api:
        return Api(provisioning.issue_account_key(account=account, role=role, name="m", **more).secret)

    code = uuid.uuid4().hex[:8].upper()
    closed = provisioning.create_account(
        code=code, name="Closed", country="PK", billing_currency="PKR", time_zone="UTC"
    )
    key = issue(closed, AccountRole.OWNER)
    provisioning.suspend_account(closed, suspended=True)
    past = datetime.now(UTC) - timedelta(days=1)
    return issue(cast.account, AccountRole.ADMIN), issue(cast.account, AccountRole.OWNER, expires_at=past), key


def one_of_each(cast: Cast, account: Any, payer: Api) -> dict[str, str]:
    """The id of one thing of each kind, by the names that addresses give them; the account's where it has them."""
    owner = cast.owner if account is cast.account else cast.stranger
    invoice_id = cast.invoice(account=account)
    body = {"invoice_id": str(invoice_id), "payment_method": "bank_transfer", "transaction_reference": "M 1"}
    payment = payer.post(f"{BILLING}payments/manual/", body).json()["data"]["id"]
    settled = payer.post(
        f"{BILLING}payments/manual/", {**body, "invoice_id": str(cast.invoice(account=account)), "notes": "r"}
    ).json()["data"]["id"]
    assert cast.approver.post(f"{ADMIN}payments/{settled}/approve/").status_code == 200
    refund = cast.finance.post(f"{ADMIN}payments/{settled}/refund/", {"destination": "transfer"}).json()["data"]
    proof = upload(payer, f"{BILLING}payments/{payment}/proofs/", form(part("file", picture("JPEG"), "a.jpg"))).json()
    method = owner.post(f"{BILLING}payment-methods/", {"payment_method": "bank_transfer", "label": "HBL"}).json()
    # With a second admin there is somebody to wait for.
    _, helper, raised = operator(OperatorRole.ADMIN), operator(OperatorRole.SUPPORT), {"role": "approver"}
    statement = drop(cast.finance, camt(bank_account(cast), transfer(1_00, "?"))).json()["data"]["id"]
    return {
        "import_id": statement,
        "line_id": lines(cast, statement)[0]["id"],
        "bank_account_id": cast.support.get(f"{ADMIN}bank-accounts/").json()["results"][0]["id"],
        "profile_id": cast.finance.post(f"{ADMIN}csv-profiles/", new_profile()).json()["data"]["id"],
        "invoice_id": str(invoice_id),
        "payment_id": payment,
        "refund_id": refund["refund"]["id"],
        "proof_id": proof["data"]["id"],
        "method_id": method["data"]["id"],
        "card_id": unopened_card(account),
        "account_id": str(account.id),
        "user_id": team_member(account, AccountRole.MEMBER).id,
        "invitation_id": owner.post(TEAM, {"email": address(), "role": "member"}).json()["data"]["id"],
        "key_id": str(
            as_operator(
                lambda: provisioning.issue_account_key(account=account, role=AccountRole.VIEWER, name="spare")
            ).key.id
        ),
        "change_id": cast.admin.call("PATCH", f"{API}admin/users/{helper.id}/", raised).json()["data"]["id"],
        "package_id": str(CreditPackage.objects.values_list("id", flat=True)[0]),
        "config_id": str(PaymentMethodConfig.objects.filter(country="NG").values_list("id", flat=True)[0]),
    }


def test_the_table_knows_every_route() -> None:
    assert {(route.name, method) for route in ROUTES for method in route.methods} == {
        (name, method) for name, methods in LEAST.items() for method in methods
    }


CASES = [(route, method) for route in ROUTES for method in route.methods if LEAST.get(str(route.name)) is not None]


@pytest.mark.parametrize(("route", "method"), CASES, ids=[f"{method} {route.name}" for route, method in CASES])
def test_who_gets_where(world: World, route: Route, method: str) -> None:
    least = LEAST[str(route.name)][method]
    # The strongest come last: what they change, the others no longer need.
    for name, api in world.callers.items():
        for kind in _kinds(route, method):
            answer = _call(world, api, route, method, kind)
            problem = f"{name}: {method} {route.name} with {kind} id answered {answer.status_code} {answer.content!r}"
            assert answer.status_code < 500, problem
            assert "no-store" in answer["Cache-Control"], problem
            assert {"Authorization", "Cookie"} <= {*answer["Vary"].split(", ")}, problem
            refusal = _refusal(name, least)
            if refusal is not None:
                assert (answer.status_code, answer.json()["code"]) in refusal, problem
            else:
                assert answer.status_code not in (401, 403, 405), problem
                assert (answer.status_code == 404) is _hidden(route, name, least, kind), problem


def test_a_foreign_row_looks_like_an_absent_one(world: World) -> None:
    compared = 0
    for route, method in CASES:
        if LEAST[str(route.name)][method] in ACCOUNT and route.parameter not in (None, "package_id"):
            answers = [
                _call(world, world.callers["owner"], route, method, kind).json() for kind in ("absent", "foreign")
            ]
            assert {**answers[0], "request_id": ""} == {**answers[1], "request_id": ""}
            compared += 1
    assert compared >= 10


def _kinds(route: Route, method: str) -> tuple[str, ...]:
    if route.parameter is None:
        return ("none",)
    return ("absent", "foreign", "own")


def _call(world: World, api: Api, route: Route, method: str, kind: str) -> Any:
    path = route.path
    if route.parameter is not None:
        ids = {"absent": ABSENT, "own": world.own, "foreign": world.foreign}[kind]
        if method == "delete" and kind != "absent":  # what is deleted would be gone for the next caller
            ids = _spare(world, route, kind)
        path = re.sub(r"<uuid:(\w+)>", lambda found: ids if isinstance(ids, str) else ids[found[1]], path)
    if route.name in FORMS and method == "post":
        return upload(api, path, FORMS[route.name])
    body = None if method == "get" else BODIES.get(str(route.name), {})
    return api.call(method.upper(), path, body)


def new_profile() -> dict[str, Any]:
    """A profile of a name that nobody has."""
    return {"name": uuid.uuid4().hex, "definition": {"booking_date": 1, "amount": 2, "fixed_currency": "PKR"}}


def _spare(world: World, route: Route, kind: str) -> str:
    """Something new of that kind, to be deleted or not."""
    if route.parameter == "config_id":
        answer = world.callers["finance"].post(f"{ADMIN}payment-method-configs/", new_config())
    elif route.parameter == "bank_account_id":
        body = {"name": "Spare", "number": str(uuid.uuid4().int)[:20], "currency": "PKR"}
        answer = world.callers["finance"].post(f"{ADMIN}bank-accounts/", body)
    elif route.parameter == "profile_id":
        answer = world.callers["finance"].post(f"{ADMIN}csv-profiles/", new_profile())
    else:
        owner = world.callers["owner" if kind == "own" else "stranger"]
        answer = owner.post(f"{BILLING}payment-methods/", {"payment_method": "bank_transfer", "label": "Spare"})
    return str(answer.json()["data"]["id"])


def _refusal(caller: str, least: str) -> set[tuple[int, str]] | None:
    if least == "public":
        return None
    if caller in ("anonymous", "expired"):
        return {(401, "authentication_required")}
    if caller == "suspended":
        return {(403, "account_suspended")}
    if least == "any":
        return None
    if least in ACCOUNT:
        if caller in OPERATORS:
            return {(403, "account_required")}
        return (
            None
            if caller == "stranger" or ACCOUNT.index(caller) >= ACCOUNT.index(least)
            else {(403, "permission_denied")}
        )
    if caller in OPERATORS and OPERATORS.index(caller) >= OPERATORS.index(least):
        return None
    return {(403, "permission_denied")}


def _hidden(route: Route, caller: str, least: str, kind: str) -> bool:
    """Whether the caller must be told that there is nothing: absent for all, foreign for accounts."""
    if kind == "absent":
        return True
    if kind == "none" or route.parameter in ("package_id", "config_id") or least in OPERATORS:
        return False
    return kind == ("own" if caller == "stranger" else "foreign")
