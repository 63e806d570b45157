"""CAMT.053 statements for tests, batches included: ISO 20022 camt.053.001.08."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from igny8_core.kit.money import format_amount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """One transaction of an entry: signed minor units, and what the payer said."""

    amount_minor: int
    name: str = ""
    account: str = ""
    remittance: str = ""
    creditor_reference: str = ""
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booking: several payers make it a batch."""

    payers: Sequence[Payer]
    day: date
    bank_reference: str = ""

    @property
    def amount_minor(self) -> int:
        """What the account moved by."""
        return sum(payer.amount_minor for payer in self.payers)


def statement(
    *, identification: str, iban: str, currency: str, opening_minor: int, closing_minor: int, day: date,
    entries: Iterable[Entry],
) -> Iterator[str]:  # fmt: skip
    """The document piece by piece; `iban` may be any account number. Amounts in minor units."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
    stamp = f"{day.isoformat()}T22:00:00Z"
    yield f"<GrpHdr><MsgId>{escape(identification)}</MsgId><CreDtTm>{stamp}</CreDtTm></GrpHdr>\n<Stmt>"
    yield f"<Id>{escape(identification)}</Id><CreDtTm>{stamp}</CreDtTm>"
    yield f"<Acct><Id>{_account(iban)}</Id><Ccy>{currency}</Ccy></Acct>\n"
    yield _balance("OPBD", opening_minor, currency, day)
    yield _balance("CLBD", closing_minor, currency, day)
    for entry in entries:
        yield _entry(entry, currency)
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _account(number: str) -> str:
    if number[:2].isalpha():
        return f"<IBAN>{escape(number)}</IBAN>"
    return f"<Othr><Id>{escape(number)}</Id></Othr>"


def _amount(amount_minor: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{format_amount(abs(amount_minor), currency)}</Amt>'


def _sign(amount_minor: int) -> str:
    return f"<CdtDbtInd>{'DBIT' if amount_minor < 0 else 'CRDT'}</CdtDbtInd>"


def _balance(code: str, amount_minor: int, currency: str, day: date) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_amount(amount_minor, currency)}{_sign(amount_minor)}<Dt><Dt>{day}</Dt></Dt></Bal>\n"


def _entry(entry: Entry, currency: str) -> str:
    reference = f"<AcctSvcrRef>{escape(entry.bank_reference)}</AcctSvcrRef>" if entry.bank_reference else ""
    details = "".join(_transaction(payer, currency) for payer in entry.payers)
    return (
        f"<Ntry>{_amount(entry.amount_minor, currency)}{_sign(entry.amount_minor)}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>{reference}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>\n"
    )


def _transaction(payer: Payer, currency: str) -> str:
    party, account = ("Dbtr", "DbtrAcct") if payer.amount_minor > 0 else ("Cdtr", "CdtrAcct")
    name = f"<{party}><Pty><Nm>{escape(payer.name)}</Nm></Pty></{party}>" if payer.name else ""
    number = f"<{account}><Id>{_account(payer.account)}</Id></{account}>" if payer.account else ""
    parties = f"<RltdPties>{name}{number}</RltdPties>" if name or number else ""
    structured = (
        f"<Strd><CdtrRefInf><Ref>{escape(payer.creditor_reference)}</Ref></CdtrRefInf></Strd>"
        if payer.creditor_reference
        else ""
    )
    free = f"<Ustrd>{escape(payer.remittance)}</Ustrd>" if payer.remittance else ""
    remittance = f"<RmtInf>{free}{structured}</RmtInf>" if free or structured else ""
    end_to_end = escape(payer.end_to_end_id or "NOTPROVIDED")
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{_amount(payer.amount_minor, currency)}"
        f"{_sign(payer.amount_minor)}{parties}{remittance}</TxDtls>"
    )
