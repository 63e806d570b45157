"""Statements from the command line, and an import that is killed in its middle."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from igny8_core.business.banking import tasks
from igny8_core.business.banking.services import auto_match, booking
from igny8_core.business.billing.models import Invoice
from tests.cast import Cast, as_operator
from tests.statements import STATEMENTS, as_worker, bank_account, camt, drop, lines, payer

OLD = "UPDATE banking_import SET updated_at = now() - interval '1 hour' WHERE id = %s"


def creditors(cast: Cast, count: int, total: str = "10.00") -> list[str]:
    ids = [cast.invoice(total) for _ in range(count)]
    rows = as_operator(lambda: list(Invoice.objects.across_accounts().filter(id__in=ids).order_by("sequence")))
    return [row.creditor_reference for row in rows]


def booked(owner_connection: Any, cast: Cast) -> tuple[int, int]:
    counted: tuple[int, int] = owner_connection.execute(
        "SELECT count(*), count(DISTINCT source_id) FROM ledger_journal WHERE account_id = %s"
        " AND kind = 'payment_settled'",
        [cast.account.id],
    ).fetchone()
    return counted


def test_files_are_imported_once(cast: Cast, tmp_path: Path) -> None:
    account = bank_account(cast)
    (creditor,) = creditors(cast, 1)
    path = tmp_path / "s.xml"
    path.write_bytes(camt(account, payer(10_00, creditor_reference=creditor), payer(3_33, "?")))
    first, again = StringIO(), StringIO()
    as_worker(lambda: call_command("import_statement", str(path), stdout=first))
    assert "2 read, 0 duplicate, 1 matched, 0 proposed, 1 unmatched, 0 left" in first.getvalue()
    as_worker(lambda: call_command("import_statement", str(path), stdout=again))
    assert "imported before" in again.getvalue()


def test_bad_files_are_told_and_stop_no_other(cast: Cast, tmp_path: Path) -> None:
    account = bank_account(cast)
    bad, unreadable, good = (tmp_path / name for name in ("bad.xml", "half.xml", "good.xml"))
    bad.write_bytes(b"no statement")
    half = camt(account, payer(10_00, "a"), payer(33_00, "b")).replace(b">33.00<", b">33,0x<")
    unreadable.write_bytes(half)
    good.write_bytes(camt(account, payer(4_44, "c")))
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="2 of 3"):
        as_worker(
            lambda: call_command("import_statement", str(bad), str(unreadable), str(good), stdout=out, stderr=err)
        )
    assert "33,0x" in err.getvalue()
    assert "good.xml: 1 read" in out.getvalue()
    as_worker(lambda: call_command("import_statement", str(unreadable), "--confirm", stdout=out, stderr=err))
    assert "half.xml: 2 read" in out.getvalue()


def test_an_import_that_dies_goes_on_without_booking_twice(
    cast: Cast, owner_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, found = bank_account(cast), creditors(cast, 12)
    answer = drop(cast.finance, camt(account, *[payer(10_00, creditor_reference=one) for one in found]))
    import_id = answer.json()["data"]["id"]
    whole, calls = booking.book, []

    def dies_at_the_fifth(*arguments: Any) -> Any:
        result = whole(*arguments)
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt  # after the money was written, before it is committed
        return result

    monkeypatch.setattr(auto_match, "book", dies_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        as_worker(lambda: auto_match.match_import(import_id))
    assert booked(owner_connection, cast) == (4, 4)
    monkeypatch.undo()
    owner_connection.execute(OLD, [import_id])
    as_worker(lambda: tasks.resume_imports(0))
    assert booked(owner_connection, cast) == (12, 12)
    data = cast.support.get(f"{STATEMENTS}{import_id}/").json()["data"]
    assert (data["status"], data["progress"]["matched"], data["progress"]["left"]) == ("done", 12, 0)
    as_worker(lambda: auto_match.match_import(import_id))
    assert booked(owner_connection, cast) == (12, 12)


def test_a_file_whose_reader_died_is_read_again(cast: Cast, owner_connection: Any) -> None:
    account = bank_account(cast)
    content = camt(account, *[payer(100 + index, f"line {index}", name="x" * 200) for index in range(900)])
    import_id = drop(cast.finance, content).json()["data"]["id"]
    owner_connection.execute(OLD, [import_id])
    as_worker(lambda: tasks.resume_imports(0))
    owner_connection.execute(OLD, [import_id])
    as_worker(lambda: tasks.resume_imports(0))
    data = cast.support.get(f"{STATEMENTS}{import_id}/").json()["data"]
    assert (data["status"], data["progress"]["lines_imported"]) == ("done", 900)
    assert len(lines(cast, import_id)) == 100
    kept = "SELECT count(*) FROM banking_filechunk WHERE statement_import_id = %s"
    assert owner_connection.execute(kept, [import_id]).fetchone() == (0,)
