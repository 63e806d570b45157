"""An account with some of each thing, so that every page has something to show and every form something to act on."""

import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.models import Model
from django.urls import URLResolver, get_resolver
from igny8_core.accounts.models import SecondFactor
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.console.admin import TABLES
from igny8_core.kit.sealing import unseal
from tests.api.test_method_configs import created
from tests.cast import ADMIN, BILLING, Api, as_operator, make_cast
from tests.console.test_waiting_desk import refund_asked
from tests.contracts.test_isolation_matrix import one_of_each
from tests.second_steps import code_now
from tests.staff import ABSENT, Person
from tests.statements import bank_account, camt, imported, lines, payer

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
EXPRESSION = re.compile(r"[\^$]|\(\?P|\|\w+|:?\.\*\)")
"""What makes two of Django's own addresses a regular expression, and none of ours."""
ACTIONS = ("accept", "reject", "assign", "split", "ignore", "park", "undo", "confirm", "discard", "nothing")
CONFIGS = 30
"""So many ways to pay that some are left when the page that removes them has been asked often."""
UNCOUNTED = "UPDATE accounts_secondfactor SET wrong_codes = 0, locked_until = NULL WHERE user_id = %s"


def addresses(prefix: str) -> dict[str, str]:
    """Every address below a prefix, by name; those without a name by their pattern."""
    return {name or path: path for name, path in _walk(get_resolver().url_patterns, "/") if path.startswith(prefix)}


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield each.name, path


class World:
    """The cast, and the ids of the account's things by the names that addresses give them."""

    def __init__(self) -> None:
        self.cast = make_cast()
        self.ids = self._things()

    def _things(self) -> dict[str, list[str]]:
        cast, owner = self.cast, self.cast.owner
        payments = [_paid(owner, str(cast.invoice(f"{1000 + n}.00")), f"OWN-REF-{n}") for n in range(8)]
        assert cast.approver.post(f"{ADMIN}payments/{payments[0]}/approve/").status_code == 200
        refund_asked(cast)
        method = {"payment_method": "bank_transfer"}
        found = imported(self.cast, self.statement())
        more = {
            "invoice_id": [str(cast.invoice(f"{2000 + n}.00")) for n in range(4)],
            "payment_id": payments,
            "method_id": [_made(owner, f"{BILLING}payment-methods/", {**method, "label": f"{n}"}) for n in range(8)],
            "config_id": [created(cast)["id"]],
            "action": [*ACTIONS],
            "app_label": ["billing"],
            "token": ["forged"],
            "line_id": [line["id"] for line in lines(cast, found["id"])],
            "import_id": [found["id"]],
        }
        one = {name: [known] for name, known in one_of_each(cast, cast.account, cast.member).items()}
        self.payment_of_proof = one["payment_id"]
        return {**one, **more}

    def statement(self) -> bytes:
        """A bank statement with payers whom nobody knows."""
        payers = (payer(1000 * n, f"somebody {n}", name=f"Payer {n}") for n in range(1, 7))
        return camt(bank_account(self.cast), *payers)

    def path(self, route: str, rng: random.Random) -> str:
        """An address with ids filled in."""
        ids = {**self.ids, "payment_id": self.payment_of_proof} if "proof_id" in route else self.ids
        return _filled(route, lambda name: rng.choice(ids.get(name, [ABSENT])))

    def rows(self) -> dict[str, list[str]]:
        """Ids of rows that the console's tables show of this account, or of the platform, by the table's name."""
        configs = [str(created(self.cast)["id"]) for _ in range(CONFIGS)]
        found = {model._meta.label_lower.replace(".", "/"): self._rows(model) for model, _ in TABLES}
        # The newest keys are sign-ins, and the newest ways to pay may be the platform's, which other tests need.
        return {**found, "accounts/accesskey": self.ids["key_id"], "billing/paymentmethodconfig": configs}

    def _rows(self, model: type[Model]) -> list[str]:
        rows = model._base_manager.all()
        if any(column.name == "account" for column in model._meta.fields):
            rows = rows.filter(account_id=self.cast.account.id)
        elif model._meta.model_name == "account":
            rows = rows.filter(id=self.cast.account.id)
        newest = rows.order_by("-pk").values_list("pk", flat=True)[:3]
        return [str(pk) for pk in as_operator(lambda: list(newest))]


def absent(route: str) -> str:
    """An address with an id that nothing has."""
    return _filled(route, lambda name: ABSENT)


def _filled(route: str, value: Callable[[str], str]) -> str:
    return PARAMETER.sub(lambda found: value(found[1]), EXPRESSION.sub("", route))


def code_of(person: Person) -> str:
    """What the person's app shows; something like it before there is one."""
    factor = as_operator(lambda: SecondFactor.objects.filter(user_id=person.id).first())
    return "123456" if factor is None else code_now(unseal(factor.sealed_secret)["secret"])


def forgive(person: Person) -> None:
    """Forget the wrong codes of a person."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(UNCOUNTED, [person.id])


@contextmanager
def world() -> Iterator[World]:
    """A new one; what forms configure for the whole platform goes again."""
    before = list(PaymentMethodConfig.objects.values_list("id", flat=True))
    try:
        yield World()
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("UPDATE billing_approvallimit SET amount_minor = NULL")
            connection.execute("DELETE FROM billing_paymentmethodconfig WHERE id <> ALL(%s)", [before])


def _made(api: Api, path: str, body: dict[str, Any]) -> str:
    answer = api.post(path, body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["data"]["id"])


def _paid(owner: Api, invoice_id: str, reference: str) -> str:
    claim = {"invoice_id": invoice_id, "payment_method": "bank_transfer", "transaction_reference": reference}
    return _made(owner, f"{BILLING}payments/manual/", claim)
