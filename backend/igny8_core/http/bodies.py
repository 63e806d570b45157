"""Request bodies, read on the event loop before a thread is taken, with limits on time and length.

A thread that waits for a body is blocked as long as the sender likes. WSGI frameworks treat a body without a length
(`Transfer-Encoding: chunked`) as empty, and an empty body is valid for some requests (approve the whole amount).
Incomplete bodies are therefore refused here, and what is passed on has a known length.
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
"""The minimum progress per window until the body ends: 4 KB a second, which a telephone on EDGE reaches."""
DRAIN_BYTES = 16 * 1024 * 1024
"""How much of an oversized body is read and discarded, so that the client sees the refusal instead of a reset."""
IN_MEMORY_BYTES = 64 * 1024
MAX_STORED_BYTES = 1024 * 1024 * 1024
"""The total disk space of all request bodies in progress in a process."""
RETRY_AFTER_SECONDS = 10

type Message = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]


def limit_of(path: str, content_type: str) -> int:
    """The maximum length of a body: larger than a JSON document only for multipart requests to addresses that take
    files.
    """
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
    """The result of reading a body: its `file`, and a refusal if it may not be used."""

    length: int
    """The announced length, or the received one."""
    file: IO[bytes]
    received: int = 0
    stored: int = 0
    whole: bool = False
    refusal: AppError | None = None


class Intake:
    """Reads the bodies of one process and tracks their disk usage; runs on the event loop."""

    def __init__(self) -> None:
        self._stored = 0

    async def take(self, receive: Receive, *, announced: int | None, limit: int) -> Body:
        """Read a body to its end, its limit or its refusal; call `release` once the request is answered."""
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
        """Free a body's disk space."""
        self._stored -= body.stored
        body.file.close()

    async def _window(self, body: Body, receive: Receive, *, announced: int | None, kept: int) -> None:
        """Read the minimum progress of a window; raises `ValidationError` if the body breaks off."""
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
        """Store a chunk if it is within the limit; raises `Unavailable` when the disk space is used up."""
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
