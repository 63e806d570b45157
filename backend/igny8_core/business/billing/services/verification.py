"""Recounts the money and the event chains and stores how far they were verified. Call it inside a snapshot.

A recount locks no row that anybody else writes: it reads one snapshot, and writes only its own verified points.
"""

import time
from dataclasses import dataclass

from django.db import OperationalError, connection

from igny8_core.business.billing.selectors.verification import recount_money
from igny8_core.business.ledger.public import Recount, remember_ledger
from igny8_core.events.unit_of_work import sqlstate
from igny8_core.events.verification import OutOfTime, Verification
from igny8_core.events.verified import may_remember, verify_and_remember
from igny8_core.kit.errors import Unavailable

REQUEST_SECONDS, JOB_SECONDS = 300, 6 * 3600
"""Time limits of a recount: while somebody waits for the answer, and in a job or command."""
RETRY_SECONDS = 60
CANCELLED = "57014"

# JIT compilation of the long statement takes longer than running it over what is new.
LIMITS = "SELECT set_config('statement_timeout', %s, true), set_config('jit', 'off', true)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of both recounts."""

    money: Recount
    events: Verification


def verify(*, full: bool) -> Verdict:
    """Recount what is new since the last verified points, or everything, for a job."""
    return _verify(full=full, remembers=may_remember(), seconds=JOB_SECONDS)


def verify_within_request(*, full: bool) -> Verdict:
    """The same while a caller waits: with a time limit, and one full recount at a time. Raises `Unavailable`."""
    remembers = may_remember()
    if full and not remembers:
        raise Unavailable(
            "Another recount is running. Try again when it has finished.", retry_after_seconds=RETRY_SECONDS
        )
    try:
        return _verify(full=full, remembers=remembers, seconds=REQUEST_SECONDS)
    except (OutOfTime, OperationalError) as error:
        if isinstance(error, OperationalError) and sqlstate(error) != CANCELLED:
            raise
        raise Unavailable(
            f"The recount was stopped after {REQUEST_SECONDS} seconds. Run `manage.py verify_ledger` and"
            " `manage.py verify_events` on the server, which take the time they need.",
            retry_after_seconds=RETRY_SECONDS,
        ) from error


def verify_money(*, full: bool, remembers: bool, seconds: int = JOB_SECONDS) -> Recount:
    """Recount the ledger and everything that must agree with it. Its points only advance if everything agrees."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS, [f"{seconds}s"])
    found = recount_money(full=full)
    if found.ok and remembers:
        remember_ledger(full=found.full)
    return found


def _verify(*, full: bool, remembers: bool, seconds: int) -> Verdict:
    ends_at = time.monotonic() + seconds
    money = verify_money(full=full, remembers=remembers, seconds=seconds)
    return Verdict(money, verify_and_remember(full=full, remembers=remembers, ends_at=ends_at))
