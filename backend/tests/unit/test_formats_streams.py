"""Long files cost no memory, and what is cut across chunks of reading is read all the same."""

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest
from demo import camt
from igny8_core.business.banking.domain.lines import StatementEnd, StatementKind, StatementLine, StatementStart
from igny8_core.business.banking.domain.reading import Source
from igny8_core.business.banking.domain.text_lines import numbered_lines
from igny8_core.business.banking.formats import camt053, mt940, ofx

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "statements"
START = StatementStart(kind=StatementKind.STATEMENT, account="DE89370400440532013000", currency="EUR", opening_minor=0)


class Trickling:
    """A source that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, content: bytes, step: int) -> None:
        self._file, self._step = io.BytesIO(content), step

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(self._step if size < 0 else min(size, self._step))


class Endless:
    """A source that makes what it is asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1, /) -> bytes:
        return next(self._pieces, b"")


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64])
@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (mt940.read, "mt940-german.sta"),
        (mt940.read, "mt940-dutch.sta"),
        (ofx.read, "ofx1.ofx"),
        (ofx.read, "ofx2-unreadable-lines.ofx"),
        (camt053.read, "camt053-08-batches.xml"),
    ],
)
def test_chunks_of_any_size(reader: object, name: str, step: int) -> None:
    content = (SAMPLES / name).read_bytes()
    assert callable(reader)
    assert list(reader(Trickling(content, step))) == list(reader(io.BytesIO(content)))


def test_lines_of_any_ending() -> None:
    content = b"\xef\xbb\xbfone\r\ntwo\nthree\rfour\r\n\r\nsix"
    expected = [(1, "one"), (2, "two"), (3, "three"), (4, "four"), (5, ""), (6, "six")]
    for step in (1, 2, 5, 100):
        assert list(numbered_lines(Trickling(content, step))) == expected


def lines(count: int) -> Iterator[StatementLine]:
    for number in range(1, count + 1):
        yield StatementLine(
            position=number,
            amount_minor=number,
            currency="EUR",
            booking_date=date(2026, 3, 2),
            value_date=None,
            counterparty_name=f"Payer {number}",
            remittance=f"Invoice {number}",
        )


def memory_of(count: int) -> int:
    """The most that reading held at once, of Python's own memory, while the lines were let go."""
    written = camt.write(START, lines(count), closing_minor=0, created_at=datetime(2026, 3, 2, tzinfo=UTC))
    tracemalloc.start()
    items = camt053.read(cast(Source, Endless(written)))
    seen = sum(1 for _ in items)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == count + 2
    return peak


def test_a_long_statement_takes_no_more_memory_than_a_short_one() -> None:
    assert memory_of(2_000) < memory_of(200) + 200_000


def test_a_long_batch_keeps_its_transactions_and_lets_their_elements_go() -> None:
    part = '<TxDtls><Amt Ccy="EUR">1.00</Amt><RmtInf><Ustrd>text</Ustrd></RmtInf></TxDtls>'
    content = (
        "<Document><BkToCstmrStmt><Stmt><Id>1</Id><Ntry><Amt Ccy='EUR'>2000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts>BOOK</Sts><NtryDtls>{part * 2000}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    )
    start, *read_lines, end = camt053.read(io.BytesIO(content.encode()))
    assert start == StatementStart(kind=StatementKind.STATEMENT, account="", currency="EUR", identification="1")
    assert end == StatementEnd()
    assert [
        (item.position, item.amount_minor, item.remittance, item.raw)
        for item in read_lines
        if isinstance(item, StatementLine)
    ] == [(position, 100, "text", part) for position in range(1, 2001)]
