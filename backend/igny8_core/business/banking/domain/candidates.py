"""What a statement line may refer to: the open items it may pay, and the matcher's result. Pure.

`LookupKeys` says what to look up in the database, each row found becomes a `Candidate`, and `matching.decide` compares
the candidates.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupKeys:
    """What a line's text may name, in the form in which it is stored, so that every look-up is an `=`."""

    creditor_references: frozenset[str] = frozenset()
    """ISO 11649 references with correct check digits, without spaces."""
    invoice_numbers: frozenset[str] = frozenset()
    """Invoice numbers such as ACME-000042 that the text may mean, with zeros and separators restored."""
    references: frozenset[str] = frozenset()
    """Possible references submitted by a payer, as `normalise_reference` writes them."""
    counterparty_account: str = ""
    """The payer's IBAN or account number, in upper case without separators; empty if the bank gives none."""
    bare_numbers: frozenset[int] = frozenset()
    """Bare numbers ("invoice 42"): they only support an invoice that was found by other means."""
    end_to_end_id: str = ""
    """The bank's end-to-end identification, for refunds that we sent; empty if there is none."""


class CandidateKind(StrEnum):
    PAYMENT = "payment"
    """A payment awaiting approval."""
    INVOICE = "invoice"
    """An open invoice with an amount due."""
    BALANCE = "balance"
    """The account's balance: money that belongs to no invoice."""
    REFUND = "refund"
    """A pending outgoing transfer, for a debit."""
    BOUNCE = "bounce"
    """A succeeded payment that a return or debit may reverse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A row that a line may refer to. Amounts are positive, in minor units of `currency`."""

    kind: CandidateKind
    id: UUID
    account_id: UUID
    currency: str
    amount_minor: int
    """The payment's amount, the invoice's amount due, the refund's amount, or the amount received."""
    tolerance_minor: int = 0
    """By how much the amount may differ and still settle it."""
    invoice_id: UUID | None = None
    """The invoice itself, or the payment's invoice; None for payments of several invoices or of none."""
    invoice_number: str = ""
    creditor_reference: str = ""
    """The invoice's ISO 11649 reference, without spaces."""
    reference: str = ""
    """The reference that the payer submitted, normalised."""
    reference_is_shared: bool = False
    """Whether another account submitted the same reference."""
    account_name: str = ""
    known_payer_accounts: frozenset[str] = frozenset()
    """Bank accounts that have paid for this account before, as `LookupKeys.counterparty_account` writes them."""
    opened_on: date
    """When the payment was submitted, the invoice finalised, the refund requested, or the payment received."""
    end_to_end_id: str = ""
    """The end-to-end identification that we sent with a refund's transfer."""


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a line goes to a candidate: positive, in minor units of the line's currency."""

    candidate: Candidate
    amount_minor: int


class ReasonCode(StrEnum):
    """Why a proposal is made, or why it needs a person's decision."""

    CREDITOR_REFERENCE = "creditor_reference"
    INVOICE_NUMBER = "invoice_number"
    INVOICE_NUMBER_LIKELY = "invoice_number_likely"
    SUBMITTED_REFERENCE = "submitted_reference"
    SUBMITTED_REFERENCE_WEAK = "submitted_reference_weak"
    END_TO_END_ID = "end_to_end_id"
    BARE_NUMBER = "bare_number"
    PAYER_ACCOUNT_KNOWN = "payer_account_known"
    NAME_SIMILAR = "name_similar"
    AMOUNT_EQUAL = "amount_equal"
    AMOUNT_WITHIN_TOLERANCE = "amount_within_tolerance"
    AMOUNT_UNIQUE = "amount_unique"
    SEVERAL_INVOICES = "several_invoices"
    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    REFERENCE_SHARED = "reference_shared"
    OUTSIDE_WINDOW = "outside_window"
    RIVAL = "rival"
    OTHER_PAYER = "other_payer"
    PAYMENT_AWAITS = "payment_awaits"
    NOT_A_PAYMENT = "not_a_payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One candidate for a whole line, or several invoices of one account that share it; the parts add
    up to the line.
    """

    parts: tuple[Part, ...]
    score: int
    """From 0 to 100."""
    reasons: tuple[str, ...]
    """Phrases for a person, strongest first, in the same order as `reason_codes`."""
    reason_codes: tuple[ReasonCode, ...]

    @property
    def account_id(self) -> UUID:
        return self.parts[0].candidate.account_id


@dataclass(frozen=True, slots=True)
class Decision:
    """The result for a line: book `certain` automatically, or list `proposals`, best first (`certain`
    is among them).
    """

    certain: Proposal | None
    proposals: tuple[Proposal, ...]
