"""domain/pain001.py: a file for a bank, to the letter."""

from datetime import UTC, date, datetime

import pytest
from igny8_core.business.billing.domain.pain001 import Party, Transfer, build

OURS = Party("Spreeufer GmbH & Co", "DE89370400440532013000")
FILE = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>'
    "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-05T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>12.50</CtrlSum>"
    "<InitgPty><Nm>Spreeufer GmbH + Co</Nm></InitgPty></GrpHdr>"
    "<PmtInf><PmtInfId>M1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>1</NbOfTxs><CtrlSum>12.50</CtrlSum>"
    "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>2026-01-06</Dt></ReqdExctnDt>"
    "<Dbtr><Nm>Spreeufer GmbH + Co</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>"
    "<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>"
    '<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">12.50</InstdAmt></Amt>'
    "<Cdtr><Nm>Jose Gross</Nm></Cdtr><CdtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></CdtrAcct>"
    "<RmtInf><Ustrd>Refund . 7</Ustrd></RmtInf></CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>"
)


def built(creditor: str, remittance: str, *, debtor: str = OURS.name) -> str:
    transfer = Transfer("E1", "12.50", Party(creditor, "NL91ABNA0417164300"), remittance)
    made = datetime(2026, 1, 5, 10, tzinfo=UTC)
    return build(
        message_id="M1",
        created_at=made,
        execute_on=date(2026, 1, 6),
        debtor=Party(debtor, OURS.iban),
        transfers=[transfer],
        total="12.50",
    ).decode()


def test_the_whole_file() -> None:
    assert built("José Groß", "Refund € 7") == FILE


def test_texts_are_cut_at_what_the_standard_holds() -> None:
    made = built("x" * 71, "y" * 141, debtor="z" * 71)
    assert made.count(f"<Nm>{'z' * 70}</Nm>") == 2
    assert f"<Nm>{'x' * 70}</Nm>" in made
    assert f"<Ustrd>{'y' * 140}</Ustrd>" in made


@pytest.mark.parametrize(
    ("letter", "spelled"),
    [(pair[0], pair[1:]) for pair in ("ßss", "æae", "ÆAE", "øo", "ØO", "œoe", "ŒOE", "đd", "łl", "ıi", "þth")],
)
def test_letters_without_an_accent_to_take_off_are_spelled_out(letter: str, spelled: str) -> None:
    assert f"<Nm>{spelled}</Nm>" in built(letter, "x")


def test_no_transfer_makes_no_file() -> None:
    with pytest.raises(ValueError, match="one transfer or more"):
        build(
            message_id="M1",
            created_at=datetime(2026, 1, 5, tzinfo=UTC),
            execute_on=date(2026, 1, 6),
            debtor=OURS,
            transfers=[],
            total="0",
        )
