"""domain/instructions.py, and the starting rows of payment_methods.json held against it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django_countries.data import COUNTRIES
from igny8_core.business import billing
from igny8_core.business.billing.domain.instructions import check_instructions, fill
from igny8_core.business.billing.domain.methods import MANUAL, ONLINE
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.money import parse_amount

FIXTURE = Path(billing.__path__[0]) / "fixtures" / "payment_methods.json"
ROWS: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))
KEYS = {
    "payment_method",
    "country",
    "currency",
    "display_name",
    "instructions",
    "min_amount",
    "max_amount",
    "tolerance",
    "requires_proof",
    "sort_order",
}


def test_good_instructions_pass() -> None:
    assert check_instructions({}) is None
    assert check_instructions({"payee_name": "IGNY8 Demo Ltd", "iban": "DE89 3704 0044 0532 0130 00"}) is None
    assert check_instructions({"bic": "COBADEFFXXX", "note": "x" * 140}) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pin", "1234"),
        ("note", 5),
        ("note", None),
        ("note", ""),
        ("note", "  "),
        ("note", "x" * 141),
        ("note", "two\nlines"),
        ("iban", "DE88370400440532013000"),
        ("iban", "DE"),
        ("iban", "de89370400440532013000"),
        ("iban", "DE51 3704 0044 0532 0130 0"),
        ("iban", "DE03 3704 0044 0532 0130 O0"),
        ("iban", "ZZ22 3704 0044 0532 0130 00"),
        ("bic", "COBADEF"),
        ("bic", "COBADEFFXX"),
        ("bic", "COBA1EFF"),
    ],
)
def test_bad_instructions_name_their_field(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        check_instructions({"payee_name": "IGNY8 Demo Ltd", key: value})
    assert list(caught.value.fields) == [f"instructions.{key}"]


def test_filling_replaces_the_two_names_and_nothing_else() -> None:
    given = {"note": "Quote {reference}, send {amount}, not {0} or {payee.__class__}", "iban": "X"}
    filled = fill(given, reference="RF18", amount="4500.00 PKR")
    assert filled == {"note": "Quote RF18, send 4500.00 PKR, not {0} or {payee.__class__}", "iban": "X"}
    assert "{reference}" in given["note"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['country']}-{row['display_name']}")
def test_every_starting_row_is_valid(row: dict[str, Any]) -> None:
    assert set(row) == KEYS
    assert row["country"] == "*" or row["country"] in COUNTRIES
    assert isinstance(row["requires_proof"], bool)
    if row["payment_method"] in MANUAL:
        assert row["instructions"]["payee_name"] == "IGNY8 Demo Ltd"
        assert "{reference}" in row["instructions"]["note"]
        check_instructions(row["instructions"])
    else:
        # The gateway's own page tells the payer what to do.
        assert row["payment_method"] in ONLINE
        assert (row["instructions"], row["requires_proof"]) == ({}, False)
    limits = [parse_amount(row[key], row["currency"]) for key in ("min_amount", "max_amount") if row[key]]
    assert limits == sorted(limits)
    parse_amount(row["tolerance"], row["currency"], allow_zero=True)


def test_the_countries_of_the_start() -> None:
    assert {row["country"] for row in ROWS} == {
        "PK",
        "DE",
        "NL",
        "FR",
        "GB",
        "US",
        "IN",
        "BR",
        "KE",
        "BD",
        "PH",
        "NG",
        "*",
    }
    names = [(row["payment_method"], row["country"], row["currency"], row["display_name"]) for row in ROWS]
    assert len(set(names)) == len(names)
    assert not any(row["requires_proof"] for row in ROWS if row["country"] == "PK")
