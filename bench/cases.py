"""The hot paths: how each request is sent, and what stands for its parameters in pgbench's script."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.ids import Name, key_digest_sql, key_of, row_id
from bench.sizes import Sizes

BILLING = "/api/v1/billing/payments"
ADMIN = "/api/v1/admin/billing/payments"
PAYMENTS = "SELECT count(*) FROM billing_payment"


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and expressions of pgbench's by the text of the parameter they stand for."""

    method: str
    path: str
    key: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    replace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement.

    `request` makes the request for a row's number, of the kind of rows that `head` names to pgbench. `counted` is SQL
    for what a good answer (`good` stands in its status line) adds one to. `must` and `aim` are ratios to pgbench.
    """

    name: str
    must: float
    aim: float
    good: bytes
    request: Callable[[int], Request]
    head: str
    counted: str | None = None


def cases(sizes: Sizes, *, approver_key: str) -> list[Case]:
    """What is measured; `approver_key` is an operator's."""
    every = sizes.accounts
    return [
        Case(
            "GET payments/?page_size=50",
            0.20,
            0.30,
            b" 200 ",
            lambda number: _list(number % every + 1),
            rf"\set a random(1, {every})",
        ),
        Case(
            "POST payments/manual/ with Idempotency-Key",
            0.25,
            0.36,
            b" 201 ",
            lambda number: _manual(number % every + 1, number),
            _next_row(sizes, every),
            PAYMENTS,
        ),
        Case(
            f"POST .../approve/ spread over {every} accounts",
            0.20,
            0.30,
            b" 200 ",
            lambda number: _approve("waiting", number % every + 1, number, approver_key),
            _next_row(sizes, every),
            f"{PAYMENTS} WHERE status = 'succeeded'",
        ),
        Case(
            "POST .../approve/ on one account",
            0.20,
            0.30,
            b" 200 ",
            lambda number: _approve("chained", 1, number, approver_key),
            _next_row(sizes, 1),
            f"{PAYMENTS} WHERE status = 'succeeded'",
        ),
    ]


def _list(account: int) -> Request:
    return Request("GET", f"{BILLING}/?page_size=50", key_of(account), replace=_caller(account))


def _manual(account: int, number: int) -> Request:
    """Of a fresh invoice, without amount: the whole of it."""
    document = {
        "invoice_id": str(row_id("fresh", account, number)),
        "payment_method": "bank_transfer",
        "transaction_reference": f"BENCH {number}",
        "notes": "Paid from our main account.",
    }
    key = f"bench-{uuid.uuid4()}"
    return Request(
        "POST",
        f"{BILLING}/manual/",
        key_of(account),
        json.dumps(document),
        {"Idempotency-Key": key},
        replace={
            **_caller(account),
            document["invoice_id"]: Name("fresh", ":a::int", ":g::int").sql,
            f"BENCH {number}": "'BENCH ' || :g",
            f"BENCH{number}": "'BENCH' || :g",
            key: "'key ' || :g",
        },
    )


def _approve(kind: str, account: int, number: int, approver_key: str) -> Request:
    payment_id = str(row_id(kind, account, number))
    row = Name(kind, ":a::int", ":g::int").sql
    return Request(
        "POST",
        f"{ADMIN}/{payment_id}/approve/",
        approver_key,
        "{}",
        replace={str(row_id("account", account)): Name("account", ":a::int", "0").sql, payment_id: row},
    )


def _caller(account: int) -> dict[str, str]:
    digest = hashlib.sha256(key_of(account).encode()).hexdigest()
    return {
        f"\\x{digest}": key_digest_sql(":a::int"),
        str(row_id("account", account)): Name("account", ":a::int", "0").sql,
    }


def _next_row(sizes: Sizes, accounts: int) -> str:
    """Each client's own rows, of the upper half: the lower one is ours."""
    return f"\\set g {sizes.stock // 2} + :client_id * {sizes.reserve} + :n\n\\set a :g % {accounts} + 1"
