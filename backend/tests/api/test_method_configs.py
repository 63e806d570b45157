"""`/api/v1/admin/billing/payment-method-configs/`: what the platform offers, by country and currency."""

import uuid
from typing import Any

import pytest
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.staff import ABSENT

CONFIGS = f"{ADMIN}payment-method-configs/"
AMOUNTS = {"min_amount": "100.00", "max_amount": "5000.00", "tolerance": "0.00"}


def new_config(**more: Any) -> dict[str, Any]:
    """A bank in Oman, whose currency has three decimals, under a name nobody has."""
    return {
        "payment_method": "bank_transfer",
        "country": "OM",
        "currency": "OMR",
        "display_name": uuid.uuid4().hex,
        "instructions": {"payee_name": "IGNY8", "account_number": "0123456789", "note": "Quote {reference}."},
        "min_amount": "1.500",
        "max_amount": "900",
        "tolerance": "0.005",
        "requires_proof": True,
        "enabled": True,
        "sort_order": 7,
        **more,
    }


def created(cast: Cast, **more: Any) -> dict[str, Any]:
    response = cast.finance.post(CONFIGS, new_config(**more))
    assert response.status_code == 201, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def change(cast: Cast, config_id: str, **changes: Any) -> Any:
    return cast.finance.call("PATCH", f"{CONFIGS}{config_id}/", changes)


def remove(cast: Cast, config_id: str) -> Any:
    return cast.finance.call("DELETE", f"{CONFIGS}{config_id}/")


def state() -> tuple[int, int]:
    """How many configs and how many facts of the platform there are."""

    def operation() -> tuple[int, int]:
        events = Event.objects.across_accounts().filter(account=PLATFORM_ID, type__startswith="payment_method_config.")
        return PaymentMethodConfig.objects.count(), events.count()

    counted: tuple[int, int] = as_operator(operation)
    return counted


