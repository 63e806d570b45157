"""`/api/v1/admin/events/` and `/api/v1/admin/audit/`: what happened, and who did it."""

from typing import Any

import pytest
from igny8_core.accounts.roles import AccountRole
from igny8_core.events.chain import GENESIS
from tests.cast import Cast
from tests.staff import ABSENT, team_member

EVENTS, AUDIT = "/api/v1/admin/events/", "/api/v1/admin/audit/"


def listed(cast: Cast, query: str, path: str = EVENTS) -> list[dict[str, Any]]:
    """All rows of the filtered list, page by page, two at a time."""
    rows, url = [], f"{path}?page_size=2&{query}"
    while url:
        response = cast.support.get(url)
        assert response.status_code == 200, response.content
        rows += response.json()["results"]
        url = (response.json()["next"] or "").removeprefix("http://testserver")
    return rows


def test_an_accounts_events_in_the_order_of_its_chain(cast: Cast) -> None:
    invoice_id = cast.invoice()
    payment = cast.submit(invoice_id).json()["data"]["id"]
    rows = listed(cast, f"account_id={cast.account.id}")
    assert [(row["seq"], row["type"]) for row in rows] == [
        (7, "payment.submitted"),
        (6, "invoice.finalized"),
        (5, "invoice.created"),
        (4, "api_key.issued"),
        (3, "api_key.issued"),
        (2, "api_key.issued"),
        (1, "account.created"),
    ]
    assert rows[0] == {
        "id": rows[0]["id"],
        "account_id": str(cast.account.id),
        "seq": 7,
        "type": "payment.submitted",
        "subject_type": "payment",
        "subject_id": payment,
        "actor_kind": "api_key",
        "actor_id": rows[0]["actor_id"],
        "request_id": rows[0]["request_id"],
        "occurred_at": rows[0]["occurred_at"],
        "data": rows[0]["data"],
        "hash": rows[0]["hash"],
    }
    assert len({row["hash"] for row in rows} - {GENESIS.hex()}) == 7


def test_filters(cast: Cast) -> None:
    invoice_id = cast.invoice()
    payment = cast.submit(invoice_id).json()["data"]["id"]
    (submitted,) = listed(cast, f"subject_id={payment}")
    assert submitted["type"] == "payment.submitted"
    account = f"account_id={cast.account.id}"
    assert len(listed(cast, f"{account}&type=api_key.issued")) == 3
    assert listed(cast, f"{account}&actor_kind=api_key") == [submitted]
    assert listed(cast, f"actor_id={submitted['actor_id']}") == [submitted]
    instant = submitted["occurred_at"]
    assert listed(cast, f"{account}&created_after={instant}") == []
    assert submitted not in listed(cast, f"{account}&created_before={instant}")
    assert listed(cast, f"account_id={ABSENT}") == []


def test_the_whole_log_goes_from_new_to_old_and_back(cast: Cast) -> None:
    made = [cast.invoice(final=False), cast.invoice(final=False, account=cast.other), cast.invoice(final=False)]
    first = cast.support.get(f"{EVENTS}?page_size=2").json()
    second = cast.support.get(first["next"].removeprefix("http://testserver")).json()
    seen = [row["subject_id"] for row in (*first["results"], *second["results"])]
    assert seen[:3] == [str(invoice_id) for invoice_id in reversed(made)]
    back = cast.support.get(second["previous"].removeprefix("http://testserver")).json()
    assert back["results"] == first["results"]
    mixed = cast.support.get(f"{EVENTS}?account_id={cast.account.id}&{first['next'].split('?')[1]}")
    assert mixed.status_code == 400


def test_the_audit_trail_has_what_people_did(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    body = {"role": "viewer", "name": "Reports"}
    assert person.api.post("/api/v1/account/api-keys/", body).status_code == 201
    account = f"account_id={cast.account.id}"
    trail = listed(cast, account, AUDIT)
    assert [(row["type"], row["actor_kind"]) for row in trail] == [
        ("api_key.issued", "user"),
        ("user.signed_in", "user"),
    ]
    assert {row["actor_id"] for row in trail} == {person.id}
    assert listed(cast, f"{account}&actor_id={person.id}&type=user.signed_in", AUDIT) == trail[1:]
    assert len(listed(cast, account)) > len(trail)
    assert cast.support.get(f"{AUDIT}?actor_kind=system").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "type=invoice.eaten",
        "account_id=x",
        "subject_id=",
        "created_after=yesterday",
        "actor_kind=robot",
        "colour=red",
        "type=invoice.paid&type=invoice.paid",
        "cursor=%00",
    ],
)
def test_bad_queries_are_refused(cast: Cast, query: str) -> None:
    for path in (EVENTS, AUDIT):
        response = cast.support.get(f"{path}?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "validation_error")


def test_only_operators_come_in(cast: Cast) -> None:
    for path in (EVENTS, AUDIT):
        for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.finance, 200)):
            assert caller.get(path).status_code == status
        assert cast.finance.post(path).status_code == 405
