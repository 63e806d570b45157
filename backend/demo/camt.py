"""Writes CAMT.053.001.08 as a bank would: for the demo's statement, the benchmarks, and tests of the readers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

from igny8_core.business.banking.domain.lines import StatementLine, StatementStart
from igny8_core.kit.iban import has_form_of_iban
from igny8_core.kit.money import format_amount

type Batch = Sequence[StatementLine]
"""Several transactions that a bank books as one entry; dates, reference and currency are those of the first."""


def write(
    start: StatementStart, lines: Iterable[StatementLine | Batch], *, closing_minor: int | None, created_at: datetime
) -> Iterator[bytes]:
    """One statement, piece by piece, with an entry for each line or batch, in any number.

    The closing balance is a parameter because it comes before the entries. A line's raw text and position are not
    written.
    """
    created = created_at.isoformat(timespec="seconds")
    identification = _element("Id", start.identification or "1")
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{escape(start.identification or '1')}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>\n"
        f"<Stmt>{identification}<CreDtTm>{created}</CreDtTm>"
        f"<Acct>{_account_id(start.account)}{_element('Ccy', start.currency)}</Acct>"
        f"{_balance('OPBD', start.opening_minor, start.currency, created_at)}"
        f"{_balance('CLBD', closing_minor, start.currency, created_at)}\n"
    ).encode()
    for line in lines:
        yield _entry([line] if isinstance(line, StatementLine) else line).encode()
    yield b"</Stmt></BkToCstmrStmt></Document>\n"


def _entry(batch: Batch) -> str:
    first = batch[0]
    money = _money(sum(line.amount_minor for line in batch), first.currency)
    return (
        f"<Ntry>{money}{'<RvslInd>true</RvslInd>' if first.is_return else ''}<Sts><Cd>BOOK</Cd></Sts>"
        f"{_day('BookgDt', first.booking_date)}{_day('ValDt', first.value_date)}"
        f"{_element('AcctSvcrRef', first.bank_reference)}<BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd>"
        f"<NtryDtls>{''.join(map(_transaction, batch))}</NtryDtls></Ntry>\n"
    )


def _transaction(line: StatementLine) -> str:
    return (
        f"<TxDtls><Refs>{_element('EndToEndId', line.end_to_end_id or 'NOTPROVIDED')}</Refs>"
        f"{_money(line.amount_minor, line.currency)}{_parties(line)}{_remittance(line)}</TxDtls>"
    )


def _money(amount_minor: int, currency: str) -> str:
    return (
        f'<Amt Ccy="{currency}">{format_amount(abs(amount_minor), currency)}</Amt>'
        f"<CdtDbtInd>{_indicator(amount_minor)}</CdtDbtInd>"
    )


def _parties(line: StatementLine) -> str:
    role = "Dbtr" if line.amount_minor >= 0 else "Cdtr"
    name = f"<{role}><Pty>{_element('Nm', line.counterparty_name)}</Pty></{role}>" if line.counterparty_name else ""
    account = line.counterparty_account
    held = f"<{role}Acct>{_account_id(account)}</{role}Acct>" if account else ""
    return f"<RltdPties>{name}{held}</RltdPties>" if name or held else ""


def _remittance(line: StatementLine) -> str:
    reference = line.structured_reference
    structured = f"<Strd><CdtrRefInf>{_element('Ref', reference)}</CdtrRefInf></Strd>" if reference else ""
    written = _element("Ustrd", line.remittance) + structured
    return f"<RmtInf>{written}</RmtInf>" if written else ""


def _account_id(account: str) -> str:
    if has_form_of_iban(account):
        return f"<Id><IBAN>{account}</IBAN></Id>"
    return f"<Id><Othr>{_element('Id', account or 'UNKNOWN')}</Othr></Id>"


def _balance(code: str, amount_minor: int | None, currency: str, at: datetime) -> str:
    if amount_minor is None:
        return ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(amount_minor, currency)}"
        f"{_day('Dt', at.date())}</Bal>"
    )


def _indicator(amount_minor: int) -> str:
    return "DBIT" if amount_minor < 0 else "CRDT"


def _day(name: str, of: date | None) -> str:
    return f"<{name}><Dt>{of.isoformat()}</Dt></{name}>" if of else ""


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
