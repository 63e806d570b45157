"""The common output of all statement formats: a stream of statements and their lines. Pure.

For each statement in the file, a reader yields a `StatementStart`, its lines in the order of the file, and a
`StatementEnd`. A line that cannot be read is yielded as an `UnreadableLine`, never as a partial line.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FormatName(StrEnum):
    """The format of a statement file."""

    CAMT052 = "camt052"
    CAMT053 = "camt053"
    CAMT054 = "camt054"
    MT940 = "mt940"
    MT942 = "mt942"
    OFX = "ofx"
    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"
    """An archive: the format of its content is only known once it is opened, and is never `zip`."""


class StatementKind(StrEnum):
    """A statement is booked and has balances; a notification (CAMT.054, MT942) announces bookings beforehand."""

    STATEMENT = "statement"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementStart:
    """The header of a statement: its account and its opening balance in minor units."""

    kind: StatementKind
    account: str
    """An IBAN or the bank's own number, without spaces, as in the file; empty if there is none."""
    currency: str
    identification: str = ""
    """The bank's name or number for this statement."""
    opening_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A movement of money: `amount_minor` is signed, credits positive and debits negative.

    It is zero if the bank books information without money. No text is longer than `reading.LIMITS` allows.
    """

    position: int
    """Position in its statement, from one; each part of a batch has its own position."""
    amount_minor: int
    currency: str
    booking_date: date | None
    value_date: date | None
    counterparty_name: str = ""
    counterparty_account: str = ""
    end_to_end_id: str = ""
    structured_reference: str = ""
    """A reference that the bank delivers separately from the text, such as CdtrRefInf in CAMT."""
    remittance: str = ""
    """What the payer wrote, with line breaks as spaces."""
    bank_reference: str = ""
    is_return: bool = False
    """Whether the bank marks it as the reversal or return of an earlier booking."""
    raw: str = ""
    """The line as it appears in the file, for people to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLine:
    """Something in a statement that should be a line but cannot be read."""

    position: int
    problem: str
    """One sentence for a person: where it is and what is wrong."""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEnd:
    """The end of a statement, with the closing balance in minor units."""

    closing_minor: int | None = None
    not_booked: int = 0
    """Number of pending or informational entries: they are not lines, and the bank sends them again once they are
    booked.
    """


type StatementItem = StatementStart | StatementLine | UnreadableLine | StatementEnd
