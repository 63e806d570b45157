"""The result of a recount."""

from typing import Self

from igny8_core.accounts.platform import customer_id
from igny8_core.business.billing.services.verification import Verdict
from igny8_core.events.verification import BadEvent
from igny8_core.http.answers import Answer


class BadEventAnswer(Answer):
    """The first bad place of a chain; `event_id` is null if an event is missing."""

    account_id: str
    seq: str
    event_id: str | None
    problem: str

    @classmethod
    def of(cls, bad: BadEvent) -> Self:
        """The place; the platform's own chain belongs to no account."""
        return cls(
            account_id=str(customer_id(bad.account_id) or "platform"),
            seq=str(bad.seq),
            event_id=bad.event_id,
            problem=bad.problem,
        )


class LedgerVerdictAnswer(Answer):
    """The result of recounting the money; `recounted` of the `journals` were read for this answer."""

    ok: bool
    journals: int
    recounted: int
    problems: list[str]


class EventsVerdictAnswer(Answer):
    """The result of recounting the event chains; `bad` names the first bad event of each broken chain, at most 20."""

    ok: bool
    events: int
    recounted: int
    first_bad: BadEventAnswer | None
    bad_chains: int
    bad: list[BadEventAnswer]


class VerdictAnswer(Answer):
    """Both recounts."""

    ledger: LedgerVerdictAnswer
    events: EventsVerdictAnswer

    @classmethod
    def of(cls, found: Verdict) -> Self:
        """The result of both recounts."""
        money, events = found.money, found.events
        bad = [BadEventAnswer.of(one) for one in events.bad]
        return cls(
            ledger=LedgerVerdictAnswer(
                ok=money.ok, journals=money.journals, recounted=money.recounted, problems=money.problems
            ),
            events=EventsVerdictAnswer(
                ok=events.ok,
                events=events.events,
                recounted=events.recounted,
                first_bad=next(iter(bad), None),
                bad_chains=events.bad_chains,
                bad=bad,
            ),
        )
