"""The statuses of a statement's line and the one table of their changes, which the database mirrors. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from igny8_core.business.banking.domain.line_errors import LineNotOpen


class LineStatus(StrEnum):
    """Where a line stands; the values are stored and appear in the API."""

    NEW = "new"
    """Read, and not looked at by the matcher yet."""
    UNMATCHED = "unmatched"
    PROPOSED = "proposed"
    MATCHED = "matched"
    IGNORED = "ignored"
    PARKED = "parked"
    """Money of somebody unknown: nobody's, until a person assigns it."""
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
"""What each status may become. A line that was unreadable stays so: it is never money."""

OPEN: frozenset[LineStatus] = frozenset({_S.NEW, _S.UNMATCHED, _S.PROPOSED, _S.PARKED})
"""Not decided: the line can be matched."""

QUEUE: frozenset[LineStatus] = frozenset({_S.UNMATCHED, _S.PROPOSED})
"""What waits for a person, and what the matcher looks at again when it is asked to."""


def ensure_transition(current: LineStatus, target: LineStatus) -> None:
    """Refuse a step the table does not hold; raises `LineNotOpen`."""
    if target not in TRANSITIONS[current]:
        raise LineNotOpen(
            f"A line that is {current.value} cannot become {target.value}.",
            data={"from": current.value, "to": target.value},
        )


class ImportStatus(StrEnum):
    """Where the import of a file stands; the values are stored and appear in the API."""

    RECEIVED = "received"
    """Stored whole; a worker will read it."""
    NEEDS_CONFIRMATION = "needs_confirmation"
    """Some lines are unreadable: nothing is imported until an operator says so."""
    MATCHING = "matching"
    """Its lines are there; the worker is looking for what they pay."""
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
"""What the import of a file may become."""

LIVE_IMPORTS: frozenset[ImportStatus] = frozenset({_I.RECEIVED, _I.NEEDS_CONFIRMATION, _I.MATCHING, _I.DONE})
"""While its import is one of these, the same file is not taken again."""
