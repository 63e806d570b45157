"""Statements that others publish for their own parsers are read into what independent parsers see in them.

The files are not ours to ship: they lie beside a checkout, in `../shared`, and the test skips where they do not.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementLine,
    StatementStart,
)
from igny8_core.business.banking.formats.registry import read
from igny8_core.kit.money import format_amount

REPOSITORY = Path(__file__).resolve().parents[3]


def _folder() -> Path | None:
    """Beside the checkout, or one level further up where the checkout is a worktree."""
    candidates = [REPOSITORY.parents[level] / "shared" / "samples" / "statements" for level in (0, 1)]
    return next((folder for folder in candidates if (folder / "expected.json").is_file()), None)


FOLDER = _folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="../shared/samples/statements is not here: nothing compared")


def expected(format_name: str) -> list[tuple[str, dict[str, Any]]]:
    if FOLDER is None:
        return []
    known = json.loads((FOLDER / "expected.json").read_text())
    return [(name, says) for name, says in known.items() if name.startswith(f"{format_name}/")]


@dataclass
class Seen:
    start: StatementStart
    lines: list[StatementLine] = field(default_factory=list)
    end: StatementEnd | None = None

    @property
    def total(self) -> Decimal:
        return decimal(sum(line.amount_minor for line in self.lines), self.start.currency)


def decimal(amount_minor: int | None, currency: str) -> Decimal:
    assert amount_minor is not None
    return Decimal(format_amount(amount_minor, currency))


def statements(items: Iterator[StatementItem]) -> list[Seen]:
    """What was read, statement by statement; a line that could not be read fails the test."""
    seen: list[Seen] = []
    for item in items:
        match item:
            case StatementStart():
                seen.append(Seen(item))
            case StatementLine():
                seen[-1].lines.append(item)
            case StatementEnd():
                seen[-1].end = item
            case unreadable:
                pytest.fail(unreadable.problem)
    return seen


def read_sample(name: str) -> tuple[str, list[Seen]]:
    assert FOLDER is not None
    with (FOLDER / name).open("rb") as file:
        format_name, items = read(file)
        return format_name, statements(items)


@pytest.mark.parametrize(("name", "says"), expected("camt053"))
def test_camt(name: str, says: dict[str, Any]) -> None:
    format_name, seen = read_sample(name)
    is_statement = says["root"] == "BkToCstmrStmt"
    assert format_name == ("camt053" if is_statement else "camt054")
    assert len(seen) == len(says["statements"])
    for statement, wanted in zip(seen, says["statements"], strict=True):
        assert statement.start.kind == (StatementKind.STATEMENT if is_statement else StatementKind.NOTIFICATION)
        assert len(statement.lines) == wanted["details"]
        assert statement.total == Decimal(wanted["sum"])
        assert statement.end is not None
        for code, minor in (("OPBD", statement.start.opening_minor), ("CLBD", statement.end.closing_minor)):
            if code in wanted["balances"]:
                amount, indicator = wanted["balances"][code]
                sign = 1 if indicator == "CRDT" else -1
                assert decimal(minor, statement.start.currency) == sign * Decimal(amount)
            else:
                assert minor is None


@pytest.mark.parametrize(("name", "says"), expected("mt940"))
def test_mt940(name: str, says: dict[str, Any]) -> None:
    format_name, seen = read_sample(name)
    assert format_name == "mt940"
    assert sum(len(statement.lines) for statement in seen) == says["lines"]
    total = sum((statement.total for statement in seen), Decimal(0))
    assert total == Decimal(says["sum"]) - 2 * reversed_credits(seen)
    assert {statement.start.currency for statement in seen} == {says["currency"]}
    assert seen[-1].start.account == says["account"]
    for field_tag, balance in (("60F", "opening"), ("62F", "closing")):
        assert final_balance(name, field_tag, seen) == Decimal(says[balance])


def reversed_credits(seen: list[Seen]) -> Decimal:
    """What RC marks took away.

    The parser that wrote the expectations (mt-940) counts a reversed credit as money received. By SWIFT's rules it is
    money taken back, and by the file's own balances: with the sign of mt-940 two of its statements do not add up.
    """
    lines = [(line, statement) for statement in seen for line in statement.lines if re.match(r":61:\d*RC", line.raw)]
    return sum((-decimal(line.amount_minor, statement.start.currency) for line, statement in lines), Decimal(0))


def final_balance(name: str, field_tag: str, seen: list[Seen]) -> Decimal:
    """The last balance of the file that is no page's in between, which is the one that the expectations name."""
    assert FOLDER is not None
    messages = (FOLDER / name).read_text(encoding="utf-8").split(":20:")[1:]
    index = max(place for place, message in enumerate(messages) if f":{field_tag}:" in message)
    statement = seen[index]
    assert statement.end is not None
    minor = statement.start.opening_minor if field_tag == "60F" else statement.end.closing_minor
    return decimal(minor, statement.start.currency)


@pytest.mark.skipif(FOLDER is None, reason="../shared is not here")
def test_every_statement_with_reversals_adds_up() -> None:
    _, seen = read_sample("mt940/betterplace-sepa_mt9401.sta")
    assert len(seen) == 26
    for statement in seen:
        assert statement.start.opening_minor is not None
        assert statement.end is not None
        moved = sum(line.amount_minor for line in statement.lines)
        assert statement.start.opening_minor + moved == statement.end.closing_minor


@pytest.mark.parametrize(("name", "says"), expected("ofx"))
def test_ofx(name: str, says: dict[str, Any]) -> None:
    if "refused" in says:
        with pytest.raises(StatementRefused, match=r"^Line \d+: "):
            read_sample(name)
        return
    format_name, seen = read_sample(name)
    assert format_name == "ofx"
    assert len(seen) == len(says["statements"])
    for statement, wanted in zip(seen, says["statements"], strict=True):
        assert statement.start.currency == wanted["currency"]
        assert statement.start.account == wanted["account"]
        assert len(statement.lines) == wanted["lines"]
        assert statement.total == Decimal(wanted["sum"])
        assert statement.end is not None
        assert decimal(statement.end.closing_minor, wanted["currency"]) == Decimal(wanted["closing"])


AMERICAN = {
    "date_order": "mdy",
    "thousands": ",",
    "booking_date": "Date",
    "amount": "Amount",
    "counterparty_name": "Partner Name",
    "counterparty_account": "Bank Account",
    "remittance": ["Label"],
}


def test_csv_with_an_indicator_and_balances() -> None:
    assert FOLDER is not None
    profile = CsvProfile.from_json(AMERICAN | {"indicator": "D/C", "balance": "Balance", "fixed_currency": "USD"})
    with (FOLDER / "csv" / "debit_credit.csv").open("rb") as file:
        format_name, items = read(file, profile=profile)
        (statement,) = statements(items)
    assert format_name == "csv"
    assert [line.amount_minor for line in statement.lines] == [-3350, 153350]
    assert [line.counterparty_name for line in statement.lines] == ["John Doe", "Azure Interior"]
    assert statement.start.opening_minor == 1000
    assert statement.end == StatementEnd(closing_minor=151000)


def test_csv_with_a_column_of_currencies() -> None:
    assert FOLDER is not None
    profile = CsvProfile.from_json(AMERICAN | {"currency": "Currency"})
    with (FOLDER / "csv" / "sample_statement_en.csv").open("rb") as file:
        (statement,) = statements(read(file, profile=profile)[1])
    assert [(line.amount_minor, line.currency) for line in statement.lines] == [(-3350, "USD"), (152500, "EUR")]
