"""The statuses of a statement line and the table of their transitions, which the database mirrors. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from igny8_core.business.banking.domain.line_errors import LineNotOpen


class LineStatus(StrEnum):
    """Status of a line; the values are stored and appear in the API."""

    NEW = "new"
    """Read, and not matched yet."""
    UNMATCHED = "unmatched"
    PROPOSED = "proposed"
    MATCHED = "matched"
    IGNORED = "ignored"
    PARKED = "parked"
    """Money from an unknown payer, held until a person assigns it."""
    UNREADABLE = "unreadable"


_S = LineStatus

TRANSITIONS: Mapping[LineStatus, frozenset[LineStatus]] = {
    _S.NEW: frozenset({_S.UNMATCHED, _S.PROPOSED, _S.MATCHED, _S.IGNORED, _S.PARKED}),
    _S.UNMATCHED: frozenset({_S.PROPOSED, _S.MATCHED, _S.IGNORED, _S.PARKED}),
    _S.PROPOSED: frozenset({_S.UNMATCHED, _S.MATCHED, _S.IGNORED, _S.PARKED}),
    _S.MATCHED: frozenset({_S.UNMATCHED}),
    _S.IGNORED: frozenset({_S.UNMATCHED}),
    _S.PARKED: frozenset({_S.UNMATCHED, _S.MATCHED, _S.IGNORED}),
    _S.UNREADABLE: frozenset({_S.IGNORED}),
}
"""The allowed transitions. An unreadable line stays unreadable: it is never money."""

OPEN: frozenset[LineStatus] = frozenset({_S.NEW, _S.UNMATCHED, _S.PROPOSED, _S.PARKED})
"""Undecided: the line can be matched."""

QUEUE: frozenset[LineStatus] = frozenset({_S.UNMATCHED, _S.PROPOSED})
"""Lines that wait for a person; the matcher processes them again on request."""


def ensure_transition(current: LineStatus, target: LineStatus) -> None:
    """Refuse a transition that is not in the table; raises `LineNotOpen`."""
    if target not in TRANSITIONS[current]:
        raise LineNotOpen(
            f"A line that is {current.value} cannot become {target.value}.",
            data={"from": current.value, "to": target.value},
        )


class ImportStatus(StrEnum):
    """Status of a file's import; the values are stored and appear in the API."""

    RECEIVED = "received"
    """Stored completely; a worker will read it."""
    NEEDS_CONFIRMATION = "needs_confirmation"
    """Some lines are unreadable: nothing is imported until an operator confirms."""
    MATCHING = "matching"
    """Its lines are stored; the worker is matching them."""
    DONE = "done"
    REFUSED = "refused"
    DISCARDED = "discarded"


_I = ImportStatus

IMPORT_TRANSITIONS: Mapping[ImportStatus, frozenset[ImportStatus]] = {
    _I.RECEIVED: frozenset({_I.NEEDS_CONFIRMATION, _I.MATCHING, _I.REFUSED}),
    _I.NEEDS_CONFIRMATION: frozenset({_I.RECEIVED, _I.DISCARDED}),
    _I.MATCHING: frozenset({_I.DONE}),
    _I.DONE: frozenset(),
    _I.REFUSED: frozenset(),
    _I.DISCARDED: frozenset(),
}
"""The allowed transitions of an import."""

LIVE_IMPORTS: frozenset[ImportStatus] = frozenset({_I.RECEIVED, _I.NEEDS_CONFIRMATION, _I.MATCHING, _I.DONE})
"""While an import has one of these statuses, the same file is not imported again."""
