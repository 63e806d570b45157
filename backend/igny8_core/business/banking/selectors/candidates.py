"""Candidates for a batch of lines: a few queries for all of them, then each line gets what its own keys found."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from igny8_core.business.banking.domain.candidates import Candidate, CandidateKind, LookupKeys
from igny8_core.business.banking.domain.line_texts import lookup_keys
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.models import StatementLine as LineRow
from igny8_core.business.banking.selectors import candidate_rows as rows
from igny8_core.business.banking.selectors.account_names import name_index
from igny8_core.business.banking.selectors.candidate_rows import InvoiceRow, PaymentRow, RefundRow
from igny8_core.business.billing.domain.payment_states import PaymentStatus

AWAITING, SUCCEEDED = PaymentStatus.PENDING_APPROVAL.value, PaymentStatus.SUCCEEDED.value

type Tolerances = Mapping[tuple[str, str, str], int]


def facts_of(row: LineRow) -> StatementLine:
    """A stored line in the form that the matcher reads."""
    return StatementLine(
        position=row.position,
        amount_minor=row.amount_minor or 0,
        currency=row.currency,
        booking_date=row.booking_date,
        value_date=row.value_date,
        counterparty_name=row.counterparty_name,
        counterparty_account=row.counterparty_account,
        end_to_end_id=row.end_to_end_id,
        structured_reference=row.structured_reference,
        remittance=row.remittance,
        bank_reference=row.bank_reference,
        is_return=row.is_return,
    )


class QueuedLine(NamedTuple):
    """A stored line on its way through the matcher."""

    id: UUID
    sequence: int
    bank_account_id: UUID
    payment_method: str
    """The payment method of that bank account."""
    rejected: Collection[str]
    """Keys of proposals that a person has rejected."""
    facts: StatementLine


def queued(row: LineRow) -> QueuedLine:
    """The same, from a line loaded as a model."""
    method = row.bank_account.payment_method
    return QueuedLine(row.id, row.sequence, row.bank_account_id, method, row.rejected, facts_of(row))


@dataclass(slots=True)
class _Asked:
    """A line with its keys and the candidates found."""

    row: QueuedLine
    line: StatementLine
    keys: LookupKeys
    found: dict[tuple[CandidateKind, UUID], Candidate] = field(default_factory=dict)

    @property
    def amount_minor(self) -> int:
        return abs(self.line.amount_minor)


def candidates_for(lines: Sequence[QueuedLine]) -> list[list[Candidate]]:
    """The candidates of each line, in the order of the lines."""
    asked = [_Asked(row, row.facts, lookup_keys(row.facts)) for row in lines]
    credits = [one for one in asked if one.line.amount_minor > 0]
    debits = [one for one in asked if one.line.amount_minor < 0]
    if credits:
        _find_money_in(credits)
    if debits:
        _find_money_out(debits)
    return [list(one.found.values()) for one in asked]


def _find_money_in(asked: Sequence[_Asked]) -> None:
    tolerances = rows.tolerances()
    payers = _by(rows.payers({one.keys.counterparty_account for one in asked} - {""}))
    named = rows.invoices_named(_all(asked, "invoice_numbers"), _all(asked, "creditor_references"))
    told = [
        *rows.payments_of_invoices({(row.account_id, row.id) for row in named}, status=AWAITING),
        *rows.payments_by_reference(_all(asked, "references"), status=AWAITING),
    ]
    # Look-ups by amount and name only run for lines whose own text found nothing with their amount: most lines are
    # settled.
    vague = _vague(asked, _Invoices(named), _Payments(told))
    amounts = {(one.line.currency, one.amount_minor) for one in vague}
    names = name_index()
    alike = {one.line.counterparty_name: names.accounts_like(one.line.counterparty_name) for one in vague}
    accounts = {account_id for ids in alike.values() for account_id in ids}
    accounts |= {account_id for one in vague for account_id in payers.get(one.keys.counterparty_account, ())}
    invoices = _Invoices([*named, *rows.invoices_by_amount(amounts), *rows.invoices_of(accounts)])
    waiting = _Payments([*told, *rows.payments_by_amount(amounts), *rows.payments_of(accounts)])
    shared = rows.shared_references({row.reference for row in waiting.all() if row.reference})
    for one in asked:
        known = payers.get(one.keys.counterparty_account, frozenset())
        method = one.row.payment_method
        near = known.union(alike.get(one.line.counterparty_name, ()))
        for invoice in invoices.of(one, near):
            tolerance = _tolerance(tolerances, invoice.country, invoice.currency, method)
            _add(one, _invoice_candidate(invoice, tolerance, _payer(one, invoice.account_id, known)))
        for payment in waiting.of(one, near):
            tolerance = _tolerance(tolerances, payment.country, payment.currency, payment.method)
            kind = CandidateKind.PAYMENT
            payer = _payer(one, payment.account_id, known)
            _add(one, _payment_candidate(kind, payment, tolerance, shared=payment.reference in shared, payer=payer))


def _find_money_out(asked: Sequence[_Asked]) -> None:
    by_id = {_uuid(one.keys.end_to_end_id) for one in asked} - {None}
    refunds = rows.pending_refunds({one.amount_minor for one in asked}, [found for found in by_id if found])
    named = rows.invoices_of_any_status(_all(asked, "invoice_numbers"), _all(asked, "creditor_references"))
    returned = _Payments(
        [
            *rows.payments_by_reference(_all(asked, "references"), status=SUCCEEDED),
            *rows.payments_of_invoices({(found[0], found[1]) for found in named}, status=SUCCEEDED),
            *rows.payments_of_lines({one.amount_minor for one in asked}, {one.row.bank_account_id for one in asked}),
        ]
    )
    for one in asked:
        for refund in refunds:
            if refund.currency == one.line.currency and (
                refund.amount_minor == one.amount_minor or refund.id == _uuid(one.keys.end_to_end_id)
            ):
                _add(one, _refund_candidate(refund))
        for payment in returned.of(one, frozenset()):
            _add(one, _payment_candidate(CandidateKind.BOUNCE, payment, 0, shared=False, payer=frozenset()))


class _Invoices:
    """Open invoices, found by what a line may say about them."""

    def __init__(self, found: Iterable[InvoiceRow]) -> None:
        distinct = {row.id: row for row in found}.values()
        self._by_number = _grouped((row.number, row) for row in distinct)
        self._by_creditor = _grouped((row.creditor_reference, row) for row in distinct)
        self._by_amount = _grouped(((row.currency, row.due_minor), row) for row in distinct)
        self._by_account = _grouped((row.account_id, row) for row in distinct)

    def named_by(self, one: _Asked) -> Iterator[InvoiceRow]:
        """Those that the line's text names."""
        for number in one.keys.invoice_numbers:
            yield from self._by_number.get(number, ())
        for creditor in one.keys.creditor_references:
            yield from self._by_creditor.get(creditor, ())

    def of(self, one: _Asked, accounts: Iterable[UUID]) -> Iterator[InvoiceRow]:
        """Those that the line's keys found."""
        yield from self.named_by(one)
        yield from self._by_amount.get((one.line.currency, one.amount_minor), ())
        for account_id in accounts:
            yield from self._by_account.get(account_id, ())


