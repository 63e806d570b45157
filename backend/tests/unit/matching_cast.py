"""The cast of the matcher's tests: lines and candidates in a few words."""

from datetime import date
from itertools import count
from uuid import UUID

from igny8_core.business.banking.domain.candidates import Candidate, CandidateKind
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.billing.domain.references import creditor_reference

OPENED = date(2026, 11, 1)
_numbers = count(1)


def line(text: str = "", amount: int = 4900, **other: object) -> StatementLine:
    values: dict[str, object] = {
        "position": 1,
        "amount_minor": amount,
        "currency": "EUR",
        "booking_date": date(2026, 11, 10),
        "value_date": date(2026, 11, 10),
        "remittance": text,
        **other,
    }
    return StatementLine(**values)  # type: ignore[arg-type]


def candidate(number: str = "ACME-000042", amount: int = 4900, **other: object) -> Candidate:
    """An open invoice of the account that its number's code names, unless told otherwise."""
    n = next(_numbers)
    code = number.partition("-")[0]
    values: dict[str, object] = {
        "kind": CandidateKind.INVOICE,
        "id": UUID(int=n),
        "account_id": UUID(int=int.from_bytes(code.encode())),
        "currency": "EUR",
        "amount_minor": amount,
        "invoice_id": UUID(int=10**9 + n),
        "invoice_number": number,
        "creditor_reference": creditor_reference(n),
        "account_name": f"{code.title()} Trading Ltd",
        "opened_on": OPENED,
        **other,
    }
    return Candidate(**values)  # type: ignore[arg-type]


def payment(of: Candidate, reference: str = "", **other: object) -> Candidate:
    """A payment awaiting approval of an invoice."""
    known = {
        "kind": CandidateKind.PAYMENT,
        "account_id": of.account_id,
        "invoice_id": of.invoice_id,
        "creditor_reference": of.creditor_reference,
        "reference": reference,
    }
    return candidate(of.invoice_number, **{"amount": of.amount_minor, **known, **other})  # type: ignore[arg-type]
