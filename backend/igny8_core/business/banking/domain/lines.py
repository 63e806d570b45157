"""What every statement format is read into: a stream of statements and their lines. Pure.

A reader yields a `StatementStart`, then its lines in the order of the file, then a `StatementEnd`, for each
statement in the file. A line that could not be read is a fact of its own and never a line with something missing.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FormatName(StrEnum):
    """What a file of statements is written in."""

    CAMT053 = "camt053"
    CAMT054 = "camt054"
    MT940 = "mt940"
    MT942 = "mt942"
    OFX = "ofx"
    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"
    """An archive: what it holds is known once it is read, and never by this name."""


class StatementKind(StrEnum):
    """A statement is booked and has balances; a notification (CAMT.054, MT942) tells of bookings before it."""

    STATEMENT = "statement"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementStart:
    """The head of a statement: whose account, and what it held before the first line, in minor units."""

    kind: StatementKind
    account: str
    """An IBAN or the bank's own number, without spaces, as the file has it; empty where it names none."""
    currency: str
    identification: str = ""
    """The bank's own name or number of this statement."""
    opening_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A movement of money: `amount_minor` is signed, credits above zero and debits below.

    It is zero where a bank books information without money. No text is longer than `reading.LIMITS` says.
    """

    position: int
    """Where it stands in its statement, from one; the parts of a batch count each for itself."""
    amount_minor: int
    currency: str
    booking_date: date | None
    value_date: date | None
    counterparty_name: str = ""
    counterparty_account: str = ""
    end_to_end_id: str = ""
    structured_reference: str = ""
    """A reference the bank has told apart from the text, such as ISO 11649 in CAMT's CdtrRefInf."""
    remittance: str = ""
    """What the payer wrote, line breaks as spaces."""
    bank_reference: str = ""
    is_return: bool = False
    """Whether the bank calls it the reversal or return of an earlier booking."""
    raw: str = ""
    """The line as it stood in the file, for a person to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLine:
    """A place in a statement that should be a line and cannot be read as one."""

    position: int
    problem: str
    """One sentence for a person: where, and what is wrong."""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEnd:
    """The end of a statement, with what the bank says the account held then, in minor units."""

    closing_minor: int | None = None
    not_booked: int = 0
    """How many entries the bank calls pending or informational: they are no lines, and come again once booked."""


type StatementItem = StatementStart | StatementLine | UnreadableLine | StatementEnd
