"""What banks write beside the standard, in every format: read right, or refused with the reason."""

import io

import pytest
from igny8_core.business.banking.domain.bank_accounts import is_named, numbers_in, undecorated
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import StatementEnd, StatementItem, StatementLine, StatementStart
from igny8_core.business.banking.formats.registry import read

IBAN = "DE89370400440532013000"


def items(content: str, *, currency: str = "") -> list[StatementItem]:
    return list(read(io.BytesIO(content.encode()), currency=currency)[1])


def mt940(*fields: str) -> str:
    return "\n".join(
        (":20:A", ":25:1234567", ":28C:1", ":60F:C260901EUR10,00", *fields, ":62F:C260901EUR11,00", "-", "")
    )


def line(*fields: str) -> StatementLine:
    start, found, end = items(mt940(*fields))
    assert isinstance(start, StatementStart)
    assert isinstance(found, StatementLine)
    assert end == StatementEnd(closing_minor=1100)
    return found


@pytest.mark.parametrize("mark", ["-", "- ", "-}", "-XXX", "{1:F01"])
def test_what_looks_like_the_end_inside_a_text_is_text(mark: str) -> None:
    read_line = line(":61:2609010901C1,00NTRFNONREF", ":86:/REMI/order 12", mark, "and more")
    assert read_line.remittance == f"order 12 {mark.strip()} and more"


def test_a_message_that_is_cut_off_after_a_dash_is_refused() -> None:
    content = mt940(":61:2609010901C1,00NTRFNONREF", ":86:order 12", "-")
    with pytest.raises(StatementRefused, match="without its closing balance"):
        items(content[: content.index(":62F:")])


def test_banks_headers_after_an_end_are_skipped() -> None:
    one = ":20:A\n:25:1234567\n:34F:EUR0,\n:13D:2609011200+0100\n:61:260901C1,00NTRFNONREF\n:86:text\n-\nBANKXX\n942\n"
    read_lines = [item for item in items(one + one) if isinstance(item, StatementLine)]
    assert [found.remittance for found in read_lines] == ["text", "text"]


@pytest.mark.parametrize(
    "movement",
    [
        "260901    C1,00NTRFNONREF//B",
        "2609010000C1,00NTRFNONREF//B",
        "2609010901 C1,00NTRFNONREF//B",
        "2609010901C 1,00NTRFNONREF//B",
        "2609010901C1,00 NTRFNONREF//B",
        "2609010901CR1,00  NTRFNONREF//B",
    ],
)
def test_blanks_in_a_movement(movement: str) -> None:
    found = line(f":61:{movement}")
    assert (found.amount_minor, found.bank_reference, found.end_to_end_id) == (100, "B", "")
    assert found.booking_date == found.value_date


@pytest.mark.parametrize(
    ("text", "remittance"),
    [
        ("/REMI//REMI/order 12", "order 12"),
        ("/REMI/order 12/REMI//", "order 12"),
        ("/REMI/order/REMI/12", "order 12"),
        ("166?20SVWZ+?21SVWZ+order 12", "order 12"),
        ("166?20?20SVWZ+order 12", "order 12"),
    ],
)
def test_a_code_that_is_written_twice(text: str, remittance: str) -> None:
    assert line(":61:2609010901C1,00NTRFNONREF", f":86:{text}").remittance == remittance


def test_the_banks_own_field_completes_field_86() -> None:
    found = line(":61:2609010901C1,00NTRFNONREF", ":86:166?20SVWZ+order 12?32MEIER", ":NS:15Other", "01more", "free")
    assert (found.counterparty_name, found.remittance) == ("MEIER", "order 12 more free")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (IBAN, IBAN),
        (f"{IBAN} EUR", IBAN),
        (f"{IBAN}EUR", IBAN),
        (f"COBADEFFXXX/{IBAN}", IBAN),
        (f"COBADEFF/{IBAN}/EUR", IBAN),
        ("37040044/0532013000EUR", "37040044/0532013000"),
        ("1291.99.348EUR", "1291.99.348"),
        ("TRIODOSBANK/0390123456", "0390123456"),
        ("37040044/0532013000 USD", "37040044/0532013000USD"),
        ("SC18SSCB11010000000000001497EUR", "SC18SSCB11010000000000001497EUR"),
        ("", ""),
    ],
)
def test_an_account_without_its_bank_and_currency(written: str, plain: str) -> None:
    assert undecorated(written, "EUR") == plain


@pytest.mark.parametrize("ours", [IBAN, "0532013000", "370400440532013000EUR", f"COBADEFFXXX{IBAN}"])
@pytest.mark.parametrize("written", [f"{IBAN}EUR", f"COBADEFFXXX/{IBAN}", "37040044/0532013000EUR", "0532013000 EUR"])
def test_the_same_account_however_it_is_written(ours: str, written: str) -> None:
    if ours.startswith("COBA") and not written.startswith((IBAN, "COBA")):
        return
    assert is_named(ours, "EUR", numbers_in(written, "EUR"))
    assert not is_named("DE02120300000000202051", "EUR", numbers_in(written, "EUR"))


def test_a_bank_alone_is_not_an_account() -> None:
    assert not is_named("37040044", "EUR", numbers_in("37040044/0532013000EUR", "EUR"))


OFX = (
    "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF><STMTTRN><DTPOSTED>20260901<TRNAMT>1.00</STMTTRN>"
    "<LEDGERBAL><BALAMT>1.00</LEDGERBAL></STMTRS></OFX>"
)


def test_an_empty_currency_is_that_of_the_chosen_account() -> None:
    start, found, end = items(OFX, currency="AUD")
    assert isinstance(start, StatementStart)
    assert isinstance(found, StatementLine)
    assert (start.currency, found.currency, end) == ("AUD", "AUD", StatementEnd(closing_minor=100))
    with pytest.raises(StatementRefused, match="names no currency"):
        items(OFX)
