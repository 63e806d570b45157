"""Credits: granted by paid invoices, used by the platform, adjusted by operators. Runs inside a unit of work."""

from uuid import UUID

from igny8_core.business.ledger.domain.chart import CREDITS_UNIT, Code, JournalKind
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.services.posting import locked_balance, post
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit.ids import uuid7

MAX_CREDITS = 10**12


def grant(*, account_id: UUID, invoice_id: UUID, cycle: int, credits: int, memo: str) -> None:
    """Grant the credits of a paid invoice, once each time it is paid."""
    lines = _move(Code.CREDITS_GRANTED, Code.CREDITS, credits)
    entry = Entry(JournalKind.CREDITS_GRANTED, invoice_id, CREDITS_UNIT, lines, cycle, memo)
    _post(entry, EventType.CREDITS_GRANTED, account_id, credits)


def take_back(
    *, account_id: UUID, source_id: UUID, credits: int, memo: str, cycle: int = 0, may_overdraw: bool = False
) -> None:
    """Take granted credits back for a refund or a bounced transfer; raises `InsufficientCredits`."""
    lines = _move(Code.CREDITS, Code.CREDITS_GRANTED, credits)
    entry = Entry(JournalKind.CREDITS_TAKEN_BACK, source_id, CREDITS_UNIT, lines, cycle, memo)
    _post(entry, EventType.CREDITS_TAKEN_BACK, account_id, -credits, may_overdraw=may_overdraw)


def restore(*, account_id: UUID, source_id: UUID, credits: int, memo: str) -> None:
    """Give back what a cancelled refund had taken."""
    lines = _move(Code.CREDITS_GRANTED, Code.CREDITS, credits)
    entry = Entry(JournalKind.CREDITS_RESTORED, source_id, CREDITS_UNIT, lines, memo=memo)
    _post(entry, EventType.CREDITS_GRANTED, account_id, credits)


def consume(*, account_id: UUID, credits: int, reason: str) -> int:
    """Use credits, all or nothing; returns how many are left. Raises `InsufficientCredits`."""
    lines = _move(Code.CREDITS, Code.CREDITS_USED, credits)
    entry = Entry(JournalKind.CREDITS_CONSUMED, uuid7(), CREDITS_UNIT, lines, memo=reason)
    _post(entry, EventType.CREDITS_CONSUMED, account_id, -credits)
    return _left(account_id)


def adjust(*, account_id: UUID, credits: int, reason: str) -> int:
    """Add credits, or remove some if negative, never below zero; returns how many are left.

    Raises `InsufficientCredits`.
    """
    lines = _move(Code.CREDITS_ADJUSTED, Code.CREDITS, credits)
    entry = Entry(JournalKind.CREDITS_ADJUSTED, uuid7(), CREDITS_UNIT, lines, memo=reason)
    _post(entry, EventType.CREDITS_ADJUSTED, account_id, credits)
    return _left(account_id)


def _post(entry: Entry, fact: EventType, account_id: UUID, credits: int, *, may_overdraw: bool = False) -> None:
    journal_id = post(entry, account_id=account_id, may_overdraw=may_overdraw)
    record(
        fact,
        account_id=account_id,
        subject_type="credits",
        subject_id=journal_id,
        data={
            "credits": credits,
            "source_id": str(entry.source_id),
        },
    )


def _move(debit: str, credit: str, credits: int) -> dict[str, int]:
    return {debit: credits, credit: -credits}


def _left(account_id: UUID) -> int:
    return -locked_balance(account_id=account_id, unit=CREDITS_UNIT, code=Code.CREDITS)
