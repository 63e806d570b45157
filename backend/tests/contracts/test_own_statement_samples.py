"""Our own samples: every format, dialect and fault we know of, each read into exactly what stands beside it.

`expected.json` has the items of each file, or why it is refused. A new expectation is what the failing test shows,
once somebody has compared it with the file line by line.
"""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import StatementItem
from igny8_core.business.banking.formats.registry import read

FOLDER = Path(__file__).resolve().parents[1] / "samples" / "statements"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
TABLE: dict[str, Any] = {
    "delimiter": ";",
    "date_order": "dmy",
    "booking_date": "Booked",
    "amount": "Amount",
    "balance": "Balance",
    "remittance": ["Text"],
    "fixed_currency": "EUR",
}
PROFILES: dict[str, dict[str, Any]] = {
    "german.csv": {
        "delimiter": ";",
        "encoding": "cp1252",
        "skip_rows": 3,
        "decimal": ",",
        "thousands": ".",
        "date_order": "dmy",
        "booking_date": "Buchung",
        "value_date": "Wertstellung",
        "amount": "Betrag",
        "balance": "Saldo",
        "counterparty_name": "Auftraggeber",
        "remittance": ["Verwendungszweck"],
        "fixed_currency": "EUR",
        "fixed_account": "DE89370400440532013000",
    },
    "pakistan.csv": {
        "thousands": ",",
        "date_order": "dmy",
        "booking_date": 1,
        "debit": "debit",
        "credit": "credit",
        "balance": "Balance",
        "remittance": ["Particulars", "Chq No"],
        "fixed_currency": "PKR",
    },
    "whole-thousands.csv": TABLE | {"decimal": ","},
    "contradiction.csv": {name: value for name, value in TABLE.items() if name != "balance"} | {"decimal": ","},
    "signs-and-codes.csv": TABLE | {"decimal": ",", "thousands": "."},
    "summary-rows.csv": {
        "delimiter": ";",
        "thousands": ",",
        "date_order": "dmy",
        "booking_date": "Date",
        "debit": "Out",
        "credit": "In",
        "balance": "Balance",
        "remittance": ["Particulars"],
        "fixed_currency": "PKR",
    },
    "polish.csv": {
        "delimiter": ";",
        "encoding": "cp1250",
        "decimal": ",",
        "booking_date": "Data",
        "amount": "Kwota",
        "counterparty_name": "Nadawca",
        "fixed_currency": "PLN",
    },
    "cr-dr.csv": TABLE
    | {
        "delimiter": ",",
        "thousands": ",",
        "booking_date": "Txn Date",
        "remittance": ["Particulars"],
        "fixed_currency": "INR",
    },
    "broken-quote.csv": {"booking_date": "Date", "amount": "Amount", "fixed_currency": "EUR"},
}


def as_json(item: StatementItem) -> dict[str, Any]:
    """An item with what is not empty; the raw text is another test's matter."""
    said = {field.name: getattr(item, field.name) for field in fields(item) if field.name != "raw"}
    filled = {name: value for name, value in said.items() if value is not False and value not in ("", None)}
    return {"item": type(item).__name__} | {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in filled.items()
    }


def outcome(path: Path) -> dict[str, Any]:
    profile = CsvProfile.from_json(PROFILES[path.name]) if path.name in PROFILES else None
    try:
        with path.open("rb") as file:
            format_name, items = read(file, profile=profile)
            return {"format": format_name, "items": [as_json(item) for item in items]}
    except StatementRefused as refusal:
        return {"refused": refusal.message}


def test_every_sample_has_an_expectation() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.name != "expected.json"}
    assert files == set(EXPECTED)
    assert len(files) >= 20


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_sample(name: str) -> None:
    assert outcome(FOLDER / name) == EXPECTED[name]
