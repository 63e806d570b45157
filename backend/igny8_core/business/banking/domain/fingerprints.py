"""When two lines of two files are the same booking. Pure.

Banks send the same booking more than once: in the notification and in the statement, in overlapping exports, in a file
that is uploaded twice. Two genuine bookings that look alike are told apart by counting them within a statement.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from igny8_core.business.banking.domain.lines import StatementLine

_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NONE", "NOREF", "UNKNOWN", "NA", "0"})
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")


def fingerprint(line: StatementLine) -> bytes:
    """What identifies a booking within its bank account: day, amount, and the bank's reference or the text.

    The value date takes precedence, because a notification has it before the booking date is known.
    """
    day = line.value_date or line.booking_date
    head = [day.isoformat() if day else "", line.currency, str(line.amount_minor)]
    bank = _squeezed(line.bank_reference)
    if bank not in _NO_REFERENCE:
        # All parts of a batch share one reference, so what tells them apart is added.
        identity = ["B", bank, _squeezed(line.end_to_end_id), _squeezed(line.counterparty_account)]
    else:
        texts = (
            line.end_to_end_id,
            line.counterparty_account,
            line.counterparty_name,
            line.structured_reference,
            line.remittance,
        )
        identity = ["T", *map(_squeezed, texts)]
    return hashlib.sha256("\x1f".join([*head, *identity]).encode("utf-8", "surrogatepass")).digest()


class Occurrences:
    """Counts equal fingerprints within a statement, from one, so that two genuinely equal lines stay two."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def next(self, mark: bytes) -> int:
        """The number of this line among its equals so far."""
        self._seen[mark] += 1
        return self._seen[mark]


def is_total_of(amount_minor: int, parts_minor: Iterable[int]) -> bool:
    """Whether a line is the sum of at least two existing lines with its bank reference: a batch that the bank first
    reported in parts and now reports as a whole.
    """
    parts = list(parts_minor)
    return len(parts) > 1 and sum(parts) == amount_minor


def has_bank_reference(line: StatementLine) -> bool:
    """Whether the bank assigned the line its own reference."""
    return _squeezed(line.bank_reference) not in _NO_REFERENCE


def _squeezed(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text.upper()) if text.isascii() else "".join(text.upper().split())
