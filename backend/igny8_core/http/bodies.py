"""Request bodies, taken in on the event loop before a thread is taken: in time, within their limit, with their length.

A body that is awaited by a thread holds it for as long as its sender likes. WSGI frameworks take a body without a
length (`Transfer-Encoding: chunked`) for an empty one, and an empty body is a valid request here and there (approve
the whole amount). So what is not whole is refused here, and what is handed on has a length.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.http import Http404
from django.urls import resolve

from igny8_core.http.multipart import BESIDE_FILE_BYTES, MEDIA_TYPE
from igny8_core.kit.errors import AppError, BodyTooSlow, Unavailable, ValidationError

WINDOW_SECONDS = 10
LEAST_WINDOW_BYTES = 40 * 1024
"""What each window must bring where it does not bring the end: 4 KB a second, which a telephone on EDGE reaches."""
DRAIN_BYTES = 16 * 1024 * 1024
"""How much of a body that is refused for its length is read, so that the client sees the refusal; a reset hides it."""
IN_MEMORY_BYTES = 64 * 1024
MAX_STORED_BYTES = 1024 * 1024 * 1024
"""What all bodies of a process that are on their way may take on disk together."""
RETRY_AFTER_SECONDS = 10

type Message = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]


def limit_of(path: str, content_type: str) -> int:
    """How long the body may be: only an address that takes files, sent as such, takes more than a document."""
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not content_type.startswith(MEDIA_TYPE):
        return limit
    try:
        view = resolve(path).func
    except Http404:
        return limit
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", view)
    uploads: Mapping[str, int] = getattr(view_class, "uploads", {})
    return max([limit, *(size + BESIDE_FILE_BYTES for size in uploads.values())])


@dataclass(slots=True)
class Body:
    """What has come of a body: to be read from `file`, with a refusal where it may not be."""

    length: int
    """As announced, else what came."""
    file: IO[bytes]
    received: int = 0
    stored: int = 0
    whole: bool = False
    refusal: AppError | None = None


class Intake:
    """Takes in the bodies of one process and counts what they hold on disk; lives on the event loop."""

    def __init__(self) -> None:
        self._stored = 0

    async def take(self, receive: Receive, *, announced: int | None, limit: int) -> Body:
        """Read a body to its end, to its limit or to its refusal; `release` it when the request has its answer."""
        spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - `release` closes it
        body = Body(announced or 0, spool)
        kept = limit if announced is None or announced <= limit else 0
        try:
            while not body.whole and body.received <= DRAIN_BYTES + kept:
                async with asyncio.timeout(WINDOW_SECONDS):
                    await self._window(body, receive, announced=announced, kept=kept)
        except TimeoutError:
            body.refusal = BodyTooSlow()
        except AppError as error:
            body.refusal = error
        if announced is None:
            body.length = body.received
        body.file.seek(0)
        return body

    def release(self, body: Body) -> None:
        """Forget a body."""
        self._stored -= body.stored
        body.file.close()

    async def _window(self, body: Body, receive: Receive, *, announced: int | None, kept: int) -> None:
        """Read the least that a window must bring; raises `ValidationError` where the body breaks off."""
        least = body.received + LEAST_WINDOW_BYTES
        while body.received < least and not body.whole:
            message = await receive()
            if message["type"] != "http.request":
                raise ValidationError("The body ended before it was complete.")
            self._keep(body, message["body"], kept)
            body.whole = not message["more_body"] or body.received == announced
        if body.whole and announced is not None and body.received < announced:
            raise ValidationError("The body ended before it was complete.")

    def _keep(self, body: Body, chunk: bytes, kept: int) -> None:
        """Store a piece where it is within the limit; raises `Unavailable` when the disk's share is used up."""
        body.received += len(chunk)
        if body.received > kept:
            return
        if body.received > IN_MEMORY_BYTES:
            on_disk = body.received - body.stored
            if self._stored + on_disk > MAX_STORED_BYTES:
                raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
            self._stored += on_disk
            body.stored += on_disk
        body.file.write(chunk)
