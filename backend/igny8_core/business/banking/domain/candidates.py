"""What a line of a statement may mean: the things that wait for money, and the answer about them. Pure.

`LookupKeys` says what to ask the database for; each row found becomes a `Candidate`; `matching.decide` weighs them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupKeys:
    """What a line's text may name, each in the one form in which it is stored: every look-up is an `=`."""

    creditor_references: frozenset[str] = frozenset()
    """References of ISO 11649 with the right check digits, without spaces."""
    invoice_numbers: frozenset[str] = frozenset()
    """Numbers of invoices such as ACME-000042 that the text may mean, zeros and separators restored."""
    references: frozenset[str] = frozenset()
    """What may be the reference a payer submitted, as `normalise_reference` writes it."""
    counterparty_account: str = ""
    """The payer's IBAN or account number, upper case and without separators; empty where the bank names none."""
    bare_numbers: frozenset[int] = frozenset()
    """Numbers that stand alone ("invoice 42"): they count for an invoice that something else has found."""
    end_to_end_id: str = ""
    """The bank's end-to-end identification, for refunds that we sent; empty where there is none."""


class CandidateKind(StrEnum):
    PAYMENT = "payment"
    """A payment awaiting approval."""
    INVOICE = "invoice"
    """An open invoice with something due."""
    BALANCE = "balance"
    """The account's balance: money for no invoice."""
    REFUND = "refund"
    """A pending transfer of ours, for a debit."""
    BOUNCE = "bounce"
    """A succeeded payment that a return or debit may take back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A row that a line may be about. Amounts are above zero, in minor units of `currency`."""

    kind: CandidateKind
    id: UUID
    account_id: UUID
    currency: str
    amount_minor: int
    """The payment's amount, what the invoice has due, the refund's amount, or what was received."""
    tolerance_minor: int = 0
    """By how much the money may differ and still settle it."""
    invoice_id: UUID | None = None
    """The invoice itself, or the payment's; none for money over several invoices or without one."""
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
    """When the payment was submitted, the invoice finalised, the refund asked for, or the payment received."""
    end_to_end_id: str = ""
    """What we wrote into the transfer of a refund."""


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a line goes to a candidate, above zero, in minor units of the line's currency."""

    candidate: Candidate
    amount_minor: int


class ReasonCode(StrEnum):
    """Why a proposal is made, or why it is not taken without a person."""

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
    """One candidate for a whole line, or several invoices of one account that share it: the parts add up to it."""

    parts: tuple[Part, ...]
    score: int
    """From 0 to 100."""
    reasons: tuple[str, ...]
    """For a person, strongest first, each a phrase that stands beside `reason_codes` at the same place."""
    reason_codes: tuple[ReasonCode, ...]

    @property
    def account_id(self) -> UUID:
        return self.parts[0].candidate.account_id


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a line: take `certain` without asking, or show `proposals`, best first (`certain` among them)."""

    certain: Proposal | None
    proposals: tuple[Proposal, ...]
