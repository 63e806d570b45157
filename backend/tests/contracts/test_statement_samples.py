"""Statements that others publish for their own parsers are read into what independent parsers see in them.

The files are not ours to ship: they lie beside a checkout, in `../shared`, and the test skips where they do not.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
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