def facts_about(config_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    with unit_of_work.read(Scope.operators()):
        rows = Event.objects.across_accounts().filter(subject_id=uuid.UUID(config_id)).order_by("seq")
        return [(row.type, row.actor_kind, row.data) for row in rows if row.account_id == PLATFORM_ID]


def test_a_config_is_offered_changed_and_removed(cast: Cast) -> None:
    body = new_config()
    response = cast.finance.post(CONFIGS, body)
    data = response.json()["data"]
    assert response.status_code == 201
    assert data == {
        **body,
        "id": data["id"],
        "max_amount": "900.000",
        "created_at": data["created_at"],
        "updated_at": data["created_at"],
    }
    assert cast.finance.get(f"{CONFIGS}{data['id']}/").json()["data"] == data
    names = f"{BILLING}payment-methods/available/?country=OM&currency=OMR"
    offered = {method["display_name"]: method for method in cast.viewer.get(names).json()["data"]["methods"]}
    assert offered[body["display_name"]]["min_amount"] == "1.500"
    changed = change(cast, data["id"], enabled=False, max_amount=None, tolerance="0").json()["data"]
    assert changed == {
        **data,
        "enabled": False,
        "max_amount": None,
        "tolerance": "0.000",
        "updated_at": changed["updated_at"],
    }
    assert body["display_name"] not in cast.viewer.get(names).content.decode()
    assert change(cast, data["id"], enabled=False).json()["data"] == changed
    assert remove(cast, data["id"]).json()["data"] == {"id": data["id"]}
    assert cast.finance.get(f"{CONFIGS}{data['id']}/").status_code == 404
    assert remove(cast, data["id"]).status_code == 404


def test_changes_are_facts_of_the_platform(cast: Cast) -> None:
    config_id = created(cast)["id"]
    changed = {"payee_name": "IGNY8", "account_number": "666"}
    assert change(cast, config_id, instructions=changed).status_code == 200
    assert remove(cast, config_id).status_code == 200
    facts = facts_about(config_id)
    assert [(kind, actor) for kind, actor, _ in facts] == [
        (f"payment_method_config.{verb}", "operator") for verb in ("created", "updated", "removed")
    ]
    first, second, last = (data for *_, data in facts)
    assert (first["min_amount_minor"], first["max_amount_minor"], first["tolerance_minor"]) == (1500, 900_000, 5)
    assert second["fields"] == ["instructions"]
    assert first["instructions_sha256"] != second["instructions_sha256"] == last["instructions_sha256"]
    assert "666" not in second.values()


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"payment_method": "cheque"}, "payment_method"),
        ({"country": "XX"}, "country"),
        ({"country": "om"}, "country"),
        ({"currency": "XYZ"}, "currency"),
        ({"display_name": ""}, "display_name"),
        ({"instructions": "pay"}, "instructions"),
        ({"instructions": {"iban": 5}}, "instructions.iban"),
        ({"instructions": {"iban": "OM00 0000"}}, "instructions.iban"),
        ({"instructions": {"password": "x"}}, "instructions.password"),
        ({"min_amount": 5}, "min_amount"),
        ({"min_amount": "0"}, "min_amount"),
        ({"min_amount": "-1"}, "min_amount"),
        ({"min_amount": "1.0005"}, "min_amount"),
        ({"min_amount": "1" * 20}, "min_amount"),
        ({"currency": "JPY", "min_amount": "1.5", "max_amount": "900", "tolerance": "0"}, "min_amount"),
        ({"max_amount": "1.000"}, "max_amount"),
        ({"tolerance": None}, "tolerance"),
        ({"enabled": "yes"}, "enabled"),
        ({"sort_order": 40_000}, "sort_order"),
        ({"sort_order": True}, "sort_order"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_configs_are_refused(cast: Cast, fault: dict[str, Any], field: str) -> None:
    before = state()
    response = cast.finance.post(CONFIGS, new_config(**fault))
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert list(response.json()["errors"]) == [field]
    assert state() == before


def test_a_second_entry_of_the_same_name_is_refused(cast: Cast) -> None:
    config, other = created(cast), created(cast)
    before = state()
    twin = cast.finance.post(CONFIGS, new_config(display_name=config["display_name"]))
    assert (twin.status_code, twin.json()["code"]) == (409, "already_taken")
    assert list(twin.json()["errors"]) == ["display_name"]
    assert change(cast, other["id"], display_name=config["display_name"]).status_code == 409
    assert state() == before
    assert created(cast, display_name=config["display_name"], country="*")["country"] == "*"


def test_another_currency_needs_its_own_amounts(cast: Cast) -> None:
    config_id = created(cast)["id"]
    stale = change(cast, config_id, currency="USD", min_amount="10.00")
    assert (stale.status_code, list(stale.json()["errors"])) == (400, ["max_amount", "tolerance"])
    changed = change(cast, config_id, currency="USD", **AMOUNTS).json()["data"]
    assert {name: changed[name] for name in AMOUNTS} == AMOUNTS
    assert created(cast, currency="JPY", min_amount="2", tolerance="0")["min_amount"] == "2"
    before = state()
    for wrong in ({"max_amount": "99.99"}, {"min_amount": "1.234"}, {"currency": "usd"}, {"id": config_id}):
        assert change(cast, config_id, **wrong).status_code == 400, wrong
    assert change(cast, ABSENT, enabled=False).status_code == 404
    assert change(cast, config_id).status_code == 200
    assert state() == before


def test_the_list_filters(cast: Cast) -> None:
    first, second = created(cast, country="OM", enabled=False), created(cast, country="OM")
    listed = cast.finance.get(f"{CONFIGS}?country=OM&page_size=1").json()
    assert [row["id"] for row in listed["results"]] == [second["id"]]
    after = cast.finance.get(listed["next"].removeprefix("http://testserver")).json()
    assert after["results"] == [first]
    off = cast.finance.get(f"{CONFIGS}?country=OM&enabled=false&page_size=1").json()
    assert [row["id"] for row in off["results"]] == [first["id"]]
    every = cast.finance.get(f"{CONFIGS}?country=*&page_size=100").json()["results"]
    assert {row["country"] for row in every} == {"*"}
    wallets = cast.finance.get(f"{CONFIGS}?country=PK&payment_method=local_wallet").json()["results"]
    assert {row["display_name"] for row in wallets} == {"JazzCash", "Easypaisa"}
    for query in ("country=XX", "enabled=1", "payment_method=cheque", "currency=PKR"):
        assert cast.finance.get(f"{CONFIGS}?{query}").status_code == 400, query


def test_a_retry_offers_once(cast: Cast) -> None:
    body, before = new_config(), state()
    answers = [cast.finance.post(CONFIGS, body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[0].json(), answers[1]["Idempotency-Replayed"]) == (answers[1].json(), "true")
    assert state() == (before[0] + 1, before[1] + 1)


def test_only_finance_comes_in(cast: Cast) -> None:
    config, body = created(cast), new_config()
    before = state()
    for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.support, 403)):
        assert caller.get(CONFIGS).status_code == status
        assert caller.get(f"{CONFIGS}{config['id']}/").status_code == status
        assert caller.post(CONFIGS, body).status_code == status
        assert caller.call("PATCH", f"{CONFIGS}{config['id']}/", {"enabled": False}).status_code == status
        assert caller.call("DELETE", f"{CONFIGS}{config['id']}/").status_code == status
    assert state() == before
