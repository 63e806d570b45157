"""Between the server and Django: an ASGI application that gives Django's WSGI handler a thread for complete requests
only.

The event loop reads bodies (`bodies`) and sends answers; a request only occupies a thread while Django works on it.
`/healthz` needs no thread and is answered on the loop; the other probes have a thread of their own, so that they answer
even if every thread is busy.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from django.core.handlers.wsgi import WSGIHandler, get_path_info
from django.http import HttpResponse, StreamingHttpResponse

from igny8_core.http.bodies import Body, Intake, Receive, limit_of
from igny8_core.http.environ import Environ, announced_length, environ_of
from igny8_core.http.middleware import HEALTH, PROBES, REFUSAL
from igny8_core.kit.threads import Threads

THREADS = 4
PIECES = 16
"""How many chunks of a file (4 KB each) a thread reads at once, between two waits for the client."""

type Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Django's answer; a file has `pieces` instead of `content`."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes
    pieces: Iterator[bytes] | None
    close: Callable[[], None]


class Front:
    """An ASGI application around Django's handler."""

    def __init__(self, handler: WSGIHandler) -> None:
        self._handler = handler
        self._threads = Threads(THREADS, name="request")
        self._probes = Threads(1, name="probe")
        self._intake = Intake()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        environ = environ_of(scope)
        body = await self._taken(environ, receive)
        try:
            answer = await self._answered(environ)
            await self._send(answer, send)
        finally:
            if body is not None:
                self._intake.release(body)

    async def _taken(self, environ: Environ, receive: Receive) -> Body | None:
        """The body, once it is complete; None for a request without one."""
        announced = announced_length(environ)
        if announced == 0:
            return None
        limit = limit_of(get_path_info(environ), environ.get("CONTENT_TYPE", ""))
        body = await self._intake.take(receive, announced=announced, limit=limit)
        environ |= {"CONTENT_LENGTH": str(body.length), "wsgi.input": body.file, REFUSAL: body.refusal}
        return body

    async def _answered(self, environ: Environ) -> Answer:
        path = environ["PATH_INFO"]
        if path == HEALTH:
            return self._answer(environ)
        threads = self._probes if path in PROBES else self._threads
        return await _run(threads, lambda: self._answer(environ))

    def _answer(self, environ: Environ) -> Answer:
        begun: list[Any] = []
        response = self._handler(environ, cast(Any, lambda status, headers: begun.extend(headers)))
        headers = [_encoded(name, value) for name, value in begun]
        if isinstance(response, HttpResponse):
            response.close()
            return Answer(response.status_code, headers, response.content, None, response.close)
        assert isinstance(response, StreamingHttpResponse)
        return Answer(response.status_code, headers, b"", iter(response), response.close)

    async def _send(self, answer: Answer, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        content, pieces = answer.content, answer.pieces
        if pieces is not None:
            try:
                while piece := await _run(self._threads, lambda: b"".join(islice(pieces, PIECES))):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            finally:
                await _run(self._threads, answer.close)
        await send({"type": "http.response.body", "body": content, "more_body": False})


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode("latin-1"), value.encode("latin-1")


async def _run[T](threads: Threads, work: Callable[[], T]) -> T:
    """The result of work done by a thread."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def job() -> None:
        try:
            result = work()
        except BaseException as error:
            loop.call_soon_threadsafe(_fail, done, error)
        else:
            loop.call_soon_threadsafe(_settle, done, result)

    threads.submit(job)
    return await done


def _settle[T](done: "asyncio.Future[T]", result: T) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: "asyncio.Future[Any]", error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)
