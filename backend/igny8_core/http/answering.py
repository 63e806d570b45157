"""How a change gets its transaction, its place in the store of answers, and its answer: for the API and for pages.

Most changes are one transaction. A change that has to call an outside service is two, with the call in between: what
the first transaction wrote is committed, and no lock, transaction or connection is held during the call. A crash in
between loses nothing: a retry with the same key continues from what was written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse

from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import Actor
from igny8_core.http import idempotency, responses
from igny8_core.http.errors import from_exception
from igny8_core.http.idempotency import Claim, Taken
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, Internal

HELD = timedelta(seconds=60)
"""How long a first request is taken to be at work outside; longer than all its calls may take together."""


@dataclass(frozen=True, slots=True)
class CallsOut[Brought, Done]:
    """What a change answers that is only half done.

    `subject_id` names what it has written, for a retry after a crash. `ask` runs outside of any transaction and raises
    nothing that is to be expected. `finish` writes what it brought, in one more; a refusal that it returns leaves its
    writes standing, one that it raises takes them back.
    """

    subject_id: UUID
    ask: Callable[[], Brought]
    finish: Callable[[Brought], Done | AppError]

    def then[Next](self, change: Callable[[Done], Next]) -> "CallsOut[Brought, Next]":
        """The same, with what it answers changed into something else."""

        def finish(brought: Brought) -> Next | AppError:
            done = self.finish(brought)
            return done if isinstance(done, AppError) else change(done)

        return replace(self, finish=finish)  # type: ignore[arg-type, return-value]


type Operation = Callable[[UUID | None], HttpResponse | CallsOut[Any, HttpResponse]]
"""A change. What it is given is what an earlier try of the same key has written, when that never came back."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for a change, and whose rows it may see."""

    scope: Scope
    actor: Actor
    request_id: UUID | None

    def run[T](self, operation: Callable[[], T]) -> T:
        """Run it in a unit of work of the caller's."""
        return unit_of_work.run(operation, scope=self.scope, actor=self.actor, request_id=self.request_id)


def answer(claim: Claim | None, operation: Operation, *, caller: Caller) -> HttpResponse:
    """Answer from the store, or make the change and store its answer. Without a claim nothing is stored."""
    taken: Taken | None = None

    def begin() -> HttpResponse | CallsOut[Any, HttpResponse]:
        nonlocal taken
        taken = None
        if claim is None:
            return operation(None)
        found = idempotency.take(claim, until=clock.now() + HELD)
        if isinstance(found, HttpResponse):
            return found
        taken = found
        begun = operation(found.subject_id)
        if isinstance(begun, CallsOut):
            idempotency.hold(found, subject_id=begun.subject_id, until=clock.now() + HELD)
        else:
            idempotency.store(found, begun)
        return begun

    try:
        begun = caller.run(begin)
    except Exception as exception:
        refusal = _refusal(exception)
        if claim is None or taken is None or refusal is None:
            raise
        return caller.run(lambda: _stored(claim, refusal))
    if isinstance(begun, HttpResponse):
        return begun
    # Back to the pool with it: somebody else's request may need it while we wait.
    connection.close()
    brought = begun.ask()
    return caller.run(lambda: _finished(taken, begun, brought))


def _refusal(exception: Exception) -> HttpResponse | None:
    """The answer that a refused change leaves behind, if that is one to be stored."""
    error = from_exception(exception)
    if error is None or isinstance(error, Internal):
        return None
    response = responses.failure(error)
    return response if _is_stored(response) else None


def _stored(claim: Claim, refusal: HttpResponse) -> HttpResponse:
    """Store the refusal of a change that was rolled back, its claim included.

    A savepoint would keep the claim, but every change that succeeds would pay for it. A twin of the request may have
    been answered in between: then that is the answer.
    """
    found = idempotency.take(claim, until=clock.now() + HELD)
    if isinstance(found, HttpResponse):
        return found
    idempotency.store(found, refusal)
    return refusal


def _finished(taken: Taken | None, begun: CallsOut[Any, HttpResponse], brought: object) -> HttpResponse:
    try:
        with unit_of_work.savepoint():
            done = begun.finish(brought)
    except AppError as error:
        done = error
    response = responses.failure(done) if isinstance(done, AppError) else done
    if taken is None:
        return response
    if _is_stored(response):
        idempotency.store(taken, response)
    else:
        idempotency.release(taken)
    return response


def _is_stored(response: HttpResponse) -> bool:
    return response.status_code < 500 and response.status_code not in idempotency.NEVER_STORED
