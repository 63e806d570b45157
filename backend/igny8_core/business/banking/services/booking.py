"""Books a decided line, through the same billing services that an operator uses.

Locks: the line, then what billing locks (invoices by id, the payment, balances).
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.banking.domain.booking import MONEY_IN, Booked, DecidedBy, ensure_fits
from igny8_core.business.banking.domain.candidates import CandidateKind
from igny8_core.business.banking.domain.line_states import LineStatus
from igny8_core.business.banking.domain.line_texts import lookup_keys
from igny8_core.business.banking.models import KnownPayer, LineMatch, StatementLine
from igny8_core.business.banking.selectors.candidates import facts_of
from igny8_core.business.banking.services import line_status
from igny8_core.business.billing.domain.errors import DuplicateSubmission
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.references import read_reference
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundStatus
from igny8_core.business.billing.public import (
    Decision,
    LockedInvoice,
    Planned,
    RecordedMoney,
    approvals,
    bookable_payment,
    bookable_refund,
    lock_invoices_across_accounts,
    record_payment,
    refunds,
)
from igny8_core.events.catalogue import JSON
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.money import format_amount
from igny8_core.kit.texts import BadText

LONGEST_REFERENCE = 100
RECORDED = frozenset({CandidateKind.INVOICE, CandidateKind.BALANCE})
"""A target without a payment: the line itself becomes one."""


def book(line: StatementLine, parts: Sequence[Booked], decided_by: DecidedBy) -> list[LineMatch]:
    """Book a locked, open line; its status becomes matched.

    Raises the errors of billing's services, `NotFound`, `ValidationError`, `WrongDirection`, `LineNotOpen`.
    """
    line_status.ensure_open(line)
    assert line.amount_minor is not None, "an open line has been read"
    ensure_fits(amount_minor=line.amount_minor, parts=parts)
    matches = []
    for part in parts:
        match part.kind:
            case CandidateKind.PAYMENT:
                matches.append(_approve(line, part, decided_by))
            case CandidateKind.REFUND:
                matches.append(_pay_refund(line, part, decided_by))
            case CandidateKind.BOUNCE:
                matches.append(_bounce(line, part, decided_by))
    matches += _record(line, [part for part in parts if part.kind in RECORDED], decided_by)
    for match_ in matches:
        _learn_payer(line, match_)
    subjects: list[JSON] = [_subject(one) for one in matches]
    line_status.apply(line, to=LineStatus.MATCHED, automatic=decided_by.automatic, matches=subjects)
    return matches


def _approve(line: StatementLine, part: Booked, decided_by: DecidedBy) -> LineMatch:
    payment = bookable_payment(_target(part))
    _ensure_currency(line, payment.currency)
    received, note = format_amount(part.amount_minor, line.currency), f"Bank line {line.sequence}"
    decision = Decision(decided_by.operator_id, received, _day(line), note, _payer_account(line))
    approved = approvals.approve_payment(payment_id=payment.id, decision=decision)
    return _match(line, CandidateKind.PAYMENT, part.amount_minor, decided_by, payment=approved)


def _pay_refund(line: StatementLine, part: Booked, decided_by: DecidedBy) -> LineMatch:
    """The bank has paid out a refund; one that was marked as paid by hand is only linked."""
    refund = bookable_refund(_target(part))
    if refund.destination != RefundDestination.TRANSFER:
        raise NotFound
    _ensure_currency(line, refund.currency)
    if refund.amount_minor != part.amount_minor:
        raise ValidationError(fields={"refund_id": ["The refund is for a different amount."]})
    if refund.status != RefundStatus.COMPLETED:
        refunds.mark_refund_paid(refund_id=refund.id)
    return _match(line, CandidateKind.REFUND, part.amount_minor, decided_by, refund=refund)


def _bounce(line: StatementLine, part: Booked, decided_by: DecidedBy) -> LineMatch:
    """The bank has returned a transfer: what it had settled is due again."""
    payment = bookable_payment(_target(part))
    _ensure_currency(line, payment.currency)
    if payment.amount_received_minor != part.amount_minor:
        raise ValidationError(fields={"bounced_payment_id": ["The payment is for a different amount."]})
    bounced = approvals.bounce_payment(payment_id=payment.id, reason="The bank has returned this transfer.")
    return _match(line, CandidateKind.BOUNCE, part.amount_minor, decided_by, payment=bounced)


def _record(line: StatementLine, parts: Sequence[Booked], decided_by: DecidedBy) -> list[LineMatch]:
    """One payment per account: its plan says what the account's invoices get, and the rest becomes its balance."""
    ids = [part.target_id for part in parts if part.target_id is not None]
    # Lock all invoices first, ordered by id, even if the line pays for several accounts.
    invoices = lock_invoices_across_accounts(ids)
    if len(invoices) < len(ids) or any(
        part.target_id is not None and invoices[part.target_id].account_id != part.account_id for part in parts
    ):
        raise NotFound
    by_account: dict[UUID, list[Booked]] = defaultdict(list)
    for part in parts:
        by_account[part.account_id].append(part)
    return [
        _record_for(line, account_id, by_account[account_id], invoices, decided_by) for account_id in sorted(by_account)
    ]