class _Payments:
    """Payments, found by what a line may say about them."""

    def __init__(self, found: Iterable[PaymentRow]) -> None:
        self._rows = {row.id: row for row in found}
        distinct = self._rows.values()
        self._by_reference = _grouped((row.reference, row) for row in distinct if row.reference)
        self._by_number = _grouped((row.number, row) for row in distinct if row.number)
        self._by_creditor = _grouped((row.creditor_reference, row) for row in distinct if row.creditor_reference)
        self._by_amount = _grouped(((row.currency, row.amount_minor), row) for row in distinct)
        self._by_account = _grouped((row.account_id, row) for row in distinct)

    def all(self) -> Iterable[PaymentRow]:
        """All of them."""
        return self._rows.values()

    def named_by(self, one: _Asked) -> Iterator[PaymentRow]:
        """Those that the line's text names."""
        for reference in one.keys.references:
            yield from self._by_reference.get(reference, ())
        for number in one.keys.invoice_numbers:
            yield from self._by_number.get(number, ())
        for creditor in one.keys.creditor_references:
            yield from self._by_creditor.get(creditor, ())

    def of(self, one: _Asked, accounts: Iterable[UUID]) -> Iterator[PaymentRow]:
        """Those that the line's keys found."""
        yield from self.named_by(one)
        yield from self._by_amount.get((one.line.currency, one.amount_minor), ())
        for account_id in accounts:
            yield from self._by_account.get(account_id, ())


def _vague(asked: Iterable[_Asked], invoices: _Invoices, payments: _Payments) -> list[_Asked]:
    """The lines whose text names nothing with their amount."""

    def is_explained(one: _Asked) -> bool:
        money = (one.line.currency, one.amount_minor)
        return any((row.currency, row.due_minor) == money for row in invoices.named_by(one)) or any(
            (row.currency, row.amount_minor) == money for row in payments.named_by(one)
        )

    return [one for one in asked if not is_explained(one)]


def _grouped[K, V](pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _by(pairs: Iterable[tuple[str, UUID]]) -> dict[str, frozenset[UUID]]:
    return {key: frozenset(values) for key, values in _grouped(pairs).items()}


def _all(asked: Iterable[_Asked], name: str) -> set[str]:
    return {key for one in asked for key in getattr(one.keys, name)}


def _tolerance(tolerances: Tolerances, country: str, currency: str, method: str) -> int:
    return tolerances.get((country, currency, method), tolerances.get(("*", currency, method), 0))


def _payer(one: _Asked, account_id: UUID, known: frozenset[UUID]) -> frozenset[str]:
    return frozenset({one.keys.counterparty_account}) if account_id in known else frozenset()


def _add(one: _Asked, candidate: Candidate) -> None:
    one.found.setdefault((candidate.kind, candidate.id), candidate)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _invoice_candidate(row: InvoiceRow, tolerance_minor: int, payer: frozenset[str]) -> Candidate:
    return Candidate(
        kind=CandidateKind.INVOICE,
        id=row.id,
        account_id=row.account_id,
        currency=row.currency,
        amount_minor=row.due_minor,
        tolerance_minor=tolerance_minor,
        invoice_id=row.id,
        invoice_number=row.number,
        creditor_reference=row.creditor_reference,
        account_name=row.account_name,
        known_payer_accounts=payer,
        opened_on=row.opened_on,
    )


def _payment_candidate(
    kind: CandidateKind, row: PaymentRow, tolerance_minor: int, *, shared: bool, payer: frozenset[str]
) -> Candidate:
    return Candidate(
        kind=kind,
        id=row.id,
        account_id=row.account_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        tolerance_minor=tolerance_minor,
        invoice_id=row.invoice_id,
        invoice_number=row.number,
        creditor_reference=row.creditor_reference,
        reference=row.reference,
        reference_is_shared=shared,
        account_name=row.account_name,
        known_payer_accounts=payer,
        opened_on=row.opened_on,
    )


def _refund_candidate(row: RefundRow) -> Candidate:
    return Candidate(
        kind=CandidateKind.REFUND,
        id=row.id,
        account_id=row.account_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        account_name=row.account_name,
        opened_on=row.opened_on,
        end_to_end_id=row.id.hex,
    )
