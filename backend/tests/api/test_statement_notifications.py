"""What a bank tells before its statement, and again in it: one booking all the same."""

from collections.abc import Callable

import pytest
from igny8_core.business.banking.domain.lines import StatementKind, StatementLine, StatementStart
from tests.cast import Cast
from tests.statement_writers import mt940
from tests.statements import DAY, bank_account, camt, drop, imported, lines, payer

PAYER = {"name": "Asif Traders", "account": "PK36SCBL0000001123456702"}
TOLD = [(10_00, "first"), (70_00, "same text"), (70_00, "same text"), (-5_00, "fees")]


def statement(account: str, *more: tuple[int, str], references: bool) -> bytes:
    payers = [payer(amount, text, **PAYER, end_to_end_id="E-1") for amount, text in (*TOLD, *more)]
    return camt(account, *payers, name="N", references=references)


def camt054(account: str, *, references: bool) -> bytes:
    """The statement as a notification: another message, and no balances."""
    text = statement(account, references=references).decode()
    head, _, rest = text.partition("<Bal>")
    text = head + rest[rest.rindex("</Bal>") + len("</Bal>") :]
    for one, other in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
        text = text.replace(one, other)
    return text.encode()


def camt052(account: str, *, references: bool) -> bytes:
    """The statement as a report of the day, with a pending entry more."""
    text = statement(account, references=references).decode()
    for one, other in (("camt.053", "camt.052"), ("BkToCstmrStmt", "BkToCstmrAcctRpt"), ("Stmt>", "Rpt>")):
        text = text.replace(one, other)
    pending = '<Ntry><Amt Ccy="PKR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>'
    return text.replace("</Rpt>", f"{pending}</Rpt>").encode()


def mt942(account: str, *, references: bool) -> bytes:
    """The same bookings between two MT940, with a floor and sums in place of balances, and one that is only expected."""
    start = StatementStart(kind=StatementKind.NOTIFICATION, account=account, currency="PKR", identification="N")
    told = [
        StatementLine(
            position=index + 1,
            amount_minor=amount,
            currency="PKR",
            booking_date=DAY,
            value_date=DAY,
            counterparty_name=PAYER["name"],
            counterparty_account=PAYER["account"],
            end_to_end_id="E-1",
            remittance=text,
            bank_reference=f"N-{index}" if references else "",
        )
        for index, (amount, text) in enumerate(TOLD)
    ]
    fields = mt940(start, told, 0).decode().split("\r\n")
    fields = [":34F:PKR0," if one.startswith(":60F:") else one for one in fields if not one.startswith(":62F:")]
    return "\r\n".join([*fields[:-2], f":61:{DAY:%y%m%d}EC99,00NTRFNONREF", *fields[-2:]]).encode()


@pytest.mark.parametrize("references", [True, False], ids=["bank references", "texts alone"])
@pytest.mark.parametrize("notification", [camt054, mt942])
def test_a_notification_and_then_the_statement_import_nothing_twice(
    cast: Cast, notification: Callable[..., bytes], *, references: bool
) -> None:
    account = bank_account(cast)
    told = imported(cast, notification(account, references=references))
    assert (told["format"], told["progress"]["lines_imported"]) == (notification.__name__, len(TOLD))
    assert (told["statements"][0]["kind"], told["statements"][0]["balances_agree"]) == ("notification", None)
    booked = imported(cast, statement(account, (20_00, "later"), references=references))
    progress = booked["progress"]
    assert (progress["lines_read"], progress["lines_imported"], progress["lines_duplicate"]) == (5, 1, 4)
    assert booked["statements"][0]["balances_agree"] is True
    assert [line["remittance"] for line in lines(cast, booked["id"])] == ["later"]


@pytest.mark.parametrize("references", [True, False], ids=["bank references", "texts alone"])
def test_a_report_of_the_day_and_then_the_statement_import_nothing_twice(cast: Cast, *, references: bool) -> None:
    account = bank_account(cast)
    report = imported(cast, camt052(account, references=references))
    assert (report["format"], report["progress"]["lines_imported"]) == ("camt052", len(TOLD))
    told = report["statements"][0]
    assert (told["kind"], told["balances_agree"], told["lines_not_booked"]) == ("statement", True, 1)
    booked = imported(cast, statement(account, references=references))
    assert (booked["progress"]["lines_imported"], booked["progress"]["lines_duplicate"]) == (0, len(TOLD))


@pytest.mark.parametrize("written", ["{}PKR", "TESTPKKAXXX/{}", "TESTBANK/{}/PKR"])
def test_an_account_with_its_bank_or_currency_is_found(cast: Cast, written: str) -> None:
    account = bank_account(cast)
    start = StatementStart(
        kind=StatementKind.STATEMENT,
        account=written.format(account),
        currency="PKR",
        identification="S",
        opening_minor=0,
    )
    line = StatementLine(
        position=1, amount_minor=5_00, currency="PKR", booking_date=DAY, value_date=DAY, remittance="text"
    )
    assert imported(cast, mt940(start, [line], 5_00))["statements"][0]["balances_agree"] is True


def test_a_statement_and_then_its_notification_import_nothing_twice(cast: Cast) -> None:
    account = bank_account(cast)
    assert imported(cast, statement(account, references=True))["progress"]["lines_imported"] == len(TOLD)
    late = imported(cast, camt054(account, references=True))
    assert (late["progress"]["lines_imported"], late["progress"]["lines_duplicate"]) == (0, len(TOLD))


def test_what_is_not_booked_yet_is_counted(cast: Cast) -> None:
    account = bank_account(cast)
    assert imported(cast, mt942(account, references=True))["statements"][0]["lines_not_booked"] == 1
    pending = camt(account, payer(15_00, "a"), payer(25_00, "b")).replace(b"BOOK", b"PDNG", 1)
    data = drop(cast.finance, pending).json()["data"]
    assert data["statements"][0]["lines_not_booked"] == 1
    assert [line["remittance"] for line in lines(cast, data["id"])] == ["b"]