def _record_for(
    line: StatementLine,
    account_id: UUID,
    parts: Sequence[Booked],
    invoices: dict[UUID, LockedInvoice],
    decided_by: DecidedBy,
) -> LineMatch:
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound
    total = sum(part.amount_minor for part in parts)
    planned = [
        Planned(part.target_id, format_amount(amount, line.currency))
        for part in parts
        if part.target_id is not None and (amount := _takes(invoices[part.target_id], part.amount_minor)) > 0
    ]
    money = RecordedMoney(
        payment_method=PaymentMethod(line.bank_account.payment_method),
        reference=_reference(line),
        amount=format_amount(total, line.currency),
        currency=line.currency,
        value_date=_day(line),
        allocations=tuple(planned),
        payer_account=_payer_account(line),
    )
    try:
        payment = record_payment(account=account, money=money, operator_id=decided_by.operator_id)
    except DuplicateSubmission:
        # Two identical bookings are still two payments: the second reference gets the line's number.
        again = f"{money.reference} #{line.sequence}"
        payment = record_payment(
            account=account, money=replace(money, reference=again), operator_id=decided_by.operator_id
        )
    kind = CandidateKind.INVOICE if any(part.target_id for part in parts) else CandidateKind.BALANCE
    return _match(line, kind, total, decided_by, payment=payment)


def _target(part: Booked) -> UUID:
    assert part.target_id is not None, "only a balance has no target"
    return part.target_id


def _takes(invoice: LockedInvoice, amount_minor: int) -> int:
    """How much of the money an invoice takes; billing refuses an invoice that takes none."""
    if invoice.status != InvoiceStatus.PENDING:
        return amount_minor
    return min(amount_minor, invoice.amount_total_minor - invoice.amount_settled_minor)


def _reference(line: StatementLine) -> str:
    """The text for the receipt: the first of the line's texts that is not empty."""
    said = (line.structured_reference, line.remittance, line.end_to_end_id, line.bank_reference)
    for text in said:
        with suppress(BadText):
            read_reference(f"{text[:LONGEST_REFERENCE]} #{line.sequence}")  # short enough to add the line's number
            return read_reference(text[:LONGEST_REFERENCE]).text
    return f"Bank line {line.sequence}"


def _day(line: StatementLine) -> date:
    return line.value_date or line.booking_date or clock.now().date()


def _ensure_currency(line: StatementLine, currency: str) -> None:
    if line.currency != currency:
        raise ValidationError(fields={"currency": [f"The line is in {line.currency}, but this is in {currency}."]})


class _Subject(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def account_id(self) -> UUID: ...


class _BookedPayment(_Subject, Protocol):
    @property
    def status(self) -> str: ...


def _match(
    line: StatementLine,
    kind: CandidateKind,
    amount_minor: int,
    decided_by: DecidedBy,
    *,
    payment: _BookedPayment | None = None,
    refund: _Subject | None = None,
) -> LineMatch:
    subject = payment or refund
    assert subject is not None
    return LineMatch.objects.create(
        account_id=subject.account_id,
        line=line,
        kind=kind.value,
        payment_id=None if payment is None else payment.id,
        refund_id=None if refund is None else refund.id,
        amount_minor=amount_minor,
        automatic=decided_by.automatic,
        awaits_approval=payment is not None and payment.status == PaymentStatus.PENDING_APPROVAL,
        decided_by_id=None if decided_by.automatic else decided_by.operator_id,
        score=decided_by.score,
        reasons=list(decided_by.reasons),
        created_at=clock.now(),
    )


def _payer_account(line: StatementLine) -> str:
    """The counterparty's bank account, letters and digits only; empty if the line has none."""
    return lookup_keys(facts_of(line)).counterparty_account[:64]


def _learn_payer(line: StatementLine, match_: LineMatch) -> None:
    """Remember which bank account pays for which account."""
    number = _payer_account(line)
    if not number or match_.kind not in MONEY_IN:
        return
    now = clock.now()
    known, new = KnownPayer.objects.for_account(match_.account_id).get_or_create(
        number=number, defaults={"account_id": match_.account_id, "last_paid_at": now}
    )
    if not new:
        KnownPayer.objects.for_account(match_.account_id).filter(id=known.id).update(
            times=known.times + 1, last_paid_at=now
        )


def _subject(match_: LineMatch) -> dict[str, JSON]:
    return {
        "kind": match_.kind,
        "account_id": str(match_.account_id),
        "payment_id": None if match_.payment_id is None else str(match_.payment_id),
        "refund_id": None if match_.refund_id is None else str(match_.refund_id),
        "amount_minor": match_.amount_minor,
    }
