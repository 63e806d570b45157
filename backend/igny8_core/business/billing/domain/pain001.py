"""SEPA credit transfers as a file for a bank: ISO 20022 pain.001.001.09, restricted by the EPC's guidelines. Pure.

EPC132-08 (customer-to-PSP implementation guidelines, 2023 rulebook and later).
"""

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from igny8_core.kit.texts import normal_form

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_SPELLED = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "ø": "o",
        "Ø": "O",
        "œ": "oe",
        "Œ": "OE",
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
        "þ": "th",
        "Þ": "Th",
        "&": "+",
    }
)
_OUTSIDE_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an IBAN without spaces."""

    name: str
    iban: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer: `amount` is decimal text in EUR, `end_to_end_id` at most 35 characters."""

    end_to_end_id: str
    amount: str
    creditor: Party
    remittance: str


def build(
    *, message_id: str, created_at: datetime, execute_on: date, debtor: Party, transfers: Sequence[Transfer], total: str
) -> bytes:
    """The file; `total` is the sum of the transfers as decimal text. Raises ValueError if there is no transfer."""
    if not transfers:
        raise ValueError("a credit transfer file has one transfer or more")
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}Document")
    initiation = _sub(root, "CstmrCdtTrfInitn")
    header = _sub(initiation, "GrpHdr")
    _sub(header, "MsgId", message_id)
    _sub(header, "CreDtTm", created_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sub(header, "NbOfTxs", str(len(transfers)))
    _sub(header, "CtrlSum", total)
    _sub(_sub(header, "InitgPty"), "Nm", _latin(debtor.name, 70))
    payment = _sub(initiation, "PmtInf")
    _sub(payment, "PmtInfId", message_id)
    _sub(payment, "PmtMtd", "TRF")
    _sub(payment, "NbOfTxs", str(len(transfers)))
    _sub(payment, "CtrlSum", total)
    _sub(_sub(_sub(payment, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _sub(_sub(payment, "ReqdExctnDt"), "Dt", execute_on.isoformat())
    _party(payment, "Dbtr", debtor)
    _sub(_sub(_sub(_sub(payment, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    _sub(payment, "ChrgBr", "SLEV")
    for transfer in transfers:
        _transfer(payment, transfer)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _transfer(payment: ElementTree.Element, transfer: Transfer) -> None:
    entry = _sub(payment, "CdtTrfTxInf")
    _sub(_sub(entry, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = _sub(_sub(entry, "Amt"), "InstdAmt", transfer.amount)
    amount.set("Ccy", "EUR")
    _party(entry, "Cdtr", transfer.creditor)
    _sub(_sub(entry, "RmtInf"), "Ustrd", _latin(transfer.remittance, 140))


def _party(parent: ElementTree.Element, name: str, party: Party) -> None:
    _sub(_sub(parent, name), "Nm", _latin(party.name, 70))
    _sub(_sub(_sub(parent, f"{name}Acct"), "Id"), "IBAN", party.iban)


def _sub(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _latin(text: str, longest: int) -> str:
    """The SEPA character set: letters without accents (EPC217-08), and a dot for characters that have no equivalent."""
    parts = normal_form("NFKD", text.translate(_SPELLED))
    return _OUTSIDE_SEPA.sub(".", "".join(part for part in parts if not unicodedata.combining(part)))[:longest]
